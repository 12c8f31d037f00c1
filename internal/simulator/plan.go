package simulator

import (
	"fmt"
	"strings"
	"time"

	"github.com/futureio/futureio-go/internal/memnet"
	"github.com/futureio/futureio-go/redis"
)

// plan is a schedule before it runs: what the callers do, and what the network and the server do to them. All of it
// comes from the seed.
type plan struct {
	seed    uint64
	gentle  bool // nothing is lost and nobody is late: every command has to succeed
	options redis.Options
	network memnet.Options
	callers []callerPlan
	dials   []dialFault  // by attempt to dial; later ones succeed
	conns   []connFaults // by connection; later ones are healthy
	outages []outage
	observe bool    // by an Observer
	ending  *ending // Close in the middle of it; nil: when all is over
	calm    int     // tuning.CalmTurns
	connect bool    // once the faults are over, Connect is called; else the client has to come back by itself
}

// callerPlan is what one caller does, one step after the other.
type callerPlan struct {
	number   int
	workload *workload
	steps    []step
}

// ending closes the client while others use it.
type ending struct {
	at       time.Duration
	patience time.Duration // of Shutdown; 0: Close, which has ReadTimeout
	twice    bool          // by two goroutines
}

func (e *ending) String() string {
	how := "Close"
	if e.patience > 0 {
		how = fmt.Sprintf("Shutdown, which waits %v", e.patience)
	}
	if e.twice {
		how += ", called twice"
	}
	return fmt.Sprintf("at %v %s", e.at, how)
}

// times is how often the client is closed.
func (e *ending) times() int {
	if e.twice {
		return 2
	}
	return 1
}

// newPlan draws the plan of a seed.
func newPlan(seed uint64) *plan {
	d := newDraw(seed)
	p := &plan{seed: seed, gentle: d.chance(25), connect: d.chance(50), observe: d.chance(30)}
	p.options = drawOptions(d, p.gentle)
	p.network = memnet.Options{NoReset: d.chance(50)}
	if d.chance(40) {
		p.network.Buffer = pick(d, 16, 64, 300, 4096)
	}
	for number := range d.upTo(1, 6) {
		c := callerPlan{number: number, workload: pick(d, workloads...)}
		busy := d.chance(50) // issues many commands at the same instant
		for i := range d.upTo(2, 30) {
			s := c.workload.step(d, p, number, i)
			if !busy || d.chance(15) {
				s.pause = d.within(0, p.options.ReadTimeout/4)
			}
			c.steps = append(c.steps, s)
		}
		p.callers = append(p.callers, c)
	}
	drawFaults(d, p)
	if !p.gentle && d.chance(35) {
		p.ending = &ending{at: d.within(0, 3*p.options.ReadTimeout), twice: d.chance(20)}
		if d.chance(50) {
			p.ending.patience = d.within(1, p.options.ReadTimeout)
		}
	}
	p.calm = pick(d, 1, 1, 2, 16)
	return p
}

// drawOptions draws what makes limits bite. The jitter of reconnect delays stays off: it is not drawn from the seed.
func drawOptions(d draw, gentle bool) redis.Options {
	patient := pick(d, 20*time.Millisecond, 40*time.Millisecond, 100*time.Millisecond, 250*time.Millisecond, 600*time.Millisecond)
	o := redis.Options{
		Addr:              "simulated:6379",
		ReadTimeout:       patient,
		WriteTimeout:      pick(d, patient/2, patient, 2*patient),
		ConnectTimeout:    pick(d, patient/2, patient, 2*patient),
		PingInterval:      pick(d, -1, patient/2, 2*patient, 0),
		ReconnectDelay:    pick(d, time.Millisecond, 5*time.Millisecond),
		ReconnectDelayMax: pick(d, 5*time.Millisecond, patient/2),
		ReconnectJitter:   -1,
		Protocol:          pick(d, 2, 3, 3),
		Database:          pick(d, 0, 0, 5),
		ClientName:        pick(d, "", "", "sim"),
		Password:          pick(d, "", "", "secret"),
	}
	if gentle {
		o.ReadTimeout, o.WriteTimeout, o.ConnectTimeout, o.PingInterval = 2*time.Second, 2*time.Second, 2*time.Second, -1
	}
	if d.chance(30) {
		o.MaxPending = pick(d, 1, 2, 4, 10)
	}
	if d.chance(20) {
		o.MaxPendingBytes = pick(d, 1, 64, 500, 5000)
	}
	if !gentle && d.chance(30) {
		o.QueueSize = pick(d, 1, 2, 5, 20)
	}
	if !gentle && d.chance(15) {
		o.QueueBytes = pick(d, 1, 64, 500)
	}
	if !gentle && d.chance(12) {
		o.DisableReconnect = true
	}
	if !gentle && d.chance(20) {
		o.ReconnectMaxAttempts = pick(d, 1, 2, 3, 5)
	}
	o.RetryReadOnly = d.chance(25)
	return o
}

