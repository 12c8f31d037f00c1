package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// replyKinds maps the kind of a reply to the Go type of its value; the sender of
// package commands is called send and the kind.
var replyKinds = map[string]string{
	"ACLLog":            "[]ACLLogEntry",
	"AOFAcks":           "AOFAcks",
	"AutoClaim":         "AutoClaim",
	"AutoClaimIDs":      "AutoClaimIDs",
	"Bool":              "bool",
	"Bools":             "[]bool",
	"ClientInfo":        "ClientInfo",
	"ClientInfos":       "[]ClientInfo",
	"ClusterLinks":      "[]ClusterLink",
	"ClusterNodeLines":  "[]ClusterNode",
	"ClusterNodes":      "[]ClusterNode",
	"ClusterPage":       "Page[string]",
	"ClusterShards":     "[]ClusterShard",
	"ClusterSlots":      "[]ClusterSlots",
	"CommandDocs":       "map[string]CommandDoc",
	"CommandInfos":      "[]Opt[CommandInfo]",
	"Entries":           "[]Entry",
	"ExpiriesMillis":    "[]Expiry",
	"ExpiriesSeconds":   "[]Expiry",
	"ExpiryMillis":      "Expiry",
	"ExpirySeconds":     "Expiry",
	"FieldResults":      "[]FieldResult",
	"FieldValues":       "[]FieldValue",
	"Float":             "float64",
	"FunctionStats":     "FunctionStats",
	"GeoLocations":      "[]GeoLocation",
	"GeoPoints":         "[]Opt[GeoPoint]",
	"HashPage":          "Page[FieldValue]",
	"Info":              "Info",
	"InfoFields":        "map[string]string",
	"Int":               "int64",
	"IntMap":            "map[string]int64",
	"Ints":              "[]int64",
	"KeyPage":           "Page[string]",
	"KeysAndFlags":      "[]KeyAndFlags",
	"LCSMatches":        "LCSMatches",
	"Latencies":         "[]LatencyEvent",
	"LatencyHistograms": "map[string]LatencyHistogram",
	"LatencySamples":    "[]LatencySample",
	"Libraries":         "[]Library",
	"MemoryStats":       "MemoryStats",
	"Millis":            "time.Duration",
	"MillisList":        "[]time.Duration",
	"Modules":           "[]Module",
	"OptACLUser":        "Opt[ACLUser]",
	"OptFloat":          "Opt[float64]",
	"OptFloatList":      "Opt[[]float64]",
	"OptFloats":         "[]Opt[float64]",
	"OptInt":            "Opt[int64]",
	"OptInts":           "[]Opt[int64]",
	"OptKeyValue":       "Opt[KeyValue]",
	"OptKeyValues":      "Opt[KeyValues]",
	"OptKeyZ":           "Opt[KeyZ]",
	"OptKeyZs":          "Opt[KeyZs]",
	"OptRank":           "Opt[Rank]",
	"OptRawVector":      "Opt[RawVector]",
	"OptSeconds":        "Opt[time.Duration]",
	"OptString":         "Opt[string]",
	"OptStrings":        "[]Opt[string]",
	"OptVectorInfo":     "Opt[VectorInfo]",
	"OptZ":              "Opt[Z]",
	"PendingEntries":    "[]PendingEntry",
	"PendingSummary":    "PendingSummary",
	"Role":              "Role",
	"Seconds":           "time.Duration",
	"SecondsList":       "[]time.Duration",
	"ServerHello":       "ServerHello",
	"SlotMigrations":    "[]SlotMigration",
	"SlotStats":         "[]SlotStat",
	"SlowLog":           "[]SlowLogEntry",
	"Status":            "string",
	"Stored":            "bool",
	"StreamConsumers":   "[]StreamConsumer",
	"StreamFullInfo":    "StreamFullInfo",
	"StreamGroups":      "[]StreamGroup",
	"StreamInfo":        "StreamInfo",
	"Streams":           "[]StreamEntries",
	"String":            "string",
	"StringMap":         "map[string]string",
	"Strings":           "[]string",
	"Time":              "time.Time",
	"TrackingInfo":      "TrackingInfo",
	"UnixTime":          "time.Time",
	"Value":             "proto.Value",
	"TxReplies":         "[]proto.Value",
	"Values":            "[]proto.Value",
	"VectorLinkScores":  "[][]Z",
	"VectorLinks":       "[][]string",
	"VectorScores":      "[]Z",
	"ZPage":             "Page[Z]",
	"Zs":                "[]Z",
}

// paramKind says how a parameter of a method looks and how it is written.
type paramKind struct {
	goType   string // of one
	write    string // the statement; $ stands for the parameter, # for its name as a string
	many     string // the same for several; empty: there is a loop around write
	variadic bool   // goType is of one of several
	single   bool   // one, although the command takes several
	whole    bool   // it writes the argument whatever that consists of
	name     string // what the parameter is called, where the spec's name would not do
}

