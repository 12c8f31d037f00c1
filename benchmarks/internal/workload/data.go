package workload

import (
	"fmt"
	"strings"
)

// Keys names the keys a row's callers go through, made once so that no client pays for them. Their number bounds the server's
// memory (at most 16 MiB of values) and is a power of two.
func (r Row) Keys() []string {
	count := 4096
	switch {
	case r.Command == BLPop:
		count = 1
	case r.Command == HGetAll || r.Command == LRange:
		count = 16
	case r.Size >= 16<<10:
		count = 128
	}
	keys := make([]string, count)
	for i := range keys {
		keys[i] = fmt.Sprintf("bench:%s:%06d", r.family(), i)
	}
	return keys
}

// family is what rows that share keys have in common. SET writes to keys of its own, so that GET finds the size it expects.
func (r Row) family() string {
	switch r.Command {
	case Incr, Tx:
		return "incr"
	case MGet, Pipeline:
		return "get:16"
	case PoolGet:
		return fmt.Sprintf("get:%d", r.Size)
	case BLPop:
		return "list"
	}
	return fmt.Sprintf("%s:%d", r.Command, r.Size)
}

// ElementSize is the size in bytes of what MGet, HGetAll, LRange and Pipeline return many of, and of what BLPop takes from its list.
const ElementSize = 16

// Value is a value of n bytes.
func Value(n int) string {
	return strings.Repeat("0123456789abcdef", n/16+1)[:n]
}

// Fill gives the commands that make the data of some rows, each piece once.
func Fill(rows []Row) [][]any {
	var commands [][]any
	made := map[string]bool{}
	for _, r := range rows {
		if made[r.family()] || r.Command == Set || r.Command == Incr || r.Command == Tx || r.Command == BLPop || r.Command == Message {
			continue
		}
		made[r.family()] = true
		for _, key := range r.Keys() {
			switch r.Command {
			case HGetAll:
				command := []any{"HSET", key}
				for i := range r.Size {
					command = append(command, fmt.Sprintf("field:%06d", i), Value(ElementSize))
				}
				commands = append(commands, []any{"DEL", key}, command)
			case LRange:
				command := []any{"RPUSH", key}
				for range r.Size {
					command = append(command, Value(ElementSize))
				}
				commands = append(commands, []any{"DEL", key}, command)
			case MGet, Pipeline:
				commands = append(commands, []any{"SET", key, Value(ElementSize)})
			default:
				commands = append(commands, []any{"SET", key, Value(r.Size)})
			}
		}
	}
	return commands
}
