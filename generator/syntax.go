package main

import (
	"fmt"
	"slices"
	"strings"
)

// syntax is a command with its arguments in the usual notation:
// SET key value [NX | XX] [EX seconds | …].
func syntax(c *Command) string {
	parts := []string{c.Name}
	for _, a := range c.ArgumentsOn(c.Servers...) {
		parts = append(parts, argSyntax(&a))
	}
	return strings.Join(parts, " ")
}

func argSyntax(a *Argument) string {
	s := a.Name
	switch a.Type {
	case "pure-token":
		s = ""
	case "oneof", "block":
		var parts []string
		for i := range a.Arguments {
			parts = append(parts, argSyntax(&a.Arguments[i]))
		}
		sep := " "
		if a.Type == "oneof" {
			sep = " | "
		}
		s = strings.Join(parts, sep)
		if a.Type == "oneof" && !a.Optional {
			s = "<" + s + ">"
		}
	}
	if a.Token != "" {
		s = strings.TrimSpace(a.Token + " " + s)
	}
	if a.Multiple {
		s += " [" + s + " ...]"
	}
	if a.Optional {
		s = "[" + s + "]"
	}
	return s
}

// since tells which servers have the command from which version on. Valkey goes on counting where Redis 7.2 stopped:
// it is named where it counts otherwise, or has no such command.
func since(c *Command) string {
	if redis := c.Since["redis"]; redis != "" && redis == c.Since["valkey"] {
		return "Since Redis " + redis
	}
	var parts []string
	for _, p := range []struct{ project, name string }{{"redis", "Redis"}, {"valkey", "Valkey"}} {
		version, ok := c.Since[p.project]
		has := slices.ContainsFunc(c.Servers, func(s string) bool { return strings.HasPrefix(s, p.project+"-") })
		switch {
		case ok && has:
			parts = append(parts, fmt.Sprintf("%s %s", p.name, version))
		case !has:
			parts = append(parts, "not in "+p.name)
		}
	}
	return "Since " + strings.Join(parts, ", ")
}
