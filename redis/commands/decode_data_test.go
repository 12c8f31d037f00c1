package commands

import (
	"testing"
	"time"
)

func init() {
	at := time.Unix(1700000000, 0)
	atMillis := time.UnixMilli(1700000000250)
	addKind(kind{
		name:   "ExpirySeconds",
		call:   sent((*Commands).sendExpirySeconds, "EXPIRETIME", "k"),
		shapes: []shape{{Expiry{At: at}, []string{":1700000000"}}, {Expiry{Never: true}, []string{":-1"}}, {Expiry{NoKey: true}, []string{":-2"}}},
		bad:    []string{":-3", "x", "_", "*0", ",1"},
	})
	addKind(kind{
		name:   "ExpiryMillis",
		call:   sent((*Commands).sendExpiryMillis, "PEXPIRETIME", "k"),
		shapes: []shape{{Expiry{At: atMillis}, []string{":1700000000250"}}, {Expiry{Never: true}, []string{":-1"}}, {Expiry{NoKey: true}, []string{":-2"}}},
		bad:    []string{":-3", "x", "_", "*0"},
	})
	addKind(kind{
		name:   "ExpiriesSeconds",
		call:   sent((*Commands).sendExpiriesSeconds, "HEXPIRETIME", "k", "FIELDS", 3, "a", "b", "c"),
		shapes: []shape{{[]Expiry{{At: at}, {Never: true}, {NoKey: true}}, []string{"*3 :1700000000 :-1 :-2"}}, {[]Expiry(nil), []string{"*-1", "_"}}},
		bad:    []string{":1", "*1 x", "*1 _", "*1 :-3"},
	})
	addKind(kind{
		name:   "ExpiriesMillis",
		call:   sent((*Commands).sendExpiriesMillis, "HPEXPIRETIME", "k", "FIELDS", 3, "a", "b", "c"),
		shapes: []shape{{[]Expiry{{At: atMillis}, {Never: true}, {NoKey: true}}, []string{"*3 :1700000000250 :-1 :-2"}}},
		bad:    []string{":1", "*1 x", "*1 _", "*1 :-3"},
	})
	addKind(kind{
		name:   "SecondsList",
		call:   sent((*Commands).sendSecondsList, "HTTL", "k", "FIELDS", 3, "a", "b", "c"),
		shapes: []shape{{[]time.Duration{time.Minute, NoExpiry, NoKey}, []string{"*3 :60 :-1 :-2"}}, {[]time.Duration(nil), []string{"*-1", "_"}}},
		bad:    []string{":1", "*1 x", "*1 _", "*1 :9223372037"},
	})
	addKind(kind{
		name:   "MillisList",
		call:   sent((*Commands).sendMillisList, "HPTTL", "k", "FIELDS", 3, "a", "b", "c"),
		shapes: []shape{{[]time.Duration{1500 * time.Millisecond, NoExpiry, NoKey}, []string{"*3 :1500 :-1 :-2"}}},
		bad:    []string{":1", "*1 x", "*1 _", "*1 :9223372036855"},
	})
	addKind(kind{
		name:   "OptSeconds",
		call:   sent((*Commands).sendOptSeconds, "OBJECT", "IDLETIME", "k"),
		shapes: []shape{{Some(time.Minute), []string{":60"}}, {Some(time.Duration(0)), []string{":0"}}, {None[time.Duration](), []string{"$-1", "_"}}},
		bad:    []string{"x", "*0", ":9223372037"},
	})
	addKind(kind{
		name:   "UnixTime",
		call:   sent((*Commands).sendUnixTime, "LASTSAVE"),
		shapes: []shape{{at, []string{":1700000000"}}, {time.Time{}, []string{":0"}}},
		bad:    []string{"x", "_", "*0"},
	})
	addKind(kind{
		name:   "AOFAcks",
		call:   sent((*Commands).sendAOFAcks, "WAITAOF", 1, 2, 0),
		shapes: []shape{{AOFAcks{Local: 1, Replicas: 2}, []string{"*2 :1 :2", "*3 :1 :2 :3"}}},
		bad:    []string{":1", "_", "*1 :1", "*2 x :1", "*2 :1 x"},
	})
	addKind(kind{
		name:   "OptInts",
		call:   sent((*Commands).sendOptInts, "BITFIELD", "k", "GET", "u8", 0),
		shapes: []shape{{[]Opt[int64]{Some[int64](1), None[int64]()}, []string{"*2 :1 $-1", "*2 :1 _"}}, {[]Opt[int64]{}, []string{"*0"}}, {[]Opt[int64](nil), []string{"*-1", "_"}}},
		bad:    []string{":1", "*1 x", "%1 :1 :1"},
	})
	addKind(kind{
		name:   "IntMap",
		call:   sent((*Commands).sendIntMap, "PUBSUB", "NUMSUB", "a", "b"),
		shapes: []shape{{map[string]int64{"a": 1, "b": 0}, []string{"*4 a :1 b :0", "%2 a :1 b :0"}}, {map[string]int64{}, []string{"*0", "%0"}}, {map[string]int64(nil), []string{"*-1", "_"}}},
		bad:    []string{":1", "x", "*1 a", "*2 a x", "*2 :1 :1", "%1 a _"},
	})
	addKind(kind{
		name:   "FieldResults",
		call:   sent((*Commands).sendFieldResults, "HPERSIST", "k", "FIELDS", 1, "f"),
		shapes: []shape{{[]FieldResult{FieldMissing, FieldNoExpiry, FieldNotSet, FieldSet, FieldDeleted}, []string{"*5 :-2 :-1 :0 :1 :2"}}, {[]FieldResult(nil), []string{"*-1", "_"}}},
		bad:    []string{":1", "*1 x", "*1 _"},
	})
	addKind(kind{
		name: "FieldValues",
		call: sent((*Commands).sendFieldValues, "HRANDFIELD", "k", 2, "WITHVALUES"),
		shapes: []shape{
			{[]FieldValue{{"a", "1"}, {"a", "1"}}, []string{"*4 a 1 a 1", "*2 *2 a 1 *2 a 1"}}, {[]FieldValue(nil), []string{"*0", "*-1", "_"}},
		},
		bad: []string{":1", "x", "*1 a", "*3 a 1 b", "*2 a :1", "*1 *1 a", "*1 *3 a 1 b", "*2 *2 a 1 b"},
	})
}

