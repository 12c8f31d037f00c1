package redis_test

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/futureio/futureio-go/redis"
	"github.com/futureio/futureio-go/redis/commands"
)

// Key foo and the slot it belongs to.
const fooSlot = 12182

// cluster is the cluster of the lab: a master that has all slots, its replica, and a master without slots. It has no keys.
func (c *surface) cluster() (master, replica, empty *surface) {
	c.t.Helper()
	at := [3]*surface{c.at(c.lab.nodes[0]), c.at(c.lab.nodes[1]), c.at(c.lab.nodes[2])}
	c.until("the nodes know each other", func() bool {
		for _, s := range at {
			if info := s.srv.Do("CLUSTER", "INFO").(string); !strings.Contains(info, "cluster_state:ok") || !strings.Contains(info, "cluster_known_nodes:3") {
				return false
			}
		}
		return true
	})
	isReplica := func(s *surface) bool { return s.srv.Info("replication")["role"] == "slave" }
	master, replica, empty = at[0], at[1], at[2]
	if itself(replica).Slots != nil {
		master, replica = replica, master
	}
	id := master.srv.Do("CLUSTER", "MYID").(string)
	c.until("the cluster has its replica", func() bool {
		if !isReplica(replica) {
			replica.srv.Do("FLUSHALL")
			replica.srv.Do("CLUSTER", "REPLICATE", id)
		}
		lines, _ := master.srv.Do("CLUSTER", "REPLICAS", id).([]any)
		seen, _ := empty.srv.Do("CLUSTER", "REPLICAS", id).([]any)
		return len(lines) == 1 && len(seen) == 1 && replica.srv.Info("replication")["master_link_status"] == "up"
	})
	of(master, master.FlushAll())
	c.until("the master has heard that its replica is in step", func() bool {
		slots, _ := master.srv.Do("CLUSTER", "SLOTS").([]any)
		return len(slots) == 1 && len(slots[0].([]any)) == 4 // from, to, the master, the replica
	})
	return master, replica, empty
}

// node starts a node that knows no other and has no slots.
func (c *surface) node() *surface {
	c.t.Helper()
	return c.start(clusterArgs...)
}

// itself is what a node tells about itself.
func itself(s *surface) commands.ClusterNode {
	s.t.Helper()
	for _, n := range of(s, s.ClusterNodes()) {
		if slices.Contains(n.Flags, "myself") {
			return n
		}
	}
	s.t.Fatal("a node does not know itself")
	panic("unreachable")
}

func isNodeID(id string) bool {
	raw, err := hex.DecodeString(id)
	return err == nil && len(raw) == 20
}

