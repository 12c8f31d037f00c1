package redis

import "github.com/futureio/futureio-go/redis/commands"

// failure is a command that has been taken out of the queue and is to fail, once
// no lock is held any more. Settling a future may settle others that were derived
// from it, and so run the OnCancel hooks of promises that are not ours; a hook that
// calls the client must not find a lock of ours taken.
type failure struct {
	cmd *commands.Cmd
	err error
}

type failures []failure

// settle fails them, in order. No lock may be held. Seldom called, from many places: inlined, all of them would carry it.
//
//go:noinline
func (fs failures) settle() {
	for _, f := range fs {
		f.cmd.Fail(f.err)
	}
}
