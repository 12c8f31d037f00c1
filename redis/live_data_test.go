package redis_test

import (
	"bytes"
	"context"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// eachProtocol runs a test on every server there is, over RESP2 and RESP3.
func eachProtocol(t *testing.T, test func(t *testing.T, client *redis.Client, srv *redistest.Server)) {
	redistest.Each(t, func(t *testing.T, srv *redistest.Server) {
		for _, protocol := range []int{2, 3} {
			t.Run(map[int]string{2: "RESP2", 3: "RESP3"}[protocol], func(t *testing.T) {
				client := redis.New(redis.Options{Addr: srv.Addr, Protocol: protocol})
				defer client.Close()
				await(t, client.FlushAll())
				test(t, client, srv)
			})
		}
	})
}

// Behaviour G1.
func TestEveryByteSurvivesInKeysAndValues(t *testing.T) {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	contents := map[string]string{
		"empty":         "",
		"NUL":           "\x00",
		"every byte":    string(all),
		"CRLF":          "a\r\nb\r\n$3\r\nfoo\r\n",
		"invalid UTF-8": "\xff\xfe\xc3\x28",
		"1 MiB":         strings.Repeat("0123456789abcdef", 1<<16),
	}
	eachProtocol(t, func(t *testing.T, client *redis.Client, _ *redistest.Server) {
		for name, content := range contents {
			for _, key := range []string{"k", content} {
				client.Set(key, content)
				v, ok := await(t, client.Get(key)).Get()
				if !ok || v != content {
					t.Errorf("%s: GET gave %d bytes, present %v; want the %d that were set", name, len(v), ok, len(content))
				}
				client.Set(key, []byte(content))
				if b := await(t, redis.Do[[]byte](client, "GET", key)); !bytes.Equal(b, []byte(content)) {
					t.Errorf("%s: GET as bytes gave %d bytes; want %d", name, len(b), len(content))
				}
			}
			client.HSet("hash", "field "+content, content)
			if got := await(t, client.HGetAll("hash")); got["field "+content] != content {
				t.Errorf("%s: HGETALL does not hold what was set", name)
			}
		}
		if v := await(t, client.Get("no such key")); v.Valid() {
			t.Errorf("GET of a missing key = %v; want the missing value, unlike the empty one", v)
		}
	})
}

// Behaviour G1.
func TestAValueAndAKeyOf64MiB(t *testing.T) {
	if testing.Short() {
		t.Skip("moves 64 MiB")
	}
	client, _ := startClient(t)
	content := strings.Repeat("0123456789abcdef", 4<<20)
	await(t, client.Set("large", content))
	if v := await(t, client.Get("large")); v.Or("") != content {
		t.Errorf("GET gave %d bytes; want %d", len(v.Or("")), len(content))
	}
	await(t, client.Rename("large", content))
	if key := await(t, client.RandomKey()); key.Or("") != content {
		t.Errorf("RANDOMKEY gave %d bytes; want the key of %d", len(key.Or("")), len(content))
	}
	if n := await(t, client.Del(content)); n != 1 {
		t.Errorf("DEL of a key of 64 MiB = %d; want 1", n)
	}
}

// Behaviour G4, for the commands that this release has.
func TestRepliesAreTheSameOverRESP2AndRESP3(t *testing.T) {
	type result struct{ name, value any }
	var before []result
	eachProtocol(t, func(t *testing.T, client *redis.Client, _ *redistest.Server) {
		client.Set("s", "text")
		client.Set("n", 42)
		client.HSet("h", "a", 1, "b", "two")
		client.RPush("l", "x", "y", "z")
		client.SAdd("set", "m")
		client.ZAdd("z", []redis.Z{{Member: "one", Score: 1}, {Member: "half", Score: 0.5}, {Member: "inf", Score: math.Inf(1)}})
		got := []result{
			{"GET", await(t, client.Get("s"))},
			{"GET missing", await(t, client.Get("missing"))},
			{"MGET", await(t, client.MGet("s", "missing", "n"))},
			{"INCRBYFLOAT", await(t, client.IncrByFloat("f", 1.5))},
			{"HGETALL", await(t, client.HGetAll("h"))},
			{"HGETALL missing", len(await(t, client.HGetAll("missing")))},
			{"HMGET", await(t, client.HMGet("h", "a", "missing"))},
			{"LRANGE", await(t, client.LRange("l", 0, -1))},
			{"LPOP missing", await(t, client.LPop("missing"))},
			{"LPOP count missing", len(await(t, client.LPopN("missing", 2)))},
			{"SMEMBERS", await(t, client.SMembers("set"))},
			{"SISMEMBER", await(t, client.SIsMember("set", "m"))},
			{"ZRANGE", await(t, client.ZRange("z", 0, -1))},
			{"ZRANGE WITHSCORES", await(t, client.ZRangeWithScores("z", 0, -1))},
			{"ZSCORE", await(t, client.ZScore("z", "half"))},
			{"ZSCORE missing", await(t, client.ZScore("z", "missing"))},
			{"ZRANK", await(t, client.ZRank("z", "one"))},
			{"ZRANK missing", await(t, client.ZRank("z", "missing"))},
			{"TTL", await(t, client.TTL("s"))},
			{"TTL missing", await(t, client.TTL("missing"))},
			{"PERSIST", await(t, client.Persist("s"))},
			{"TYPE", await(t, client.Type("z"))},
			{"INFO", await(t, client.Info("server")).Field("tcp_port") != ""},
			{"TIME", time.Since(await(t, client.Time())).Abs() < time.Hour},
		}
		if before == nil {
			before = got
			t.Log(got)
			return
		}
		for i := range got {
			if !reflect.DeepEqual(got[i], before[i]) {
				t.Errorf("%s = %v; the other protocol and server gave %v", got[i].name, got[i].value, before[i].value)
			}
		}
	})
}

// Behaviour G3, for SET and EXPIRE.
func TestExpiriesAreExactOrRefused(t *testing.T) {
	eachProtocol(t, func(t *testing.T, client *redis.Client, _ *redistest.Server) {
		await(t, client.Set("k", "v", redis.EX(1500*time.Millisecond)))
		if ttl := await(t, client.PTTL("k")); ttl <= time.Second || ttl > 1500*time.Millisecond {
			t.Errorf("PTTL = %v; want above 1 s, up to 1.5 s", ttl)
		}
		await(t, client.Set("k", "v"))
		await(t, client.Expire("k", 2500*time.Millisecond))
		if ttl := await(t, client.PTTL("k")); ttl <= 2*time.Second || ttl > 2500*time.Millisecond {
			t.Errorf("PTTL = %v; want above 2 s, up to 2.5 s", ttl)
		}
		for _, d := range []time.Duration{0, -5 * time.Second, 1500 * time.Microsecond, time.Nanosecond} {
			awaitErr[*redis.ArgumentError](t, client.Set("k2", "v", redis.EX(d)))
			awaitErr[*redis.ArgumentError](t, client.Expire("k", d))
		}
		if n := await(t, client.Exists("k2")); n != 0 {
			t.Error("a refused SET stored its key")
		}
	})
}

func TestServerErrorsAreTyped(t *testing.T) {
	eachProtocol(t, func(t *testing.T, client *redis.Client, _ *redistest.Server) {
		client.Set("s", "text")
		e := awaitErr[*redis.RedisError](t, client.LPush("s", "x"))
		if e.Code != "WRONGTYPE" || e.Command != "LPUSH" || e.Outcome() != redis.Rejected || redis.SafeToRetry(e) {
			t.Errorf("LPUSH of a string failed with %+v; want WRONGTYPE, rejected", e)
		}
		e = awaitErr[*redis.RedisError](t, client.Command("NOSUCHCOMMAND", "secret"))
		if e.Code != "ERR" || strings.Contains(e.Error(), "secret") {
			t.Errorf("an unknown command failed with %v; want ERR, no arguments", e)
		}
	})
}

// Behaviour F6, on real servers.
func TestErrorsInsideTheReplyOfAScriptAreElements(t *testing.T) {
	eachProtocol(t, func(t *testing.T, client *redis.Client, _ *redistest.Server) {
		v := await(t, client.Command("EVAL", "return {1, {redis.error_reply('MINE deep'), 'x'}, redis.pcall('LPUSH', KEYS[1])}", 1, "k"))
		next := await(t, client.Echo("next"))
		elems := v.Array()
		if len(elems) != 3 || next != "next" {
			t.Fatalf("EVAL = %v, then ECHO = %q", v, next)
		}
		if e := asErr[*redis.RedisError](t, elems[1].Array()[0].Err()); e.Code != "MINE" {
			t.Errorf("nested element = %v; want the error MINE", e)
		}
	})
}

func TestRawCallsAreTyped(t *testing.T) {
	eachProtocol(t, func(t *testing.T, client *redis.Client, _ *redistest.Server) {
		if n := await(t, redis.Do[int64](client, "INCRBY", "n", 5)); n != 5 {
			t.Errorf("INCRBY = %d; want 5", n)
		}
		await(t, client.HSet("h", "a", "1", "b", "2"))
		if m := await(t, redis.Do[map[string]string](client, "HGETALL", "h")); !maps.Equal(m, map[string]string{"a": "1", "b": "2"}) {
			t.Errorf("HGETALL = %v; want a:1 b:2", m)
		}
		if s := await(t, redis.Do[[]string](client, "HKEYS", "h")); len(s) != 2 || !slices.Contains(s, "a") {
			t.Errorf("HKEYS = %v; want a, b", s)
		}
		await(t, client.Command("XADD", "stream", "1-1", "f", "v"))
		if v := await(t, client.Command("XREAD", "STREAMS", "stream", 0)); v.IsNull() {
			t.Errorf("XREAD without BLOCK = %v; want the entry", v)
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if n := await(t, redis.Do[int64](client.With(ctx), "XLEN", "stream")); n != 1 {
			t.Errorf("XLEN bound to a context = %d; want 1", n)
		}
		if id := await(t, redis.Do[int64](client, "CLIENT", "ID")); id <= 0 {
			t.Errorf("CLIENT ID = %d; want a number", id)
		}
		if v := await(t, redis.Do[redis.Opt[string]](client, "GET", "missing")); v.Valid() {
			t.Errorf("GET missing = %v; want the missing value", v)
		}
	})
}
