// Package layer is a channel layer on Redis or Valkey: mailboxes with names, that processes send messages to and receive them
// from, and groups of them. It does the job that Django's channels_redis and PAGI-Channels do, and shows how to build such a
// thing on futureio-go.
//
//	l, err := layer.New(ctx, client, layer.Options{})
//	defer l.Close()
//	mine := l.NewChannel("chat")                    // nobody else receives from it
//	l.GroupAdd(ctx, "room:7", mine)
//	l.GroupSend(ctx, "room:7", []byte("hello"))     // to all channels of the group
//	m, err := l.Receive(ctx, mine)
//
// A message is delivered to one receiver, once or not at all: it is lost when the process that has taken it dies, when it is
// not received within Options.Expiry, and when its channel is full, which the sender is told. What a receiver that gives up
// would have got goes to the next one.
//
// # How it works
//
// A channel is a list. A script pushes to up to 500 of them at once, each only if it has room, and publishes the names of those it has pushed
// to. Every process has one subscription for these wake-ups, so ten thousand waiting receivers cost one connection, and no
// command blocks. The subscription says when it may have missed something; then everything that waits is looked at.
package layer
