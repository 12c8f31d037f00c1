package commands

import "time"

func init() {
	host1 := map[string]string{"hostname": "host-1.example", "availability-zone": "az-1"}
	addKind(kind{
		name: "ClusterSlots",
		call: sent((*Commands).sendClusterSlots, "CLUSTER", "SLOTS"),
		shapes: []shape{
			{[]ClusterSlots{
				{0, 5, []ClusterSlotNode{{"10.0.0.1", 53511, "56cb1c9f", host1}, {"127.0.0.1", 45681, "094484dd", map[string]string{}}}},
				{7, 16383, []ClusterSlotNode{{"", 45325, "d5e1d6c1", map[string]string{"ip": "127.0.0.1"}}, {"?", 6379, "aa", nil}}},
			}, []string{
				"*2 *4 :0 :5 *4 10.0.0.1 :53511 56cb1c9f *4 hostname host-1.example availability-zone az-1 *4 127.0.0.1 :45681 094484dd *0 *4 :7 :16383 *4 $-1 :45325 d5e1d6c1 *2 ip 127.0.0.1 *3 ? :6379 aa",
				"*2 *4 :0 :5 *4 10.0.0.1 :53511 56cb1c9f %2 hostname host-1.example availability-zone az-1 *4 127.0.0.1 :45681 094484dd %0 *4 :7 :16383 *4 _ :45325 d5e1d6c1 %1 ip 127.0.0.1 *3 ? :6379 aa",
			}},
			{[]ClusterSlots{{1, 2, []ClusterSlotNode{{"h", 1, "id", map[string]string{"number": "7"}}}}}, []string{
				"*1 *3 :1 :2 *4 h :1 id %3 number :7 nothing _ list *1 x",
			}},
			{[]ClusterSlots{}, []string{"*0"}},
			{[]ClusterSlots(nil), []string{"*-1", "_"}},
		},
		bad: []string{":1", "x", "%0", "*1 x", "*1 _", "*1 *1 :0", "*1 *2 x :1", "*1 *2 :1 x", "*1 *3 :0 :1 x", "*1 *3 :0 :1 _", "*1 *3 :0 :1 *2 h :1", "*1 *3 :0 :1 *3 :1 :1 id", "*1 *3 :0 :1 *3 h x id", "*1 *3 :0 :1 *3 h :1 _", "*1 *3 :0 :1 *4 h :1 id x", "*1 *3 :0 :1 *4 h :1 id *1 x"},
	})
	addKind(kind{
		name: "ClusterShards",
		call: sent((*Commands).sendClusterShards, "CLUSTER", "SHARDS"),
		shapes: []shape{
			{[]ClusterShard{{ID: "792dbfc1", Slots: []SlotRange{{0, 5}, {7, 16383}}, Nodes: []ClusterShardNode{
				{ID: "56cb1c9f", Port: 53511, IP: "10.0.0.1", Endpoint: "host-1.example", Hostname: "host-1.example", Role: "master", ReplicationOffset: 14, Health: "online", AvailabilityZone: "az-1"},
				{ID: "094484dd", TLSPort: 45681, IP: "127.0.0.1", Role: "replica", ReplicationOffset: 13, Health: "loading"},
			}}}, []string{
				"*1 *6 slots *4 :0 :5 :7 :16383 nodes *2 *18 id 56cb1c9f port :53511 ip 10.0.0.1 endpoint host-1.example hostname host-1.example role master replication-offset :14 health online availability-zone az-1 " +
					"*14 id 094484dd tls-port :45681 ip 127.0.0.1 endpoint $-1 role replica replication-offset :13 health loading id 792dbfc1",
				"*1 %3 slots *4 :0 :5 :7 :16383 nodes *2 %9 id 56cb1c9f port :53511 ip 10.0.0.1 endpoint host-1.example hostname host-1.example role master replication-offset :14 health online availability-zone az-1 " +
					"%7 id 094484dd tls-port :45681 ip 127.0.0.1 endpoint _ role replica replication-offset :13 health loading id 792dbfc1",
			}},
			{[]ClusterShard{{Slots: []SlotRange{}, Nodes: []ClusterShardNode{}}}, []string{"*1 *4 slots *0 nodes *0", "*1 %2 slots *0 nodes *0"}},
			{[]ClusterShard{}, []string{"*0"}},
			{[]ClusterShard(nil), []string{"*-1", "_"}},
		},
		bad: []string{":1", "x", "%0", "*1 x", "*1 _", "*1 *1 slots", "*1 %1 slots x", "*1 %1 slots *1 :1", "*1 %1 slots *2 :1 x", "*1 %1 nodes x", "*1 %1 nodes *1 _", "*1 %1 nodes *1 %1 port x", "*1 %1 nodes *1 %1 ip :1"},
	})
	addKind(kind{
		name: "ClusterLinks",
		call: sent((*Commands).sendClusterLinks, "CLUSTER", "LINKS"),
		shapes: []shape{
			{[]ClusterLink{
				{Direction: "to", Node: "e852311b", Created: time.UnixMilli(1795459689085), Events: "rw", SendBufferAllocated: 4512, SendBufferUsed: 48},
				{Direction: "from", Node: "e852311b", Created: time.UnixMilli(1795459689137), Events: "r"},
			}, []string{
				"*2 *12 direction to node e852311b create-time :1795459689085 events rw send-buffer-allocated :4512 send-buffer-used :48 *12 direction from node e852311b create-time :1795459689137 events r send-buffer-allocated :0 send-buffer-used :0",
				"*2 %6 direction to node e852311b create-time :1795459689085 events rw send-buffer-allocated :4512 send-buffer-used :48 %6 direction from node e852311b create-time :1795459689137 events r send-buffer-allocated :0 send-buffer-used :0",
			}},
			{[]ClusterLink{}, []string{"*0"}},
			{[]ClusterLink(nil), []string{"*-1", "_"}},
		},
		bad: []string{":1", "x", "%0", "*1 x", "*1 _", "*1 *1 node", "*1 %1 node :1", "*1 %1 create-time x", "*1 %1 send-buffer-used x"},
	})
	addKind(kind{
		name: "SlotStats",
		call: sent((*Commands).sendSlotStats, "CLUSTER", "SLOT-STATS", "SLOTSRANGE", "0", "1"),
		shapes: []shape{
			{[]SlotStat{{0, map[string]int64{"key-count": 3, "cpu-usec": 17, "network-bytes-in": 41}}, {1, map[string]int64{"key-count": 0}}}, []string{
				"*2 *2 :0 *6 key-count :3 cpu-usec :17 network-bytes-in :41 *2 :1 *2 key-count :0",
				"*2 *2 :0 %3 key-count :3 cpu-usec :17 network-bytes-in :41 *2 :1 %1 key-count :0",
				"*2 *2 :0 %4 key-count :3 cpu-usec :17 network-bytes-in :41 in-words x *2 :1 %1 key-count :0",
			}},
			{[]SlotStat{}, []string{"*0"}},
			{[]SlotStat(nil), []string{"*-1", "_"}},
		},
		bad: []string{":1", "x", "%0", "*1 x", "*1 _", "*1 *1 :0", "*1 *2 x %0", "*1 *2 :0 x", "*1 *2 :0 _", "*1 *2 :0 *1 key-count", "*1 *2 :0 %1 key-count x"},
	})
	addKind(kind{
		name: "SlotMigrations",
		call: sent((*Commands).sendSlotMigrations, "CLUSTER", "GETSLOTMIGRATIONS"),
		shapes: []shape{
			{[]SlotMigration{{
				Name: "eb6a42f5", Operation: "EXPORT", Slots: []SlotRange{{0, 10}, {20, 20}}, Source: "ff69ccdf", Target: "c68bc926", Created: time.Unix(1795459750, 0),
				Updated: time.Unix(1795459751, 0), State: "failed", Message: "No way", CopyOnWriteSize: 4096, RemainingReplicationSize: 17,
			}}, []string{
				"*1 *24 name eb6a42f5 operation EXPORT slot_ranges '0-10 20-20' target_node c68bc926 source_node ff69ccdf create_time :1795459750 last_update_time :1795459751 last_ack_time :0 state failed message 'No way' cow_size :4096 remaining_repl_size :17",
				"*1 %12 name eb6a42f5 operation EXPORT slot_ranges '0-10 20' target_node c68bc926 source_node ff69ccdf create_time :1795459750 last_update_time :1795459751 last_ack_time :0 state failed message 'No way' cow_size :4096 remaining_repl_size :17",
			}},
			{[]SlotMigration{}, []string{"*0"}},
			{[]SlotMigration(nil), []string{"*-1", "_"}},
		},
		bad: []string{":1", "x", "%0", "*1 x", "*1 _", "*1 *1 name", "*1 %1 name :1", "*1 %1 slot_ranges x", "*1 %1 slot_ranges 0-x", "*1 %1 slot_ranges :1", "*1 %1 create_time x", "*1 %1 cow_size x"},
	})
}
