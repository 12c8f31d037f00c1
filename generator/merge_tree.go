package main

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// While trees are merged, every node's Servers is the full list of the servers that have it; relativeServers then drops the
// lists that equal the parent's.

// treeOf turns one server's argument list into nodes of that server.
func treeOf(docs []argumentDoc, server Server) []Argument {
	var nodes []Argument
	for _, doc := range docs {
		node := Argument{
			Name:          doc.Name,
			Type:          doc.Type,
			Token:         doc.Token,
			Optional:      doc.Optional,
			Multiple:      doc.Multiple,
			MultipleToken: doc.MultipleToken,
			Since:         withVersion(nil, server.Project, doc.Since),
			Deprecated:    withVersion(nil, server.Project, doc.DeprecatedSince),
			Arguments:     clearServers(treeOf(doc.Arguments, server)),
		}
		// Valkey 9 puts an index on the field counts of the hash-field commands too, which are no keys.
		if doc.Type == "key" || doc.Type == "pattern" {
			node.KeySpec = doc.KeySpecIndex
		}
		nodes = append(nodes, node.collapse())
	}
	return stampServers(nodes, []string{server.Name})
}

func clearServers(nodes []Argument) []Argument { return stampServers(nodes, nil) }

func stampServers(nodes []Argument, servers []string) []Argument {
	for i := range nodes {
		nodes[i].Servers = servers
		stampServers(nodes[i].Arguments, servers)
	}
	return nodes
}

// relativeServers drops the server lists that say the same as the parent's.
func relativeServers(nodes []Argument, parent []string) []Argument {
	for i := range nodes {
		own := nodes[i].Servers
		relativeServers(nodes[i].Arguments, own)
		if slices.Equal(own, parent) {
			nodes[i].Servers = nil
		}
	}
	return nodes
}

// mergeTree merges the list of one more server into a merged list. Nodes that are the same argument become one; all others
// stay side by side, each with its servers, in an order that keeps the order of both lists.
func mergeTree(merged, next []Argument) []Argument {
	// best[i][j] is the highest total likeness of pairs, in order, among merged[i:] and next[j:]: a weighted longest
	// common subsequence.
	best := make([][]int, len(merged)+1)
	for i := range best {
		best[i] = make([]int, len(next)+1)
	}
	for i := len(merged) - 1; i >= 0; i-- {
		for j := len(next) - 1; j >= 0; j-- {
			best[i][j] = max(best[i+1][j], best[i][j+1])
			if like := likeness(merged[i], next[j]); like > 0 {
				best[i][j] = max(best[i][j], like+best[i+1][j+1])
			}
		}
	}
	var out []Argument
	i, j := 0, 0
	for i < len(merged) && j < len(next) {
		like := likeness(merged[i], next[j])
		switch {
		case like > 0 && best[i][j] == like+best[i+1][j+1]:
			out = append(out, mergeNode(merged[i], next[j]))
			i, j = i+1, j+1
		case best[i][j] == best[i+1][j]:
			out = append(out, merged[i])
			i++
		default:
			out = append(out, next[j])
			j++
		}
	}
	out = append(out, merged[i:]...)
	return append(out, next[j:]...)
}

// likeness is 0 for nodes that must stay apart, and grows with what they have in common.
func likeness(a, b Argument) int {
	if !sameArgument(a, b) {
		return 0
	}
	like := 4
	if a.Name == b.Name {
		like++
	}
	if wireSyntax([]Argument{a}) == wireSyntax([]Argument{b}) {
		like += 3
	}
	return like
}

// sameArgument tells whether two nodes are one argument that servers tell in slightly different ways.
func sameArgument(a, b Argument) bool {
	if a.Type == "oneof" && b.Type != "oneof" {
		return hasChoice(a, b)
	}
	if b.Type == "oneof" && a.Type != "oneof" {
		return hasChoice(b, a)
	}
	if a.Token != b.Token || a.MultipleToken != b.MultipleToken {
		return false
	}
	if isCount(a.Type) && isCount(b.Type) {
		return true
	}
	if a.Type != b.Type {
		return false
	}
	switch a.Type {
	case "oneof":
		return a.Name == b.Name || slices.ContainsFunc(a.Arguments, func(choice Argument) bool {
			return slices.ContainsFunc(b.Arguments, func(other Argument) bool { return sameArgument(choice, other) })
		})
	case "block":
		return a.Name == b.Name || sameArgument(a.Arguments[0], b.Arguments[0])
	case "key", "pattern":
		return reflect.DeepEqual(a.KeySpec, b.KeySpec)
	default:
		return true
	}
}