var paramKinds = map[string]paramKind{
	"key":      {goType: "string", write: "a.key($)", many: "a.keys($)"},
	"str":      {goType: "string", write: "a.str($)", many: "a.strs($)"},
	"any":      {goType: "any", write: "a.value($, #)", many: "a.values($, #)"},
	"int":      {goType: "int64", write: "a.int($)"},
	"float":    {goType: "float64", write: "a.float($, #)"},
	"span":     {goType: "time.Duration", write: "a.span($, #)", name: "ttl"},
	"millis":   {goType: "time.Duration", write: "a.millis($, #)", name: "ttl"},
	"moment":   {goType: "time.Time", write: "a.moment($, #)", name: "at"},
	"momentMs": {goType: "time.Time", write: "a.momentMillis($, #)", name: "at"},
	// Durations that may be zero: for ever, none, at once, as the command says.
	"waitSeconds": {goType: "time.Duration", write: "a.waitSeconds($, #)", name: "timeout"},
	"waitMillis":  {goType: "time.Duration", write: "a.waitMillis($, #)", name: "timeout"},
	"ageSeconds":  {goType: "time.Duration", write: "a.ageSeconds($, #)"},
	"ageMillis":   {goType: "time.Duration", write: "a.ageMillis($, #)"},
	"onOff":       {goType: "bool", write: "a.onOff($)", whole: true},
	"yesNo":       {goType: "bool", write: "a.yesNo($)", whole: true},
	// Alternating names and values, or one map.
	"pairs":    {goType: "any", many: "a.pairs($, #)", variadic: true, name: "fieldsAndValues"},
	"keyPairs": {goType: "any", many: "a.keyPairs($, #)", variadic: true, name: "keysAndValues"},
	"configs":  {goType: "any", many: "a.configs($, #)", variadic: true, name: "namesAndValues"},
	// The same as one argument, a slice or a map; counted: behind their number.
	"somePairs":       {goType: "any", write: "a.somePairs($, #)"},
	"countedPairs":    {goType: "any", write: "a.countedPairs($, #)"},
	"countedKeyPairs": {goType: "any", write: "a.countedKeyPairs($, #)"},
	// Scores with members.
	"zs": {goType: "Z", many: "a.zs($)", variadic: true, name: "members"},
	"z":  {goType: "Z", write: "a.z($)", variadic: true, single: true, name: "member"},
	// Arguments with Go types of their own.
	"bitOps":     {goType: "BitFieldOp", many: "a.bitOps($)", variadic: true, name: "ops"},
	"bitGets":    {goType: "BitGet", many: "a.bitGets($)", variadic: true, name: "gets"},
	"geoMembers": {goType: "GeoMember", many: "a.geoMembers($)", variadic: true, name: "members"},
	"geoOrigin":  {goType: "GeoOrigin", write: "a.geoOrigin($)", whole: true},
	"geoShape":   {goType: "GeoShape", write: "a.geoShape($)", whole: true},
	"slotRanges": {goType: "SlotRange", many: "a.slotRanges($)", variadic: true, name: "ranges"},
	"slotMoves":  {goType: "SlotMove", many: "a.slotMoves($)", variadic: true, name: "moves"},
	"positions":  {goType: "StreamPosition", many: "a.positions($)", variadic: true, name: "from"},
	"vector":     {goType: "[]float64", write: "a.vector($, #)"},
	// How many of the next argument there are; not a parameter.
	"count": {},
}

// paramKind finds a kind of parameter: one of paramKinds, or a type of Overlay.Words.
func (over *Overlay) paramKind(name string) (paramKind, bool) {
	if k, ok := paramKinds[name]; ok {
		return k, true
	}
	w, ok := over.Words[name]
	if !ok {
		return paramKind{}, false
	}
	var list strings.Builder
	for _, word := range slices.Sorted(maps.Keys(w.Values)) {
		fmt.Fprintf(&list, ", %q", word)
	}
	return paramKind{goType: name, write: "a.word(string($), #" + list.String() + ")", whole: true}, true
}

// kindOfType is the kind of a parameter by its type in the spec. Strings are
// told apart by their names: see kindOf.
var kindOfType = map[string]string{
	"key":       "key",
	"string":    "str",
	"pattern":   "str",
	"integer":   "int",
	"double":    "float",
	"unix-time": "moment",
}

// anyNames are the names of string arguments that hold data of the application,
// and so may be given as anything that can be encoded.
var anyNames = map[string]bool{
	"value": true, "element": true, "member": true, "pivot": true, "comparison-value": true,
	// Bounds of ranges: numbers mostly, but "(1", "+inf", "[a" as well.
	"min": true, "max": true,
}

// twoUnits tells whether what is of a kind goes in seconds or in milliseconds, as it needs.
func twoUnits(kind string) bool { return kind == "span" || kind == "moment" }

func kindOf(a *Argument) string {
	switch {
	case a.Type == "string" && anyNames[a.Name]:
		return "any"
	case a.Type == "integer" && (a.Name == "numkeys" || a.Name == "numfields" || a.Name == "num-vertices"):
		return "count"
	}
	return kindOfType[a.Type]
}
