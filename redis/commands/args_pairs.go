package commands

import (
	"fmt"
	"maps"
	"slices"
)

// pairs adds names and values that alternate, or those of a single map[string]string or
// map[string]any, in the order of the names, or of a struct or pointer to one: see Scan.
func (a *args) pairs(list []any, arg string) {
	if len(list) == 1 && a.structPairs(list[0], arg) {
		return
	}
	a.addPairs(list, arg, (*args).str)
}

// keyPairs is pairs with keys for names, and without structs: the fields of one belong
// together in one hash.
func (a *args) keyPairs(list []any, arg string) {
	if len(list) == 1 && isStruct(list[0]) {
		a.refuse(arg, fmt.Sprintf("a %T has no keys: HSet stores it in one hash", list[0]))
		return
	}
	a.addPairs(list, arg, (*args).key)
}

func (a *args) addPairs(list []any, arg string, name func(*args, string)) {
	if len(list) == 1 {
		a.mapPairs(list[0], arg, name)
		return
	}
	a.need(len(list), arg)
	if len(list)%2 != 0 {
		a.refuse(arg, "the last name has no value")
		return
	}
	for i := 0; i < len(list); i += 2 {
		n, ok := list[i].(string)
		if !ok {
			a.refuse(arg, fmt.Sprintf("names must be strings, got a %T", list[i]))
			return
		}
		name(a, n)
		a.value(list[i+1], arg)
	}
}

func (a *args) mapPairs(m any, arg string, name func(*args, string)) {
	switch m := m.(type) {
	case map[string]string:
		a.need(len(m), arg)
		for _, k := range slices.Sorted(maps.Keys(m)) {
			name(a, k)
			a.str(m[k])
		}
	case map[string]any:
		a.need(len(m), arg)
		for _, k := range slices.Sorted(maps.Keys(m)) {
			name(a, k)
			a.value(m[k], arg)
		}
	default:
		a.refuse(arg, fmt.Sprintf("want names and values in turn, a map[string]string, a map[string]any or, for a hash, a struct; got a %T", m))
	}
}

// zs adds scores and members.
func (a *args) zs(members []Z) {
	for _, member := range members {
		a.z(member)
	}
}

// z adds the score and the name of a member.
func (a *args) z(member Z) {
	a.float(member.Score, "score")
	a.str(member.Member)
}
