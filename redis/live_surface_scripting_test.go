package redis_test

import (
	"cmp"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"slices"
	"strings"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/redis"
	"github.com/futureio/futureio-go/redis/commands"
	"github.com/futureio/futureio-go/redis/proto"
)

// mathLib is a library of three functions, as different servers understand it.
const mathLib = `#!lua name=mathlib
redis.register_function{function_name='add', callback=function(keys, args) return redis.call('INCRBY', keys[1], args[1]) end, description='adds'}
redis.register_function{function_name='peek', callback=function(keys) return redis.call('GET', keys[1]) end, flags={'no-writes'}}
redis.register_function{function_name='loop', callback=function() while true do end end, flags={'no-writes'}}`

func withLib(c *surface) {
	c.t.Helper()
	c.given(c.FunctionFlush())
	c.given(c.FunctionLoad(mathLib))
	c.t.Cleanup(func() { c.srv.Do("FUNCTION", "FLUSH") })
}

// busy lets a side connection run something without end, which the server gives up answering for soon.
func busy(c *surface, request string) *side {
	c.t.Helper()
	before := of(c, c.ConfigGet("busy-reply-threshold"))
	c.given(c.ConfigSet("busy-reply-threshold", 5))
	c.t.Cleanup(func() { c.srv.Do("CONFIG", "SET", "busy-reply-threshold", before["busy-reply-threshold"]) })
	return c.side(request, 0)
}

// onceBusy repeats a kill, which is refused while nothing runs, until it succeeds, and returns what it says.
func onceBusy(c *surface, kill func() *future.Future[string]) (said string) {
	c.t.Helper()
	c.until("something ran to be killed", func() bool {
		var err error
		said, err = kill().Await(c.ctx)
		var refused *redis.RedisError
		if err != nil && !(errors.As(err, &refused) && refused.Code == "NOTBUSY") {
			c.t.Fatalf("the kill failed with %v", err)
		}
		return err == nil
	})
	return said
}

func scriptID(script string) string {
	sum := sha1.Sum([]byte(script))
	return hex.EncodeToString(sum[:])
}

