package main

// replyKinds maps the kind of a reply to the Go type of its value; the sender of
// package commands is called send and the kind.
var replyKinds = map[string]string{
	"Bool":       "bool",
	"Bools":      "[]bool",
	"Float":      "float64",
	"Info":       "Info",
	"Int":        "int64",
	"KeyPage":    "Page[string]",
	"Millis":     "time.Duration",
	"OptFloat":   "Opt[float64]",
	"OptFloats":  "[]Opt[float64]",
	"OptInt":     "Opt[int64]",
	"OptString":  "Opt[string]",
	"OptStrings": "[]Opt[string]",
	"Seconds":    "time.Duration",
	"Status":     "string",
	"Stored":     "bool",
	"String":     "string",
	"StringMap":  "map[string]string",
	"Strings":    "[]string",
	"Time":       "time.Time",
	"Zs":         "[]Z",
}

// paramKind says how a parameter of a method looks and how it is written.
type paramKind struct {
	goType   string // of one
	write    string // the statement; $ stands for the parameter, # for its name as a string
	many     string // the same for several; empty: there is a loop around write
	variadic bool   // goType is of one of several
	single   bool   // one, although the command takes several
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
	// Alternating names and values, or one map.
	"pairs":    {goType: "any", many: "a.pairs($, #)", variadic: true, name: "fieldsAndValues"},
	"keyPairs": {goType: "any", many: "a.keyPairs($, #)", variadic: true, name: "keysAndValues"},
	// Scores with members.
	"zs": {goType: "Z", many: "a.zs($)", variadic: true, name: "members"},
	"z":  {goType: "Z", write: "a.z($)", variadic: true, single: true, name: "member"},
	// How many of the next argument there are; not a parameter.
	"count": {},
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
	case a.Type == "integer" && (a.Name == "numkeys" || a.Name == "numfields"):
		return "count"
	}
	return kindOfType[a.Type]
}
