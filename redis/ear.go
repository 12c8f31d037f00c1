package redis

import (
	"github.com/futureio/futureio-go/redis/commands"
	"github.com/futureio/futureio-go/redis/proto"
)

// ear is what hears on a connection that can be subscribed: the messages and confirmations between the replies. It is an interface
// so that programs without subscriptions carry none of it.
//
// up and down belong to one generation each, in this order, and frame what the reader tells of it. over says that there is
// going to be no connection, for the time being.
type ear interface {
	// hear handles a frame that may be something else than a reply, on the reader. It reports false for a reply.
	hear(g *generation, t proto.Type) (mine bool, err error)
	// rest is called by the reader when it has no more bytes at hand.
	rest()

	up(g *generation)
	down(g *generation)
	over(err error) // ends every subscription with err
	close()

	// allows tells whether a command can be given to the server while the connection is subscribed.
	allows(cmd *commands.Cmd) bool
	// subscribed tells whether the connection is subscribed to anything.
	subscribed() bool
}
