package load

import (
	"runtime"
	"syscall"
	"time"
)

// usage is what this process has used so far.
type usage struct {
	at      time.Time
	cpu     time.Duration // user and system
	mallocs uint64
	bytes   uint64
	gcs     uint32
}

func usageNow() usage {
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	var ru syscall.Rusage
	// It fails only for a pointer or a who that does not exist.
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &ru)
	return usage{
		at:      time.Now(),
		cpu:     time.Duration(ru.Utime.Nano() + ru.Stime.Nano()),
		mallocs: mem.Mallocs,
		bytes:   mem.TotalAlloc,
		gcs:     mem.NumGC,
	}
}
