package redis_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// churn adds and deletes what is numbered, all the time until stop, which returns how many rounds that were. At
// most a few rounds are under way at once.
func churn(t *testing.T, add, remove func(n int) interface{ Err() error }, wait func()) (stop func() int) {
	t.Helper()
	quit, rounds := make(chan struct{}), make(chan int)
	go func() {
		n := 0
		defer func() { rounds <- n }()
		for {
			select {
			case <-quit:
				return
			default:
			}
			for i := range 20 {
				add(20*n + i)
				if n > 0 {
					remove(20*(n-1) + i)
				}
			}
			wait()
			n++
		}
	}()
	return func() int {
		close(quit)
		return <-rounds
	}
}

// covers checks that all steady elements were seen, and nothing else than those that come and go.
func covers(t *testing.T, what string, seen map[string]int, steady int) {
	t.Helper()
	for i := range steady {
		if seen[fmt.Sprint("steady:", i)] == 0 {
			t.Fatalf("%s: steady:%d was not seen, though it was there throughout", what, i)
		}
	}
	for name := range seen {
		if !strings.HasPrefix(name, "steady:") && !strings.HasPrefix(name, "passing:") {
			t.Errorf("%s: %q was seen, which never was there", what, name)
		}
	}
}

// Behaviour L2.
func TestScanAllSeesEveryKeyThatIsThereThroughout(t *testing.T) {
	const steady = 10_000
	eachProtocol(t, func(t *testing.T, client *redis.Client, srv *redistest.Server) {
		for i := range steady {
			client.Set(fmt.Sprint("steady:", i), i)
		}
		await(t, client.Ping())
		other := redis.New(redis.Options{Addr: srv.Addr})
		defer other.Close()
		stop := churn(t,
			func(n int) interface{ Err() error } { return other.Set(fmt.Sprint("passing:", n), "") },
			func(n int) interface{ Err() error } { return other.Del(fmt.Sprint("passing:", n)) },
			func() { await(t, other.Ping()) })
		for _, count := range []int64{10, 1000} {
			seen := map[string]int{}
			for key, err := range redis.ScanAll(t.Context(), client, redis.Count(count)) {
				if err != nil {
					t.Fatal(err)
				}
				seen[key]++
			}
			covers(t, fmt.Sprint("COUNT ", count), seen, steady)
		}
		if rounds := stop(); rounds == 0 {
			t.Error("no key came or went meanwhile")
		}
	})
}

// Behaviour L2.
func TestScansOfCollectionsSeeEveryElementThatIsThereThroughout(t *testing.T) {
	const steady = 3000
	eachProtocol(t, func(t *testing.T, client *redis.Client, srv *redistest.Server) {
		other := redis.New(redis.Options{Addr: srv.Addr})
		defer other.Close()
		for _, scan := range []struct {
			name        string
			add, remove func(c *redis.Client, member string) interface{ Err() error }
			all         func(key string, count int64, seen func(member string, ok bool) error) error
		}{
			{"hash", func(c *redis.Client, m string) interface{ Err() error } { return c.HSet("hash", m, "of "+m) },
				func(c *redis.Client, m string) interface{ Err() error } { return c.HDel("hash", m) },
				func(key string, count int64, seen func(string, bool) error) error {
					for f, err := range redis.HScanAll(t.Context(), client, key, redis.Count(count)) {
						if err := errors.Join(err, seen(f.Field, f.Value == "of "+f.Field)); err != nil {
							return err
						}
					}
					return nil
				}},
			{"set", func(c *redis.Client, m string) interface{ Err() error } { return c.SAdd("set", m) },
				func(c *redis.Client, m string) interface{ Err() error } { return c.SRem("set", m) },
				func(key string, count int64, seen func(string, bool) error) error {
					for m, err := range redis.SScanAll(t.Context(), client, key, redis.Count(count)) {
						if err := errors.Join(err, seen(m, true)); err != nil {
							return err
						}
					}
					return nil
				}},
			{"sorted set", func(c *redis.Client, m string) interface{ Err() error } {
				return c.ZAdd("sorted set", []redis.Z{{Member: m, Score: float64(len(m))}})
			},
				func(c *redis.Client, m string) interface{ Err() error } { return c.ZRem("sorted set", m) },
				func(key string, count int64, seen func(string, bool) error) error {
					for z, err := range redis.ZScanAll(t.Context(), client, key, redis.Count(count)) {
						if err := errors.Join(err, seen(z.Member, z.Score == float64(len(z.Member)))); err != nil {
							return err
						}
					}
					return nil
				}},
		} {
			for i := range steady {
				scan.add(client, fmt.Sprint("steady:", i))
			}
			await(t, client.Ping())
			stop := churn(t,
				func(n int) interface{ Err() error } { return scan.add(other, fmt.Sprint("passing:", n)) },
				func(n int) interface{ Err() error } { return scan.remove(other, fmt.Sprint("passing:", n)) },
				func() { await(t, other.Ping()) })
			for _, count := range []int64{10, 1000} {
				members := map[string]int{}
				if err := scan.all(scan.name, count, func(member string, ok bool) error {
					members[member]++
					if !ok {
						return fmt.Errorf("%s came with what belongs to another", member)
					}
					return nil
				}); err != nil {
					t.Fatalf("%s: %v", scan.name, err)
				}
				covers(t, fmt.Sprint(scan.name, " by ", count), members, steady)
			}
			if rounds := stop(); rounds == 0 {
				t.Errorf("%s: nothing came or went meanwhile", scan.name)
			}
			if err := scan.all("missing", 10, func(member string, _ bool) error { return errors.New(member) }); err != nil {
				t.Errorf("a %s that does not exist: %v", scan.name, err)
			}
		}
	})
}

