package redis

import (
	"maps"
	"slices"
)

// sortedKeys returns the keys of m in order, so that whoever goes through a map
// does it the same way every time.
func sortedKeys[V any](m map[string]V) []string {
	return slices.Sorted(maps.Keys(m))
}
