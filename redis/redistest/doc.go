// Package redistest lets applications test what they do with Redis without one: how they use commands, and what they do when
// something fails.
//
// # A Recorder
//
// A Recorder is a role: whatever takes a redis.Doer takes one. It keeps what was asked, and answers what it was told to.
//
//	func Greet(ctx context.Context, d redis.Doer, id string) (string, error)
//
//	func TestGreet(t *testing.T) {
//		rec := redistest.NewRecorder(t)
//		rec.Reply("GET user:7", redistest.Bulk("Ada"))
//		rec.Fail("GET user:8", &redis.TimeoutError{Op: "read"})
//		…
//		rec.Sent()   // ["GET user:7" "GET user:8"]
//	}
//
// # A Server
//
// A Server is a server in memory, which a real client speaks to: for what a role alone does not show, such as pipelines, transactions,
// lost connections and time limits.
//
//	srv := redistest.NewServer(t)
//	client := redis.New(srv.Options())
//	srv.Reply("INCR", redistest.Disconnect)   // executed, and the connection is lost before the reply
//	_, err := client.Incr("n").Await(ctx)
//	redis.SafeToRetry(err)                    // false: it may have run
//
// Without instructions it is a very small Redis: PING, ECHO, GET, SET, MGET, INCR and what a connection begins with. Inside a testing/synctest
// bubble it lives in virtual time, so that a test of a time limit of a minute takes no time. Where a test wants a Redis that
// keeps data of every kind, github.com/alicebob/miniredis/v2 is one.
//
// # Names
//
// What a rule is for is given by the first words of a request: "GET" is every GET, "GET user:7" that key only, "CLIENT SETNAME" a
// subcommand. The rule with the most words counts. Names of commands may be in either case.
package redistest