// hasChoice tells whether one server's whole argument is another server's choice among several, as SCHEDULE is in
// BGSAVE [SCHEDULE | CANCEL]. Without a token only the name can tell.
func hasChoice(oneof, single Argument) bool {
	return oneof.Token == "" && !single.Multiple && slices.ContainsFunc(oneof.Arguments, func(choice Argument) bool {
		return choice.Type == single.Type && sameArgument(choice, single) && (choice.Token != "" || choice.Name == single.Name)
	})
}

func isCount(typ string) bool { return typ == "integer" || typ == "unix-time" }

// mergeNode merges one server's node into a merged one. The later server gives the label.
func mergeNode(merged, next Argument) Argument {
	if merged.Type == "oneof" && next.Type != "oneof" {
		next = asChoice(next, merged.Name)
	}
	if next.Type == "oneof" && merged.Type != "oneof" {
		merged = asChoice(merged, next.Name)
	}
	traits := map[string]ArgumentDiff{}
	for _, node := range []Argument{merged, next} {
		for _, server := range node.Servers {
			traits[server] = traitsOn(node, server)
		}
	}
	out := next
	out.Servers = append(slices.Clone(merged.Servers), next.Servers...)
	out.Since = joinVersions(merged.Since, next.Since)
	out.Deprecated = joinVersions(merged.Deprecated, next.Deprecated)
	if merged.Type == "unix-time" { // tells more than "integer"
		out.Type = "unix-time"
	}
	out.Differs = argumentDiffs(out, traits)
	out.Arguments = mergeTree(merged.Arguments, next.Arguments)
	return out
}

// asChoice puts an argument into a choice of its own.
func asChoice(node Argument, name string) Argument {
	oneof := Argument{Name: name, Type: "oneof", Optional: node.Optional, Servers: node.Servers, Arguments: []Argument{node}}
	oneof.Arguments[0].Optional = false
	return oneof
}

func joinVersions(a, b map[string]string) map[string]string {
	var joined map[string]string
	for _, versions := range []map[string]string{a, b} {
		for project, version := range versions {
			joined = withVersion(joined, project, version)
		}
	}
	return joined
}

// traitsOn gives the three traits that a node may have differently on each server, all of them set.
func traitsOn(node Argument, server string) ArgumentDiff {
	for _, d := range node.Differs {
		if slices.Contains(d.Servers, server) {
			node = d.apply(node)
		}
	}
	return ArgumentDiff{Type: &node.Type, Optional: &node.Optional, Multiple: &node.Multiple}
}

// argumentDiffs lists what differs from the node, servers with the same differences together.
func argumentDiffs(node Argument, traits map[string]ArgumentDiff) []ArgumentDiff {
	var diffs []ArgumentDiff
next:
	for _, server := range node.Servers {
		t := traits[server]
		d := ArgumentDiff{
			Type:     unless(node.Type == *t.Type, *t.Type),
			Optional: unless(node.Optional == *t.Optional, *t.Optional),
			Multiple: unless(node.Multiple == *t.Multiple, *t.Multiple),
		}
		if reflect.DeepEqual(d, ArgumentDiff{}) {
			continue
		}
		for i := range diffs {
			d.Servers = diffs[i].Servers
			if reflect.DeepEqual(d, diffs[i]) {
				diffs[i].Servers = append(diffs[i].Servers, server)
				continue next
			}
		}
		d.Servers = []string{server}
		diffs = append(diffs, d)
	}
	return diffs
}

// wireSyntax writes a tree as a syntax line of everything that matters on the wire: no labels, no versions.
func wireSyntax(nodes []Argument) string {
	var b strings.Builder
	for i, node := range nodes {
		if i > 0 {
			b.WriteByte(' ')
		}
		line := node.Type
		switch node.Type {
		case "oneof":
			var choices []string
			for _, choice := range node.Arguments {
				choices = append(choices, wireSyntax([]Argument{choice}))
			}
			line = "(" + strings.Join(choices, " | ") + ")"
		case "block":
			line = "{" + wireSyntax(node.Arguments) + "}"
		case "pure-token":
			line = "word"
		}
		if node.KeySpec != nil {
			line += fmt.Sprintf("#%d", *node.KeySpec)
		}
		if node.Token != "" {
			line = node.Token + "=" + line
		}
		if node.Multiple {
			line += "..."
		}
		if node.MultipleToken {
			line += "each"
		}
		if node.Optional {
			line = "[" + line + "]"
		}
		b.WriteString(line)
	}
	return b.String()
}
