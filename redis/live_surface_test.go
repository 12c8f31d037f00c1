package redis_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
	"github.com/futureio/futureio-go/redis/commands"
)

// A row of the table calls one command, with arguments that succeed, and says what its typed result has to be.
type row struct {
	cmd  string               // as Redis spells it: "CLIENT LIST"; a row that does not send it fails
	name string               // what tells several rows of one command apart
	call func(c *surface) any // what it returns has to be equal over both protocols
	want any                  // what call returns, in the form of same; nil where call asserts by itself, with c.holds

	only    string // a prefix of the names of the servers that have what the row uses; "" for all that have the command
	differs bool   // the result is another one each time: a random one, an ID
}

// all is a list of results in a row.
type all []any

// surface is what a row calls commands on: a client over one protocol on one server, which has no keys.
type surface struct {
	commands.Commands
	t        *testing.T
	ctx      context.Context
	srv      *redistest.Server
	protocol int
	lab      *lab
	heard    *heard
}

// heard notes the names of the commands that the calls of a row send.
type heard struct {
	mu     sync.Mutex
	names  []string
	checks int // assertions made by the row itself
}

// tap is the Doer between the rows and a client.
type tap struct {
	redis.Doer
	heard *heard
}

func (d tap) Do(cmd *commands.Cmd) {
	d.heard.mu.Lock()
	d.heard.names = append(d.heard.names, cmd.Name())
	d.heard.mu.Unlock()
	d.Doer.Do(cmd)
}

// lab is one kind of server with what the rows share on it.
type lab struct {
	t       *testing.T
	srv     *redistest.Server
	nodes   [3]*redistest.Server // a cluster: master and replica, and a master without slots
	pair    [2]*redistest.Server // replicated
	has     map[string]bool
	clients map[string]*redis.Client // by address and protocol
}

// surfaceTable is every row, in the order in which they run.
func surfaceTable() []row {
	return slices.Concat(surfaceGroups...)
}

var surfaceGroups = [][]row{
	stringRows, genericRows, moreRows, fieldRows, geoRows, vectorRows, streamRows, streamGroupRows, hashRows, listRows, blockingRows, setRows, sortedSetRows, bitmapRows, hyperLogLogRows, scriptingRows, pubSubRows, connectionRows, serverRows, aclRows, replicationRows, clusterRows,
}

// Behaviour G4, for the whole surface.
func TestEveryCommandGivesTheSameTypedResultOnEveryServerAndProtocol(t *testing.T) {
	known := serversOfCommands(t)
	redistest.EachWith(t, redistest.Options{Args: labArgs}, func(t *testing.T, srv *redistest.Server) {
		l := &lab{t: t, srv: srv, has: commandsOf(t, srv, known), clients: map[string]*redis.Client{}}
		for i := range l.nodes {
			l.nodes[i] = redistest.Start(t, redistest.Options{Flavor: redistest.Flavor(srv.Name), Args: append(slices.Clone(clusterArgs), labArgs...)})
		}
		l.nodes[0].Do("CLUSTER", "ADDSLOTSRANGE", "0", "16383")
		for _, node := range l.nodes[1:] {
			l.nodes[0].Do("CLUSTER", "MEET", "127.0.0.1", strings.TrimPrefix(node.Addr, "127.0.0.1:"))
		}
		for i := range l.pair {
			l.pair[i] = redistest.Start(t, redistest.Options{Flavor: redistest.Flavor(srv.Name), Args: labArgs})
		}
		l.pair[1].Do("REPLICAOF", "127.0.0.1", strings.TrimPrefix(l.pair[0].Addr, "127.0.0.1:"))
		results := map[int]any{}
		for _, protocol := range []int{2, 3} {
			t.Run(map[int]string{2: "RESP2", 3: "RESP3"}[protocol], func(t *testing.T) {
				for i, r := range surfaceTable() {
					if !l.has[r.cmd] || !strings.HasPrefix(srv.Name, r.only) {
						continue
					}
					t.Run(strings.TrimSpace(r.cmd+" "+r.name), func(t *testing.T) {
						got := l.run(t, protocol, r)
						if before, ok := results[i]; ok && !r.differs && !reflect.DeepEqual(got, before) {
							t.Errorf("%s = %+v; over RESP2 it was %+v", r.cmd, got, before)
						}
						results[i] = got
					})
				}
			})
		}
	})
}