func init() {
	addKind(kind{
		name:   "OptZ",
		call:   sent((*Commands).sendOptZ, "ZPOPMIN", "k"),
		shapes: []shape{{Some(Z{"a", 1.5}), []string{"*2 a 1.5", "*2 a ,1.5"}}, {None[Z](), []string{"*0", "*-1", "_"}}},
		bad:    []string{":1", "x", "*1 a", "*2 a x", "*4 a 1 b 2", "*1 *2 a ,1"},
	})
	addKind(kind{
		name:   "OptRank",
		call:   sent((*Commands).sendOptRank, "ZRANK", "k", "m", "WITHSCORE"),
		shapes: []shape{{Some(Rank{1, 2.5}), []string{"*2 :1 2.5", "*2 :1 ,2.5"}}, {None[Rank](), []string{"*-1", "$-1", "_"}}},
		bad:    []string{":1", "*0", "*1 :1", "*2 x 1", "*2 :1 x", "*3 :1 1 1"},
	})
	addKind(kind{
		name:   "OptKeyValue",
		call:   sent((*Commands).sendOptKeyValue, "BLPOP", "k", 1),
		shapes: []shape{{Some(KeyValue{"k", "v"}), []string{"*2 k v"}}, {None[KeyValue](), []string{"*-1", "_"}}},
		bad:    []string{":1", "k", "*0", "*1 k", "*2 k :1", "*2 :1 v", "*3 k v w"},
	})
	addKind(kind{
		name:   "OptKeyValues",
		call:   sent((*Commands).sendOptKeyValues, "LMPOP", 1, "k", "LEFT"),
		shapes: []shape{{Some(KeyValues{"k", []string{"a", "b"}}), []string{"*2 k *2 a b"}}, {None[KeyValues](), []string{"*-1", "_"}}},
		bad:    []string{":1", "*0", "*1 k", "*2 k a", "*2 k *1 :1", "*3 k *0 *0"},
	})
	addKind(kind{
		name:   "OptKeyZ",
		call:   sent((*Commands).sendOptKeyZ, "BZPOPMIN", "k", 1),
		shapes: []shape{{Some(KeyZ{"k", Z{"m", 1.5}}), []string{"*3 k m 1.5", "*3 k m ,1.5"}}, {None[KeyZ](), []string{"*-1", "_"}}},
		bad:    []string{":1", "*0", "*2 k m", "*3 k m x", "*3 k :1 1", "*2 k *2 m 1"},
	})
	addKind(kind{
		name: "OptKeyZs",
		call: sent((*Commands).sendOptKeyZs, "ZMPOP", 1, "k", "MIN"),
		shapes: []shape{
			{Some(KeyZs{"k", []Z{{"a", 1}, {"b", 2.5}}}), []string{"*2 k *2 *2 a 1 *2 b 2.5", "*2 k *2 *2 a ,1 *2 b ,2.5"}}, {None[KeyZs](), []string{"*-1", "_"}},
		},
		bad: []string{":1", "*0", "*1 k", "*2 k a", "*2 k *1 a", "*2 k *1 *2 a x", "*2 k *1 *1 a", "*3 k *0 *0"},
	})
	addKind(kind{
		name: "HashPage",
		call: sent((*Commands).sendHashPage, "HSCAN", "k", "0"),
		shapes: []shape{
			{Page[FieldValue]{"7", []FieldValue{{"a", "1"}, {"b", "2"}}}, []string{"*2 7 *4 a 1 b 2", "*2 7 *2 *2 a 1 *2 b 2"}}, {Page[FieldValue]{"0", nil}, []string{"*2 0 *0"}},
		},
		bad: []string{":1", "_", "*1 0", "*2 x *0", "*2 0 x", "*2 0 *1 a", "*2 0 *2 a :1", "*3 0 *0 *0"},
	})
	addKind(kind{
		name: "ZPage",
		call: sent((*Commands).sendZPage, "ZSCAN", "k", "0"),
		shapes: []shape{
			{Page[Z]{"7", []Z{{"a", 1}, {"b", 2.5}}}, []string{"*2 7 *4 a 1 b 2.5", "*2 7 *2 *2 a ,1 *2 b ,2.5"}}, {Page[Z]{"0", nil}, []string{"*2 0 *0"}},
		},
		bad: []string{":1", "_", "*2 x *0", "*2 0 *1 a", "*2 0 *2 a x"},
	})
	addKind(kind{
		name:   "ClusterPage",
		call:   sent((*Commands).sendClusterPage, "CLUSTERSCAN", "0"),
		shapes: []shape{{Page[string]{"0-{06S}-0", []string{"a"}}, []string{"*2 0-{06S}-0 *1 a"}}, {Page[string]{"0", []string{}}, []string{"*2 0 *0"}}},
		bad:    []string{":1", "_", "*2 :0 *0", "*2 0 x", "*2 0 *1 :1", "*1 0"},
	})
	addKind(kind{
		name: "LCSMatches",
		call: sent((*Commands).sendLCSMatches, "LCS", "a", "b", "IDX"),
		shapes: []shape{
			{LCSMatches{[]LCSMatch{{A: LCSRange{4, 7}, B: LCSRange{5, 8}}, {A: LCSRange{2, 3}, B: LCSRange{0, 1}}}, 6}, []string{
				"*4 matches *2 *2 *2 :4 :7 *2 :5 :8 *2 *2 :2 :3 *2 :0 :1 len :6", "%2 matches *2 *2 *2 :4 :7 *2 :5 :8 *2 *2 :2 :3 *2 :0 :1 len :6",
			}},
			{LCSMatches{[]LCSMatch{{LCSRange{4, 7}, LCSRange{5, 8}, Some[int64](4)}}, 6}, []string{
				"*4 matches *1 *3 *2 :4 :7 *2 :5 :8 :4 len :6", "%2 matches *1 *3 *2 :4 :7 *2 :5 :8 :4 len :6", "%3 new *1 :1 matches *1 *4 *3 :4 :7 :1 *2 :5 :8 :4 x len :6",
			}},
			{LCSMatches{Matches: []LCSMatch{}}, []string{"*4 matches *0 len :0", "%2 matches *0 len :0"}},
		},
		bad: []string{":1", "x", "_", "%1 matches x", "%1 matches *1 *1 *2 :1 :2", "%1 matches *1 *2 *2 :1 x *2 :1 :1", "%1 matches *1 *2 *1 :1 *2 :1 :1", "%1 matches *1 *3 *2 :1 :1 *2 :1 :1 x", "%1 len x"},
	})
}

