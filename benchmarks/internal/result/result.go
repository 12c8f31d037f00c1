// Package result is what a run leaves behind: every cell of every round, and what machine it was. A report is made of it alone.
package result

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/futureio/futureio-go/benchmarks/internal/load"
)

// Sample is one cell of one round: all turns that a client had in a row.
type Sample struct {
	Round  int    `json:"round"` // from 1
	Row    string `json:"row"`
	Client string `json:"client"`
	load.Measure
	// What the server says: its CPU time, commands and reads of sockets, in the turns with what comes before they are measured. They
	// are to be used as ratios of each other. 0 where the server does not count reads.
	ServerCPU      time.Duration `json:"server_cpu"`
	ServerCommands int64         `json:"server_commands"`
	ServerReads    int64         `json:"server_reads"`
	// Foreign is the share of the machine's CPU time that neither we nor the server used while the row was measured, 0 to 1. Tries is
	// how often it was measured; Disturbed, that it was never left in peace, and this is the most peaceful try.
	Foreign   float64 `json:"foreign"`
	Tries     int     `json:"tries"`
	Disturbed bool    `json:"disturbed,omitempty"`
}

// Rate is commands per second.
func (s Sample) Rate() float64 { return per(float64(s.Ops), s.Elapsed.Seconds()) }

// CPUPerOp is the client's CPU time per command in µs.
func (s Sample) CPUPerOp() float64 { return per(float64(s.CPU.Nanoseconds())/1e3, float64(s.Ops)) }

// ServerCPUPerOp is the server's CPU time per command in µs.
func (s Sample) ServerCPUPerOp() float64 {
	return per(float64(s.ServerCPU.Nanoseconds())/1e3, float64(s.ServerCommands))
}

// PerRead is commands per read of a socket by the server.
func (s Sample) PerRead() float64 { return per(float64(s.ServerCommands), float64(s.ServerReads)) }

// Allocs is allocations per command.
func (s Sample) Allocs() float64 { return per(float64(s.Mallocs), float64(s.Ops)) }

// BytesPerOp is allocated bytes per command.
func (s Sample) BytesPerOp() float64 { return per(float64(s.Bytes), float64(s.Ops)) }

func per(what, by float64) float64 {
	if by == 0 {
		return 0
	}
	return what / by
}

// Machine is where it ran.
type Machine struct {
	CPU    string `json:"cpu"`
	CPUs   int    `json:"cpus"`
	Memory string `json:"memory"`
	Kernel string `json:"kernel"`
	Go     string `json:"go"`
	Procs  int    `json:"procs"` // GOMAXPROCS of every client
	Heap   int    `json:"heap"`  // MiB of live heap that every client's process holds besides the client
	Server string `json:"server"`
	// Congestion is the TCP congestion control of servers and clients; Apart, that they had a network of their own.
	Congestion string `json:"congestion"`
	Apart      bool   `json:"apart"`
}

// Run is a whole run.
type Run struct {
	Date    time.Time         `json:"date"`
	Commit  string            `json:"commit"` // of this project, with "+" when the tree had changes
	Command string            `json:"command"`
	Cell    time.Duration     `json:"cell"` // measured in each round, at least
	Turn    time.Duration     `json:"turn"` // of it at a time, at least
	Seed    uint64            `json:"seed"`
	Machine Machine           `json:"machine"`
	Modules map[string]string `json:"modules"` // versions of the peers
	Failed  map[string]string `json:"failed"`  // row and client to the error of a cell that could not be measured
	Samples []Sample          `json:"-"`
}

// Write puts a run into a file: a line for the run, and a line for each sample, so that two runs can be compared line by line.
func (r *Run) Write(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	encoder := json.NewEncoder(w)
	err = encoder.Encode(r)
	for _, s := range r.Samples {
		if err == nil {
			err = encoder.Encode(s)
		}
	}
	if err == nil {
		err = w.Flush()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	return err
}

// Read reads what Write wrote.
func Read(path string) (*Run, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	decoder := json.NewDecoder(bufio.NewReader(f))
	run := &Run{}
	if err := decoder.Decode(run); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	for decoder.More() {
		var s Sample
		if err := decoder.Decode(&s); err != nil {
			return nil, fmt.Errorf("%s: sample %d: %w", path, len(run.Samples)+1, err)
		}
		run.Samples = append(run.Samples, s)
	}
	return run, nil
}
