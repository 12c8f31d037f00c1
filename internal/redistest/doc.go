// Package redistest gives tests a Redis to talk to, and checks what is left when they end.
//
// A [Fake] does what it is told, in memory and in virtual time. Without instructions it is a small Redis; with handlers it
// answers as the test wants; with a transcript it expects and sends line by line:
//
//	synctest.Test(t, func(t *testing.T) {
//		srv := redistest.NewScript(t, `
//			-> GET k
//			<- >2 $4 push $1 x
//			<- $3 bar
//			-> INCR n
//			close
//		`)
//		client := redis.New(redis.Options{Dialer: srv.DialContext})
//		...
//		srv.Handle("GET", func(c *redistest.Conn, args []string) string {
//			c.Sleep(5 * time.Millisecond)
//			return redistest.Bulk("late")
//		})
//		srv.Memory().OnDial(func(conn *memnet.Conn) { conn.AfterWrite(func(int) { time.Sleep(1) }) })
//		srv.Commands()  // ["GET k" "INCR n"]
//		srv.Reads(0)    // [1 1]: commands per read of the first connection
//	})
//
// A [Server] is a real one, started for the test and killed with it:
//
//	redistest.Each(t, func(t *testing.T, srv *redistest.Server) {
//		client := redis.New(redis.Options{Addr: srv.Addr})
//		monitor := srv.Monitor()
//		...
//		srv.Pause()                       // SIGSTOP
//		srv.Resume()
//		srv.Restart()                     // same port
//		srv.Do("GET", "k")                // a side client: "v"
//		srv.Info("stats")["total_reads_processed"]
//		monitor.Commands()                // ["SET k v"]
//	})
//	srv := redistest.Start(t, redistest.Options{Flavor: redistest.Valkey, Password: "secret", TLS: true})
//
// The servers come from PATH or from .servers/, which the script servers.sh in this folder fills from the distribution's
// packages.
//
// [NoLeaks] and [Ledger] check what every fault test has to leave behind: nothing, and nothing unsettled. An [Authority]
// makes certificates, good and bad ones.
package redistest
