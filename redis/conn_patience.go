package redis

import (
	"time"

	"github.com/futureio/futureio-go/redis/commands"
)

// patience is how long the commands under way may block, of those that may at all. One needs no map, and a connection of a lane never has more.
type patience struct {
	one     *commands.Cmd // nil: none; there may be others all the same
	oneWait time.Duration
	others  map[*commands.Cmd]time.Duration
}

// forever is the patience for a command that blocks without a limit.
const forever = time.Duration(-1)

// any tells whether there are such commands.
func (p *patience) any() bool { return p.one != nil || len(p.others) > 0 }

func (p *patience) set(cmd *commands.Cmd, wait time.Duration) {
	if wait == 0 {
		wait = forever
	}
	if p.one == nil {
		p.one, p.oneWait = cmd, wait
		return
	}
	if p.others == nil {
		p.others = map[*commands.Cmd]time.Duration{}
	}
	p.others[cmd] = wait
}

// of tells how long a command may block, and whether it may.
func (p *patience) of(cmd *commands.Cmd) (wait time.Duration, blocks bool) {
	if cmd == p.one {
		return p.oneWait, true
	}
	wait, blocks = p.others[cmd]
	return wait, blocks
}

// drop forgets a command that is over.
func (p *patience) drop(cmd *commands.Cmd) {
	if cmd == p.one {
		p.one = nil
		return
	}
	delete(p.others, cmd)
}
