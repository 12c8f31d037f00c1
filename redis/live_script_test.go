package redis_test

import (
	"errors"
	"testing"

	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

var sum = redis.NewScript(`
	local n = redis.call("INCRBY", KEYS[1], ARGV[1])
	return n`)

// Behaviour L1.
func TestAScriptIsSentOnlyWhereTheServerDoesNotKnowIt(t *testing.T) {
	eachServer(t, func(t *testing.T, srv *redistest.Server, client *redis.Client) {
		srv.Do("SCRIPT", "FLUSH")
		monitor := srv.Monitor()
		for i, want := range []int64{5, 10, 15} {
			if i == 2 {
				srv.Do("SCRIPT", "FLUSH")
			}
			if n := await(t, redis.Run[int64](client, sum, []string{"n"}, 5)); n != want {
				t.Errorf("run %d = %d; want %d", i, n, want)
			}
		}
		calls := map[string]int{}
		for _, c := range monitor.Commands() {
			for _, verb := range []string{"EVALSHA", "EVAL"} {
				if len(c) > len(verb) && c[:len(verb)+1] == verb+" " {
					calls[verb]++
				}
			}
		}
		if calls["EVALSHA"] != 3 || calls["EVAL"] != 2 {
			t.Errorf("calls %v; want 3 by hash, and 2 whole: at first and after SCRIPT FLUSH", calls)
		}
	})
}

// Behaviour L1. In a pipeline and a transaction, KEYS with the prefix and ARGV without, read-only variants, registers, functions.
func TestScriptsOnEveryRole(t *testing.T) {
	eachServer(t, func(t *testing.T, srv *redistest.Server, plain *redis.Client) {
		client := redis.New(redis.Options{Addr: srv.Addr, KeyPrefix: "p:"})
		defer client.Close()
		srv.Do("SCRIPT", "FLUSH")
		p := client.Pipeline()
		a := redis.Run[int64](p, sum, []string{"n"}, 1)
		b := redis.Run[int64](p.With(limit(t)), sum, []string{"n"}, 1)
		if err := p.Exec(limit(t)); err != nil {
			t.Fatal(err)
		}
		tx := client.Tx()
		c := redis.Run[int64](tx, sum, []string{"n"}, 1)
		if err := tx.Exec(limit(t)); err != nil {
			t.Fatal(err)
		}
		if x, y, z := await(t, a), await(t, b), await(t, c); x != 1 || y != 2 || z != 3 {
			t.Errorf("results %d, %d, %d; want 1, 2, 3", x, y, z)
		}
		srv.Do("SCRIPT", "FLUSH")
		conn := dialLive(t, redis.Options{Addr: srv.Addr, KeyPrefix: "p:"})
		if n := await(t, redis.Run[int64](conn, sum, []string{"n"}, 1)); n != 4 {
			t.Errorf("on a Conn = %d; want 4", n)
		}
		if v := srv.Do("GET", "p:n"); v != "4" {
			t.Errorf("p:n = %v; want 4", v)
		}

		read := redis.NewScript(`return {KEYS[1], ARGV[1], redis.call("GET", KEYS[1])}`).ReadOnly()
		if got := await(t, redis.Run[[]string](client, read, []string{"n"}, "arg")); len(got) != 3 || got[0] != "p:n" || got[1] != "arg" || got[2] != "4" {
			t.Errorf("read = %q; want p:n, arg, 4", got)
		}
		if _, err := redis.Run[int64](client, sum.ReadOnly(), []string{"n"}, 1).Await(limit(t)); !errors.As(err, new(*redis.RedisError)) {
			t.Errorf("a script that writes, as a read-only one: %v; want a *RedisError", err)
		}
		failing := redis.NewScript(`return redis.error_reply("MYERR no")`)
		if e := awaitErr[*redis.RedisError](t, failing.Run(client, nil)); e.Code != "MYERR" {
			t.Errorf("failed with %v; want MYERR", e)
		}

		var named redis.Scripts
		named.Define("sum", sum.Source())
		if err := named.Load(limit(t), client); err != nil {
			t.Fatal(err)
		}
		if n, err := await(t, named.Run(client, "sum", []string{"n"}, 1)).Int(); n != 5 || err != nil {
			t.Errorf("sum = %d, %v; want 5", n, err)
		}
		awaitErr[*redis.ArgumentError](t, named.Run(client, "nosuch", nil))

		await(t, client.FunctionFlush())
		library := "#!lua name=lib\nredis.register_function('mine', function(keys, args) return redis.call('INCRBY', keys[1], args[1]) end)\n" +
			"redis.register_function{function_name='look', callback=function(keys, args) return redis.call('GET', keys[1]) end, flags={'no-writes'}}"
		await(t, client.FunctionLoad(library))
		if n := await(t, redis.Call[int64](client, "mine", []string{"n"}, 1)); n != 6 {
			t.Errorf("FCALL = %d; want 6", n)
		}
		if v := await(t, redis.CallReadOnly[string](client, "look", []string{"n"})); v != "6" {
			t.Errorf("FCALL_RO = %s; want 6", v)
		}
	})
}
