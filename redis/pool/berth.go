package pool

import (
	stderrors "errors"
	"sync/atomic"
	"time"

	"github.com/futureio/futureio-go/internal/lend"
	"github.com/futureio/futureio-go/redis"
	"github.com/futureio/futureio-go/redis/commands"
)

func (p *Pool) makeBerth(item *lend.Item[*berth]) *berth {
	b := &berth{pool: p, item: item, born: time.Now()}
	b.line = p.lines.New(func() { p.stock.Lost(item) })
	b.line.Owner = b
	return b
}

// connect makes a berth ready.
func (b *berth) connect(done func(err error)) {
	b.line.Connect(func(err error) {
		b.pool.created(b, err)
		done(err)
	})
}

var errNoPong = stderrors.New("pool: no answer to the health check")

// check asks by a PING whether the connection is alive.
func (b *berth) check(done func(err error)) {
	var over atomic.Bool
	finish := func(err error) {
		if over.CompareAndSwap(false, true) {
			done(err)
		}
	}
	late := time.AfterFunc(b.pool.opts.HealthCheckTimeout, func() { finish(errNoPong) })
	c := commands.On(inside{b.line, func(cmd *commands.Cmd) {
		late.Stop()
		finish(cmd.Err())
	}})
	c.Ping()
}

// clean ends what is open of a transaction, and lends the connection to the next.
func (b *berth) clean(left redis.Session) {
	c := commands.OnSession(inside{b.line, func(cmd *commands.Cmd) {
		ok := cmd.Succeeded()
		if ok {
			b.pool.counts.cleaned.Add(1)
		}
		b.pool.stock.Release(b.item, ok)
	}})
	if left.InMulti {
		c.Discard() // and watches nothing any more
	} else {
		c.Unwatch()
	}
}

// onlyTransaction tells whether an open transaction is all that is left.
func onlyTransaction(left redis.Session) bool {
	left.InMulti, left.Watching = false, false
	return left.Clean()
}

// destroy ends the connection.
func (b *berth) destroy(why lend.Reason) {
	p := b.pool
	p.mu.Lock()
	if p.closing {
		p.cut = append(p.cut, b.line)
	}
	p.mu.Unlock()
	b.line.Cut()
	if why != lend.NotMade {
		p.destroyed(b, why)
	}
}

// inside is the way of the pool's own commands to a line. The Observer is not told of them; then is called when one is
// settled, where it must not block.
type inside struct {
	line *redis.Line
	then func(cmd *commands.Cmd)
}

func (d inside) Do(cmd *commands.Cmd) {
	d.line.Do(cmd)
	cmd.OnSettle(func() { d.then(cmd) }) // nobody waits: by asking after it was issued, its reply is read at once
}
