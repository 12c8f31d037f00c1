// Package pool lends connections: each to one user at a time, who may do with it what he likes, and gives it back.
//
//	p := pool.New(pool.Options{Options: redis.Options{Addr: "localhost:6379"}, Max: 10})
//	defer p.Close()
//
//	conn, err := p.Acquire(ctx)
//	if err != nil { … }
//	defer p.Release(conn)
//	conn.Watch("balance")
//
// A redis.Client needs no pool: any number of goroutines share its one connection, which is faster, and commands that block or
// transactions have their place beside it. A pool is for what needs a connection for itself over several commands: WATCH by hand,
// SELECT, another user, CLIENT settings, or strict separation of callers. See docs/pool.md for both, with figures.
package pool
