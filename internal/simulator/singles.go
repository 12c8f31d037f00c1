package simulator

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
	"github.com/futureio/futureio-go/redis/commands"
)

// singles issues single commands: counters of its own and shared ones, values with sequence numbers, large values,
// aggregates, errors; and now and then Connect.
var singles = &workload{
	name: "single commands",
	step: drawSingle,
	serve: map[string]servant{
		"INCR":    serveIncr,
		"SET":     func(*server, *session, []string) string { return redistest.Simple("OK") },
		"GET":     func(_ *server, _ *session, args []string) string { return redistest.Bulk(valueOf(args[1])) },
		"ECHO":    func(_ *server, _ *session, args []string) string { return redistest.Bulk(args[1]) },
		"MGET":    serveMGet,
		"HGETALL": serveHGetAll,
	},
	check: checkShared,
}

func drawSingle(d draw, p *plan, caller, number int) step {
	s := step{caller: caller, id: stepID(caller, number), manner: drawManner(d, p)}
	key := fmt.Sprintf("caller.%d", caller)
	switch n := d.IntN(100); {
	case n < 25:
		s.text, s.do = "INCR "+s.id, incr(s.id)
	case n < 40:
		shared := pick(d, "shared.0", "shared.1")
		s.text, s.do, s.anonymous = "INCR "+shared, incr(shared), true
	case n < 58:
		s.text, s.do = "SET "+key+" "+s.id, set(key, s.id)
	case n < 62:
		large := s.id + " " + strings.Repeat("x", d.upTo(100, pick(d, 5000, 40_000, 120_000)))
		s.text, s.do = fmt.Sprintf("SET %s, %d bytes", key, len(large)), set(key, large)
	case n < 76:
		s.text, s.do, s.reads = "GET "+s.id, get(s.id), true
	case n < 80:
		large := fmt.Sprintf("%s /%d", s.id, d.upTo(100, pick(d, 5000, 100_000)))
		s.text, s.do, s.reads = "GET "+large, get(large), true
	case n < 84:
		s.text, s.do = "ECHO "+s.id, echo
	case n < 88:
		s.text, s.do, s.reads = "MGET "+s.id+" missing other", mget, true
	case n < 92:
		s.text, s.do, s.reads = "HGETALL "+s.id, hgetall, true
	case n < 97:
		s.text, s.do = "NOSUCH "+s.id, noSuch
	default:
		s.text, s.do = "Connect", connect
	}
	return s
}

// incr counts: a key of its own to 1, since nobody else and no second execution counts it; for a shared one see checkShared.
func incr(key string) func(*caller, *step) {
	return func(c *caller, s *step) {
		issue(c, s, func(cs *commands.Commands) *future.Future[int64] { return cs.Incr(key) }, func(n int64) string {
			if key == s.id {
				return differs(n, 1)
			}
			c.run.book.counted(s.id, n)
			return ""
		})
	}
}

func set(key, value string) func(*caller, *step) {
	return func(c *caller, s *step) {
		issue(c, s, func(cs *commands.Commands) *future.Future[bool] { return cs.Set(key, value) },
			func(ok bool) string { return differs(ok, true) })
	}
}

func get(key string) func(*caller, *step) {
	return func(c *caller, s *step) {
		issue(c, s, func(cs *commands.Commands) *future.Future[redis.Opt[string]] { return cs.Get(key) },
			func(v redis.Opt[string]) string { return differs(v.Or("(nil)"), valueOf(key)) })
	}
}

func echo(c *caller, s *step) {
	issue(c, s, func(cs *commands.Commands) *future.Future[string] { return cs.Echo(s.id) },
		func(v string) string { return differs(v, s.id) })
}

func mget(c *caller, s *step) {
	issue(c, s, func(cs *commands.Commands) *future.Future[[]redis.Opt[string]] {
		return cs.MGet(s.id, "missing", "other")
	},
		func(vs []redis.Opt[string]) string {
			var got []string
			for _, v := range vs {
				got = append(got, v.Or("(nil)"))
			}
			return differs(strings.Join(got, ","), valueOf(s.id)+",(nil),"+valueOf("other"))
		})
}

func hgetall(c *caller, s *step) {
	issue(c, s, func(cs *commands.Commands) *future.Future[map[string]string] { return cs.HGetAll(s.id) },
		func(m map[string]string) string {
			return differs(fmt.Sprint(m), fmt.Sprint(map[string]string{"a": valueOf(s.id), "b": "2"}))
		})
}

// noSuch is a command that the server does not know: it must fail, by the server's own words.
func noSuch(c *caller, s *step) {
	issue(c, s, func(cs *commands.Commands) *future.Future[redis.Value] { return cs.Command("NOSUCH", s.id) },
		func(v redis.Value) string { return differs(v.String(), "an error") })
}

// valueOf is what the server holds for a key: "v" and the key, and as many bytes as the key asks for by " /n".
func valueOf(key string) string {
	value := "v" + key
	if _, size, found := strings.Cut(key, " /"); found {
		n, _ := strconv.Atoi(size)
		value += strings.Repeat("y", max(n-len(value), 0))
	}
	return value
}

func differs[T comparable](got, want T) string {
	if got == want {
		return ""
	}
	return fmt.Sprintf("%.100q; want %.100q", fmt.Sprint(got), fmt.Sprint(want))
}

func serveIncr(s *server, _ *session, args []string) string {
	s.counters[args[1]]++
	return redistest.Int(s.counters[args[1]])
}

func serveMGet(_ *server, c *session, args []string) string {
	var values []string
	for _, key := range args[1:] {
		if key == "missing" {
			values = append(values, c.null())
			continue
		}
		values = append(values, redistest.Bulk(valueOf(key)))
	}
	return redistest.Array(values...)
}

func serveHGetAll(_ *server, c *session, args []string) string {
	fields := []string{redistest.Bulk("a"), redistest.Bulk(valueOf(args[1])), redistest.Bulk("b"), redistest.Bulk("2")}
	if c.protocol == 3 {
		return redistest.Map(fields...)
	}
	return redistest.Array(fields...)
}

// checkShared compares the shared counters with what callers were told: nobody was told a number twice, each caller's
// numbers go up, and together they account for the counter. These commands have no id on the wire.
func checkShared(r *run) {
	for _, key := range []string{"shared.0", "shared.1"} {
		acked, unsure := 0, 0
		owner, highest := map[int64]string{}, map[int]int64{}
		for _, rec := range r.book.records {
			if rec.step.text != "INCR "+key {
				continue
			}
			switch rec.verdict() {
			case succeeded:
				acked++
				n := r.book.counts[rec.step.id]
				if other := owner[n]; other != "" {
					r.fail("G3: %s and %s were both told that %s = %d", other, rec.step.id, key, n)
				}
				if n <= highest[rec.step.caller] {
					r.fail("G3: %s was told that %s = %d after an earlier command of the same caller was told %d", rec.step.id, key, n, highest[rec.step.caller])
				}
				owner[n], highest[rec.step.caller] = rec.step.id, n
			case mayHaveRun:
				unsure++
			}
		}
		if n := int(r.server.counters[key]); n < acked || n > acked+unsure {
			r.fail("G4: %s was executed %d times; want at least the %d that succeeded, and at most the %d more that may have run", key, n, acked, unsure)
		}
	}
}
