package redis_test

import (
	"os"
	"slices"
	"strings"
	"time"

	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
	"github.com/futureio/futureio-go/redis/commands"
)

// configure changes the configuration for the time of a row.
func configure(c *surface, name string, value any) {
	c.t.Helper()
	before := of(c, c.ConfigGet(name))
	if len(before) != 1 {
		c.t.Fatalf("CONFIG GET %s = %v", name, before)
	}
	c.given(c.ConfigSet(name, value))
	c.t.Cleanup(func() { c.srv.Do("CONFIG", "SET", name, before[name]) })
}

// slow lets something be slow: three to five hundredths of a second, as the latency monitor and the slow log see it.
func slow(c *surface) {
	c.t.Helper()
	configure(c, "latency-monitor-threshold", 10)
	c.given(c.LatencyReset())
	c.given(c.Debug("SLEEP", 0.03))
}

// whole waits until a background job of the server is over.
func whole(c *surface, field string) {
	c.t.Helper()
	c.until(field+" is over", func() bool { return c.srv.Info("persistence")[field] == "0" })
}

var hyperLogLogCommands = []string{"pfadd", "pfcount", "pfdebug", "pfmerge", "pfselftest"}

var serverRows = []row{
	{cmd: "BGREWRITEAOF", call: func(c *surface) any {
		whole(c, "rdb_bgsave_in_progress")
		said := of(c, c.BgRewriteAOF())
		whole(c, "aof_rewrite_in_progress")
		return said
	}, want: "Background append only file rewriting started"},
	{cmd: "BGSAVE", call: func(c *surface) any {
		whole(c, "aof_rewrite_in_progress")
		said := all{of(c, c.BgSave())}
		whole(c, "rdb_bgsave_in_progress")
		said = append(said, of(c, c.BgSave(redis.Schedule)))
		whole(c, "rdb_bgsave_in_progress")
		return said
	}, want: all{"Background saving started", "Background saving started"}},
	{cmd: "COMMAND COUNT", call: func(c *surface) any {
		n := of(c, c.CommandCount())
		c.holds(n > 200 && n == int64(len(c.srv.Do("COMMAND").([]any))), "COMMAND COUNT = %d", n)
		return n
	}},
	{cmd: "COMMAND DOCS", call: func(c *surface) any {
		docs := of(c, c.CommandDocs("get", "set", "nosuchcommand", "config"))
		get, set, config := docs["get"], docs["set"], docs["config"]
		c.holds(get.Summary != "" && get.Complexity == "O(1)", "COMMAND DOCS get = %+v", get)
		c.holds(len(set.History) > 2 && set.History[0].Version != "" && set.History[0].Text != "", "the history of set = %+v", set.History)
		i := slices.IndexFunc(set.Arguments, func(a commands.CommandArgument) bool { return a.Type == "oneof" })
		c.holds(i > 0 && len(set.Arguments[i].Arguments) > 1 && slices.Contains(set.Arguments[i].Flags, "optional"), "the arguments of set = %+v", set.Arguments)
		_, ok := config.Subcommands["config|get"]
		return all{len(docs), get.Group, get.Since, len(get.Arguments), get.Arguments[0].Name, get.Arguments[0].Type, get.Arguments[0].KeySpec, ok}
	}, want: all{3, "string", "1.0.0", 1, "key", "key", some[int64](0), true}},
	{cmd: "COMMAND DOCS", name: "all", call: func(c *surface) any {
		docs := of(c, c.CommandDocs())
		c.holds(int64(len(docs)) == of(c, c.CommandCount()), "COMMAND DOCS has %d commands", len(docs))
		return docs
	}},
	{cmd: "COMMAND GETKEYS", call: func(c *surface) any {
		return all{of(c, c.CommandGetKeys("MSET", "a", 1, "b", 2)), of(c, c.CommandGetKeys("ZUNION", 2, "x", "y"))}
	}, want: all{[]string{"a", "b"}, []string{"x", "y"}}},
	{cmd: "COMMAND GETKEYSANDFLAGS", call: func(c *surface) any { return of(c, c.CommandGetKeysAndFlags("LMOVE", "a", "b", "LEFT", "RIGHT")) },
		want: []commands.KeyAndFlags{{Key: "a", Flags: []string{"RW", "access", "delete"}}, {Key: "b", Flags: []string{"RW", "insert"}}}},
	{cmd: "COMMAND HELP", call: func(c *surface) any {
		lines := of(c, c.CommandHelp())
		c.holds(len(lines) > 3 && strings.HasPrefix(lines[0], "COMMAND ") && slices.Contains(lines, "HELP"), "COMMAND HELP = %q", lines)
		return lines
	}},
	{cmd: "COMMAND INFO", call: func(c *surface) any {
		infos := of(c, c.CommandInfo("get", "nosuchcommand", "config"))
		get, ok := infos[0].Get()
		config, _ := infos[2].Get()
		sub := slices.IndexFunc(config.Subcommands, func(i commands.CommandInfo) bool { return i.Name == "config|get" })
		c.holds(ok && slices.Contains(get.Flags, "readonly") && slices.Contains(get.Categories, "@string") && len(get.KeySpecs) == 1, "COMMAND INFO get = %+v", get)
		return all{len(infos), get.Name, get.Arity, get.FirstKey, get.LastKey, get.KeyStep, infos[1].Valid(), sub >= 0, get.KeySpecs[0].Begin.Type, get.KeySpecs[0].Begin.Index}
	}, want: all{3, "get", 2, 1, 1, 1, false, true, "index", 1}},
	{cmd: "COMMAND INFO", name: "all", call: func(c *surface) any {
		infos := of(c, c.CommandInfo())
		c.holds(int64(len(infos)) == of(c, c.CommandCount()), "COMMAND INFO has %d commands", len(infos))
		return len(infos)
	}},
	{cmd: "COMMAND LIST", call: func(c *surface) any {
		everything := of(c, c.CommandList())
		c.holds(int64(len(everything)) >= of(c, c.CommandCount()), "COMMAND LIST has %d commands", len(everything))
		return all{inOrder(of(c, c.CommandList(redis.FilterByPattern("pf*")))), inOrder(of(c, c.CommandList(redis.FilterByACLCat("hyperloglog")))), len(of(c, c.CommandList(redis.FilterByModule("none"))))}
	}, want: all{hyperLogLogCommands, hyperLogLogCommands, 0}},
	{cmd: "COMMANDLOG GET", call: func(c *surface) any {
		configure(c, "commandlog-request-larger-than", 1000)
		c.given(c.CommandLogReset(commands.LogLargeRequest), c.CommandLogReset(commands.LogLargeReply))
		c.given(c.Set("k", strings.Repeat("x", 2000)))
		log := of(c, c.CommandLogGet(-1, commands.LogLargeRequest))
		c.holds(len(log) == 1 && time.Since(log[0].At).Abs() < time.Hour, "COMMANDLOG GET = %+v; want one entry", log)
		return all{log[0].Args[:2], len(of(c, c.CommandLogGet(5, commands.LogLargeReply)))}
	}, want: all{[]string{"SET", "k"}, 0}},
	{cmd: "COMMANDLOG HELP", call: func(c *surface) any { return helps(c, "COMMANDLOG", of(c, c.CommandLogHelp())) }, want: true},
	{cmd: "COMMANDLOG LEN", call: func(c *surface) any {
		configure(c, "commandlog-reply-larger-than", 1000)
		c.given(c.CommandLogReset(commands.LogLargeReply), c.Set("k", strings.Repeat("x", 2000)), c.Get("k"))
		return of(c, c.CommandLogLen(commands.LogLargeReply))
	}, want: 1},
	{cmd: "COMMANDLOG RESET", call: func(c *surface) any {
		configure(c, "commandlog-execution-slower-than", 0)
		c.given(c.Set("k", "v"))
		before := of(c, c.CommandLogLen(commands.LogSlow))
		c.given(c.ConfigSet("commandlog-execution-slower-than", -1))
		c.holds(before > 0, "COMMANDLOG LEN = %d; want some", before)
		return all{of(c, c.CommandLogReset(commands.LogSlow)), of(c, c.CommandLogLen(commands.LogSlow))}
	}, want: all{"OK", 0}},
	{cmd: "CONFIG GET", call: func(c *surface) any {
		both := of(c, c.ConfigGet("maxmemory", "port", "nosuchparameter"))
		c.holds(strings.HasSuffix(c.srv.Addr, ":"+both["port"]), "CONFIG GET port = %q; the address is %s", both["port"], c.srv.Addr)
		return all{len(both), both["maxmemory"], len(of(c, c.ConfigGet("nosuchparameter"))), len(of(c, c.ConfigGet("*"))) > 100}
	}, want: all{2, "0", 0, true}},
	{cmd: "CONFIG HELP", call: func(c *surface) any { return helps(c, "CONFIG", of(c, c.ConfigHelp())) }, want: true},
	{cmd: "CONFIG RESETSTAT", call: func(c *surface) any {
		c.given(c.Get("missing"))
		return all{of(c, c.ConfigResetStat()), of(c, c.Info("stats")).Field("keyspace_misses")}
	}, want: all{"OK", "0"}},
	{cmd: "CONFIG REWRITE", call: func(c *surface) any {
		srv := redistest.Start(c.t, redistest.Options{Flavor: redistest.Flavor(c.srv.Name), ConfigFile: true})
		at := c.at(srv)
		at.given(at.ConfigSet("maxclients", 77))
		ok := of(at, at.ConfigRewrite())
		file, err := os.ReadFile(srv.ConfigFile)
		return all{ok, err == nil && strings.Contains(string(file), "\nmaxclients 77\n")}
	}, want: all{"OK", true}},
	{cmd: "CONFIG SET", call: func(c *surface) any {
		configure(c, "hz", 20)
		return all{of(c, c.ConfigSet("hz", "30", "latency-tracking", "yes")), of(c, c.ConfigGet("hz"))}
	}, want: all{"OK", map[string]string{"hz": "30"}}},
	{cmd: "DBSIZE", call: func(c *surface) any {
		c.given(c.MSet("a", 1, "b", 2))
		return of(c, c.DBSize())
	}, want: 2},
	{cmd: "DEBUG", call: func(c *surface) any {
		c.given(c.Set("k", "v"), c.Set("same", "v"))
		v := of(c, c.Debug("DIGEST-VALUE", "k", "same", "missing"))
		c.holds(v.Len() == 3, "DEBUG DIGEST-VALUE = %v; want three digests", v)
		first, _ := v.Array()[0].Text()
		second, _ := v.Array()[1].Text()
		third, _ := v.Array()[2].Text()
		return all{len(first), first == second, third}
	}, want: all{40, true, strings.Repeat("0", 40)}},
	{cmd: "FLUSHALL", call: func(c *surface) any {
		c.given(c.MSet("a", 1, "b", 2))
		return all{of(c, c.FlushAll()), of(c, c.DBSize()), of(c, c.FlushAll(redis.Async)), of(c, c.FlushAll(redis.Sync))}
	}, want: all{"OK", 0, "OK", "OK"}},
	{cmd: "FLUSHDB", call: func(c *surface) any {
		c.given(c.Set("a", 1))
		return all{of(c, c.FlushDB()), of(c, c.DBSize()), of(c, c.FlushDB(redis.Async)), of(c, c.FlushDB(redis.Sync))}
	}, want: all{"OK", 0, "OK", "OK"}},
	{cmd: "INFO", call: func(c *surface) any {
		c.given(c.Set("k", "v"))
		two, everything := of(c, c.Info("server", "keyspace")), of(c, c.Info())
		c.holds(strings.HasSuffix(c.srv.Addr, ":"+two["Server"]["tcp_port"]), "INFO tells the port %q; the address is %s", two["Server"]["tcp_port"], c.srv.Addr)
		return all{len(two), strings.HasPrefix(two.Field("db0"), "keys=1,expires=0"), len(everything) > 8, everything["Replication"]["role"]}
	}, want: all{2, true, true, "master"}},
	{cmd: "LASTSAVE", call: func(c *surface) any {
		c.given(c.Save())
		at := of(c, c.LastSave())
		c.holds(time.Since(at).Abs() < time.Minute && at.Nanosecond() == 0, "LASTSAVE = %v; want now, to the second", at)
		return at.Location() == time.Now().Location()
	}},
	{cmd: "LATENCY DOCTOR", differs: true, call: func(c *surface) any {
		slow(c)
		text := of(c, c.LatencyDoctor())
		c.holds(strings.Contains(text, "command: 1 latency spikes"), "LATENCY DOCTOR = %q", text)
		return text
	}},
	{cmd: "LATENCY GRAPH", differs: true, call: func(c *surface) any {
		slow(c)
		text := of(c, c.LatencyGraph("command"))
		c.holds(strings.HasPrefix(text, "command - high "), "LATENCY GRAPH = %q", text)
		return text
	}},
	{cmd: "LATENCY HELP", call: func(c *surface) any { return helps(c, "LATENCY", of(c, c.LatencyHelp())) }, want: true},
	{cmd: "LATENCY HISTOGRAM", call: func(c *surface) any {
		c.given(c.ConfigResetStat())
		c.given(c.Set("k", "v"), c.Get("k"), c.Get("k"))
		got := of(c, c.LatencyHistogram("get", "set", "nosuchcommand"))
		for name, h := range got {
			last := h.Buckets[len(h.Buckets)-1]
			c.holds(last.Count == h.Calls && last.UpTo > 0, "the last bucket of %s is %+v; want all %d calls", name, last, h.Calls)
		}
		everything := of(c, c.LatencyHistogram())
		c.holds(len(everything) > 2 && everything["config|resetstat"].Calls == 1, "LATENCY HISTOGRAM of all = %+v", everything)
		return all{len(got), got["get"].Calls, got["set"].Calls}
	}, want: all{2, 2, 1}},
	{cmd: "LATENCY HISTORY", call: func(c *surface) any {
		slow(c)
		got := of(c, c.LatencyHistory("command"))
		c.holds(len(got) == 1 && time.Since(got[0].At).Abs() < time.Minute && got[0].Took >= 30*time.Millisecond && got[0].Took < time.Minute, "LATENCY HISTORY = %+v; want one of 30 ms", got)
		return len(of(c, c.LatencyHistory("nosuchevent")))
	}, want: 0},
	{cmd: "LATENCY LATEST", call: func(c *surface) any {
		slow(c)
		got := of(c, c.LatencyLatest())
		if len(got) != 1 {
			c.t.Fatalf("LATENCY LATEST = %+v; want one event", got)
		}
		e := got[0]
		c.holds(time.Since(e.At).Abs() < time.Minute && e.Latest >= 30*time.Millisecond && e.Latest < time.Minute && e.Max == e.Latest, "LATENCY LATEST = %+v; want 30 ms just now", e)
		c.holds(e.Count <= 1 && (e.Count == 0) == (e.Sum == 0), "LATENCY LATEST = %+v; want a count of 1 and its sum, or neither", e)
		return e.Name
	}, want: "command"},
	{cmd: "LATENCY RESET", call: func(c *surface) any {
		slow(c)
		return all{of(c, c.LatencyReset("nosuchevent")), of(c, c.LatencyReset("command")), of(c, c.LatencyReset()), len(of(c, c.LatencyLatest()))}
	}, want: all{0, 1, 0, 0}},
	{cmd: "LOLWUT", call: func(c *surface) any {
		text := of(c, c.Lolwut(redis.ArtVersion(1)))
		c.holds(strings.Contains(text, " ver."), "LOLWUT = %q; want the version", text)
		return text
	}},
	{cmd: "MEMORY DOCTOR", call: func(c *surface) any {
		text := of(c, c.MemoryDoctor())
		c.holds(strings.Contains(text, "Sam") || strings.Contains(text, "memory"), "MEMORY DOCTOR = %q", text)
		return text != ""
	}},
	{cmd: "MEMORY HELP", call: func(c *surface) any { return helps(c, "MEMORY", of(c, c.MemoryHelp())) }, want: true},
	{cmd: "MEMORY MALLOC-STATS", call: func(c *surface) any {
		text := of(c, c.MemoryMallocStats())
		c.holds(len(text) > 20, "MEMORY MALLOC-STATS = %q", text)
		return len(text) > 20
	}},
	{cmd: "MEMORY PURGE", call: func(c *surface) any { return of(c, c.MemoryPurge()) }, want: "OK"},
	{cmd: "MEMORY STATS", call: func(c *surface) any {
		c.given(c.Set("k", "v"), c.Set("x", "v", redis.EX(time.Minute)))
		m := of(c, c.MemoryStats())
		c.holds(m.PeakAllocated > 0 && m.TotalAllocated > 0 && m.StartupAllocated > 0 && m.StartupAllocated < m.TotalAllocated+1<<20 && m.ClientsNormal > 0, "MEMORY STATS = %+v", m)
		c.holds(m.PeakPercentage > 0 && m.PeakPercentage <= 101 && m.DatasetPercentage > 0 && m.DatasetPercentage <= 100, "MEMORY STATS = %+v; want percentages", m)
		c.holds(m.FragmentationRatio > 0 && m.AllocatorResident > 0, "MEMORY STATS = %+v; want the allocator", m)
		db := m.Databases[0]
		c.holds(db.Keys > 0 && db.Expires > 0, "MEMORY STATS tells of the database %+v; want bytes for its keys and for their expiries", db)
		return m.Keys
	}, want: 2},
	{cmd: "MEMORY USAGE", call: func(c *surface) any {
		c.given(c.Set("small", "v"), c.Set("large", strings.Repeat("x", 10000)), c.RPush("list", numbers(100)...))
		small, large, list := of(c, c.MemoryUsage("small")).Or(0), of(c, c.MemoryUsage("large")).Or(0), of(c, c.MemoryUsage("list", redis.Samples(0))).Or(0)
		c.holds(small > 10 && small < 200 && large > 10000 && large < 20000 && list > 100, "MEMORY USAGE = %d, %d, %d", small, large, list)
		return of(c, c.MemoryUsage("missing"))
	}, want: none[int64]()},
	{cmd: "MODULE HELP", call: func(c *surface) any { return helps(c, "MODULE", of(c, c.ModuleHelp())) }, want: true},
	{cmd: "MODULE LIST", call: func(c *surface) any {
		got := of(c, c.ModuleList())
		c.holds(len(got) == len(c.srv.Do("MODULE", "LIST").([]any)), "MODULE LIST = %+v", got)
		for _, m := range got {
			c.holds(m.Name != "" && m.Version > 0, "a module is %+v", m)
		}
		return len(got)
	}},
	{cmd: "OBJECT HELP", call: func(c *surface) any { return helps(c, "OBJECT", of(c, c.ObjectHelp())) }, want: true},
	{cmd: "ROLE", call: func(c *surface) any {
		role := of(c, c.Role())
		return all{role.Name, role.Offset, len(role.Replicas), role.MasterHost, role.State}
	}, want: all{"master", 0, 0, "", ""}},
	{cmd: "SAVE", call: func(c *surface) any {
		whole(c, "rdb_bgsave_in_progress")
		return of(c, c.Save())
	}, want: "OK"},
	{cmd: "SHUTDOWN", name: "ABORT", call: func(c *surface) any {
		return failure[*redis.RedisError](c, c.ServerShutdownAbort()).Message
	}, want: "ERR No shutdown in progress."},
	{cmd: "SLOWLOG GET", call: func(c *surface) any {
		configure(c, "slowlog-log-slower-than", 0)
		c.given(c.SlowLogReset(), c.Set("k", "some value"))
		c.given(c.ConfigSet("slowlog-log-slower-than", -1))
		log := of(c, c.SlowLogGet())
		i := slices.IndexFunc(log, func(e commands.SlowLogEntry) bool { return e.Args[0] == "SET" })
		if i < 0 {
			c.t.Fatalf("SLOWLOG GET = %+v; want SET in it", log)
		}
		e := log[i]
		c.holds(time.Since(e.At).Abs() < time.Minute && e.Took >= 0 && e.Took < time.Minute && strings.HasPrefix(e.ClientAddr, "127.0.0.1:"), "SLOWLOG GET = %+v", e)
		return all{e.Args, e.ClientName, len(of(c, c.SlowLogGetN(1))), len(of(c, c.SlowLogGetN(-1))) == len(log)}
	}, want: all{[]string{"SET", "k", "some value"}, "", 1, true}},
	{cmd: "SLOWLOG HELP", call: func(c *surface) any { return helps(c, "SLOWLOG", of(c, c.SlowLogHelp())) }, want: true},
	{cmd: "SLOWLOG LEN", call: func(c *surface) any {
		configure(c, "slowlog-log-slower-than", -1)
		c.given(c.SlowLogReset())
		return of(c, c.SlowLogLen())
	}, want: 0},
	{cmd: "SLOWLOG RESET", call: func(c *surface) any {
		configure(c, "slowlog-log-slower-than", 0)
		n := of(c, c.SlowLogLen())
		c.given(c.ConfigSet("slowlog-log-slower-than", -1))
		c.holds(n > 0, "SLOWLOG LEN = %d; want some", n)
		return all{of(c, c.SlowLogReset()), of(c, c.SlowLogLen())}
	}, want: all{"OK", 0}},
	{cmd: "SWAPDB", call: func(c *surface) any {
		c.given(c.Set("k", "v"))
		return all{of(c, c.SwapDB(0, 1)), of(c, c.Exists("k")), of(c, c.SwapDB(1, 0)), of(c, c.Exists("k"))}
	}, want: all{"OK", 0, "OK", 1}},
	{cmd: "TIME", differs: true, call: func(c *surface) any {
		now := of(c, c.Time())
		c.holds(time.Since(now).Abs() < time.Minute, "TIME = %v; want now", now)
		return now
	}},
}
