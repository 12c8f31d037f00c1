package redis_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/internal/memnet"
	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
	"github.com/futureio/futureio-go/redis/commands"
)

// secret is what no text may show, in none of the forms in which package fmt prints strings and bytes.
const secret = "s3cr3t-t0ken"

var secretForms = []string{
	secret, hex.EncodeToString([]byte(secret)), strings.ToUpper(hex.EncodeToString([]byte(secret))), base64.StdEncoding.EncodeToString([]byte(secret)),
	strings.Trim(fmt.Sprint([]byte(secret)), "[]"), strings.Trim(strings.TrimPrefix(fmt.Sprintf("%#v", []byte(secret)), "[]byte"), "{}"),
}

// hides checks that no verb of package fmt shows the secret in any of the values, nor in what errors have behind them.
func hides(t *testing.T, what string, values ...any) {
	t.Helper()
	for _, v := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
			text := fmt.Sprintf(verb, v)
			for _, form := range secretForms {
				if strings.Contains(text, form) {
					t.Errorf("%s: %s of a %T shows the secret: %.300s", what, verb, v, text)
				}
			}
		}
		switch e := v.(type) {
		case interface{ Unwrap() error }:
			if inner := e.Unwrap(); inner != nil {
				hides(t, what, inner)
			}
		case interface{ Unwrap() []error }:
			for _, inner := range e.Unwrap() {
				hides(t, what, inner)
			}
		}
	}
}

// secretCall is a command that carries a secret, by its typed method and in words.
type secretCall struct {
	typed func(c *redis.Conn) future.Awaitable
	words []any
}

var secretCalls = map[string]secretCall{
	"AUTH":      {func(c *redis.Conn) future.Awaitable { return c.Auth(secret) }, []any{"auth", secret}},
	"AUTH user": {func(c *redis.Conn) future.Awaitable { return c.AuthUser("ann", secret) }, []any{"AUTH", "ann", secret}},
	"HELLO AUTH": {func(c *redis.Conn) future.Awaitable { return c.Hello(3, redis.HelloAuth("ann", secret)) },
		[]any{"Hello", 3, "Auth", "ann", []byte(secret)}},
	"CONFIG SET requirepass": {func(c *redis.Conn) future.Awaitable { return c.ConfigSet("requirepass", secret) },
		[]any{"CONFIG", "set", "maxmemory", "0", "RequirePass", secret}},
	"CONFIG SET masterauth": {func(c *redis.Conn) future.Awaitable { return c.ConfigSet("masterauth", []byte(secret)) },
		[]any{"CONFIG", "SET", "masterauth", secret}},
	"MIGRATE AUTH": {func(c *redis.Conn) future.Awaitable {
		return c.Migrate("host", 6379, "k", 0, time.Second, redis.MigrateAuth(secret))
	}, []any{"MIGRATE", "host", 6379, "k", 0, 1000, "AUTH", secret}},
	"MIGRATE AUTH2": {func(c *redis.Conn) future.Awaitable {
		return c.Migrate("host", 6379, "k", 0, time.Second, redis.MigrateAuthUser("ann", secret))
	}, []any{"migrate", "host", 6379, "k", 0, 1000, "auth2", "ann", secret}},
	"ACL SETUSER": {func(c *redis.Conn) future.Awaitable { return c.ACLSetUser("ann", "on", ">"+secret, "<"+secret) },
		[]any{"acl", "setuser", "ann", "#" + secret, "!" + secret}},
}

// calls makes the call in both ways, and in words through another Doer that looks at the command on its way.
func (s secretCall) calls(t *testing.T, ctx context.Context, conn *redis.Conn) []future.Awaitable {
	seen := commands.On(look{t, conn})
	return []future.Awaitable{s.typed(conn), conn.With(ctx).Command(s.words...), seen.Command(s.words...)}
}

// look is a Doer that prints what it passes on, as one that logs would.
type look struct {
	t    *testing.T
	next commands.Doer
}

func (l look) Do(cmd *commands.Cmd) {
	hides(l.t, "a Cmd", cmd, cmd.Spec(), cmd.Spec().Redact(cmd.Args()))
	l.next.Do(cmd)
}

// repeats answers as old servers do, who repeat the arguments of what they do not know, or cannot use.
func repeats(_ *redistest.Conn, args []string) string {
	if strings.EqualFold(args[0], "ACL") {
		return redistest.Error("ERR Error in ACL SETUSER modifier '" + args[len(args)-1] + "': Syntax error")
	}
	var b strings.Builder
	for _, arg := range args[1:] {
		b.WriteString("'" + arg + "' ")
	}
	return redistest.Error("ERR unknown command '" + args[0] + "', with args beginning with: " + b.String())
}