func init() {
	palermo := GeoPoint{13.361389338970184, 38.1155563954963}
	addKind(kind{
		name: "GeoPoints",
		call: sent((*Commands).sendGeoPoints, "GEOPOS", "k", "a", "b"),
		shapes: []shape{
			{[]Opt[GeoPoint]{Some(palermo), None[GeoPoint]()}, []string{
				"*2 *2 13.361389338970184 38.1155563954963 *-1", "*2 *2 ,13.361389338970184 ,38.1155563954963 _",
			}},
			{[]Opt[GeoPoint]{}, []string{"*0"}}, {[]Opt[GeoPoint](nil), []string{"*-1", "_"}},
		},
		bad: []string{":1", "*1 x", "*1 *1 ,1", "*1 *3 ,1 ,2 ,3", "*1 *2 x y"},
	})
	addKind(kind{
		name: "GeoLocations",
		call: sent((*Commands).sendGeoLocations, "GEOSEARCH", "k", "FROMMEMBER", "m", "BYRADIUS", 1, "km", "WITHDIST"),
		shapes: []shape{
			{[]GeoLocation{{"a", Some(190.4424), Some[int64](3479099956230698), Some(palermo)}}, []string{
				"*1 *4 a 190.4424 :3479099956230698 *2 13.361389338970184 38.1155563954963", "*1 *4 a 190.4424 :3479099956230698 *2 ,13.361389338970184 ,38.1155563954963",
				"*1 *4 a ,190.4424 :3479099956230698 *2 ,13.361389338970184 ,38.1155563954963",
			}},
			{[]GeoLocation{{Member: "a", Distance: Some(0.0)}}, []string{"*1 *2 a 0.0000"}},
			{[]GeoLocation{{Member: "a", Hash: Some[int64](5)}, {Member: "b", Point: Some(GeoPoint{1, 2})}}, []string{"*2 *2 a :5 *2 b *2 1 2", "*2 *2 a :5 *2 b *2 ,1 ,2"}},
			{[]GeoLocation{{Member: "a"}, {Member: "b"}}, []string{"*2 a b", "*2 *1 a *1 b"}},
			{[]GeoLocation{}, []string{"*0"}},
		},
		bad: []string{":1", "x", "*1 :1", "*1 _", "*1 *0", "*1 *1 :1", "*1 *2 a x", "*1 *2 a *1 ,1", "*1 *2 a %0"},
	})
}

