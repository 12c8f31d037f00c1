package main

import (
	"context"
	"time"
)

// workload is one kind of load with its own check of what comes back. To add one, write a type in a file of its own and
// name it in workloads.
type workload interface {
	// prepare writes what the workload starts from, before there are faults. Its error ends the run as one of
	// configuration.
	prepare(ctx context.Context) error

	// run issues commands, checks their replies, and tells rig.verdict what is wrong. When ctx has ended it issues no more
	// than it needs to come to an end, and returns when everything has settled.
	run(ctx context.Context)

	// check compares what the server holds with what it acknowledged, after all workloads have returned and the faults are
	// over.
	check(ctx context.Context)
}

// workloads are all there are, with their names for the flag -workloads.
var workloads = []struct {
	name, about string
	build       func(r *rig, t *tally) workload
}{
	{"sequences", "one writer for each key: what is read never goes backwards", newSequences},
	{"jobs", "a queue with blocking consumers: no job is lost or delivered twice", newJobs},
	{"bursts", "thousands of commands in flight: every reply lands on its command", newBursts},
	{"values", "values from 1 byte to 1 MiB, with a checksum", newValues},
	{"counters", "INCR by many goroutines: acknowledged ≤ value ≤ acknowledged + unknown", newCounters},
}

// rest lets a workload pause after an error, so that it does not spin while there is no connection. It reports false when ctx
// has ended.
func rest(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// afterError is how long a worker rests after a command of its own has failed.
const afterError = 10 * time.Millisecond
