package integration

import (
	"strconv"
	"strings"
	"testing"

	"github.com/futureio/futureio-go/redis"
	"github.com/futureio/futureio-go/redis/commands"
)

// identity proves that the cell is what it says: the server, the protocol, the user and the way are what the server itself tells.
func (c *cell) identity(t *testing.T) {
	client := c.client(t)
	family, version := c.family()
	info := await(t, c.admin.Info("server"))
	if got := info.Field(family + "_version"); got == "" || !strings.HasPrefix(got, version) {
		t.Errorf("%s_version = %q; want %s", family, got, c.server)
	}
	c.sameConnection(t, await(t, client.ClientInfo()))

	// The same connection as another one sees it, and no second one beside it.
	id := await(t, client.ClientID())
	var named []commands.ClientInfo
	for _, seen := range await(t, c.admin.ClientList()) {
		if seen.Name == c.opts.ClientName {
			named = append(named, seen)
		}
	}
	if len(named) != 1 || named[0].ID != id {
		t.Fatalf("connections called %s: %+v; want one, with ID %d", c.opts.ClientName, named, id)
	}
	c.sameConnection(t, named[0])
}

// sameConnection compares what the server tells about a connection with what the cell wants it to be.
func (c *cell) sameConnection(t *testing.T, info commands.ClientInfo) {
	t.Helper()
	if info.Protocol != int64(c.opts.Protocol) || info.User != c.login.effective() || info.Database != int64(c.opts.Database) || info.Name != c.opts.ClientName {
		t.Errorf("the server sees RESP%d, user %s, database %d, name %s; want RESP%d, %s, %d, %s", info.Protocol, info.User, info.Database, info.Name,
			c.opts.Protocol, c.login.effective(), c.opts.Database, c.opts.ClientName)
	}
	if !c.local(info.LocalAddr) {
		t.Errorf("the server's end is %s; want that of the cell, which connects to %s", info.LocalAddr, c.opts.Addr)
	}
}

// kill closes the connection by its ID, from outside: what comes after is like what was before. Behaviours D7, D9.
func (c *cell) kill(t *testing.T) {
	connected, lost := make(chan struct{}, 10), make(chan string, 10)
	client := c.client(t, func(o *redis.Options) {
		o.OnConnect = func(*redis.Client) { connected <- struct{}{} }
		o.OnDisconnect = func(_ *redis.Client, reason string) { lost <- reason }
	})
	id := await(t, client.ClientID())
	receive(t, "OnConnect", connected)
	for range 2 {
		await(t, client.Set("cell:before", id))
		expect(t, "CLIENT KILL ID", c.admin.ClientKillBy(redis.ByID(id)), 1)
		// Unread bytes make a reset of what else is an EOF.
		if reason := receive(t, "OnDisconnect", lost); reason != redis.ReasonServerClosed && reason != redis.ReasonConnectionLost {
			t.Errorf("reason = %s; want that the server closed it", reason)
		}
		receive(t, "OnConnect after the kill", connected)
		info := await(t, client.ClientInfo())
		if info.ID == id {
			t.Errorf("CLIENT INFO tells of connection %d, which was killed", id)
		}
		c.sameConnection(t, info)
		if v, want := await(t, client.Get("cell:before")), strconv.FormatInt(id, 10); v.Or("") != want {
			t.Errorf("GET cell:before = %v; want %s, what was set before the kill", v, want)
		}
		id = info.ID
	}
	if len(lost) > 0 || len(connected) > 0 {
		t.Errorf("%d more losses and %d more connections than kills", len(lost), len(connected))
	}
}
