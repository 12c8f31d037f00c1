package commands

import (
	"slices"

	"github.com/futureio/futureio-go/redis/proto"
)

// somePairs adds names and values that are given as one argument: whatever pairs takes
// as a single one, or a slice in which they alternate.
func (a *args) somePairs(v any, arg string) { a.pairs(spread(v), arg) }

// countedPairs is somePairs behind the number of the pairs.
func (a *args) countedPairs(v any, arg string) {
	a.counted(func() { a.pairs(spread(v), arg) })
}

// countedKeyPairs is countedPairs with keys for names.
func (a *args) countedKeyPairs(v any, arg string) {
	a.counted(func() { a.keyPairs(spread(v), arg) })
}

// counted puts the number of pairs that write adds in front of them. How many there are is known
// only then.
func (a *args) counted(write func()) {
	at, before := len(a.buf), a.n
	write()
	if a.err == nil {
		a.buf = slices.Insert(a.buf, at, proto.AppendBulkInt(nil, int64(a.n-before)/2)...)
		a.n++
	}
}

// spread makes a list of what may be one.
func spread(v any) []any {
	switch v := v.(type) {
	case []any:
		return v
	case []string:
		list := make([]any, len(v))
		for i := range v {
			list[i] = v[i]
		}
		return list
	}
	return []any{v}
}

// configs adds names and values that alternate, each pair behind the word CONFIG.
func (a *args) configs(list []any, arg string) {
	if len(list)%2 != 0 {
		a.refuse(arg, "the last name has no value")
		return
	}
	for i := 0; i < len(list); i += 2 {
		a.str("CONFIG")
		a.value(list[i], arg)
		a.value(list[i+1], arg)
	}
}