// labArgs let the rows use what servers only allow if configured to.
var (
	labArgs     = []string{"--enable-debug-command", "yes", "--repl-diskless-sync-delay", "0"}
	clusterArgs = []string{"--cluster-enabled", "yes", "--cluster-allow-replica-migration", "no"} // a master that loses its last slot stays one
)

// run runs one row and returns its result.
func (l *lab) run(t *testing.T, protocol int, r row) any {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	c := l.on(t, l.srv, protocol, &heard{})
	c.ctx = ctx
	of(c, c.FlushAll())
	c.heard.names = nil

	got := r.call(c)
	if !slices.Contains(c.heard.names, r.cmd) {
		t.Errorf("the row sent %q; want %s", c.heard.names, r.cmd)
	}
	if r.want == nil {
		if c.heard.checks == 0 {
			t.Error("the row asserts nothing")
		}
		return got
	}
	got = same(got)
	if want := same(r.want); !reflect.DeepEqual(got, want) {
		t.Errorf("%s = %T %+v; want %T %+v", r.cmd, got, got, want, want)
	}
	return got
}

// same turns the constants that rows are written with into the types of results: int into int64, also inside of all.
func same(v any) any {
	switch v := v.(type) {
	case int:
		return int64(v)
	case all:
		out := make(all, len(v))
		for i := range v {
			out[i] = same(v[i])
		}
		return out
	}
	return v
}

// on makes the surface of a server; its client is shared by all rows.
func (l *lab) on(t *testing.T, srv *redistest.Server, protocol int, h *heard) *surface {
	key := srv.Addr + map[int]string{2: " RESP2", 3: " RESP3"}[protocol]
	client := l.clients[key]
	if client == nil {
		client = redis.New(surfaceOptions(srv.Addr, protocol))
		l.clients[key] = client
		l.t.Cleanup(func() {
			ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
			defer cancel()
			_ = client.Shutdown(ctx)
		})
	}
	return &surface{Commands: commands.On(tap{client, h}), t: t, srv: srv, protocol: protocol, lab: l, heard: h}
}

func surfaceOptions(addr string, protocol int) redis.Options {
	return redis.Options{Addr: addr, Protocol: protocol, ConnectTimeout: 5 * time.Second}
}

// of waits for a result that a row needs.
func of[T any](c *surface, f *future.Future[T]) T {
	c.t.Helper()
	v, err := f.Await(c.ctx)
	if err != nil {
		c.t.Fatalf("%s failed with %v (%T)", c.heard.names[len(c.heard.names)-1], err, err)
	}
	return v
}

// failure waits for an error that a row provokes.
func failure[E error, T any](c *surface, f *future.Future[T]) E {
	c.t.Helper()
	v, err := f.Await(c.ctx)
	var want E
	if !errors.As(err, &want) {
		c.t.Fatalf("%s = %v, %v (%T); want a %T", c.heard.names[len(c.heard.names)-1], v, err, err, want)
	}
	return want
}

// given waits until the commands that prepare a row are done.
func (c *surface) given(fs ...future.Awaitable) {
	c.t.Helper()
	if err := future.WaitAll(c.ctx, fs...); err != nil {
		c.t.Fatalf("the preparation of the row failed: %v", err)
	}
}

// holds is an assertion about a result that cannot be foreseen.
func (c *surface) holds(ok bool, format string, args ...any) {
	c.t.Helper()
	c.heard.checks++
	if !ok {
		c.t.Errorf(format, args...)
	}
}

