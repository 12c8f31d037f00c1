//go:build !linux

package redistest

import "os/exec"

// dieWithParent is Linux's; elsewhere a killed test process leaves its servers behind.
func dieWithParent(*exec.Cmd) {}

// stopped cannot be asked for without a process table; the signal is trusted.
func stopped(int) bool { return true }

// socketFDs is Linux's.
func socketFDs() map[string]bool { return nil }