// secretPaths are the ways in which a command can fail. Each makes it happen before or after the calls.
var secretPaths = map[string]struct {
	before func(t *testing.T, srv *redistest.Fake, first *memnet.Conn)
	after  func(srv *redistest.Fake, conn *redis.Conn)
	answer redistest.Handler
}{
	"refused with its arguments": {answer: repeats},
	"reply of another shape": {answer: func(_ *redistest.Conn, args []string) string {
		return redistest.Array(redistest.Push(redistest.Bulk(args[0])))
	}},
	"malformed reply":              {answer: redistest.Always("?\r\n")},
	"silence":                      {answer: redistest.Silent},
	"lost connection":              {answer: func(c *redistest.Conn, _ []string) string { c.Reset(); return "" }},
	"write cut inside of a secret": {answer: redistest.Silent, before: cutInsideTheSecret},
	"offline until it is late": {before: func(t *testing.T, srv *redistest.Fake, _ *memnet.Conn) {
		cutOff(srv)
	}},
	"closed while it is queued": {
		before: func(t *testing.T, srv *redistest.Fake, _ *memnet.Conn) { cutOff(srv) },
		after:  func(_ *redistest.Fake, conn *redis.Conn) { _ = conn.Close() },
	},
	"closed while it is in flight": {
		answer: redistest.Silent,
		after:  func(_ *redistest.Fake, conn *redis.Conn) { _ = conn.Shutdown(limitFor(time.Millisecond)) },
	},
}

func cutInsideTheSecret(_ *testing.T, srv *redistest.Fake, first *memnet.Conn) {
	srv.Memory().RefuseDials(syscall.ECONNREFUSED)
	first.FailWriteAfter(20, syscall.EPIPE)
}

// Behaviour O1. Law G12. Whatever carries a secret, and however it fails, no text of it all shows the secret.
func TestNoErrorOfACommandShowsItsSecret(t *testing.T) {
	for path, p := range secretPaths {
		for name, call := range secretCalls {
			t.Run(path+"/"+name, func(t *testing.T) {
				bubble(t, func(t *testing.T, srv *redistest.Fake) {
					first := firstConn(srv)
					var l listener
					conn := dialConn(t, srv, l.listen, func(o *redis.Options) { o.ReadTimeout, o.QueueSize = 2*time.Second, 2 })
					for _, word := range []string{"AUTH", "HELLO", "CONFIG", "MIGRATE", "ACL"} {
						srv.Handle(word, p.answer)
					}
					if p.before != nil {
						p.before(t, srv, first())
					}
					ctx, cancel := context.WithTimeout(context.Background(), time.Second)
					defer cancel()
					fs := call.calls(t, ctx, conn)
					synctest.Wait()
					hides(t, "client", conn, conn.Session(), conn.State())
					if p.after != nil {
						p.after(srv, conn)
					}
					for _, f := range fs {
						err := future.WaitAll(limit(t), f)
						if err == nil {
							t.Errorf("%s = nil error; want it to fail", name)
						}
						hides(t, "command", err)
					}
					_ = conn.Shutdown(limitFor(time.Millisecond))
					synctest.Wait()
					l.check(t)
				})
			})
		}
	}
}

// Behaviour O1. Law G12. The same for what is refused before it is queued.
func TestNoRefusalOfACallShowsItsSecret(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		client, conn := dialFake(t, srv), dialConn(t, srv)
		type odd struct{ P string }
		for _, f := range []future.Awaitable{
			client.Command("AUTH", secret), client.Command("HELLO", 3, "AUTH", "ann", secret), conn.Command("AUTH", odd{secret}),
			conn.ConfigSet("requirepass", odd{secret}), conn.ConfigSet("requirepass", secret, "masterauth"), conn.Command("AUTH "+secret, secret),
			conn.Command("PSYNC", secret, -1), client.Command("CONFIG", "SET", "requirepass", map[string]string{"p": secret}),
			conn.Migrate("host", 1, "k", 0, -time.Second, redis.MigrateAuth(secret), redis.MigrateAuthUser("ann", secret)),
		} {
			err := future.WaitAll(limit(t), f)
			if err == nil {
				t.Error("nil error; want a refusal")
			}
			hides(t, "refusal", err)
		}
		_ = conn.Close()
		hides(t, "closed", future.WaitAll(limit(t), conn.Auth(secret)))
	})
}

