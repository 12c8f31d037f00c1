package main

import (
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
func (spec *Spec) since(c *Command) string {
	if redis := c.Since["redis"]; redis != "" && redis == c.Since["valkey"] {
		return "Since Redis " + redis
	}
	var parts []string
	lacking := ""
	for _, p := range []struct{ project, name string }{{"redis", "Redis"}, {"valkey", "Valkey"}} {
		if version := sinceOf(c, p.project); version != lacks {
			parts = append(parts, p.name+" "+version)
		} else {
			lacking += "; " + p.name + " " + spec.newest(p.project) + " has no such command"
		}
	}
	return "Since " + strings.Join(parts, ", ") + lacking
}

// newest is the version of a project that the spec knows last.
func (spec *Spec) newest(project string) (version string) {
	for _, s := range spec.Servers { // in order
		if s.Project == project {
			version = s.Version
		}
	}
	return version
}
