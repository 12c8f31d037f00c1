package integration

import (
	"bytes"
	"crypto/sha256"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/redis"
	"github.com/futureio/futureio-go/redis/commands"
)

// data is a reply of each shape, typed, and equal over both protocols; and an error reply. Behaviours G1, G4.
func (c *cell) data(t *testing.T) { typed(t, &c.client(t).Commands) }

func typed(t *testing.T, c *commands.Commands) {
	expect(t, "DEL", c.Del("cell:s", "cell:n", "cell:h", "cell:z", "cell:set", "cell:l", "cell:x"), 0)
	expect(t, "GET of a missing key", c.Get("cell:s"), redis.Opt[string]{})
	expect(t, "SET", c.Set("cell:s", "one", redis.EX(time.Minute)), true)
	expect(t, "SET NX", c.Set("cell:s", "two", redis.NX), false)
	if old := await(t, c.SetGet("cell:s", "\x00\r\n\xff", redis.KeepTTL)); old.Or("") != "one" {
		t.Errorf("SET GET = %v; want one", old)
	}
	if all := await(t, c.MGet("cell:s", "cell:none")); len(all) != 2 || all[0].Or("") != "\x00\r\n\xff" || all[1].Valid() {
		t.Errorf("MGET = %q; want the bytes and a missing value", all)
	}
	if ttl := await(t, c.PTTL("cell:s")); ttl <= 50*time.Second || ttl > time.Minute {
		t.Errorf("PTTL = %v; want a little less than a minute", ttl)
	}
	expect(t, "INCRBYFLOAT", c.IncrByFloat("cell:n", -2.5), -2.5)

	expect(t, "HSET", c.HSet("cell:h", "a", 1, "b", "", "c", true), 3)
	if h := await(t, c.HGetAll("cell:h")); !maps.Equal(h, map[string]string{"a": "1", "b": "", "c": "1"}) {
		t.Errorf("HGETALL = %q", h)
	}
	expect(t, "ZADD", c.ZAdd("cell:z", []redis.Z{{Member: "b", Score: 1.5}, {Member: "inf", Score: math.Inf(1)}, {Member: "a", Score: -3}}), 3)
	if z := await(t, c.ZRangeWithScores("cell:z", 0, -1)); !slices.Equal(z, []redis.Z{{Member: "a", Score: -3}, {Member: "b", Score: 1.5}, {Member: "inf", Score: math.Inf(1)}}) {
		t.Errorf("ZRANGE WITHSCORES = %v", z)
	}
	expect(t, "ZSCORE of a missing member", c.ZScore("cell:z", "none"), redis.Opt[float64]{})
	expect(t, "SADD", c.SAdd("cell:set", "x", "y", "x"), 2)
	if set := await(t, c.SMembers("cell:set")); !slices.Equal(slices.Sorted(slices.Values(set)), []string{"x", "y"}) {
		t.Errorf("SMEMBERS = %q; want x and y", set)
	}
	expect(t, "SISMEMBER", c.SIsMember("cell:set", "y"), true)
	expect(t, "RPUSH", c.RPush("cell:l", "1", "2", "3"), 3)
	if l := await(t, c.LRange("cell:l", 0, -1)); !slices.Equal(l, []string{"1", "2", "3"}) {
		t.Errorf("LRANGE = %q; want 1 2 3", l)
	}
	id := await(t, c.XAdd("cell:x", "*", map[string]string{"temperature": "21"}))
	if x := await(t, c.XRange("cell:x", "-", "+")); len(x) != 1 || x[0].ID != id.Or("") || !slices.Equal(x[0].Fields, []commands.FieldValue{{Field: "temperature", Value: "21"}}) {
		t.Errorf("XRANGE = %v; want entry %v", x, id)
	}

	// An error inside an array is an element, and the command behind it gets its own reply.
	nested, after := c.Eval("return {1, redis.error_reply('MINE inside'), 'z'}", nil), c.Echo("after")
	if v := await(t, nested).Array(); len(v) != 3 || v[1].Err() == nil {
		t.Errorf("EVAL = %v; want an error as the second of three", v)
	}
	expect(t, "ECHO", after, "after")

	e := failure[*redis.RedisError](t, c.Incr("cell:h"))
	if !e.IsWrongType() || e.Outcome() != redis.Rejected || redis.SafeToRetry(e) || !strings.Contains(e.Error(), "INCR") {
		t.Errorf("INCR of a hash = %v with outcome %v; want WRONGTYPE, rejected, naming INCR", e, e.Outcome())
	}
}

// burst has several callers send a thousand INCRs without waiting for any of them: half of the callers one by one, the others as
// a pipeline, which nothing of anybody else comes between. Behaviours F1, F2, PL1.
func (c *cell) burst(t *testing.T) {
	const callers, each = 8, 125
	client := c.client(t)
	var wg sync.WaitGroup
	results := make([][]int64, callers)
	for caller := range callers {
		wg.Go(func() {
			fs := make([]*future.Future[int64], each)
			pipeline := client.Pipeline()
			for i := range fs {
				if caller%2 == 0 {
					fs[i] = client.Incr("cell:burst")
				} else {
					fs[i] = pipeline.Incr("cell:burst")
				}
			}
			if err := pipeline.Exec(limit(t)); err != nil {
				t.Errorf("caller %d: Exec = %v", caller, err)
			}
			got, err := future.All(fs...).Await(limit(t))
			if err != nil || !slices.IsSorted(got) || caller%2 == 1 && got[each-1]-got[0] != each-1 {
				t.Errorf("caller %d: INCR = %v, %v; want ascending numbers, those of a pipeline without a gap", caller, got, err)
			}
			results[caller] = got
		})
	}
	wg.Wait()
	all := slices.Sorted(slices.Values(slices.Concat(results...)))
	if len(all) != callers*each || all[0] != 1 || all[len(all)-1] != callers*each || len(slices.Compact(all)) != callers*each {
		t.Errorf("%d results; want each of 1 to %d once: %v", len(all), callers*each, all)
	}
	if v := await(t, client.Get("cell:burst")); v.Or("") != "1000" {
		t.Errorf("GET = %v; want 1000", v)
	}
}

// bigValue is 1 MiB of every byte, there and back, among small commands. Behaviour G1.
func (c *cell) bigValue(t *testing.T) {
	client := c.client(t)
	random := rand.NewChaCha8([32]byte{1})
	value := make([]byte, 1<<20)
	_, _ = random.Read(value)
	client.Set("cell:big", value)
	first, got, last := client.Echo("first"), client.Get("cell:big"), client.Echo("last")
	expect(t, "ECHO", first, "first")
	if v := await(t, got).Or(""); !bytes.Equal([]byte(v), value) {
		t.Errorf("GET = %d bytes, SHA-256 %x; want 1 MiB, %x", len(v), sha256.Sum256([]byte(v)), sha256.Sum256(value))
	}
	expect(t, "ECHO", last, "last")
	expect(t, "STRLEN", client.StrLen("cell:big"), 1<<20)
}
