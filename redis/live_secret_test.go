package redis_test

import (
	"context"
	"net"
	"strconv"
	"testing"
	"time"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// Behaviour O1. Law G12. What real servers say about commands that carry a secret, when they refuse them, when they cannot do them, when
// they do not know them, and when they are silent, shows the secret nowhere.
func TestNoErrorOfARealServerShowsASecret(t *testing.T) {
	target := redistest.Start(t, redistest.Options{Password: "right"}) // of MIGRATE: one that is not itself waiting for the answer
	host, port, err := net.SplitHostPort(target.Addr)
	if err != nil {
		t.Fatal(err)
	}
	number, _ := strconv.ParseInt(port, 10, 64)
	redistest.EachWith(t, redistest.Options{Password: "right"}, func(t *testing.T, srv *redistest.Server) {
		overBoth(t, func(t *testing.T, protocol int) {
			var l listener
			opts := redis.Options{Addr: srv.Addr, Protocol: protocol, Password: "right"}
			l.listen(&opts)
			opts.Observer.Arguments = false // those of a command that nobody knows are shown to who asks for arguments
			conn := dialLive(t, opts)
			await(t, conn.Set("k", "v"))
			// One at a time: some servers do not answer a wrong password that is pipelined behind other commands.
			refused := map[string]func() future.Awaitable{
				"AUTH":              func() future.Awaitable { return conn.Auth(secret) },
				"AUTH user":         func() future.Awaitable { return conn.AuthUser("nobody", secret) },
				"HELLO AUTH":        func() future.Awaitable { return conn.Hello(3, redis.HelloAuth("nobody", secret)) },
				"HELLO syntax":      func() future.Awaitable { return conn.Command("HELLO", 3, "AUTH", secret) },
				"CONFIG SET":        func() future.Awaitable { return conn.ConfigSet("requirepass", secret, "no-such-thing", 1) },
				"CONFIG SET syntax": func() future.Awaitable { return conn.Command("CONFIG", "SET", "masterauth", secret, "more") },
				"MIGRATE AUTH": func() future.Awaitable {
					return conn.Migrate(host, number, "k", 1, 300*time.Millisecond, redis.MigrateAuth(secret))
				},
				"MIGRATE AUTH2": func() future.Awaitable {
					return conn.Migrate(host, number, "k", 1, 300*time.Millisecond, redis.MigrateAuthUser("nobody", secret))
				},
				"MIGRATE to nowhere": func() future.Awaitable {
					return conn.Migrate(host, 1, "k", 1, 300*time.Millisecond, redis.MigrateAuth(secret))
				},
				"ACL SETUSER hash":     func() future.Awaitable { return conn.ACLSetUser("ann", "#"+secret) },
				"ACL SETUSER remove":   func() future.Awaitable { return conn.ACLSetUser("ann", "<"+secret) },
				"ACL SETUSER unhash":   func() future.Awaitable { return conn.ACLSetUser("ann", "!"+secret) },
				"ACL SETUSER wrong":    func() future.Awaitable { return conn.ACLSetUser("ann", ">"+secret, "+no-such-command") },
				"unknown command":      func() future.Awaitable { return conn.Command("AUHT", secret) },
				"unknown subcommand":   func() future.Awaitable { return conn.Command("ACL", "SETUSR", "ann", ">"+secret) },
				"wrong number of args": func() future.Awaitable { return conn.Command("AUTH", secret, secret, secret) },
			}
			for name, call := range refused {
				err := future.WaitAll(limit(t), call())
				if err == nil {
					t.Errorf("%s = nil error; want the server to refuse it", name)
				}
				asErr[*redis.RedisError](t, err)
				hides(t, name, err)
			}

			wrong := opts
			wrong.Password = secret
			client := redis.New(wrong)
			defer client.Close()
			hides(t, "connect", client.Connect(limit(t)), client, wrong)

			opts.ReadTimeout, opts.Observer.Arguments = 200*time.Millisecond, true
			hasty := dialLive(t, opts)
			srv.Pause()
			var late []future.Awaitable // none of these is answered
			for _, call := range secretCalls {
				late = append(late, call.calls(t, context.Background(), hasty)...)
			}
			for _, f := range late {
				err := future.WaitAll(limit(t), f)
				if err == nil {
					t.Error("nil error from a server that is stopped")
				}
				hides(t, "silence", err)
			}
			srv.Resume()
			srv.Restart() // it has done late what it was asked to: its password is another one now
			l.check(t)
		})
	})
}
