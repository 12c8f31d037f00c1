// Package socket is what the connection engine does with a TCP or unix connection beside what a net.Conn can: it looks whether anything
// is there to be read, writes without waiting, and, on Linux, reads and writes without waking the runtime's monitor.
//
// # The monitor
//
// Go's scheduler has a thread, sysmon in runtime/proc.go, that takes processors away from goroutines that are in a system call or
// have run for 10 ms. When all processors are idle it sleeps until a system call begins or ends; then it looks every 20 µs whether there
// is anything to do, until they are idle again. A client is idle whenever it waits for its server, which is some ten thousand times a
// second: each time the first system call wakes that thread (a futex call), and it looks around a few times, for nothing. That is 10 to 24 % of the CPU time
// of a process that does nothing but Redis, and it takes a processor from those who have work.
//
// System calls on a socket that does not block are over in microseconds, and nobody needs to take a processor from them. So those of a
// Conn are made by syscall.RawSyscall, of which the scheduler hears nothing, and the monitor sleeps on.
//
// What it does for the rest of the program must not suffer. If all processors are taken by goroutines that compute, those wait for the
// monitor who can run and do not. So as long as there are quiet system calls a beat, of one timer for the process, sees to it that the
// monitor is awake every 10 ms: it is at most that much later than otherwise in what it does about that. Any system call that is not one of a Conn
// wakes it at once, as ever.
package socket
