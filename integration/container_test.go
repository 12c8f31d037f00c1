package integration

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// It is also how containers.sh finds out whether it has to start an engine.
func TestAnEngineAnswers(t *testing.T) {
	version, err := engine(t).Client.Version()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("Docker %s, API %s", version.Get("Version"), version.Get("ApiVersion"))
}

// TestContainerMatrix runs the cells that lead to a container: over TCP, with a login.
func TestContainerMatrix(t *testing.T) {
	engine(t)
	for _, image := range images {
		for _, l := range []login{password, aclUser} {
			t.Run(image.server+"/"+l.name, func(t *testing.T) {
				srv := startContainer(t, image.server, image.names, l)
				for _, protocol := range []int{2, 3} {
					t.Run(fmt.Sprintf("RESP%d", protocol), func(t *testing.T) {
						redistest.NoLeaks(t)
						srv.cell(t, image.server, l, protocol).run(t)
					})
				}
			})
		}
	}
}

// cell is the way to a container.
func (c *container) cell(t *testing.T, server string, l login, protocol int) *cell {
	t.Helper()
	return &cell{
		server: server,
		local:  func(laddr string) bool { return strings.HasSuffix(laddr, ":6379") }, // inside of the container
		login:  l,
		opts:   redis.Options{Addr: c.addr, Username: l.user, Password: l.password, Protocol: protocol, Database: 5, ClientName: "cell"},
		admin:  newAdmin(t, c.addr, l),
	}
}

// eachContainer runs a test on a container of each image.
func eachContainer(t *testing.T, args []string, test func(t *testing.T, srv *container, c *cell)) {
	t.Helper()
	engine(t)
	for _, image := range images {
		t.Run(image.server, func(t *testing.T) {
			srv := startContainer(t, image.server, image.names, password, args...)
			test(t, srv, srv.cell(t, image.server, password, 3))
		})
	}
}

// A container is stopped under load and started again: what was issued meanwhile goes out then, in its order, and
// acked ≤ value ≤ acked + unknown holds over the restart. Behaviour D10. Laws G2, G4.
func TestContainerThatRestartsGetsWhatWasQueued(t *testing.T) {
	eachContainer(t, []string{"--appendonly", "yes", "--appendfsync", "always"}, func(t *testing.T, srv *container, c *cell) {
		connected, lost := make(chan struct{}, 10), make(chan string, 10)
		client := c.client(t, func(o *redis.Options) {
			o.OnConnect = func(*redis.Client) { connected <- struct{}{} }
			o.OnDisconnect = func(_ *redis.Client, reason string) { lost <- reason }
		})
		await(t, client.Set("cell:before", "kept"))
		receive(t, "OnConnect", connected)
		load := startLoad(client, 4)
		srv.stop()
		receive(t, "OnDisconnect", lost)

		const queued = 500
		var ledger redistest.Ledger
		var fs []*future.Future[int64]
		for i := range queued {
			f := client.RPush("cell:queue", i)
			f.OnReady(func() func(*future.Future[int64]) {
				settled := ledger.Issue("RPUSH " + strconv.Itoa(i))
				return func(*future.Future[int64]) { settled() }
			}())
			fs = append(fs, f)
		}
		if state := client.State(); state != redis.StateConnecting || fs[0].Settled() {
			t.Errorf("state = %v, settled = %v while the container is down; want connecting, and the first command waiting", state, fs[0].Settled())
		}
		srv.start()
		for i, f := range fs {
			expect(t, "RPUSH "+strconv.Itoa(i), f, int64(i+1))
		}
		ledger.Check(t)
		want := make([]string, queued)
		for i := range want {
			want[i] = strconv.Itoa(i)
		}
		if got := await(t, client.LRange("cell:queue", 0, -1)); !slices.Equal(got, want) {
			t.Errorf("LRANGE = %q; want 0 to %d in order", got, queued-1)
		}
		if v := await(t, client.Get("cell:before")); v.Or("") != "kept" {
			t.Errorf("GET = %v; want kept, from before the restart", v)
		}
		load.end(t, client)
		c.sameConnection(t, await(t, client.ClientInfo()))
	})
}