var clusterRows = []row{
	{cmd: "CLUSTER ADDSLOTS", call: func(c *surface) any {
		s := c.node()
		return all{of(s, s.ClusterAddSlots(1, 2, 3, 7)), itself(s).Slots}
	}, want: all{"OK", []commands.SlotRange{{Start: 1, End: 3}, {Start: 7, End: 7}}}},
	{cmd: "CLUSTER ADDSLOTSRANGE", call: func(c *surface) any {
		s := c.node()
		return all{of(s, s.ClusterAddSlotsRange(commands.SlotRange{Start: 0, End: 99}, commands.SlotRange{Start: 200, End: 200})), itself(s).Slots}
	}, want: all{"OK", []commands.SlotRange{{Start: 0, End: 99}, {Start: 200, End: 200}}}},
	{cmd: "CLUSTER BUMPEPOCH", call: func(c *surface) any {
		s := c.node()
		first := of(s, s.ClusterBumpEpoch())
		return all{first, strings.Fields(of(s, s.ClusterBumpEpoch()))[0]}
	}, want: all{"BUMPED 1", "STILL"}},
	{cmd: "CLUSTER COUNT-FAILURE-REPORTS", call: func(c *surface) any {
		master, _, empty := c.cluster()
		return of(master, master.ClusterCountFailureReports(of(empty, empty.ClusterMyID())))
	}, want: 0},
	{cmd: "CLUSTER COUNTKEYSINSLOT", call: func(c *surface) any {
		master, _, _ := c.cluster()
		c.given(master.Set("foo", 1), master.Set("{foo}bar", 1))
		return all{of(master, master.ClusterCountKeysInSlot(fooSlot)), of(master, master.ClusterCountKeysInSlot(0))}
	}, want: all{2, 0}},
	{cmd: "CLUSTER DELSLOTS", call: func(c *surface) any {
		s := c.node()
		c.given(s.ClusterAddSlots(1, 2, 3))
		return all{of(s, s.ClusterDelSlots(1, 2)), itself(s).Slots}
	}, want: all{"OK", []commands.SlotRange{{Start: 3, End: 3}}}},
	{cmd: "CLUSTER DELSLOTSRANGE", call: func(c *surface) any {
		s := c.node()
		c.given(s.ClusterAddSlotsRange(commands.SlotRange{Start: 0, End: 99}))
		return all{of(s, s.ClusterDelSlotsRange(commands.SlotRange{Start: 10, End: 19}, commands.SlotRange{Start: 90, End: 99})), itself(s).Slots}
	}, want: all{"OK", []commands.SlotRange{{Start: 0, End: 9}, {Start: 20, End: 89}}}},
	{cmd: "CLUSTER FAILOVER", call: func(c *surface) any {
		master, replica, _ := c.cluster()
		said := of(replica, replica.ClusterFailover(redis.Takeover))
		c.until("the roles have changed", func() bool { return master.srv.Info("replication")["role"] == "slave" })
		slots := itself(replica).Slots
		c.cluster()
		return all{said, slots}
	}, want: all{"OK", []commands.SlotRange{{Start: 0, End: 16383}}}},
	{cmd: "CLUSTER FLUSHSLOT", call: func(c *surface) any {
		master, _, _ := c.cluster()
		c.given(master.Set("foo", 1), master.Set("other", 1))
		return all{of(master, master.ClusterFlushSlot(fooSlot, redis.Sync)), of(master, master.DBSize()), of(master, master.ClusterFlushSlot(fooSlot))}
	}, want: all{"OK", 1, "OK"}},
	{cmd: "CLUSTER FLUSHSLOTS", call: func(c *surface) any {
		s := c.node()
		c.given(s.ClusterAddSlots(1, 2, 3))
		return all{of(s, s.ClusterFlushSlots()), len(itself(s).Slots)}
	}, want: all{"OK", 0}},
	{cmd: "CLUSTER FORGET", call: func(c *surface) any {
		s := c.node()
		c.given(s.ClusterMeet("127.0.0.1", 1))
		forgotten := all{}
		for _, n := range of(s, s.ClusterNodes()) {
			if !slices.Contains(n.Flags, "myself") {
				forgotten = append(forgotten, n.Port, of(s, s.ClusterForget(n.ID)))
			}
		}
		return append(forgotten, len(of(s, s.ClusterNodes())))
	}, want: all{1, "OK", 1}},
	{cmd: "CLUSTER GETKEYSINSLOT", call: func(c *surface) any {
		master, _, _ := c.cluster()
		c.given(master.Set("foo", 1), master.Set("{foo}bar", 1))
		return all{inOrder(of(master, master.ClusterGetKeysInSlot(fooSlot, 10))), len(of(master, master.ClusterGetKeysInSlot(fooSlot, 1))), len(of(master, master.ClusterGetKeysInSlot(0, 1)))}
	}, want: all{[]string{"foo", "{foo}bar"}, 1, 0}},
	{cmd: "CLUSTER HELP", call: func(c *surface) any {
		s, _, _ := c.cluster()
		return helps(c, "CLUSTER", of(s, s.ClusterHelp()))
	}, want: true},
	{cmd: "CLUSTER INFO", call: func(c *surface) any {
		s, _, _ := c.cluster()
		info := of(s, s.ClusterInfo())
		return all{info["cluster_state"], info["cluster_slots_assigned"], info["cluster_known_nodes"], info["cluster_size"]}
	}, want: all{"ok", "16384", "3", "1"}},
	{cmd: "CLUSTER KEYSLOT", call: func(c *surface) any {
		s, _, _ := c.cluster()
		return all{of(s, s.ClusterKeySlot("foo")), of(s, s.ClusterKeySlot("x{foo}y"))}
	}, want: all{fooSlot, fooSlot}},
	{cmd: "CLUSTER LINKS", call: func(c *surface) any {
		s, replica, empty := c.cluster()
		ends := map[string]bool{}
		for _, l := range of(s, s.ClusterLinks()) {
			ends[l.Direction+" "+l.Node] = true
			c.holds(time.Since(l.Created).Abs() < time.Hour && strings.Contains(l.Events, "r") && l.SendBufferUsed >= 0, "a link is %+v", l)
		}
		for _, other := range []*surface{replica, empty} {
			id := of(other, other.ClusterMyID())
			c.holds(ends["to "+id] && ends["from "+id], "the links are %v; want some to and from %s", ends, id)
		}
		return len(ends)
	}, want: 4},
	{cmd: "CLUSTER MEET", call: func(c *surface) any {
		s := c.node()
		met := all{of(s, s.ClusterMeet("127.0.0.1", 1)), of(s, s.ClusterMeetBus("127.0.0.1", 2, 3))}
		var ports []string
		for _, n := range of(s, s.ClusterNodes()) {
			if slices.Contains(n.Flags, "handshake") {
				ports = append(ports, fmt.Sprintf("%s:%d@%d %v %s", n.IP, n.Port, n.BusPort, n.Slots == nil, n.Master))
			}
		}
		return append(met, inOrder(ports))
	}, want: all{"OK", "OK", []string{"127.0.0.1:1@10001 true ", "127.0.0.1:2@3 true "}}},
	{cmd: "CLUSTER CANCELSLOTMIGRATIONS", call: func(c *surface) any {
		master, _, empty := c.cluster()
		begun := master.ClusterMigrateSlots(commands.SlotMove{Ranges: []commands.SlotRange{{Start: 1, End: 1}}, NodeID: of(empty, empty.ClusterMyID())})
		ended := master.ClusterCancelSlotMigrations() // right behind it, before the cluster can have done it
		return all{of(master, begun), of(master, ended)}
	}, want: all{"OK", "OK"}},
	{cmd: "CLUSTER GETSLOTMIGRATIONS", call: func(c *surface) any {
		master, _, empty := c.cluster()
		source, target := itself(master).ID, itself(empty).ID
		moved := []commands.SlotRange{{Start: 16382, End: 16383}}
		there := moveSlots(c, master, empty, moved)
		c.holds(there.Source == source && there.Target == target && there.Name != "" && there.Message == "", "CLUSTER GETSLOTMIGRATIONS = %+v; want from %s to %s", there, source, target)
		c.holds(time.Since(there.Created).Abs() < time.Minute && !there.Updated.Before(there.Created) && there.CopyOnWriteSize >= 0 && there.RemainingReplicationSize >= 0, "CLUSTER GETSLOTMIGRATIONS = %+v", there)
		imported := of(empty, empty.ClusterGetSlotMigrations())[0]
		slots := itself(empty).Slots
		back := moveSlots(c, empty, master, moved)
		return all{there.Operation, there.Slots, there.State, imported.Operation, imported.Source == source, slots, back.State}
	}, want: all{"EXPORT", []commands.SlotRange{{Start: 16382, End: 16383}}, "success", "IMPORT", true, []commands.SlotRange{{Start: 16382, End: 16383}}, "success"}},
	{cmd: "CLUSTER MIGRATESLOTS", call: func(c *surface) any {
		master, _, empty := c.cluster()
		var moves []commands.SlotMove
		for _, slot := range []int64{1, 3} {
			moves = append(moves, commands.SlotMove{Ranges: []commands.SlotRange{{Start: slot, End: slot}}, NodeID: itself(empty).ID})
		}
		begun, ended := master.ClusterMigrateSlots(moves...), master.ClusterCancelSlotMigrations()
		said := all{of(master, begun), of(master, ended)}
		latest := of(master, master.ClusterGetSlotMigrations())
		c.holds(len(latest) >= 2, "CLUSTER GETSLOTMIGRATIONS = %+v; want two and more", latest)
		return append(said, latest[0].State, latest[1].State)
	}, want: all{"OK", "OK", "cancelled", "cancelled"}},
	{cmd: "CLUSTER MYID", call: func(c *surface) any {
		s, _, _ := c.cluster()
		id := of(s, s.ClusterMyID())
		c.holds(isNodeID(id) && id == itself(s).ID, "CLUSTER MYID = %q; want the ID of %+v", id, itself(s))
		return len(id)
	}, want: 40},
	{cmd: "CLUSTER MYSHARDID", call: func(c *surface) any {
		s, replica, empty := c.cluster()
		id := of(s, s.ClusterMyShardID())
		c.holds(isNodeID(id), "CLUSTER MYSHARDID = %q", id)
		return all{id == of(replica, replica.ClusterMyShardID()), id == of(empty, empty.ClusterMyShardID())}
	}, want: all{true, false}},
	{cmd: "CLUSTER NODES", call: func(c *surface) any {
		s, replica, empty := c.cluster()
		me, other := itself(s), itself(replica)
		var here commands.ClusterNode
		for _, n := range of(s, s.ClusterNodes()) {
			if n.ID == other.ID {
				here = n
			}
		}
		host, port := hostPort(c, replica.srv.Addr)
		c.holds(here.IP == host && here.Port == port && here.BusPort == port+10000 && here.Master == me.ID && slices.Contains(here.Flags, "slave") && here.LinkState == "connected", "the replica is %+v", here)
		c.holds(time.Since(here.PongReceived).Abs() < time.Minute, "the replica was heard of at %v; want now", here.PongReceived)
		c.holds(slices.Contains(itself(empty).Flags, "master"), "the other master is %+v", itself(empty))
		return all{me.Slots, slices.Contains(me.Flags, "master"), me.Master, len(here.Slots), len(me.Migrating), len(of(s, s.ClusterNodes()))}
	}, want: all{[]commands.SlotRange{{Start: 0, End: 16383}}, true, "", 0, 0, 3}},
	{cmd: "CLUSTER REPLICAS", call: func(c *surface) any {
		s, replica, _ := c.cluster()
		got := of(s, s.ClusterReplicas(itself(s).ID))
		c.holds(len(got) == 1 && got[0].ID == itself(replica).ID && got[0].Master == itself(s).ID, "CLUSTER REPLICAS = %+v; want %+v", got, itself(replica))
		return len(of(s, s.ClusterReplicas(itself(replicaless(c)).ID)))
	}, want: 0},
	{cmd: "CLUSTER REPLICATE", call: func(c *surface) any {
		s, replica, _ := c.cluster()
		return all{of(replica, replica.ClusterReplicate(itself(s).ID)), itself(replica).Master == itself(s).ID}
	}, want: all{"OK", true}},
	{cmd: "CLUSTER REPLICATE", name: "NO ONE", only: "valkey-9.1", call: func(c *surface) any {
		_, replica, _ := c.cluster()
		return all{of(replica, replica.ClusterReplicateNoOne()), itself(replica).Master}
	}, want: all{"OK", ""}},
	{cmd: "CLUSTER RESET", call: func(c *surface) any {
		s := c.node()
		c.given(s.ClusterAddSlots(1, 2), s.ClusterMeet("127.0.0.1", 1))
		id := itself(s).ID
		soft := all{of(s, s.ClusterReset(redis.Soft)), len(of(s, s.ClusterNodes())), len(itself(s).Slots), itself(s).ID == id}
		return append(soft, of(s, s.ClusterReset(redis.Hard)), itself(s).ID == id, of(s, s.ClusterReset()))
	}, want: all{"OK", 1, 0, true, "OK", false, "OK"}},
	{cmd: "CLUSTER SAVECONFIG", call: func(c *surface) any {
		s, _, _ := c.cluster()
		return of(s, s.ClusterSaveConfig())
	}, want: "OK"},
	{cmd: "CLUSTER SET-CONFIG-EPOCH", call: func(c *surface) any {
		s := c.node()
		return all{of(s, s.ClusterSetConfigEpoch(7)), of(s, s.ClusterInfo())["cluster_my_epoch"], itself(s).ConfigEpoch}
	}, want: all{"OK", "7", 7}},
	{cmd: "CLUSTER SETSLOT", call: func(c *surface) any {
		s, _, empty := c.cluster()
		source, target := itself(s).ID, itself(empty).ID
		migrating := of(s, s.ClusterSetSlotMigrating(5, target))
		c.holds(slices.Equal(itself(s).Migrating, []commands.MovingSlot{{Slot: 5, Node: target}}), "the node that gives slot 5 is %+v", itself(s))
		importing := of(empty, empty.ClusterSetSlotImporting(5, source))
		c.holds(slices.Equal(itself(empty).Importing, []commands.MovingSlot{{Slot: 5, Node: source}}), "the node that gets slot 5 is %+v", itself(empty))
		return all{migrating, importing, of(empty, empty.ClusterSetSlotNode(5, source)), of(s, s.ClusterSetSlotStable(5)), of(empty, empty.ClusterSetSlotStable(5)),
			len(itself(s).Migrating), len(itself(empty).Importing)}
	}, want: all{"OK", "OK", "OK", "OK", "OK", 0, 0}},
	{cmd: "CLUSTER SHARDS", call: func(c *surface) any {
		s, replica, _ := c.cluster()
		var roles []string
		for _, shard := range of(s, s.ClusterShards()) {
			if len(shard.Slots) == 0 {
				continue
			}
			c.holds(slices.Equal(shard.Slots, []commands.SlotRange{{Start: 0, End: 16383}}), "a shard is %+v; want all slots", shard)
			for _, n := range shard.Nodes {
				host, port := hostPort(c, map[bool]string{true: s.srv.Addr, false: replica.srv.Addr}[n.Role == "master"])
				c.holds(isNodeID(n.ID) && n.IP == host && n.Port == port && n.Health == "online" && n.TLSPort == 0 && n.ReplicationOffset >= 0, "a node is %+v", n)
				roles = append(roles, n.Role)
			}
		}
		return inOrder(roles)
	}, want: []string{"master", "replica"}},
	{cmd: "CLUSTER SLAVES", call: func(c *surface) any {
		s, replica, _ := c.cluster()
		got := of(s, s.ClusterSlaves(itself(s).ID))
		c.holds(len(got) == 1 && got[0].ID == itself(replica).ID, "CLUSTER SLAVES = %+v; want %+v", got, itself(replica))
		return len(got)
	}},
	{cmd: "CLUSTER SLOTS", call: func(c *surface) any {
		s, replica, _ := c.cluster()
		got := of(s, s.ClusterSlots())
		if len(got) != 1 || len(got[0].Nodes) != 2 {
			c.t.Fatalf("CLUSTER SLOTS = %+v; want one range on two nodes", got)
		}
		for i, node := range []*surface{s, replica} {
			host, port := hostPort(c, node.srv.Addr)
			n := got[0].Nodes[i]
			c.holds(n.Addr == host && n.Port == port && n.ID == itself(node).ID, "node %d = %+v; want %s", i, n, node.srv.Addr)
		}
		return all{got[0].Start, got[0].End}
	}, want: all{0, 16383}},
	{cmd: "CLUSTER SLOT-STATS", call: func(c *surface) any {
		s, _, _ := c.cluster()
		c.given(s.Set("foo", 1))
		got := of(s, s.ClusterSlotStats(fooSlot, fooSlot+1))
		top := of(s, s.ClusterSlotStatsOrderBy("KEY-COUNT", redis.UpTo(1), redis.Desc))
		return all{len(got), got[0].Slot, got[0].Stats["key-count"], got[1].Stats["key-count"], len(top), top[0].Slot}
	}, want: all{2, fooSlot, 1, 0, 1, fooSlot}},
}

// moveSlots moves slots and returns what the node that gave them tells about it.
func moveSlots(c *surface, from, to *surface, slots []commands.SlotRange) (done commands.SlotMigration) {
	c.t.Helper()
	c.given(from.ClusterMigrateSlots(commands.SlotMove{Ranges: slots, NodeID: itself(to).ID}))
	c.until("the slots are moved", func() bool {
		done = of(from, from.ClusterGetSlotMigrations())[0]
		return done.State == "success" || done.State == "failed"
	})
	return done
}

// replicaless is the master without slots and replicas.
func replicaless(c *surface) *surface {
	c.t.Helper()
	_, _, empty := c.cluster()
	return empty
}
