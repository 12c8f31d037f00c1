// Package redis is a client for Redis and Valkey in which every command returns
// a typed future.
//
//	client := redis.New(redis.Options{Addr: "localhost:6379"})
//	defer client.Close()
//
//	visits := client.Incr("visits")        // *future.Future[int64], already on its way
//	name := client.Get("user:7:name")      // *future.Future[redis.Opt[string]]
//	n, err := visits.Await(ctx)
//	v, err := name.Await(ctx)
//
// # One client for all
//
// A Client is safe for any number of goroutines and speaks to the server over
// one connection, on which the commands of all callers are pipelined: one
// goroutine writes, one reads and matches replies to the futures in order. Commands that block, such as BLPop, have further
// connections for themselves. The connection is made by the first command, or by Connect, and made again when it is lost.
//
// # Commands
//
// Every command is a method, on every role: see the methods of commands.Commands, which all roles embed. Options are values that only the right
// command takes: client.Set("k", "v", redis.NX, redis.EX(time.Minute)). A value that may be missing is an Opt. A hash is a
// map, or a struct by Scan; a scan is a loop: ScanAll, HScanAll, SScanAll, ZScanAll. What has no method goes by name: Do,
// and Client.Command for a reply of any type. Scripts are called by their hash: NewScript, Run.
//
// # Roles
//
// What commands can be called on, each a Doer:
//
//   - Client: shared, for nearly everything.
//   - client.With(ctx): the same, bound to a context.
//   - Pipeline: commands that go out as one run, with one error that lists what failed.
//   - Tx: MULTI … EXEC, as one run; Client.Watch and Client.Transact for what depends on values that were read.
//   - Conn: one exclusive connection, with the commands that change its state.
//   - pool.Pool, in package redis/pool: exclusive connections, lent.
//
// # Publish and subscribe
//
// Client.Subscribe, PSubscribe and SSubscribe give a Subscription, whose messages are a loop. It has a connection beside that of the commands, is made again
// after a loss, and its messages tell what was missed.
//
// # Contexts and time
//
// A context given to Await ends that wait and nothing else: the connection stays
// and the reply, when it comes, is dropped. A context bound by client.With goes
// with the command: what has not been sent when it ends is never sent. Without
// any, Options.ReadTimeout bounds every command, outages included.
//
// # Errors
//
// Every error is one of the types re-exported here and tells by its Outcome
// whether the command may have run: Unknown, NotExecuted or Rejected. SafeToRetry answers the question that matters most. What may have run is never sent again by the client,
// reads excepted if Options.RetryReadOnly says so. A missing value is no error.
//
// # Watching
//
// Client.Stats has gauges and counters. Options.Observer is told of every command, write and connection, Options.Logger and the
// callbacks of Options of what happens to the connection.
//
// docs/ has more: getting-started.md, errors.md, production.md; guarantees.md states what may be relied upon, architecture.md how it works.
package redis
