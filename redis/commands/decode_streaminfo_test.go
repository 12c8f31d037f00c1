package commands

import "time"

func init() {
	facts := StreamFacts{Length: 1, LastID: "2-1", MaxDeletedID: "1-1", EntriesAdded: 2, FirstRecordedID: "2-1", TreeKeys: 3, TreeNodes: 4}
	const factsWire = "length :1 radix-tree-keys :3 radix-tree-nodes :4 last-generated-id 2-1 max-deleted-entry-id 1-1 entries-added :2 recorded-first-entry-id 2-1"
	entry := Entry{ID: "2-1", Fields: []FieldValue{{"f", "v"}}}
	const entryWire = "*2 2-1 *2 f v"
	seen := time.UnixMilli(1795462083944)
	addKind(kind{
		name: "StreamInfo",
		call: sent((*Commands).sendStreamInfo, "XINFO", "STREAM", "s"),
		shapes: []shape{
			{StreamInfo{StreamFacts: facts, Groups: 5, First: Some(entry), Last: Some(entry)}, []string{
				"*20 " + factsWire + " groups :5 first-entry " + entryWire + " last-entry " + entryWire,
				"%10 " + factsWire + " groups :5 first-entry " + entryWire + " last-entry " + entryWire,
				"%11 what-is-new %1 x *1 :1 " + factsWire + " groups :5 first-entry " + entryWire + " last-entry " + entryWire,
			}},
			{StreamInfo{StreamFacts: facts}, []string{
				"*20 " + factsWire + " groups :0 first-entry $-1 last-entry $-1", "%10 " + factsWire + " groups :0 first-entry _ last-entry _",
			}},
		},
		bad: []string{":1", "_", "x", "*1 length", "%1 length x", "%1 last-generated-id :1", "%1 groups *0", "%1 first-entry x", "%1 last-entry *1 2-1", "*2 :1 :1"},
	})
	addKind(kind{
		name: "StreamGroups",
		call: sent((*Commands).sendStreamGroups, "XINFO", "GROUPS", "s"),
		shapes: []shape{
			{[]StreamGroup{{Name: "g", Consumers: 2, Pending: 1, LastID: "2-1", EntriesRead: Some[int64](2), Lag: Some[int64](0)}, {Name: "h", LastID: "0-0"}}, []string{
				"*2 *12 name g consumers :2 pending :1 last-delivered-id 2-1 entries-read :2 lag :0 *12 name h consumers :0 pending :0 last-delivered-id 0-0 entries-read $-1 lag $-1",
				"*2 %6 name g consumers :2 pending :1 last-delivered-id 2-1 entries-read :2 lag :0 %6 name h consumers :0 pending :0 last-delivered-id 0-0 entries-read _ lag _",
			}},
			{[]StreamGroup{}, []string{"*0"}},
		},
		bad: []string{":1", "x", "*1 g", "*1 _", "*1 %1 name :1", "*1 %1 lag x", "*1 %1 consumers _", "%1 name g"},
	})
	addKind(kind{
		name: "StreamConsumers",
		call: sent((*Commands).sendStreamConsumers, "XINFO", "CONSUMERS", "s", "g"),
		shapes: []shape{
			{[]StreamConsumer{{Name: "c", Pending: 1, Idle: 61 * time.Millisecond, Inactive: Some(62 * time.Millisecond)}, {Name: "d", Idle: time.Second}}, []string{
				"*2 *8 name c pending :1 idle :61 inactive :62 *8 name d pending :0 idle :1000 inactive :-1",
				"*2 %4 name c pending :1 idle :61 inactive :62 %4 name d pending :0 idle :1000 inactive :-1",
				"*2 %4 name c pending :1 idle :61 inactive :62 %3 name d pending :0 idle :1000",
			}},
			{[]StreamConsumer{}, []string{"*0"}},
		},
		bad: []string{":1", "*1 c", "*1 _", "*1 %1 name :1", "*1 %1 pending x", "*1 %1 idle :9223372036855", "*1 %1 inactive :9223372036855", "*1 %1 inactive _"},
	})
	addKind(kind{
		name: "StreamFullInfo",
		call: sent((*Commands).sendStreamFullInfo, "XINFO", "STREAM", "s", "FULL"),
		shapes: []shape{
			{StreamFullInfo{StreamFacts: facts, Entries: []Entry{entry}, Groups: []StreamGroupFull{{
				Name: "g", LastID: "2-1", EntriesRead: Some[int64](2), PendingCount: 9, Pending: []StreamPending{{"2-1", "c", seen, 3}},
				Consumers: []StreamConsumerFull{
					{Name: "c", Seen: seen, Active: seen, PendingCount: 8, Pending: []StreamPending{{"2-1", "c", seen, 3}}}, {Name: "d", Seen: seen, Pending: []StreamPending{}},
				},
			}}}, []string{
				"*18 " + factsWire + " entries *1 " + entryWire + " groups *1 *14 name g last-delivered-id 2-1 entries-read :2 lag $-1 pel-count :9 pending *1 *4 2-1 c :1795462083944 :3 " +
					"consumers *2 *10 name c seen-time :1795462083944 active-time :1795462083944 pel-count :8 pending *1 *3 2-1 :1795462083944 :3 " +
					"*10 name d seen-time :1795462083944 active-time :-1 pel-count :0 pending *0",
				"%9 " + factsWire + " entries *1 " + entryWire + " groups *1 %7 name g last-delivered-id 2-1 entries-read :2 lag _ pel-count :9 pending *1 *4 2-1 c :1795462083944 :3 " +
					"consumers *2 %5 name c seen-time :1795462083944 active-time :1795462083944 pel-count :8 pending *1 *3 2-1 :1795462083944 :3 " +
					"%4 name d seen-time :1795462083944 pel-count :0 pending *0",
			}},
			{StreamFullInfo{StreamFacts: facts, Entries: []Entry{}, Groups: []StreamGroupFull{}}, []string{"*18 " + factsWire + " entries *0 groups *0", "%9 " + factsWire + " entries *0 groups *0"}},
		},
		bad: []string{
			":1", "_", "%1 entries x", "%1 entries *1 x", "%1 groups *1 x", "%1 groups *1 %1 pending *1 *3 2-1 c :1", "%1 groups *1 %1 pending *1 *4 2-1 c x :1",
			"%1 groups *1 %1 consumers *1 %1 pending *1 *2 2-1 :1", "%1 groups *1 %1 consumers *1 %1 seen-time x", "%1 groups *1 %1 consumers x", "%1 groups *1 %1 name :1",
		},
	})
}