// Behaviour O1. Law G12. A password that comes by Options, Credentials or a Conn's own AUTH, and every way for the handshake to
// fail with it: what OnError, the Logger and the Observer are told, and what Connect and the commands fail with, does not show it.
func TestNoErrorOfTheHandshakeShowsThePassword(t *testing.T) {
	for path, fail := range map[string]func(srv *redistest.Fake){
		"wrong password":     func(srv *redistest.Fake) { srv.RequireAuth("ann", "other") },
		"arguments repeated": func(srv *redistest.Fake) { srv.Handle("HELLO", repeats); srv.Handle("AUTH", repeats) },
		"silence":            func(srv *redistest.Fake) { srv.Handle("HELLO", redistest.Silent); srv.Handle("AUTH", redistest.Silent) },
		"another shape":      func(srv *redistest.Fake) { srv.Handle("SELECT", repeats) },
		"malformed reply": func(srv *redistest.Fake) {
			srv.Handle("HELLO", redistest.Always("?\r\n"))
			srv.Handle("AUTH", redistest.Always("?\r\n"))
		},
		"hang up": func(srv *redistest.Fake) {
			hangUp := func(c *redistest.Conn, _ []string) string { c.Close(); return "" }
			srv.Handle("HELLO", hangUp)
			srv.Handle("AUTH", hangUp)
		},
		"write cut": func(srv *redistest.Fake) {
			srv.Memory().OnDial(func(c *memnet.Conn) { c.FailWriteAfter(30, syscall.EPIPE) })
		},
		"refused dial":         func(srv *redistest.Fake) { srv.Memory().RefuseDials(syscall.ECONNREFUSED) },
		"panic in Credentials": nil,
		"error of Credentials": nil,
		"unusable client name ": func(srv *redistest.Fake) {
			srv.Handle("CLIENT SETNAME", func(c *redistest.Conn, _ []string) string { c.Close(); return "" })
		},
	} {
		for _, protocol := range []int{2, 3} {
			t.Run(fmt.Sprintf("%s RESP%d", path, protocol), func(t *testing.T) {
				bubble(t, func(t *testing.T, srv *redistest.Fake) {
					if fail != nil {
						fail(srv)
					}
					var l listener
					opts := redis.Options{Addr: "fake:6379", Dialer: srv.DialContext, Username: "ann", Password: secret, Database: 3, ClientName: "w", Protocol: protocol, ConnectTimeout: time.Second}
					l.listen(&opts)
					switch path {
					case "panic in Credentials":
						opts.Credentials = func(context.Context) (string, string, error) { panic("no vault") }
					case "error of Credentials":
						opts.Credentials = func(context.Context) (string, string, error) { return "ann", secret, errors.New("no vault") }
					}
					client := redis.New(opts)
					hides(t, "options", opts, &opts, client, client.State(), client.Stats())
					err := client.Connect(limit(t))
					if err == nil {
						t.Error("Connect = nil; want an error")
					}
					_, getErr := client.Get("k").Await(limit(t))
					hides(t, "connect", err, getErr)
					_ = client.Close()
					synctest.Wait()
					l.check(t)
				})
			})
		}
	}
}

// Behaviour O1. Law G12. A session that was authenticated by the Conn's own AUTH is made again with it, and refused: none of what
// tells of that shows the password.
func TestNoErrorOfAReplayedSessionShowsItsPassword(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.RequireAuth("ann", secret)
		var l listener
		conn := dialConn(t, srv, l.listen, func(o *redis.Options) { o.Username, o.Password = "ann", secret })
		await(t, conn.AuthUser("ann", secret))
		await(t, conn.Hello(3, redis.HelloAuth("ann", secret), redis.HelloSetName("w")))
		hides(t, "conn", conn, conn.Session())
		srv.RequireAuth("ann", "changed")
		srv.Conn(0).Close()
		time.Sleep(10 * time.Second)
		_, err := conn.Get("k").Await(limit(t))
		if err == nil {
			t.Error("GET with a refused session = nil error")
		}
		hides(t, "command", err)
		_ = conn.Close()
		synctest.Wait()
		l.check(t)
	})
}

// listener records everything that a client tells of itself.
type listener struct {
	mu     sync.Mutex
	values []any
	logged bytes.Buffer
}

func (l *listener) note(v any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.values = append(l.values, v)
}

// Write takes the lines of the Logger.
func (l *listener) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.logged.Write(p)
}

func (l *listener) listen(o *redis.Options) {
	o.OnConnect = func(c *redis.Client) { l.note(c) }
	o.OnDisconnect = func(_ *redis.Client, reason string) { l.note(reason) }
	o.OnError = func(_ *redis.Client, err error) { l.note(err) }
	o.Logger = slog.New(slog.NewJSONHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
	o.Observer = &redis.Observer{
		Dial: func(e redis.DialEvent) { l.note(e); l.note(e.Err) }, Connect: func(e redis.ConnectEvent) { l.note(e) },
		Disconnect: func(e redis.DisconnectEvent) { l.note(e); l.note(e.Err) }, Reconnect: func(e redis.ReconnectEvent) { l.note(e) },
		Command:   func(e redis.CommandEvent) { l.note(e); l.note(e.Err) },
		Batch:     func(e redis.BatchEvent) { l.note(e) },
		Arguments: true,
	}
}

func (l *listener) check(t *testing.T) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.values) == 0 {
		t.Error("nothing was told; the test has not tested")
	}
	hides(t, "told", l.values...)
	hides(t, "logged", l.logged.String())
}