// until repeats a question to the server until its answer is yes.
func (c *surface) until(what string, yes func() bool) {
	c.t.Helper()
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for !yes() {
		select {
		case <-c.ctx.Done():
			c.t.Fatalf("waited in vain until %s", what)
		case <-again.C:
		}
	}
}

// start starts a server of the same kind for one row alone.
func (c *surface) start(args ...string) *surface {
	c.t.Helper()
	srv := redistest.Start(c.t, redistest.Options{Flavor: redistest.Flavor(c.srv.Name), Args: append(slices.Clone(labArgs), args...)})
	return c.at(srv)
}

// as is the surface of the same server with a client of its own.
func (c *surface) as(opts redis.Options) *surface {
	c.t.Helper()
	client := redis.New(opts)
	c.t.Cleanup(func() { _ = client.Close() })
	s := *c
	s.Commands = commands.On(tap{client, c.heard})
	return &s
}

// at is the surface of another server.
func (c *surface) at(srv *redistest.Server) *surface {
	s := c.lab.on(c.t, srv, c.protocol, c.heard)
	s.ctx = c.ctx
	return s
}

func some[T any](v T) redis.Opt[T] { return commands.Some(v) }
func none[T any]() redis.Opt[T]    { return commands.None[T]() }

// texts is a list of values that are all there.
func texts(list ...string) []redis.Opt[string] {
	opts := make([]redis.Opt[string], len(list))
	for i, s := range list {
		opts[i] = some(s)
	}
	return opts
}

// inOrder sorts a result that comes in any order.
func inOrder(list []string) []string {
	slices.Sort(list)
	return list
}

// numbers is the values 0 to n-1.
func numbers(n int) []any {
	list := make([]any, n)
	for i := range list {
		list[i] = i
	}
	return list
}

// pagesOf collects the items of all pages of a scan, and counts the pages.
func pagesOf[T any](c *surface, next func(cursor string) redis.Page[T]) (items []T, pages int) {
	c.t.Helper()
	for cursor := "0"; ; pages++ {
		page := next(cursor)
		items = append(items, page.Items...)
		if cursor = page.Cursor; !page.More() {
			return items, pages + 1
		}
		if c.ctx.Err() != nil {
			c.t.Fatal("the scan has no end")
		}
	}
}

// commandFacts is what the tests need of spec/commands.json.
type commandFacts struct {
	Name        string
	Subcommands []string
	Servers     []string
}

func readCommandFacts(t *testing.T) []commandFacts {
	t.Helper()
	raw, err := os.ReadFile("../spec/commands.json")
	if err != nil {
		t.Fatal(err)
	}
	var spec struct{ Commands []commandFacts }
	if err := json.Unmarshal(raw, &spec); err != nil {
		t.Fatal(err)
	}
	return spec.Commands
}

// serversOfCommands is which commands each server of the spec has.
func serversOfCommands(t *testing.T) map[string]map[string]bool {
	t.Helper()
	known := map[string]map[string]bool{}
	for _, c := range readCommandFacts(t) {
		for _, srv := range c.Servers {
			if known[srv] == nil {
				known[srv] = map[string]bool{}
			}
			known[srv][c.Name] = true
		}
	}
	return known
}

// commandsOf is which commands a server has: by the spec, or as it tells itself when the spec does not know it.
func commandsOf(t *testing.T, srv *redistest.Server, known map[string]map[string]bool) map[string]bool {
	t.Helper()
	if has := known[srv.Name]; has != nil {
		return has
	}
	has := map[string]bool{}
	var note func(list []any)
	note = func(list []any) {
		for _, info := range list {
			facts := info.([]any)
			name := strings.ToUpper(strings.ReplaceAll(facts[0].(string), "|", " "))
			has[name] = true
			if len(facts) > 9 {
				note(facts[9].([]any))
			}
		}
	}
	note(srv.Do("COMMAND").([]any))
	return has
}
