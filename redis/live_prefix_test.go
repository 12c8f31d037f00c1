package redis_test

import (
	"slices"
	"testing"

	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// Behaviour G5. What a second client sees: the prefix is before every key, whichever way a command is called, and before
// nothing else.
func TestAKeyPrefixIsBeforeKeysAndNothingElse(t *testing.T) {
	redistest.Each(t, func(t *testing.T, srv *redistest.Server) {
		srv.Do("FLUSHALL")
		client := redis.New(redis.Options{Addr: srv.Addr, KeyPrefix: "app:"})
		defer client.Close()

		await(t, client.MSet("a", "app:value", "b", "2"))
		await(t, client.RPush("list", "list", "b"))
		await(t, client.HSet("hash", "field", "value"))
		await(t, client.With(t.Context()).SAdd("set", "a"))
		await(t, client.Command("SET", "raw", "raw"))
		await(t, redis.Do[int64](client, "incrby", []byte("n"), 5))
		await(t, client.SUnionStore("union", "set"))
		await(t, client.SortStore("list", "sorted", redis.Alpha))
		await(t, client.Eval("return redis.call('SET', KEYS[1], ARGV[1])", []string{"scripted"}, "arg"))
		want := []string{"a", "b", "hash", "list", "n", "raw", "scripted", "set", "sorted", "union"}

		bare := redis.New(redis.Options{Addr: srv.Addr})
		defer bare.Close()
		keys := await(t, bare.Keys("*"))
		slices.Sort(keys)
		var prefixed []string
		for _, key := range want {
			prefixed = append(prefixed, "app:"+key)
		}
		if !slices.Equal(keys, prefixed) {
			t.Errorf("the server has the keys %q; want %q", keys, prefixed)
		}
		for key, want := range map[string]string{"app:a": "app:value", "app:raw": "raw", "app:scripted": "arg", "app:n": "5"} {
			if v := await(t, bare.Get(key)); v.Or("(nil)") != want {
				t.Errorf("%s holds %v; want %q", key, v, want)
			}
		}
		if list := await(t, bare.LRange("app:list", 0, -1)); !slices.Equal(list, []string{"list", "b"}) {
			t.Errorf("app:list holds %q; want its elements without a prefix", list)
		}
		if hash := await(t, bare.HGetAll("app:hash")); hash["field"] != "value" || len(hash) != 1 {
			t.Errorf("app:hash holds %v; want its field without a prefix", hash)
		}

		// Patterns are taken as they are, and what comes back is as the server has it.
		if keys := await(t, client.Keys(client.KeyPrefix()+"s*")); len(keys) != 3 || len(await(t, client.Keys("s*"))) != 0 {
			t.Errorf("Keys of the prefix and s* = %q; want three keys, and none of s* alone", keys)
		}

		monitor := srv.Monitor()
		await(t, client.Publish("channel", "message"))
		await(t, client.SPublish("shard", "message"))
		await(t, client.Ping())
		for _, sent := range []string{"PUBLISH channel message", "SPUBLISH shard message"} {
			if got := monitor.Commands(); !slices.Contains(got, sent) {
				t.Errorf("the server got %q; want %s as it is", got, sent)
			}
		}
	})
}
