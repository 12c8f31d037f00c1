package integration

import (
	"testing"
	"time"

	"github.com/futureio/futureio-go/redis"
)

// conn does on an exclusive connection what a Client refuses, and has its state made again after a kill. Behaviours D7, T4.
func (c *cell) conn(t *testing.T) {
	connected := make(chan struct{}, 10)
	opts := c.opts
	opts.OnConnect = func(*redis.Client) { connected <- struct{}{} }
	conn, err := redis.Dial(limit(t), opts)
	if err != nil {
		t.Fatalf("Dial: %v", err)
	}
	defer conn.Close()
	receive(t, "OnConnect", connected)
	c.sameConnection(t, await(t, conn.ClientInfo()))
	family, version := c.family()
	hello := await(t, conn.Hello(int64(c.opts.Protocol)))
	if hello.Server != family || len(hello.Version) < len(version) || hello.Version[:len(version)] != version || hello.Protocol != int64(c.opts.Protocol) {
		t.Errorf("HELLO = %+v; want %s, RESP%d", hello, c.server, c.opts.Protocol)
	}

	// Another database, name and user than those of the options.
	changed := *c
	changed.opts.Database, changed.opts.ClientName = 9, "changed"
	await(t, c.admin.ACLSetUser("second", "on", ">"+aclUser.password, "~*", "&*", "+@all"))
	changed.login = login{user: "second", password: aclUser.password}
	if e := failure[*redis.RedisError](t, conn.AuthUser("second", "wrong")); !e.IsAuth() {
		t.Errorf("AUTH with a wrong password = %v; want WRONGPASS", e)
	}
	await(t, conn.AuthUser("second", aclUser.password))
	await(t, conn.Select(9))
	await(t, conn.ClientSetName("changed"))
	typed(t, &conn.Commands)
	info := await(t, conn.ClientInfo())
	changed.sameConnection(t, info)

	expect(t, "CLIENT KILL ID", c.admin.ClientKillBy(redis.ByID(info.ID)), 1)
	receive(t, "OnConnect after the kill", connected)
	again := await(t, conn.ClientInfo())
	changed.sameConnection(t, again)
	if again.ID == info.ID {
		t.Errorf("CLIENT INFO tells of connection %d, which was killed", info.ID)
	}

	transaction(t, conn, changed.client(t))
	start := time.Now()
	if v := await(t, conn.BLPop([]string{"cell:empty"}, 100*time.Millisecond)); v.Valid() || time.Since(start) < 90*time.Millisecond {
		t.Errorf("BLPOP = %v after %v; want a missing value after 100 ms", v, time.Since(start))
	}
}
