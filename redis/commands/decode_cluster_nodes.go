package commands

import (
	"strings"
	"time"

	"github.com/futureio/futureio-go/redis/proto"
)

// ClusterNode is a node as a line of CLUSTER NODES or CLUSTER REPLICAS shows it.
type ClusterNode struct {
	ID           string
	IP           string // "" when it is not known
	Port         int64
	BusPort      int64 // between nodes; 0 when it is not told
	Hostname     string
	Aux          map[string]string // what else stands behind the address, such as "shard-id"; nil for nothing
	Flags        []string          // "myself", "master", "slave", "fail?", "fail", "handshake", "noaddr", "nofailover"; none is nil
	Master       string            // ID of a replica's master; "" for none
	PingSent     time.Time         // of a ping that has no answer yet; the zero time for none
	PongReceived time.Time         // the zero time for none
	ConfigEpoch  int64
	LinkState    string // "connected" or "disconnected"
	Slots        []SlotRange
	Migrating    []MovingSlot // leaving this node, by CLUSTER SETSLOT; told by the node itself only
	Importing    []MovingSlot // coming to this node; likewise
}

// MovingSlot is a slot on its way from or to another node.
type MovingSlot struct {
	Slot int64
	Node string // ID of the other node
}

type asClusterNodes struct{}

func (asClusterNodes) read(r *proto.Reader) ([]ClusterNode, error) {
	text, ok, err := r.OptString()
	if err != nil || !ok {
		return nil, err
	}
	out := []ClusterNode{}
	for line := range strings.SplitSeq(text, "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		n, err := parseClusterNode(line)
		if err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, nil
}

// asClusterNodeLines reads an array of what are lines of CLUSTER NODES.
type asClusterNodeLines struct{}

func (asClusterNodeLines) read(r *proto.Reader) ([]ClusterNode, error) {
	return records(r, func(r *proto.Reader) (ClusterNode, error) {
		line, err := r.String()
		if err != nil {
			return ClusterNode{}, err
		}
		return parseClusterNode(line)
	})
}

func parseClusterNode(line string) (n ClusterNode, err error) {
	words := strings.Fields(line)
	if len(words) < 8 {
		return n, misfit("a node without all that belongs to it")
	}
	n.ID, n.LinkState = words[0], words[7]
	if err := n.setAddr(words[1]); err != nil {
		return n, err
	}
	if words[2] != "noflags" {
		n.Flags = strings.Split(words[2], ",")
	}
	if words[3] != "-" {
		n.Master = words[3]
	}
	for i, t := range []*time.Time{&n.PingSent, &n.PongReceived} {
		ms, err := number(words[4+i])
		if err != nil {
			return n, err
		}
		*t = momentOf(ms, time.Millisecond)
	}
	if n.ConfigEpoch, err = number(words[6]); err != nil {
		return n, err
	}
	for _, word := range words[8:] {
		if err := n.addSlots(word); err != nil {
			return n, err
		}
	}
	return n, nil
}

// setAddr reads "ip:port@busport,hostname,name=value,…", of which only the ip, which
// may be empty or have colons of its own, and the port are always there.
func (n *ClusterNode) setAddr(word string) (err error) {
	addr, rest, _ := strings.Cut(word, ",")
	host, bus, ok := strings.Cut(addr, "@")
	if ok {
		if n.BusPort, err = number(bus); err != nil {
			return err
		}
	}
	colon := strings.LastIndexByte(host, ':')
	if colon < 0 {
		return misfit("a node without a port")
	}
	n.IP = host[:colon]
	if n.Port, err = number(host[colon+1:]); err != nil {
		return err
	}
	for part := range strings.SplitSeq(rest, ",") {
		name, value, ok := strings.Cut(part, "=")
		switch {
		case !ok && n.Hostname == "":
			n.Hostname = part
		case ok && n.Aux == nil:
			n.Aux = map[string]string{name: value}
		case ok:
			n.Aux[name] = value
		}
	}
	return nil
}

// addSlots reads "7", "0-5", "[3->-id]" for a slot that is leaving, or "[6-<-id]" for
// one that is coming. Words of another kind are not for us.
func (n *ClusterNode) addSlots(word string) error {
	switch {
	case word[0] >= '0' && word[0] <= '9':
		s, err := parseSlotRange(word)
		if err != nil {
			return err
		}
		n.Slots = append(n.Slots, s)
		return nil
	case word[0] != '[' || word[len(word)-1] != ']':
		return nil
	}
	word = word[1 : len(word)-1]
	list, sign := &n.Migrating, "->-"
	if strings.Contains(word, "-<-") {
		list, sign = &n.Importing, "-<-"
	}
	slot, node, ok := strings.Cut(word, sign)
	if !ok {
		return nil
	}
	s, err := number(slot)
	if err != nil {
		return err
	}
	*list = append(*list, MovingSlot{Slot: s, Node: node})
	return nil
}
