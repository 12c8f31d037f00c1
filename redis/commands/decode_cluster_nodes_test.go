package commands

import (
	"reflect"
	"testing"
	"time"
)

func init() {
	const (
		line1 = "e95a56a1 127.0.0.1:37217@47217 slave 8aa6edeb 0 1795459676869 1 connected"
		line2 = "8aa6edeb 127.0.0.1:39665@49665,host-1.example myself,master - 0 0 12 connected 0-5 7 9-16383 [3->-e95a56a1] [6-<-77aa] [8-<-e95a56a1]"
		line3 = "77aa ::1:6379@16379,,tls-port=0,shard-id=8f42 master,fail? - 1795459676000 1795459670000 3 disconnected"
		line4 = "99 :0@0 noflags - 0 0 0 disconnected"
	)
	replica := ClusterNode{
		ID: "e95a56a1", IP: "127.0.0.1", Port: 37217, BusPort: 47217, Flags: []string{"slave"}, Master: "8aa6edeb", PongReceived: time.UnixMilli(1795459676869), ConfigEpoch: 1, LinkState: "connected",
	}
	nodes := []ClusterNode{replica, {
		ID: "8aa6edeb", IP: "127.0.0.1", Port: 39665, BusPort: 49665, Hostname: "host-1.example", Flags: []string{"myself", "master"}, ConfigEpoch: 12, LinkState: "connected",
		Slots: []SlotRange{{0, 5}, {7, 7}, {9, 16383}}, Migrating: []MovingSlot{{3, "e95a56a1"}}, Importing: []MovingSlot{{6, "77aa"}, {8, "e95a56a1"}},
	}, {
		ID: "77aa", IP: "::1", Port: 6379, BusPort: 16379, Aux: map[string]string{"tls-port": "0", "shard-id": "8f42"}, Flags: []string{"master", "fail?"},
		PingSent: time.UnixMilli(1795459676000), PongReceived: time.UnixMilli(1795459670000), ConfigEpoch: 3, LinkState: "disconnected",
	}, {ID: "99", LinkState: "disconnected"}}
	addKind(kind{
		name: "ClusterNodes",
		call: sent((*Commands).sendClusterNodes, "CLUSTER", "NODES"),
		shapes: []shape{
			{nodes, []string{
				"'" + line1 + "\n" + line2 + "\n" + line3 + "\n" + line4 + "\n'", "='" + line1 + "\n" + line2 + "\n" + line3 + "\n" + line4 + "\n'",
			}},
			{[]ClusterNode{}, []string{"''", "=''"}},
			{[]ClusterNode(nil), []string{"$-1", "_"}},
		},
		bad: []string{
			":1", "*0", "x", "'" + line1 + "\nx\n'", "'a h:1@2 master - 0 0 0'", "'a h master - 0 0 0 connected'", "'a h:x@2 master - 0 0 0 connected'", "'a h:1@x master - 0 0 0 connected'",
			"'a h:1@2 master - x 0 0 connected'", "'a h:1@2 master - 0 x 0 connected'", "'a h:1@2 master - 0 0 x connected'", "'a h:1@2 master - 0 0 0 connected 1-x'", "'a h:1@2 master - 0 0 0 connected [x->-a]'",
		},
	})
	addKind(kind{
		name: "ClusterNodeLines",
		call: sent((*Commands).sendClusterNodeLines, "CLUSTER", "REPLICAS", "8aa6edeb"),
		shapes: []shape{
			{[]ClusterNode{replica, nodes[2]}, []string{"*2 '" + line1 + "' '" + line3 + "'", "~2 '" + line1 + "\n' ='" + line3 + "'"}},
			{[]ClusterNode{}, []string{"*0"}},
			{[]ClusterNode(nil), []string{"*-1", "_"}},
		},
		bad: []string{":1", "x", "%0", "*1 :1", "*1 _", "*1 x", "*1 ''", "*2 '" + line1 + "' 'a b c'"},
	})
}

// Servers add words behind the slots and behind the address.
func TestANodeIsReadWhateverItsLineHasMore(t *testing.T) {
	for line, want := range map[string]ClusterNode{
		"a h:1 master - 0 0 0 connected 1-2 [] [x] new=1 [3>>b]":     {ID: "a", IP: "h", Port: 1, Flags: []string{"master"}, LinkState: "connected", Slots: []SlotRange{{1, 2}}},
		"a h:1@2,host,new,x=1=2,y= master - 0 0 0 connected\r":       {ID: "a", IP: "h", Port: 1, BusPort: 2, Hostname: "host", Aux: map[string]string{"x": "1=2", "y": ""}, Flags: []string{"master"}, LinkState: "connected"},
		"a h:1@2,x=1 myself,master,nofailover b 0 0 0 disconnected ": {ID: "a", IP: "h", Port: 1, BusPort: 2, Aux: map[string]string{"x": "1"}, Flags: []string{"myself", "master", "nofailover"}, Master: "b", LinkState: "disconnected"},
	} {
		got, err := parseClusterNode(line)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q = %+v, %v; want %+v", line, got, err, want)
		}
	}
}
