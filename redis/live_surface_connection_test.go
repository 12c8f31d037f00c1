package redis_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/futureio/futureio-go/redis"
	"github.com/futureio/futureio-go/redis/commands"
)

// victim is a side connection with a name, and its ID.
func victim(c *surface, name string) (*side, int64) {
	c.t.Helper()
	s := c.side("CLIENT SETNAME "+name, 1)
	s.send("CLIENT ID")
	var id int64
	if _, err := fmt.Sscanf(s.lines(1)[0], ":%d", &id); err != nil {
		c.t.Fatal(err)
	}
	return s, id
}

var connectionRows = []row{
	{cmd: "CLIENT GETNAME", call: func(c *surface) any {
		opts := surfaceOptions(c.srv.Addr, c.protocol)
		opts.ClientName = "surface"
		named := c.as(opts)
		return all{of(c, c.ClientGetName()), of(c, named.ClientGetName())}
	}, want: all{none[string](), some("surface")}},
	{cmd: "CLIENT GETREDIR", call: func(c *surface) any { return of(c, c.ClientGetRedir()) }, want: -1},
	{cmd: "CLIENT HELP", call: func(c *surface) any { return helps(c, "CLIENT", of(c, c.ClientHelp())) }, want: true},
	{cmd: "CLIENT ID", differs: true, call: func(c *surface) any {
		id := of(c, c.ClientID())
		c.holds(id > 0 && id == of(c, c.ClientID()), "CLIENT ID = %d; want the same number twice", id)
		return id
	}},
	{cmd: "CLIENT INFO", call: func(c *surface) any {
		info := of(c, c.ClientInfo())
		c.holds(info.ID == of(c, c.ClientID()), "CLIENT INFO tells the ID %d", info.ID)
		c.holds(info.Protocol == int64(c.protocol), "CLIENT INFO tells RESP%d", info.Protocol)
		c.holds(info.LocalAddr == c.srv.Addr && strings.HasPrefix(info.Addr, "127.0.0.1:"), "CLIENT INFO tells the addresses %q to %q; want %q", info.Addr, info.LocalAddr, c.srv.Addr)
		c.holds(info.Age < time.Hour && info.Idle < time.Hour && info.TotalMemory > 0 && info.FileDescriptor > 0, "CLIENT INFO = %+v", info)
		return all{info.Command, info.User, info.Database, info.Name, info.Redirect, info.Channels, info.Queued, info.Flags, info.Fields["cmd"]}
	}, want: all{"client|info", "default", 0, "", -1, 0, -1, "N", "client|info"}},
	{cmd: "CLIENT KILL", call: func(c *surface) any {
		s, _ := victim(c, "first")
		killed := all{of(c, c.ClientKill(s.conn.LocalAddr().String())), s.closed()}
		s, id := victim(c, "second")
		killed = append(killed, of(c, c.ClientKillBy(redis.ByID(id), redis.ByUser("default"))), s.closed(), of(c, c.ClientKillBy(redis.ByID(id))))
		s, _ = victim(c, "third")
		return append(killed, of(c, c.ClientKillBy(redis.ByAddr(s.conn.LocalAddr().String()), redis.ByType(commands.ClientNormal), redis.SkipMe(true))), s.closed())
	}, want: all{"OK", true, 1, true, 0, 1, true}},
	{cmd: "CLIENT LIST", call: func(c *surface) any {
		_, id := victim(c, "listed")
		me := of(c, c.ClientID())
		everyone := of(c, c.ClientList())
		ids := func(list []commands.ClientInfo) (ids []int64) {
			for _, info := range list {
				ids = append(ids, info.ID)
			}
			slices.Sort(ids)
			return ids
		}
		c.holds(slices.Contains(ids(everyone), me) && slices.Contains(ids(everyone), id), "CLIENT LIST = %v; want %d and %d among them", ids(everyone), me, id)
		two := of(c, c.ClientList(redis.ByID(id, me)))
		c.holds(slices.Equal(ids(two), []int64{min(id, me), max(id, me)}), "CLIENT LIST ID = %v; want %d and %d", ids(two), me, id)
		one := of(c, c.ClientList(redis.ByID(id)))
		return all{len(one), one[0].Name, one[0].Command, one[0].Protocol, len(of(c, c.ClientList(redis.ByType(commands.ClientPubSub)))), len(of(c, c.ClientList(redis.ByID(1<<40))))}
	}, want: all{1, "listed", "client|id", 2, 0, 0}},
	{cmd: "CLIENT LIST", name: "NAME", only: "valkey-9", call: func(c *surface) any {
		_, id := victim(c, "listed")
		got := of(c, c.ClientList(redis.ByName("listed"), redis.NotByType(commands.ClientPubSub)))
		c.holds(len(got) == 1 && got[0].ID == id, "CLIENT LIST NAME = %+v; want %d alone", got, id)
		return of(c, c.ClientKillBy(redis.ByName("listed"), redis.NotByID(1<<40)))
	}, want: 1},
	{cmd: "CLIENT PAUSE", call: func(c *surface) any {
		paused := of(c, c.ClientPause(time.Hour, redis.PauseWrites))
		writer := c.side("SET k v", 0)
		before := of(c, c.Get("k"))
		resumed := of(c, c.ClientUnpause())
		return all{paused, before, resumed, writer.lines(1)[0], of(c, c.ClientPause(time.Millisecond)), of(c, c.Get("k"))}
	}, want: all{"OK", none[string](), "OK", "+OK", "OK", some("v")}},
	{cmd: "CLIENT TRACKINGINFO", call: func(c *surface) any {
		info := of(c, c.ClientTrackingInfo())
		return all{info.Flags, info.Redirect, len(info.Prefixes)}
	}, want: all{[]string{"off"}, -1, 0}},
	{cmd: "CLIENT UNBLOCK", call: func(c *surface) any {
		s, id := victim(c, "blocked")
		idle := of(c, c.ClientUnblock(id))
		s.send("BLPOP l 0")
		c.until("the victim waits", func() bool { return c.srv.Info("clients")["blocked_clients"] == "1" })
		woken := all{idle, of(c, c.ClientUnblock(id)), s.lines(1)[0]}
		s.send("BLPOP l 0")
		c.until("the victim waits", func() bool { return c.srv.Info("clients")["blocked_clients"] == "1" })
		woken = append(woken, of(c, c.ClientUnblock(id, redis.UnblockError)), strings.Fields(s.lines(1)[0])[0])
		return woken
	}, want: all{false, true, "*-1", true, "-UNBLOCKED"}},
	{cmd: "CLIENT UNPAUSE", call: func(c *surface) any {
		c.given(c.ClientPause(time.Hour, redis.PauseWrites))
		return all{of(c, c.ClientUnpause()), of(c, c.Set("k", "v"))}
	}, want: all{"OK", true}},
	{cmd: "ECHO", call: func(c *surface) any { return all{of(c, c.Echo("a\r\nb")), of(c, c.Echo(""))} }, want: all{"a\r\nb", ""}},
	{cmd: "PING", call: func(c *surface) any { return of(c, c.Ping()) }, want: "PONG"},
}
