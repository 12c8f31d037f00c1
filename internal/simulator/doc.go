// Package simulator plays random schedules of faults between a redis.Client and a scripted server, in memory and in
// virtual time, and checks what must hold whatever happens.
//
// A seed makes a plan: what some callers do (workload), with which options, and what goes wrong on the lines, in the
// server and when dialling (fault). A run plays the plan in a testing/synctest bubble. Everybody keeps a record: the
// book has what callers issued and how it settled, a line every byte that the client wrote and how many of them were
// taken, the server what it executed. When the faults are over, the client has to work again; when it is closed, the
// records are compared:
//
//	check.go         every command: a typed error, in time, and an outcome that is true
//	check_wire.go    every connection: order, nobody sleeps, nothing dead is kept
//	check_client.go  Close, room, events, Observer
//
//	go test ./internal/simulator                                             10 000 schedules
//	SIM_SEED=1234 go test ./internal/simulator -run TestSchedules -v         one, as a transcript
//	make simulate                                                            ten minutes of them
//
// A replay repeats the plan to the byte and the nanosecond, and runs goroutines in turns on one processor. In about 99 of 100 seeds
// the same then happens at the same instants; the order of what happens in one instant is the scheduler's, and differs
// in about one of ten. So a replay plays its seed until it fails, up to a hundred times, says how often it failed, and
// leaves out of the plan what is not needed for that. Under the race detector goroutines run side by side, and
// nothing of this holds.
//
// A crash names its bubble; in a test binary that runs nothing else, bubble n has the n-th seed.
//
// docs/testing.md tells which planted bugs it finds, and how fast.
package simulator
