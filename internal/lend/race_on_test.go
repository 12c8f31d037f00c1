//go:build race

package lend_test

const raceEnabled = true