func TestScanAllGivesOnlyWhatTheOptionsSay(t *testing.T) {
	eachProtocol(t, func(t *testing.T, client *redis.Client, _ *redistest.Server) {
		prefixed := client.Prefixed("p:")
		for i := range 300 {
			client.Set(fmt.Sprint("string:", i), i)
			client.SAdd(fmt.Sprint("set:", i), "m")
			prefixed.Set(fmt.Sprint("k:", i), i)
		}
		await(t, prefixed.Ping())
		await(t, client.Ping())
		for _, test := range []struct {
			d      redis.Doer
			opts   []redis.ScanOption
			prefix string
		}{
			{client, []redis.ScanOption{redis.Match("string:*"), redis.Count(7)}, "string:"},
			{client, []redis.ScanOption{redis.OfType("set")}, "set:"},
			{&prefixed, []redis.ScanOption{redis.Match(prefixed.KeyPrefix() + "*")}, "p:k:"},
			{client.With(t.Context()), []redis.ScanOption{redis.Match("set:*")}, "set:"},
		} {
			seen := map[string]bool{}
			for key, err := range redis.ScanAll(t.Context(), test.d, test.opts...) {
				if err != nil {
					t.Fatal(err)
				}
				if !strings.HasPrefix(key, test.prefix) {
					t.Errorf("key %q; want those that begin with %s", key, test.prefix)
				}
				seen[key] = true
			}
			if len(seen) != 300 {
				t.Errorf("%d keys with %s; want 300", len(seen), test.prefix)
			}
		}
	})
}

// Behaviour L2. The order in which the server has received the commands shows who was first.
func TestTheNextPageIsAskedForBeforeTheLoopHasThisOne(t *testing.T) {
	eachProtocol(t, func(t *testing.T, client *redis.Client, srv *redistest.Server) {
		for i := range 1000 {
			client.Set(fmt.Sprint("k", i), "")
		}
		await(t, client.Ping())
		monitor := srv.Monitor()
		turn := 0
		for key, err := range redis.ScanAll(t.Context(), client, redis.Count(100)) {
			if err != nil {
				t.Fatal(err)
			}
			await(t, client.Echo(key))
			if turn++; turn == 500 {
				break
			}
		}
		var scans, echoes int
		for _, command := range monitor.Commands() {
			switch {
			case strings.HasPrefix(command, "SCAN"):
				scans++
			case strings.HasPrefix(command, "ECHO"):
				echoes++
				if scans < 2 {
					t.Fatalf("%s came before the second SCAN", command)
				}
			}
		}
		if scans < 4 || echoes != 500 {
			t.Errorf("%d SCAN and %d ECHO; want 4 or more, and 500", scans, echoes)
		}
	})
}

// Behaviour L2. Law G2.
func TestLeavingScansLeavesNothingBehind(t *testing.T) {
	redistest.NoLeaks(t)
	client, _ := startClient(t)
	await(t, client.FlushAll())
	for i := range 1000 {
		client.Set(fmt.Sprint("k", i), "")
	}
	watched := &watched{Client: client}
	for range 200 {
		for _, err := range redis.ScanAll(t.Context(), watched) {
			if err != nil {
				t.Fatal(err)
			}
			break
		}
	}
	watched.ledger.Check(t)
	if issued, _ := watched.ledger.Counts(); issued != 400 {
		t.Errorf("%d pages were asked for by 200 loops of one turn; want 400", issued)
	}
	if v := await(t, client.Echo("next")); v != "next" {
		t.Errorf("ECHO = %q; want next", v)
	}
}

// Behaviour L2.
func TestAScanEndsWithTheErrorOfTheServer(t *testing.T) {
	eachProtocol(t, func(t *testing.T, admin *redis.Client, srv *redistest.Server) {
		for i := range 1000 {
			admin.Set(fmt.Sprint("k", i), "")
		}
		await(t, admin.Ping())
		srv.Do("ACL", "SETUSER", "scanner", "on", ">secret", "~*", "+@all")
		defer srv.Do("ACL", "DELUSER", "scanner")
		client := redis.New(redis.Options{Addr: srv.Addr, Username: "scanner", Password: "secret"})
		defer client.Close()
		var keys []string
		var errs []error
		for key, err := range redis.ScanAll(t.Context(), client) {
			if err != nil {
				errs = append(errs, err)
				continue
			}
			if keys = append(keys, key); len(keys) == 1 {
				srv.Do("ACL", "SETUSER", "scanner", "-scan")
			}
		}
		var refused *redis.RedisError
		if len(errs) != 1 || !errors.As(errs[0], &refused) || refused.Code != "NOPERM" {
			t.Errorf("errors = %v; want NOPERM, once", errs)
		}
		if len(keys) == 0 || len(keys) == 1000 || slices.Contains(keys, "") {
			t.Errorf("%d keys before the error; want some of 1000, none empty", len(keys))
		}
	})
}
