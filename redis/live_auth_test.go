package redis_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// Behaviour C2, with a real password, a real ACL user and a real limit of databases. Nothing is ready, no command runs, on
// database 0 least of all; and the same client connects once the server is put right.
func TestAClientThatWasRefusedConnectsAfterTheServerIsPutRight(t *testing.T) {
	redistest.EachWith(t, redistest.Options{Password: "s3cret"}, func(t *testing.T, srv *redistest.Server) {
		overBoth(t, func(t *testing.T, protocol int) {
			for name, c := range map[string]struct {
				opts redis.Options
				auth bool       // the refusal is one of the password, else one of SELECT
				fix  [][]string // nil: there is none
			}{
				"wrong password": {redis.Options{Password: "changed"}, true, [][]string{{"CONFIG", "SET", "requirepass", "changed"}}},
				"no password":    {redis.Options{}, true, [][]string{{"CONFIG", "SET", "requirepass", ""}}},
				"unknown user": {redis.Options{Username: "ada", Password: "p w:@/"}, true,
					[][]string{{"ACL", "SETUSER", "ada", "on", ">p w:@/", "~*", "&*", "+@all"}}},
				"disabled user": {redis.Options{Username: "bob", Password: "pw"}, true, [][]string{{"ACL", "SETUSER", "bob", "on"}}},
				"no permission to select": {redis.Options{Username: "eve", Password: "pw", Database: 3}, false,
					[][]string{{"ACL", "SETUSER", "eve", "+select"}}},
				"no such database": {redis.Options{Password: "s3cret", Database: 99999}, false, nil},
			} {
				t.Run(name, func(t *testing.T) {
					srv.Do("ACL", "SETUSER", "bob", "off", ">pw", "~*", "&*", "+@all")
					srv.Do("ACL", "SETUSER", "eve", "on", ">pw", "~*", "&*", "+@all", "-select")
					srv.Do("ACL", "DELUSER", "ada")
					srv.Do("FLUSHALL")
					opts := c.opts
					opts.Addr, opts.Protocol = srv.Addr, protocol
					var r told
					r.listen(&opts)
					client := redis.New(opts)
					defer client.Close()
					set := client.Set("k", "v")
					err := client.Connect(limit(t))
					e := asErr[*redis.RedisError](t, err)
					if asErr[*redis.ConnectionError](t, err).Outcome() != redis.NotExecuted || e.IsAuth() != c.auth {
						t.Errorf("Connect = %v; want a refusal of the password: %v", err, c.auth)
					}
					if !c.auth && e.Command != "SELECT" {
						t.Errorf("the refused command is %s; want SELECT", e.Command)
					}
					awaitFails(t, set)
					if up, down, _ := r.sofar(); client.State() == redis.StateConnected || up > 0 || len(down) > 0 {
						t.Errorf("state %v, OnConnect %d, OnDisconnect %d times; want nothing ready", client.State(), up, len(down))
					}
					if n := srv.Do("DBSIZE"); n != int64(0) {
						t.Errorf("database 0 has %v keys; want none: no command may run", n)
					}
					if c.fix == nil {
						return
					}
					for _, words := range c.fix {
						srv.Do(words...)
					}
					if err := client.Connect(limit(t)); err != nil {
						t.Fatalf("Connect after the fix = %v; want nil", err)
					}
					if c.opts.Username == "" {
						await(t, client.ConfigSet("requirepass", "s3cret"))
					}
					await(t, client.Set("k", "v"))
					if info := await(t, client.ClientInfo()); info.Database != int64(c.opts.Database) || c.opts.Username != "" && info.User != c.opts.Username {
						t.Errorf("CLIENT INFO: user %s, database %d; want %q, %d", info.User, info.Database, c.opts.Username, c.opts.Database)
					}
				})
			}
		})
	})
}

