package main

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
)

// The exit codes.
const (
	exitClean     = 0
	exitIntegrity = 1 // a reply or a key is not what it must be, an error has no type, something is not flat or left over
	exitHang      = 2 // nothing goes on, or a future did not settle in time
	exitConfig    = 3 // the run could not begin
)

// maxFindings is how many findings are kept; the first tell most.
const maxFindings = 20

// verdict is what the run comes to. The first failure decides the exit code and ends the load. It is safe for concurrent
// use.
type verdict struct {
	mu         sync.Mutex
	endLoad    func()   // guarded by mu; nil as long as there is no load
	code       int      // guarded by mu
	findings   []string // guarded by mu
	more       int      // guarded by mu; findings that were not kept
	goroutines []byte   // guarded by mu; the stacks at the moment of a hang
}

// integrity notes that something is wrong.
func (v *verdict) integrity(format string, args ...any) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.code == exitHang {
		return // what is torn down after a hang fails in ways of its own
	}
	v.noteLocked(exitIntegrity, fmt.Sprintf(format, args...))
}

// hang notes that something does not go on, with the stacks of all goroutines at this moment.
func (v *verdict) hang(format string, args ...any) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.goroutines == nil {
		v.goroutines = stacks()
	}
	v.noteLocked(exitHang, fmt.Sprintf(format, args...))
}

func (v *verdict) noteLocked(code int, finding string) {
	if v.code == exitClean {
		v.code = code
	}
	if len(v.findings) < maxFindings {
		v.findings = append(v.findings, finding)
	} else {
		v.more++
	}
	if v.endLoad != nil {
		v.endLoad()
	}
}

// onFailure has endLoad called at the first failure; at once where that has come already.
func (v *verdict) onFailure(endLoad func()) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.endLoad = endLoad
	if v.code != exitClean {
		endLoad()
	}
}

// result is the exit code so far and why.
func (v *verdict) result() (code int, findings []string, more int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.code, slices.Clone(v.findings), v.more
}

// fallen tells whether something has failed.
func (v *verdict) fallen() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.code != exitClean
}

// stacks are those that hang has noted; nil without a hang.
func (v *verdict) stacks() []byte {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.goroutines
}

// stacks are those of all goroutines, 16 MiB of them at most.
func stacks() []byte {
	buf := make([]byte, 1<<20)
	for {
		n := runtime.Stack(buf, true)
		if n < len(buf) || n >= 16<<20 {
			return buf[:n]
		}
		buf = make([]byte, 2*len(buf))
	}
}
