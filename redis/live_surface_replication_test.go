package redis_test

import (
	"errors"
	"net"
	"strconv"
	"time"

	"github.com/futureio/futureio-go/redis"
)

// hostPort splits an address.
func hostPort(c *surface, addr string) (string, int64) {
	c.t.Helper()
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		c.t.Fatal(err)
	}
	n, err := strconv.ParseInt(port, 10, 64)
	if err != nil {
		c.t.Fatal(err)
	}
	return host, n
}

// pair is a master and its replica, which is up to date.
func (c *surface) pair() (master, replica *surface) {
	c.t.Helper()
	master, replica = c.at(c.lab.pair[0]), c.at(c.lab.pair[1])
	if c.lab.pair[1].Info("replication")["role"] == "master" {
		master, replica = replica, master
	}
	c.until("the replica is up to date", func() bool {
		info := master.srv.Info("replication")
		return replica.srv.Info("replication")["master_link_status"] == "up" && info["connected_slaves"] == "1" && info["role"] == "master"
	})
	return master, replica
}

var replicationRows = []row{
	{cmd: "FAILOVER", call: func(c *surface) any {
		master, replica := c.pair()
		host, port := hostPort(c, replica.srv.Addr)
		said := of(c, master.Failover(redis.FailoverTo(host, port), redis.FailoverTimeout(30*time.Second)))
		c.until("the roles have changed", func() bool {
			return replica.srv.Info("replication")["role"] == "master" && master.srv.Info("replication")["role"] == "slave"
		})
		return said
	}, want: "OK"},
	{cmd: "REPLICAOF", call: func(c *surface) any {
		s := c.start()
		said := of(c, s.ReplicaOf("127.0.0.1", 1))
		role := of(c, s.Role())
		c.holds(role.State == "connect" || role.State == "connecting", "ROLE of the replica = %+v; want that it connects", role)
		return all{said, role.Name, role.MasterHost, role.MasterPort, of(c, s.ReplicaOfNoOne()), of(c, s.Role()).Name}
	}, want: all{"OK", "slave", "127.0.0.1", 1, "OK", "master"}},
	{cmd: "ROLE", name: "of a pair", call: func(c *surface) any {
		master, replica := c.pair()
		host, port := hostPort(c, replica.srv.Addr)
		c.given(master.Set("k", "v"))
		c.until("the replica has the write", func() bool { return replica.srv.Do("EXISTS", "k") == int64(1) })
		up, down := of(c, master.Role()), of(c, replica.Role())
		if len(up.Replicas) != 1 {
			c.t.Fatalf("ROLE of the master = %+v; want one replica", up)
		}
		r := up.Replicas[0]
		c.holds(r.Host == host && r.Port == port && r.Offset >= 0 && up.Offset > 0 && r.Offset <= up.Offset, "ROLE of the master = %+v; want the replica %s", up, replica.srv.Addr)
		_, port = hostPort(c, master.srv.Addr)
		c.holds(down.MasterPort == port && down.MasterHost == host && down.Offset > 0, "ROLE of the replica = %+v; want that of %s", down, master.srv.Addr)
		return all{up.Name, down.Name, down.State}
	}, want: all{"master", "slave", "connected"}},
	{cmd: "SHUTDOWN", call: func(c *surface) any {
		s := c.start()
		err := failure[redis.Error](c, s.ServerShutdown(redis.NoSave, redis.Now, redis.Force))
		var lost *redis.ConnectionError
		_, dial := net.DialTimeout("tcp", s.srv.Addr, time.Second)
		return all{errors.As(err, &lost), err.Outcome(), dial != nil}
	}, want: all{true, redis.Unknown, true}},
	{cmd: "SLAVEOF", call: func(c *surface) any {
		s := c.start()
		return all{of(c, s.SlaveOf("127.0.0.1", 1)), of(c, s.Role()).Name, of(c, s.SlaveOfNoOne()), of(c, s.Role()).Name}
	}, want: all{"OK", "slave", "OK", "master"}},
	{cmd: "MIGRATE", call: func(c *surface) any {
		other, _ := c.pair()
		c.given(other.FlushAll(), c.MSet("a", 1, "b", 2, "c", 3))
		host, port := hostPort(c, other.srv.Addr)
		return all{of(c, c.Migrate(host, port, "a", 0, time.Second)), of(c, c.Exists("a")), of(c, other.Get("a")), of(c, c.Migrate(host, port, "missing", 0, time.Second)),
			of(c, c.Migrate(host, port, "b", 3, time.Second, redis.KeepSource, redis.Replace)), of(c, c.MigrateKeys(host, port, 0, time.Second, []string{"b", "c"})), of(c, c.DBSize()), of(c, other.MGet("b", "c"))}
	}, want: all{"OK", 0, some("1"), "NOKEY", "OK", "OK", 0, texts("2", "3")}},
}
