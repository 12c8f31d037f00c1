package main

import (
	"strings"
)

// syntax is a command with its arguments in the usual notation:
// SET key value [NX | XX] [EX seconds | …].
func syntax(c *Command) string {
	return strings.Join(append([]string{c.Name}, argsSyntax(c.ArgumentsOn(c.Servers...))...), " ")
}

// argsSyntax writes a list of arguments. Where servers tell of one in different ways, it is in the list for each of them:
// what would be written in the same way is written once.
func argsSyntax(args []Argument) (parts []string) {
	written := map[string][]string{} // the servers for which a part is there; those of an argument that all have are not told
	for i := range args {
		s, servers := argSyntax(&args[i]), args[i].Servers
		if others := written[s]; len(others) > 0 && len(servers) > 0 && len(intersect(others, servers)) == 0 {
			continue
		}
		written[s] = servers
		parts = append(parts, s)
	}
	return parts
}

// longRepeat is the length from which on what can be repeated is not written twice.
const longRepeat = 60

func argSyntax(a *Argument) string {
	s := a.Name
	switch a.Type {
	case "pure-token":
		s = ""
	case "oneof", "block":
		sep := " "
		if a.Type == "oneof" {
			sep = " | "
		}
		s = strings.Join(argsSyntax(a.Arguments), sep)
		if a.Type == "oneof" && !a.Optional {
			s = "<" + s + ">"
		}
	}
	if a.Token != "" {
		s = strings.TrimSpace(a.Token + " " + s)
	}
	switch {
	case a.Multiple && len(s) > longRepeat:
		s += " ..."
	case a.Multiple:
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