// Behaviour D7, for a Client: user, database, name and protocol are those of its options on every connection.
func TestAClientIsTheSameOnEveryConnection(t *testing.T) {
	redistest.EachWith(t, redistest.Options{Password: "s3cret"}, func(t *testing.T, srv *redistest.Server) {
		srv.Do("ACL", "SETUSER", "ada", "on", ">p w:@/", "~*", "&*", "+@all")
		overBoth(t, func(t *testing.T, protocol int) {
			for user, password := range map[string]string{"ada": "p w:@/", "": "s3cret"} {
				client := redis.New(redis.Options{Addr: srv.Addr, Protocol: protocol, Username: user, Password: password, Database: 7, ClientName: "worker", ReconnectDelay: time.Millisecond})
				id := await(t, client.ClientID())
				if user == "" {
					user = "default"
				}
				for range 2 {
					id = kill(t, srv, client, id)
					if info := await(t, client.ClientInfo()); info.Name != "worker" || info.Database != 7 || info.Protocol != int64(protocol) || info.User != user {
						t.Errorf("CLIENT INFO: name %s, db %d, resp %d, user %s; want worker, 7, %d, %s", info.Name, info.Database, info.Protocol, info.User, protocol, user)
					}
				}
				_ = client.Close()
			}
		})
	})
}

// Behaviour D7. READONLY and tracking are there again on the next connection of a Conn, as a node of a cluster shows them in
// the flags of its client: r and t.
func TestReadOnlyAndTrackingAreMadeAgain(t *testing.T) {
	srv := redistest.Start(t, redistest.Options{Args: []string{"--cluster-enabled", "yes"}})
	conn := dialLive(t, redis.Options{Addr: srv.Addr})
	flags := func() string { return await(t, conn.ClientInfo()).Flags }
	await(t, conn.ReadOnly())
	await(t, conn.ClientTracking(true))
	id := await(t, conn.ClientID())
	for range 2 {
		id = kill(t, srv, conn, id)
		if f := flags(); !strings.Contains(f, "r") || !strings.Contains(f, "t") {
			t.Errorf("flags of the next connection are %q; want r and t among them", f)
		}
	}
	await(t, conn.ReadWrite())
	await(t, conn.ClientTracking(false))
	kill(t, srv, conn, id)
	if f := flags(); strings.ContainsAny(f, "rt") {
		t.Errorf("flags are %q; want neither r nor t after READWRITE and TRACKING OFF", f)
	}
}

// Behaviours F1, F2. Laws G2, G3. Redis 8.0, Valkey 8.1 and Redict 7.3 do not answer a wrong password that comes while replies are due. On a
// Conn it stands between other commands: each of these gets its own reply all the same, and the wrong password is told.
func TestAWrongPasswordBetweenOtherCommandsShiftsNoReply(t *testing.T) {
	redistest.EachWith(t, redistest.Options{Password: "right"}, func(t *testing.T, srv *redistest.Server) {
		overBoth(t, func(t *testing.T, protocol int) {
			conn := dialLive(t, redis.Options{Addr: srv.Addr, Protocol: protocol, Password: "right", ReadTimeout: 2 * time.Second})
			var ledger redistest.Ledger
			var echos []*future.Future[string]
			var wrong []future.Awaitable
			for i := range 30 {
				echos = append(echos, entered(&ledger, "ECHO", conn.Echo(strconv.Itoa(i))))
				switch i % 4 {
				case 0:
					wrong = append(wrong, entered(&ledger, "AUTH", conn.Auth("wrong")))
				case 1:
					wrong = append(wrong, entered(&ledger, "AUTH", conn.AuthUser("nobody", "wrong")))
				case 2:
					wrong = append(wrong, entered(&ledger, "HELLO", conn.Command("HELLO", protocol, "AUTH", "nobody", "wrong")))
				case 3:
					entered(&ledger, "HELLO", conn.Command("HELLO", protocol, "AUTH", "default", "right"))
				}
			}
			for i, f := range echos {
				if v, err := f.Await(limit(t)); v != strconv.Itoa(i) {
					t.Fatalf("ECHO %d = %q, %v; want its own reply", i, v, err)
				}
			}
			for _, f := range wrong {
				if e := asErr[*redis.RedisError](t, future.WaitAll(limit(t), f)); !e.IsAuth() {
					t.Errorf("%v; want WRONGPASS", e)
				}
			}
			ledger.Check(t)
		})
	})
}
