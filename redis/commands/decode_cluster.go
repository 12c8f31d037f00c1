package commands

import (
	"strings"
	"time"

	"github.com/futureio/futureio-go/redis/proto"
)

// ClusterSlots is an element of CLUSTER SLOTS: slots that lie side by side, and
// the nodes that serve them, the master first.
type ClusterSlots struct {
	Start, End int64 // both ends are in it
	Nodes      []ClusterSlotNode
}

// ClusterSlotNode is a node as CLUSTER SLOTS shows it.
type ClusterSlotNode struct {
	Addr     string // where to connect to: an address or host name; "" means that of the server that was asked, "?" that it has none
	Port     int64
	ID       string
	Metadata map[string]string // "ip" or "hostname", where that is not Addr, and what else the server tells
}

type asClusterSlots struct{}

func (asClusterSlots) read(r *proto.Reader) ([]ClusterSlots, error) {
	return records(r, readClusterSlots)
}

func readClusterSlots(r *proto.Reader) (s ClusterSlots, err error) {
	nodes, err := tuple(r, 2, "want the first slot, the last, and nodes")
	if err != nil {
		return s, err
	}
	if s.Start, err = r.Int(); err != nil {
		return s, err
	}
	if s.End, err = r.Int(); err != nil {
		return s, err
	}
	for range nodes {
		node, err := readClusterSlotNode(r)
		if err != nil {
			return s, err
		}
		s.Nodes = append(s.Nodes, node)
	}
	return s, nil
}

func readClusterSlotNode(r *proto.Reader) (n ClusterSlotNode, err error) {
	more, err := tuple(r, 3, "want the address, port and ID of a node")
	if err != nil {
		return n, err
	}
	if n.Addr, err = textOrNull(r); err != nil {
		return n, err
	}
	if n.Port, err = r.Int(); err != nil {
		return n, err
	}
	if n.ID, err = r.String(); err != nil {
		return n, err
	}
	if more == 0 {
		return n, nil
	}
	if n.Metadata, err = textFields(r); err != nil {
		return n, err
	}
	return n, skipMore(r, more-1)
}

// ClusterShard is an element of CLUSTER SHARDS: a master with its replicas and
// their slots.
type ClusterShard struct {
	ID    string // Valkey's, from 9.0 on
	Slots []SlotRange
	Nodes []ClusterShardNode
}

// ClusterShardNode is a node as CLUSTER SHARDS shows it.
type ClusterShardNode struct {
	ID                string
	Endpoint          string // where to connect to: an address or host name; "" means that of the server that was asked, "?" that it has none
	IP                string
	Hostname          string // "" for none
	Port              int64  // 0 for none
	TLSPort           int64  // likewise
	Role              string // "master", "replica"
	Health            string // "online", "failed", "loading"
	ReplicationOffset int64
	AvailabilityZone  string // Valkey's, if one is configured
}

type asClusterShards struct{}

func (asClusterShards) read(r *proto.Reader) ([]ClusterShard, error) {
	return records(r, readClusterShard)
}

func readClusterShard(r *proto.Reader) (s ClusterShard, err error) {
	err = fieldsOf(r, func(name string) (err error) {
		switch name {
		case "id":
			s.ID, err = textOrNull(r)
		case "slots":
			s.Slots, err = readSlotRanges(r)
		case "nodes":
			s.Nodes, err = records(r, readClusterShardNode)
		}
		return err
	})
	return s, err
}