var scriptingRows = []row{
	{cmd: "EVAL", call: func(c *surface) any {
		return all{of(c, c.Eval("return {KEYS[1], ARGV[1], 7, false, {'nested'}}", []string{"k"}, 1.5)), of(c, c.Eval("return nil", nil)), of(c, c.Eval("return redis.status_reply('FINE')", nil))}
	}, want: all{proto.ArrayValue(proto.StringValue("k"), proto.StringValue("1.5"), proto.IntValue(7), proto.NullValue(), proto.ArrayValue(proto.StringValue("nested"))), proto.NullValue(), proto.StatusValue("FINE")}},
	{cmd: "EVALSHA", call: func(c *surface) any {
		sha := of(c, c.ScriptLoad("return redis.call('INCRBY', KEYS[1], ARGV[1])"))
		missing := failure[*redis.RedisError](c, c.EvalSHA(strings.Repeat("0", 40), nil))
		return all{of(c, c.EvalSHA(sha, []string{"n"}, 5)), of(c, c.Get("n")), missing.Code, missing.IsNoScript()}
	}, want: all{proto.IntValue(5), some("5"), "NOSCRIPT", true}},
	{cmd: "EVALSHA_RO", call: func(c *surface) any {
		c.given(c.Set("k", "v"))
		sha := of(c, c.ScriptLoad("return redis.call('GET', KEYS[1])"))
		return of(c, c.EvalSHARO(sha, []string{"k"}))
	}, want: proto.StringValue("v")},
	{cmd: "EVAL_RO", call: func(c *surface) any {
		c.given(c.RPush("l", "a", "b"))
		refused := failure[*redis.RedisError](c, c.EvalRO("return redis.call('DEL', KEYS[1])", []string{"l"}))
		return all{of(c, c.EvalRO("return redis.call('LRANGE', KEYS[1], 0, ARGV[1])", []string{"l"}, -1)), refused.Outcome() == redis.Rejected}
	}, want: all{proto.ArrayValue(proto.StringValue("a"), proto.StringValue("b")), true}},
	{cmd: "FCALL", call: func(c *surface) any {
		withLib(c)
		return all{of(c, c.FCall("add", []string{"n"}, 3)), of(c, c.FCall("add", []string{"n"}, 4)), of(c, c.Get("n"))}
	}, want: all{proto.IntValue(3), proto.IntValue(7), some("7")}},
	{cmd: "FCALL_RO", call: func(c *surface) any {
		withLib(c)
		c.given(c.Set("k", "v"))
		return all{of(c, c.FCallRO("peek", []string{"k"})), of(c, c.FCallRO("peek", []string{"missing"}))}
	}, want: all{proto.StringValue("v"), proto.NullValue()}},
	{cmd: "FUNCTION DELETE", call: func(c *surface) any {
		withLib(c)
		return all{of(c, c.FunctionDelete("mathlib")), len(of(c, c.FunctionList()))}
	}, want: all{"OK", 0}},
	{cmd: "FUNCTION DUMP", call: func(c *surface) any {
		withLib(c)
		dump := of(c, c.FunctionDump())
		c.holds(strings.Contains(dump, "name=mathlib"), "FUNCTION DUMP = %q; want the library in it", dump)
		return dump
	}},
	{cmd: "FUNCTION FLUSH", call: func(c *surface) any {
		withLib(c)
		return all{of(c, c.FunctionFlush(redis.Sync)), len(of(c, c.FunctionList())), of(c, c.FunctionFlush(redis.Async))}
	}, want: all{"OK", 0, "OK"}},
	{cmd: "FUNCTION HELP", call: func(c *surface) any { return helps(c, "FUNCTION", of(c, c.FunctionHelp())) }, want: true},
	{cmd: "FUNCTION KILL", call: func(c *surface) any {
		withLib(c)
		caller := busy(c, "FCALL loop 0")
		return all{onceBusy(c, c.FunctionKill), strings.HasPrefix(caller.lines(1)[0], "-ERR ")}
	}, want: all{"OK", true}},
	{cmd: "FUNCTION LIST", call: func(c *surface) any {
		empty := of(c, c.FunctionList())
		withLib(c)
		plain, full := of(c, c.FunctionList(redis.LibraryName("math*"))), of(c, c.FunctionList(redis.WithCode))
		for _, libs := range [][]commands.Library{plain, full} {
			if len(libs) == 1 {
				fs := libs[0].Functions
				slices.SortFunc(fs, func(a, b commands.LibraryFunction) int { return cmp.Compare(a.Name, b.Name) })
				for i := range fs {
					c.holds(len(fs[i].Flags) == map[string]int{"peek": 1, "loop": 1}[fs[i].Name], "the flags of %s are %q", fs[i].Name, fs[i].Flags)
					fs[i].Flags = nil
				}
			}
		}
		return all{len(empty), plain, full, len(of(c, c.FunctionList(redis.LibraryName("x*"))))}
	}, want: all{0, []commands.Library{{Name: "mathlib", Engine: "LUA", Functions: mathFunctions}}, []commands.Library{{Name: "mathlib", Engine: "LUA", Functions: mathFunctions, Code: mathLib}}, 0}},
	{cmd: "FUNCTION LOAD", call: func(c *surface) any {
		withLib(c)
		again := failure[*redis.RedisError](c, c.FunctionLoad(mathLib))
		return all{of(c, c.FunctionLoad(mathLib, redis.Replace)), again.Outcome() == redis.Rejected}
	}, want: all{"mathlib", true}},
	{cmd: "FUNCTION RESTORE", call: func(c *surface) any {
		withLib(c)
		dump := of(c, c.FunctionDump())
		return all{of(c, c.FunctionRestore(dump, redis.RestoreFlush)), of(c, c.FunctionRestore([]byte(dump), redis.Replace)), len(of(c, c.FunctionList())), of(c, c.FunctionFlush()), of(c, c.FunctionRestore(dump)),
			len(of(c, c.FunctionList()))}
	}, want: all{"OK", "OK", 1, "OK", "OK", 1}},
	{cmd: "FUNCTION STATS", call: func(c *surface) any {
		withLib(c)
		stats := of(c, c.FunctionStats())
		return all{stats.Running.Valid(), stats.Engines["LUA"]}
	}, want: all{false, commands.EngineStats{Libraries: 1, Functions: 3}}},
	{cmd: "FUNCTION STATS", name: "running", call: func(c *surface) any {
		withLib(c)
		caller := busy(c, "FCALL loop 0")
		var running commands.RunningFunction
		c.until("the function runs", func() bool {
			var ok bool
			running, ok = of(c, c.FunctionStats()).Running.Get()
			return ok
		})
		c.holds(running.Took > 0, "the function took %v; want a time", running.Took)
		onceBusy(c, c.FunctionKill)
		caller.lines(1)
		return all{running.Name, running.Command}
	}, want: all{"loop", []string{"FCALL", "loop", "0"}}},
	{cmd: "SCRIPT EXISTS", call: func(c *surface) any {
		sha := of(c, c.ScriptLoad("return 1"))
		return of(c, c.ScriptExists(sha, strings.Repeat("0", 40)))
	}, want: []bool{true, false}},
	{cmd: "SCRIPT FLUSH", call: func(c *surface) any {
		sha := of(c, c.ScriptLoad("return 1"))
		return all{of(c, c.ScriptFlush()), of(c, c.ScriptExists(sha)), of(c, c.ScriptFlush(redis.Sync)), of(c, c.ScriptFlush(redis.Async))}
	}, want: all{"OK", []bool{false}, "OK", "OK"}},
	{cmd: "SCRIPT HELP", call: func(c *surface) any { return helps(c, "SCRIPT", of(c, c.ScriptHelp())) }, want: true},
	{cmd: "SCRIPT KILL", call: func(c *surface) any {
		caller := busy(c, `EVAL "while true do end" 0`)
		return all{onceBusy(c, c.ScriptKill), strings.HasPrefix(caller.lines(1)[0], "-ERR ")}
	}, want: all{"OK", true}},
	{cmd: "SCRIPT LOAD", call: func(c *surface) any { return of(c, c.ScriptLoad("return 'x'")) }, want: scriptID("return 'x'")},
	{cmd: "SCRIPT SHOW", call: func(c *surface) any {
		return of(c, c.ScriptShow(of(c, c.ScriptLoad("return 'shown'"))))
	}, want: "return 'shown'"},
}

// mathFunctions is what servers tell about the functions of mathLib, without the flags.
var mathFunctions = []commands.LibraryFunction{{Name: "add", Description: "adds"}, {Name: "loop"}, {Name: "peek"}}