// faultsOf is what happens to a connection.
func (p *plan) faultsOf(number int) *connFaults {
	for i := range p.conns {
		if p.conns[i].number == number {
			return &p.conns[i]
		}
	}
	return &connFaults{number: number}
}

// replyFault is what happens at the n-th command of a connection.
func (p *plan) replyFault(number, n int) (replyFault, bool) {
	for _, f := range p.faultsOf(number).replies {
		if f.n == n {
			return f, true
		}
	}
	return replyFault{}, false
}

// repeats tells whether a command may be sent again though it may have run.
func (p *plan) repeats(s *step) bool {
	return s.reads && p.options.RetryReadOnly && !p.options.DisableReconnect
}

// grace is how much later than ReadTimeout a future may settle by docs/guarantees.md.
func (p *plan) grace() time.Duration { return max(p.options.ReadTimeout/10, 2*time.Millisecond) }

// String is the plan in words, for who reads a replay.
func (p *plan) String() string {
	var b strings.Builder
	o := &p.options
	fmt.Fprintf(&b, "seed %d\n", p.seed)
	fmt.Fprintf(&b, "options: ReadTimeout %v WriteTimeout %v ConnectTimeout %v PingInterval %v ReconnectDelay %v to %v MaxAttempts %d DisableReconnect %v RetryReadOnly %v\n",
		o.ReadTimeout, o.WriteTimeout, o.ConnectTimeout, o.PingInterval, o.ReconnectDelay, o.ReconnectDelayMax, o.ReconnectMaxAttempts, o.DisableReconnect, o.RetryReadOnly)
	fmt.Fprintf(&b, "         QueueSize %d QueueBytes %d MaxPending %d MaxPendingBytes %d Protocol %d Database %d ClientName %q with password %v\n",
		o.QueueSize, o.QueueBytes, o.MaxPending, o.MaxPendingBytes, o.Protocol, o.Database, o.ClientName, o.Password != "")
	fmt.Fprintf(&b, "network: buffer of %d bytes (0: 64 KiB), NoReset %v; gentle %v; with an Observer %v; a caller is alone after %d turns\n",
		p.network.Buffer, p.network.NoReset, p.gentle, p.observe, p.calm)
	for _, c := range p.callers {
		fmt.Fprintf(&b, "caller %d, %s:\n", c.number, c.workload.name)
		for i := range c.steps {
			fmt.Fprintf(&b, "    %v\n", &c.steps[i])
		}
	}
	for _, f := range p.dials {
		fmt.Fprintf(&b, "dial %d: %v\n", f.number, f)
	}
	for _, c := range p.conns {
		for _, f := range c.all() {
			fmt.Fprintf(&b, "connection %d: %v\n", c.number, f)
		}
	}
	for _, o := range p.outages {
		fmt.Fprintf(&b, "server: %v\n", o)
	}
	if p.ending != nil {
		fmt.Fprintf(&b, "client: %v\n", p.ending)
	}
	fmt.Fprintf(&b, "when the faults are over: Connect is called: %v\n", p.connect)
	return b.String()
}