// A frozen container takes connections and bytes, and says nothing. Behaviours T2, C1. Laws G2, G6.
func TestContainerThatIsFrozenIsFoundAndComesBack(t *testing.T) {
	eachContainer(t, nil, func(t *testing.T, srv *container, c *cell) {
		const patience = time.Second
		connected, lost, failed := make(chan struct{}, 10), make(chan string, 10), make(chan error, 100)
		client := c.client(t, func(o *redis.Options) {
			o.OnError = func(_ *redis.Client, err error) { failed <- err }
			o.ReadTimeout, o.ConnectTimeout = patience, patience
			o.OnConnect = func(*redis.Client) { connected <- struct{}{} }
			o.OnDisconnect = func(_ *redis.Client, reason string) { lost <- reason }
		})
		expect(t, "INCR", client.Incr("cell:n"), 1)
		receive(t, "OnConnect", connected)
		srv.pause()
		start := time.Now()
		fs := make([]*future.Future[int64], 100)
		for i := range fs {
			fs[i] = client.Incr("cell:n")
		}
		for _, f := range fs {
			if e := failure[redis.Error](t, f); e.Outcome() != redis.Unknown {
				t.Fatalf("INCR sent to a frozen container = %v with outcome %v; want unknown", e, e.Outcome())
			}
		}
		if took := time.Since(start); took < patience*8/10 || took > 3*patience {
			t.Errorf("found silent after %v; want about %v", took, patience)
		}
		if reason := receive(t, "OnDisconnect", lost); reason != redis.ReasonTimeout {
			t.Errorf("reason = %s; want timeout", reason)
		}
		// It still takes connections, but none that would get ready: what is issued now is not executed.
		if e := asError[*redis.TimeoutError](t, receive(t, "OnError", failed)); e.Op != "connect" || e.After != patience {
			t.Errorf("an attempt to connect failed with %v; want a timeout after %v", e, patience)
		}
		if e := failure[*redis.TimeoutError](t, client.Incr("cell:n")); !redis.SafeToRetry(e) {
			t.Errorf("INCR without a connection = %v with outcome %v; want not executed", e, e.Outcome())
		}

		srv.unpause()
		receive(t, "OnConnect after it went on", connected)
		n, err := strconv.Atoi(await(t, client.Get("cell:n")).Or(""))
		if err != nil || n < 1 || n > 1+len(fs) {
			t.Errorf("GET = %d, %v; want 1 that was answered, and up to %d of unknown outcome", n, err, len(fs))
		}
		c.sameConnection(t, await(t, client.ClientInfo()))
	})
}

// load increments one key without a pause and counts what comes of it.
type load struct {
	stop    chan struct{}
	callers sync.WaitGroup

	mu             sync.Mutex
	acked, unknown int64
	wrong          []error // what tells no outcome
}

func startLoad(client *redis.Client, callers int) *load {
	l := &load{stop: make(chan struct{})}
	for range callers {
		l.callers.Go(func() {
			for {
				select {
				case <-l.stop:
					return
				default:
					l.round(client)
				}
			}
		})
	}
	return l
}

func (l *load) round(client *redis.Client) {
	fs := make([]*future.Future[int64], 16)
	for i := range fs {
		fs[i] = client.Incr("cell:load")
	}
	for _, f := range fs {
		<-f.Done()
		err := f.Err()
		var e redis.Error
		l.mu.Lock()
		switch {
		case err == nil:
			l.acked++
		case !errors.As(err, &e):
			l.wrong = append(l.wrong, err)
		case e.Outcome() == redis.Unknown:
			l.unknown++
		}
		l.mu.Unlock()
	}
}

// end stops the load and compares its count with the server's.
func (l *load) end(t *testing.T, client *redis.Client) {
	t.Helper()
	close(l.stop)
	l.callers.Wait()
	value, err := strconv.ParseInt(await(t, client.Get("cell:load")).Or(""), 10, 64)
	t.Logf("%d acked, %d unknown; value %d", l.acked, l.unknown, value)
	if err != nil || value < l.acked || value > l.acked+l.unknown || l.acked == 0 {
		t.Errorf("value %d, %v is not between acked %d and acked + unknown %d", value, err, l.acked, l.acked+l.unknown)
	}
	if len(l.wrong) > 0 {
		t.Errorf("%d errors without an outcome, the first: %v", len(l.wrong), l.wrong[0])
	}
}