// readSlotRanges reads first and last slots in turn.
func readSlotRanges(r *proto.Reader) ([]SlotRange, error) {
	n, ok, err := r.ArrayLen()
	if err != nil || !ok {
		return nil, err
	}
	if n%2 != 0 {
		return nil, misfit("want pairs of first and last slot")
	}
	out := make([]SlotRange, 0, min(n/2, fewRecords))
	for range n / 2 {
		var s SlotRange
		if s.Start, err = r.Int(); err != nil {
			return nil, err
		}
		if s.End, err = r.Int(); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

func readClusterShardNode(r *proto.Reader) (n ClusterShardNode, err error) {
	err = fieldsOf(r, func(name string) (err error) {
		switch name {
		case "id":
			n.ID, err = r.String()
		case "endpoint":
			n.Endpoint, err = textOrNull(r)
		case "ip":
			n.IP, err = textOrNull(r)
		case "hostname":
			n.Hostname, err = textOrNull(r)
		case "port":
			n.Port, err = r.Int()
		case "tls-port":
			n.TLSPort, err = r.Int()
		case "role":
			n.Role, err = r.String()
		case "health":
			n.Health, err = r.String()
		case "replication-offset":
			n.ReplicationOffset, err = r.Int()
		case "availability-zone":
			n.AvailabilityZone, err = textOrNull(r)
		}
		return err
	})
	return n, err
}

// ClusterLink is an element of CLUSTER LINKS: a connection between this node and
// another.
type ClusterLink struct {
	Direction           string // "to" the other node or "from" it
	Node                string // ID of the other node
	Created             time.Time
	Events              string // what this node waits for: "r", "w"
	SendBufferAllocated int64  // bytes
	SendBufferUsed      int64  // bytes
}

type asClusterLinks struct{}

func (asClusterLinks) read(r *proto.Reader) ([]ClusterLink, error) {
	return records(r, readClusterLink)
}

func readClusterLink(r *proto.Reader) (l ClusterLink, err error) {
	err = fieldsOf(r, func(name string) (err error) {
		switch name {
		case "direction":
			l.Direction, err = r.String()
		case "node":
			l.Node, err = r.String()
		case "create-time":
			l.Created, err = readMoment(r, time.Millisecond)
		case "events":
			l.Events, err = r.String()
		case "send-buffer-allocated":
			l.SendBufferAllocated, err = r.Int()
		case "send-buffer-used":
			l.SendBufferUsed, err = r.Int()
		}
		return err
	})
	return l, err
}

// SlotStat is an element of CLUSTER SLOT-STATS.
type SlotStat struct {
	Slot  int64
	Stats map[string]int64 // "key-count"; with cluster-slot-stats-enabled "cpu-usec", "network-bytes-in" and so on
}

type asSlotStats struct{}

func (asSlotStats) read(r *proto.Reader) ([]SlotStat, error) {
	return records(r, readSlotStat)
}

func readSlotStat(r *proto.Reader) (s SlotStat, err error) {
	more, err := tuple(r, 2, "want pairs of slot and statistics")
	if err != nil {
		return s, err
	}
	if s.Slot, err = r.Int(); err != nil {
		return s, err
	}
	s.Stats = map[string]int64{}
	if err := fieldsOf(r, func(name string) error {
		t, err := r.Peek()
		if err != nil || t != proto.Integer && name != "key-count" {
			return err
		}
		s.Stats[name], err = r.Int()
		return err
	}); err != nil {
		return s, err
	}
	return s, skipMore(r, more)
}

// SlotMigration is an element of CLUSTER GETSLOTMIGRATIONS: slots on their way
// from one node to another, or a way that has ended.
type SlotMigration struct {
	Name                     string
	Operation                string // "EXPORT" on the node that gives the slots, "IMPORT" on the one that gets them
	Slots                    []SlotRange
	Source                   string // ID of the node that gives them
	Target                   string
	Created                  time.Time // to the second, as the others
	Updated                  time.Time
	Acknowledged             time.Time
	State                    string // "success", "failed", "cancelled", or what is being done
	Message                  string // why it failed
	CopyOnWriteSize          int64  // bytes
	RemainingReplicationSize int64  // bytes
}

type asSlotMigrations struct{}

func (asSlotMigrations) read(r *proto.Reader) ([]SlotMigration, error) {
	return records(r, readSlotMigration)
}

func readSlotMigration(r *proto.Reader) (m SlotMigration, err error) {
	err = fieldsOf(r, func(name string) (err error) {
		switch name {
		case "name":
			m.Name, err = r.String()
		case "operation":
			m.Operation, err = r.String()
		case "slot_ranges":
			var text string
			if text, err = r.String(); err == nil {
				m.Slots, err = parseSlotRanges(text)
			}
		case "source_node":
			m.Source, err = textOrNull(r)
		case "target_node":
			m.Target, err = textOrNull(r)
		case "create_time":
			m.Created, err = readMoment(r, time.Second)
		case "last_update_time":
			m.Updated, err = readMoment(r, time.Second)
		case "last_ack_time":
			m.Acknowledged, err = readMoment(r, time.Second)
		case "state":
			m.State, err = r.String()
		case "message":
			m.Message, err = textOrNull(r)
		case "cow_size":
			m.CopyOnWriteSize, err = r.Int()
		case "remaining_repl_size":
			m.RemainingReplicationSize, err = r.Int()
		}
		return err
	})
	return m, err
}

// parseSlotRanges reads ranges with a space between them, such as "0-5 7".
func parseSlotRanges(text string) ([]SlotRange, error) {
	out := []SlotRange{}
	for word := range strings.FieldsSeq(text) {
		s, err := parseSlotRange(word)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// parseSlotRange reads "0-5", or "7" for a single slot.
func parseSlotRange(word string) (s SlotRange, err error) {
	first, last, ok := strings.Cut(word, "-")
	if !ok {
		last = first
	}
	if s.Start, err = number(first); err != nil {
		return s, err
	}
	s.End, err = number(last)
	return s, err
}
