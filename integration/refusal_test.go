package integration

import (
	"strings"
	"testing"

	"github.com/futureio/futureio-go/redis"
)

// refusal has the server refuse a login, and a command. Behaviours C2, O1.
func (c *cell) refusal(t *testing.T) {
	const wrong = "not-the-password"
	for what, opts := range map[string]func(o *redis.Options){
		"unknown user":   func(o *redis.Options) { o.Username, o.Password = "nobody", wrong },
		"wrong password": func(o *redis.Options) { o.Username, o.Password = c.login.user, wrong },
		"no password":    func(o *redis.Options) { o.Username, o.Password = "", "" },
	} {
		if c.login == noLogin && what != "unknown user" {
			continue // the default user has no password: any will do
		}
		client := c.client(t, opts)
		e := asError[*redis.RedisError](t, client.Connect(limit(t)))
		if !e.IsAuth() || e.Outcome() != redis.Rejected || strings.Contains(e.Error(), wrong) {
			t.Errorf("%s: Connect = %v with outcome %v; want WRONGPASS or NOAUTH, rejected, without the password", what, e, e.Outcome())
		}
		if state := client.State(); state == redis.StateConnected {
			t.Errorf("%s: state = %v; want not connected", what, state)
		}
	}
	if c.login.user != "" {
		c.forbidden(t)
	}
}

// forbidden has the ACL user try what it must not do.
func (c *cell) forbidden(t *testing.T) {
	client := c.client(t)
	await(t, client.Set("cell:kept", "yes"))
	command, key := client.FlushAll(), client.Set("other", "x")
	for what, e := range map[string]*redis.RedisError{
		"FLUSHALL":             failure[*redis.RedisError](t, command),
		"SET of a foreign key": failure[*redis.RedisError](t, key),
	} {
		if !e.IsNoPerm() || e.IsAuth() || e.Outcome() != redis.Rejected {
			t.Errorf("%s = %v with outcome %v; want NOPERM, rejected", what, e, e.Outcome())
		}
	}
	if v := await(t, client.Get("cell:kept")); v.Or("") != "yes" {
		t.Errorf("GET cell:kept = %v; want yes, and the connection as it was", v)
	}
}