func init() {
	addKind(kind{
		name: "OptVectorInfo",
		call: sent((*Commands).sendOptVectorInfo, "VINFO", "k"),
		shapes: []shape{
			{Some(VectorInfo{Quantization: "int8", Size: 2, Dimension: 3, ProjectedFrom: 4, Links: 16, MaxLevel: 5, Attributes: 1, ID: 6, MaxNodeID: 7}), []string{
				"*18 +quant-type +int8 +hnsw-m :16 +vector-dim :3 +projection-input-dim :4 +size :2 +max-level :5 +attributes-count :1 +vset-uid :6 +hnsw-max-node-uid :7",
				"%9 +quant-type +int8 +hnsw-m :16 +vector-dim :3 +projection-input-dim :4 +size :2 +max-level :5 +attributes-count :1 +vset-uid :6 +hnsw-max-node-uid :7",
			}},
			{None[VectorInfo](), []string{"*-1", "_"}},
		},
		bad: []string{":1", "x", "*1 size", "%1 size x", "%1 quant-type :1"},
	})
	addKind(kind{
		name: "OptRawVector",
		call: sent((*Commands).sendOptRawVector, "VEMB", "k", "e", "RAW"),
		shapes: []shape{
			{Some(RawVector{"int8", []byte("\x7f? "), 1.5, Some(0.5)}), []string{"*4 +int8 '\x7f? ' 1.5 0.5", "*4 +int8 '\x7f? ' ,1.5 ,0.5", "*5 +int8 '\x7f? ' ,1.5 ,0.5 *1 :1"}},
			{Some(RawVector{Quantization: "f32", Data: []byte("abcd"), Norm: 2}), []string{"*3 +f32 abcd 2", "*3 +f32 abcd ,2"}},
			{None[RawVector](), []string{"$-1", "*-1", "_"}},
		},
		bad: []string{":1", "x", "*0", "*2 +f32 abcd", "*3 :1 abcd ,2", "*3 +f32 _ ,2", "*3 +f32 abcd x", "*4 +f32 abcd ,2 x"},
	})
	addKind(kind{
		name:   "OptFloatList",
		call:   sent((*Commands).sendOptFloatList, "VEMB", "k", "e"),
		shapes: []shape{{Some([]float64{1, 0.5}), []string{"*2 1 0.5", "*2 ,1 ,0.5"}}, {None[[]float64](), []string{"$-1", "*-1", "_"}}},
		bad:    []string{":1", "x", "*1 x", "*1 _", "%1 ,1 ,1"},
	})
	addKind(kind{
		name:   "VectorLinks",
		call:   sent((*Commands).sendVectorLinks, "VLINKS", "k", "e"),
		shapes: []shape{{[][]string{{"a", "b"}, {}}, []string{"*2 *2 a b *0"}}, {[][]string(nil), []string{"$-1", "*-1", "_"}}},
		bad:    []string{":1", "x", "*1 a", "*1 *1 :1"},
	})
	addKind(kind{
		name:   "VectorLinkScores",
		call:   sent((*Commands).sendVectorLinkScores, "VLINKS", "k", "e", "WITHSCORES"),
		shapes: []shape{{[][]Z{{{"a", 0.5}, {"b", 0.25}}, {}}, []string{"*2 *4 a 0.5 b 0.25 *0", "*2 %2 a ,0.5 b ,0.25 %0"}}, {[][]Z(nil), []string{"$-1", "*-1", "_"}}},
		bad:    []string{":1", "x", "*1 a", "*1 *1 a", "*1 *2 a x", "*1 %1 :1 ,1"},
	})
	addKind(kind{
		name:   "VectorScores",
		call:   sent((*Commands).sendVectorScores, "VSIM", "k", "ELE", "e", "WITHSCORES"),
		shapes: []shape{{[]Z{{"a", 1}, {"b", 0.25}}, []string{"*4 a 1 b 0.25", "%2 a ,1 b ,0.25"}}, {[]Z{}, []string{"*0", "%0"}}, {[]Z(nil), []string{"*-1", "_"}}},
		bad:    []string{":1", "x", "*1 a", "*2 a x", "%1 :1 ,1", "%1 a _"},
	})
}

func TestAFieldResultTellsItself(t *testing.T) {
	for r, want := range map[FieldResult]string{FieldMissing: "missing", FieldNoExpiry: "no expiry", FieldNotSet: "not set", FieldSet: "set", FieldDeleted: "deleted", 9: "unknown"} {
		if got := r.String(); got != want {
			t.Errorf("%d is %q; want %q", r, got, want)
		}
	}
}
