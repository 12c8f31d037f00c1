package redis

import (
	"time"

	"github.com/futureio/futureio-go/redis/commands"
)

// observationLimit bounds what waits for an Observer or a Logger that is too slow: about 10 MiB.
const observationLimit = 65_536

// observations is the way of events to an Observer.
type observations struct {
	told     *Observer // nil: nobody watches
	commands bool      // commands are watched
	batches  bool      // writes are watched
	mail     mailbox[observation]
}

// observation is one event: a command, or whatever else, which is rarer.
type observation struct {
	command CommandEvent
	other   func()
}

func (o *observations) open(told *Observer, failed func(err error)) {
	if told == nil {
		return
	}
	o.told, o.commands, o.batches = told, told.Command != nil, told.Batch != nil
	o.mail = mailbox[observation]{deliver: o.tell, panicked: failed, limit: observationLimit}
}

func (o *observations) tell(e observation) {
	if e.other != nil {
		e.other()
		return
	}
	e.command.Dropped = o.mail.takeLost()
	o.told.Command(e.command)
}

func (o *observations) post(other func()) { o.mail.post(observation{other: other}) }

// watch has the settling of a command told. It belongs before anything else is done with the command.
func (o *observations) watch(cmd *commands.Cmd) {
	e := CommandEvent{Name: cmd.Name(), Context: cmd.Context(), Start: time.Now()}
	if o.told.Arguments {
		e.Args = cmd.Spec().Redact(cmd.Args())
	}
	cmd.OnSettle(func() {
		e.Duration, e.Err = time.Since(e.Start), cmd.Err()
		o.mail.post(observation{command: e})
	})
}

// wrote tells of a write.
func (o *observations) wrote(e BatchEvent) {
	o.post(func() { o.told.Batch(e) })
}
