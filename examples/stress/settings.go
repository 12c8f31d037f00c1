package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/futureio/futureio-go/redis"
)

// settings are what the command line says.
type settings struct {
	duration  time.Duration
	chaos     bool
	workloads []string
	seed      uint64
	report    string // folder

	kill, pause   time.Duration // between two of them
	timeout, hang time.Duration // ReadTimeout, and the patience of the detector
	protocol      int

	external bool   // the server is not started by the program
	address  string // of an external server, as it was given
	program  string // of an own server: a family or a version
}

const usage = `usage: go run ./examples/stress [flags]

Puts load on one redis.Client by several workloads at once, makes faults meanwhile, and checks every reply.
It starts a server of its own, from PATH or .servers/, unless -addr or REDIS_URL names one; that one is neither
stopped nor restarted, and the keys of the run are removed at the end.

exit codes: 0 clean, 1 integrity, 2 hang, 3 configuration

`

// parse reads the command line. What it returns with flag.ErrHelp has been answered by the usage text.
func parse(args []string, errOut io.Writer) (settings, error) {
	s := settings{}
	var names, addr string
	flags := flag.NewFlagSet("stress", flag.ContinueOnError)
	flags.SetOutput(errOut)
	flags.Usage = func() {
		fmt.Fprint(errOut, usage)
		flags.PrintDefaults()
		fmt.Fprintln(errOut, "\nworkloads:")
		for _, k := range workloads {
			fmt.Fprintf(errOut, "  %-10s %s\n", k.name, k.about)
		}
	}
	flags.DurationVar(&s.duration, "duration", 30*time.Second, "how long the load lasts")
	flags.BoolVar(&s.chaos, "chaos", false, "make faults: kill connections, pause the server, restart it once")
	flags.StringVar(&names, "workloads", "", "comma separated `names` of the workloads; empty: all")
	flags.StringVar(&addr, "addr", "", "`host:port` or URL of a server to use; empty: REDIS_URL, or a server of its own")
	flags.StringVar(&s.program, "server", "", "`name` of the server to start: redis, valkey, or a version as under .servers/")
	flags.StringVar(&s.report, "report", "", "`folder` for the report; empty: a new one for temporary files")
	flags.Uint64Var(&s.seed, "seed", 0, "seed of all random choices; 0: a random one")
	flags.DurationVar(&s.kill, "kill", 2*time.Second, "with -chaos: time between two kills of connections")
	flags.DurationVar(&s.pause, "pause", 20*time.Second, "with -chaos: time between two short pauses of the server")
	flags.DurationVar(&s.timeout, "timeout", 5*time.Second, "ReadTimeout of the connections")
	flags.DurationVar(&s.hang, "hang", 15*time.Second, "a workload that gets no reply for so long, outside of pauses, hangs")
	flags.IntVar(&s.protocol, "protocol", 3, "RESP `version`: 2 or 3")
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	if flags.NArg() > 0 {
		return s, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	for name, d := range map[string]time.Duration{"duration": s.duration, "kill": s.kill, "pause": s.pause, "timeout": s.timeout, "hang": s.hang} {
		if d < 10*time.Millisecond {
			return s, fmt.Errorf("-%s %v is too short: the least is 10ms", name, d)
		}
	}
	if s.protocol != 2 && s.protocol != 3 {
		return s, fmt.Errorf("-protocol %d: want 2 or 3", s.protocol)
	}
	if err := s.choose(names); err != nil {
		return s, err
	}
	if s.seed == 0 {
		s.seed = rand.Uint64N(1 << 32)
	}
	s.address = addr
	if addr == "" {
		s.address = os.Getenv("REDIS_URL")
	}
	s.external = s.address != ""
	if s.external && s.program != "" {
		return s, errors.New("-server is for a server of the program's own; -addr or REDIS_URL names another")
	}
	return s, nil
}

// choose takes over the names of the workloads.
func (s *settings) choose(names string) error {
	known := make([]string, 0, len(workloads))
	for _, k := range workloads {
		known = append(known, k.name)
	}
	if names == "" {
		s.workloads = known
		return nil
	}
	for name := range strings.SplitSeq(names, ",") {
		name = strings.TrimSpace(name)
		if !slices.Contains(known, name) {
			return fmt.Errorf("unknown workload %q: there are %s", name, strings.Join(known, ", "))
		}
		if !slices.Contains(s.workloads, name) {
			s.workloads = append(s.workloads, name)
		}
	}
	return nil
}

// options are those of the connections to an external server.
func (s *settings) options() (redis.Options, error) {
	if strings.Contains(s.address, "://") {
		return redis.ParseURL(s.address)
	}
	return redis.Options{Addr: s.address}, nil
}

// bound is the time within which every future has to settle: ReadTimeout and the tenth that law G6 grants, and something for
// a machine that has no time for this program.
func (s *settings) bound() time.Duration { return s.timeout + s.timeout/10 + 5*time.Second }

// command repeats the run.
func (s *settings) command() string {
	text := fmt.Sprintf("go run ./examples/stress -duration %v -workloads %s -seed %d -timeout %v -hang %v -protocol %d",
		s.duration, strings.Join(s.workloads, ","), s.seed, s.timeout, s.hang, s.protocol)
	if s.chaos {
		text += fmt.Sprintf(" -chaos -kill %v -pause %v", s.kill, s.pause)
	}
	if s.program != "" {
		text += " -server " + s.program
	}
	return text
}
