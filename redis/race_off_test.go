//go:build !race

package redis_test

import "testing"

func skipUnderRace(*testing.T) {}
