package main

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// emitTable writes the specs of all commands. It is one array that the linker
// lays out: it costs nothing at start.
func (m *model) emitTable() string {
	methods, variants := map[string]string{}, map[string][]string{}
	used := map[string]bool{}
	for _, meth := range m.methods {
		used[meth.command.Name] = true
		if meth.millis != nil {
			used[meth.millis.Name] = true
		}
		if meth.main {
			methods[meth.command.Name] = meth.name
		} else {
			variants[meth.command.Name] = append(variants[meth.command.Name], meth.name)
		}
	}
	var b bytes.Buffer
	b.WriteString("// specs holds every command of the supported servers, sorted by name.\nvar specs = [...]Spec{\n")
	rules := m.allKeyRules()
	for _, c := range m.commands {
		b.WriteString(m.specLiteral(c, methods[c.Name], variants[c.Name], rules) + ",\n")
	}
	b.WriteString("}\n\n// Where commands have their keys. Every program has these, so each is there once.\nvar (\n")
	for i, rule := range rules {
		fmt.Fprintf(&b, "%s = %s\n", keyRulesVar(i), rule)
	}
	b.WriteString(")\n\n// The specs of the commands that have methods.\nvar (\n")
	for i, c := range m.commands {
		if used[c.Name] {
			fmt.Fprintf(&b, "%s = &specs[%d]\n", specVar(c), i)
		}
	}
	b.WriteString(")\n")
	return begin("commands", b.String())
}

// allKeyRules are the different key rules of all commands, in the order in which they come.
func (m *model) allKeyRules() (all []string) {
	for _, c := range m.commands {
		if rules := keyRules(c); rules != "" && !slices.Contains(all, rules) {
			all = append(all, rules)
		}
	}
	return all
}

func keyRulesVar(i int) string { return fmt.Sprintf("keyRules%d", i) }

func (m *model) specLiteral(c *Command, method string, variants, rules []string) string {
	wire := ""
	for _, w := range c.Words() {
		wire += fmt.Sprintf("$%d\r\n%s\r\n", len(w), w)
	}
	fields := []string{fmt.Sprintf("Name: %q", c.Name)}
	if method != "" {
		fields = append(fields, fmt.Sprintf("Method: %q", method))
	}
	if len(variants) > 0 {
		fields = append(fields, fmt.Sprintf("Variants: %#v", variants))
	}
	if flags := m.flags(c); flags != "0" {
		fields = append(fields, "Flags: "+flags)
	}
	fields = append(fields, fmt.Sprintf("wire: %q, words: %d", wire, len(c.Words())))
	if i := slices.Index(rules, keyRules(c)); i >= 0 {
		fields = append(fields, "keys: &"+keyRulesVar(i))
	}
	if place := m.over.Timeouts[c.Name]; place != "" {
		fields = append(fields, "timeout: "+timeoutPlaces[place])
	}
	if secrets := m.secrets(c); secrets != "" {
		fields = append(fields, "secrets: "+secrets)
	}
	return "{" + strings.Join(fields, ", ") + "}"
}

// secrets are the rules of Overlay.Redact for a command as Go source, or nothing.
func (m *model) secrets(c *Command) string {
	r, ok := m.over.Redact[c.Name]
	if !ok {
		return ""
	}
	var fields []string
	if r.From > 0 {
		fields = append(fields, fmt.Sprintf("from: %d", r.From))
	}
	if len(r.After) > 0 {
		var after []string
		for _, word := range slices.Sorted(maps.Keys(r.After)) {
			after = append(after, fmt.Sprintf("{%q, %d}", strings.ToUpper(word), r.After[word]))
		}
		fields = append(fields, "after: []secretAfter{"+strings.Join(after, ", ")+"}")
	}
	if len(r.Prefixes) > 0 {
		fields = append(fields, fmt.Sprintf("prefixes: %#v", r.Prefixes))
	}
	return "&secrets{" + strings.Join(fields, ", ") + "}"
}

func specVar(c *Command) string { return "spec" + methodName(c.Name) }

// flags are the flags of a command as Go expressions.
func (m *model) flags(c *Command) string {
	var flags []string
	add := func(flag string, has bool) {
		if has {
			flags = append(flags, flag)
		}
	}
	add("ReadOnly", slices.Contains(c.Flags, "readonly"))
	add("Write", slices.Contains(c.Flags, "write"))
	add("Blocking", slices.Contains(c.Flags, "blocking"))
	add("Session", m.over.Session[c.Name] != "")
	add("ServerSide", m.over.ServerSide[c.Name] != "")
	add("Repeatable", m.over.repeatable(c))
	if len(flags) == 0 {
		return "0"
	}
	return strings.Join(flags, " | ")
}
