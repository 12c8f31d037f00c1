package main

import "testing"

func TestASyntaxIsWrittenOnceForAllServers(t *testing.T) {
	word := func(token string, servers ...string) Argument {
		return Argument{Name: "x", Type: "pure-token", Token: token, Optional: true, Servers: servers}
	}
	side := Argument{Name: "side", Type: "oneof", Arguments: []Argument{{Type: "pure-token", Token: "LEFT"}, {Type: "pure-token", Token: "RIGHT"}}}
	long := Argument{Name: "f", Type: "block", Multiple: true}
	for range 8 {
		long.Arguments = append(long.Arguments, Argument{Name: "threshold", Type: "integer"})
	}
	for want, args := range map[string][]Argument{
		"C [FULL]":                        {word("FULL", "redis-7.0"), word("FULL", "redis-8.0")},
		"C [FULL] [FULL]":                 {word("FULL"), word("FULL")},
		"C [FULL] [A]":                    {word("FULL", "redis-7.0"), word("A", "redis-8.0")},
		"C <LEFT | RIGHT> <LEFT | RIGHT>": {side, side},
		"C key [key ...]":                 {{Name: "key", Type: "key", Multiple: true}},
		"C threshold threshold threshold threshold threshold threshold threshold threshold ...": {long},
	} {
		if got := syntax(&Command{Name: "C", Servers: []string{"redis-7.0", "redis-8.0"}, Arguments: args}); got != want {
			t.Errorf("syntax = %s; want %s", got, want)
		}
	}
}
