package commands

import "github.com/futureio/futureio-go/redis/proto"

func init() {
	addKind(kind{
		name: "MemoryStats",
		call: sent((*Commands).sendMemoryStats, "MEMORY", "STATS"),
		shapes: []shape{
			{MemoryStats{
				PeakAllocated: 1430232, TotalAllocated: 1409584, StartupAllocated: 876496, ReplicationBacklog: 4, ClientsReplicas: 5, ClientsNormal: 6,
				ClusterLinks: 7, AOFBuffer: 8, LuaCaches: 9, FunctionCaches: 688, OverheadTotal: 877256, Keys: 1, BytesPerKey: 533088, Dataset: 532328,
				DatasetPercentage: 99.857437133789062, PeakPercentage: 98.556320190429688, AllocatorAllocated: 1690848, AllocatorActive: 1826816,
				AllocatorResident: 4497408, AllocatorMuzzy: 11, AllocatorFragmentationRatio: 1, AllocatorFragmentation: 135968,
				AllocatorRSSRatio: 2.5, AllocatorRSS: 2670592, RSSOverheadRatio: 2.75, RSSOverhead: 7446528, FragmentationRatio: 13.5, Fragmentation: 11067296,
				Databases: map[int64]DatabaseMemory{0: {Keys: 72}, 12: {Keys: 2768, Expires: 232}},
				Fields: map[string]proto.Value{
					"script.VMs": proto.IntValue(69632), "db.dict.rehashing.count": proto.IntValue(0), "overhead.db.hashtable.lut": proto.IntValue(32),
				},
			}, []string{
				"*66 peak.allocated :1430232 total.allocated :1409584 startup.allocated :876496 replication.backlog :4 clients.slaves :5 clients.normal :6 " +
					"cluster.links :7 aof.buffer :8 lua.caches :9 functions.caches :688 script.VMs :69632 db.0 *6 overhead.hashtable.main :72 " +
					"overhead.hashtable.expires :0 overhead.hashtable.slot-to-keys :0 db.12 *4 overhead.hashtable.main :2768 overhead.hashtable.expires :232 " +
					"overhead.db.hashtable.lut :32 overhead.total :877256 db.dict.rehashing.count :0 keys.count :1 keys.bytes-per-key :533088 dataset.bytes :532328 " +
					"dataset.percentage 99.857437133789062 peak.percentage 98.556320190429688 allocator.allocated :1690848 allocator.active :1826816 " +
					"allocator.resident :4497408 allocator.muzzy :11 allocator-fragmentation.ratio 1 allocator-fragmentation.bytes :135968 allocator-rss.ratio 2.5 " +
					"allocator-rss.bytes :2670592 rss-overhead.ratio 2.75 rss-overhead.bytes :7446528 fragmentation 13.5 fragmentation.bytes :11067296",
				"%33 peak.allocated :1430232 total.allocated :1409584 startup.allocated :876496 replication.backlog :4 clients.slaves :5 clients.normal :6 " +
					"cluster.links :7 aof.buffer :8 lua.caches :9 functions.caches :688 script.VMs :69632 db.0 %3 overhead.hashtable.main :72 " +
					"overhead.hashtable.expires :0 overhead.hashtable.slot-to-keys :0 db.12 %2 overhead.hashtable.main :2768 overhead.hashtable.expires :232 " +
					"overhead.db.hashtable.lut :32 overhead.total :877256 db.dict.rehashing.count :0 keys.count :1 keys.bytes-per-key :533088 dataset.bytes :532328 " +
					"dataset.percentage ,99.857437133789062 peak.percentage ,98.556320190429688 allocator.allocated :1690848 allocator.active :1826816 " +
					"allocator.resident :4497408 allocator.muzzy :11 allocator-fragmentation.ratio ,1 allocator-fragmentation.bytes :135968 allocator-rss.ratio ,2.5 " +
					"allocator-rss.bytes :2670592 rss-overhead.ratio ,2.75 rss-overhead.bytes :7446528 fragmentation ,13.5 fragmentation.bytes :11067296",
			}},
		},
		bad: []string{":1", "x", "_", "*-1", "*1 keys.count", "%1 keys.count x", "%1 fragmentation x", "%1 fragmentation _", "%1 db.0 :1", "%1 db.0 %1 overhead.hashtable.main x"},
	})
}
