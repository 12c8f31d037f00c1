package integration

import (
	"strings"
	"testing"

	"github.com/futureio/futureio-go/redis"
)

// login is how a cell says who it is. The zero value says nothing.
type login struct {
	name     string // of the cell
	user     string
	password string
}

// The logins of the matrix. The passwords hold what URLs and ACL rules give a meaning to; no quotes, which Valkey 8.1 does not take
// from its command line.
var (
	noLogin  = login{name: "no auth"}
	password = login{name: "password", password: "s3cret: @/%#?"}
	aclUser  = login{name: "ACL user", user: "worker", password: "p>w <:@/%"}
)

// adminPassword is that of the default user where the cell logs in as another one.
const adminPassword = "for the administrator"

// workerRules let the ACL user do everything but empty the server, on the keys of this test only.
var workerRules = []string{"on", ">" + aclUser.password, "~cell:*", "&*", "+@all", "-flushall"}

// defaultPassword is the password of the default user, "" for none.
func (l login) defaultPassword() string {
	if l.user != "" {
		return adminPassword
	}
	return l.password
}

// effective is the name that the server knows the user by.
func (l login) effective() string {
	if l.user == "" {
		return "default"
	}
	return l.user
}

// cell is one combination: a server, and one way to it.
type cell struct {
	server string                  // "redis-7.0"; without a version where nobody promised one
	local  func(laddr string) bool // tells the server's end of the connection, in its own words
	login  login                   // who the cell is
	opts   redis.Options           // the way
	tlsWay tlsWay                  // where opts.TLS is set
	admin  *redis.Client           // past the way of the cell, and allowed everything
}

// client makes a client that goes the cell's way; each change is applied to its options.
func (c *cell) client(t *testing.T, change ...func(o *redis.Options)) *redis.Client {
	t.Helper()
	opts := c.opts
	for _, ch := range change {
		ch(&opts)
	}
	client := redis.New(opts)
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// newAdmin makes the client that a cell's server is looked at and disturbed by. It makes the ACL user where there is to be one.
func newAdmin(t *testing.T, addr string, l login) *redis.Client {
	t.Helper()
	admin := redis.New(redis.Options{Addr: addr, Password: l.defaultPassword(), ClientName: "admin"})
	t.Cleanup(func() { _ = admin.Close() })
	if l.user != "" {
		await(t, admin.ACLSetUser(l.user, workerRules...))
	}
	return admin
}

// run is what every cell has to pass.
func (c *cell) run(t *testing.T) {
	t.Helper()
	await(t, c.admin.FlushAll())
	t.Run("identity", c.identity)
	t.Run("data", c.data)
	t.Run("burst", c.burst)
	t.Run("batches", c.batches)
	t.Run("big value", c.bigValue)
	t.Run("kill", c.kill)
	t.Run("refusal", c.refusal)
	t.Run("Conn", c.conn)
	if c.opts.TLS != nil {
		t.Run("TLS", c.tls)
	}
}

// family and version divide the name of the server: "redis", "7.0".
func (c *cell) family() (family, version string) {
	family, version, _ = strings.Cut(c.server, "-")
	return family, version
}
