//go:build !linux

package redis

import "time"

// setUserTimeout does nothing where the system has no such thing: the watchdog and the keep-alive probes find a dead peer.
func setUserTimeout(uintptr, time.Duration) error { return nil }
