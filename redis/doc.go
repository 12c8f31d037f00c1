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
// A Client is safe for any number of goroutines and speaks to the server over
// one connection, on which the commands of all callers are pipelined: one
// goroutine writes, one reads and matches replies to the futures in order.
//
// A context given to Await ends that wait and nothing else: the connection stays
// and the reply, when it comes, is dropped. A context bound by client.With goes
// with the command: what has not been sent when it ends is never sent.
//
// Every error is one of the types re-exported here and tells by its Outcome
// whether the command may have run. A missing value is no error: see Opt.
//
// docs/guarantees.md states what may be relied upon, docs/architecture.md how it works.
package redis
