package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// runMerge is the command "merge": it reads facts files, merges them and writes the spec.
//
//	--from NAME=FILE   facts of one server, once for each; NAME is project-version, as redis-8.0
//	--replies FILE     observed reply shapes (optional)
//	--out FILE         the spec to write
func runMerge(args []string) error {
	docs := map[string]serverDoc{}
	flags := flag.NewFlagSet("merge", flag.ContinueOnError)
	flags.Func("from", "`NAME=FILE`: the facts of one server, as redis-8.0=facts.json; once for each server", func(v string) error {
		name, file, ok := strings.Cut(v, "=")
		if !ok {
			return errors.New("want NAME=FILE")
		}
		if _, twice := docs[name]; twice {
			return fmt.Errorf("server %s is given twice", name)
		}
		if _, err := parseServer(name); err != nil {
			return err
		}
		doc, err := readServerFile(file)
		if err != nil {
			return err
		}
		docs[name] = doc
		return nil
	})
	repliesFile := flags.String("replies", "", "`FILE` with observed reply shapes")
	out := flags.String("out", "spec/commands.json", "`FILE` to write")
	flags.SetOutput(io.Discard) // the caller prints the error that Parse returns
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		flags.SetOutput(os.Stderr)
		flags.PrintDefaults()
		return nil
	case err != nil:
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if len(docs) == 0 {
		return errors.New("no server given: use --from NAME=FILE")
	}
	spec := mergeServers(docs)
	if err := checkMerge(spec, docs); err != nil {
		return err
	}
	if *repliesFile != "" {
		replies, err := readReplies(*repliesFile)
		if err != nil {
			return err
		}
		if err := addReplies(spec, replies); err != nil {
			return fmt.Errorf("%s: %w", *repliesFile, err)
		}
	}
	return writeSpec(*out, spec)
}

// parseServer splits "redis-8.0" into project and version.
func parseServer(name string) (Server, error) {
	project, version, ok := strings.Cut(name, "-")
	if !ok || project == "" || version == "" {
		return Server{}, fmt.Errorf("server name %q: want project-version, as redis-8.0", name)
	}
	for part := range strings.SplitSeq(version, ".") {
		if _, err := strconv.ParseUint(part, 10, 16); err != nil {
			return Server{}, fmt.Errorf("server name %q: version %q is not made of numbers and dots", name, version)
		}
	}
	return Server{Name: name, Project: project, Version: version}, nil
}

func compareServers(a, b Server) int {
	return cmp.Or(strings.Compare(a.Project, b.Project), compareVersions(a.Version, b.Version))
}

func compareVersions(a, b string) int {
	number := func(version string) []int {
		var out []int
		for part := range strings.SplitSeq(version, ".") {
			n, _ := strconv.Atoi(part) // parseServer has checked it
			out = append(out, n)
		}
		return out
	}
	return slices.Compare(number(a), number(b))
}

// mergeServers makes one spec of the facts of several servers. Server names must be as parseServer wants them.
func mergeServers(docs map[string]serverDoc) *Spec {
	spec := new(Spec)
	names := map[string]bool{}
	for name, doc := range docs {
		server, err := parseServer(name)
		if err != nil {
			panic(err)
		}
		spec.Servers = append(spec.Servers, server)
		for command := range doc {
			names[command] = true
		}
	}
	slices.SortFunc(spec.Servers, compareServers)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		spec.Commands = append(spec.Commands, mergeCommand(name, spec.Servers, docs))
	}
	for i := range spec.Commands {
		c := &spec.Commands[i]
		container, sub, ok := strings.Cut(c.Name, " ")
		if !ok {
			continue
		}
		c.Container, c.Subcommand = container, sub
		if parent := spec.Lookup(container); parent != nil {
			parent.Subcommands = append(parent.Subcommands, sub)
		}
	}
	for i := range spec.Commands {
		c := &spec.Commands[i]
		for _, server := range spec.Servers {
			if said := docs[server.Name][c.Name].ReplacedBy; said != "" && len(c.Deprecated) > 0 {
				c.ReplacedBy = commandsNamedIn(said, spec)
			}
		}
	}
	return spec
}

func mergeCommand(name string, servers []Server, docs map[string]serverDoc) Command {
	c := Command{Name: name}
	facts := map[string]Facts{}
	var tree []Argument
	for _, server := range servers {
		doc, ok := docs[server.Name][name]
		if !ok {
			continue
		}
		c.Servers = append(c.Servers, server.Name)
		facts[server.Name] = factsOf(doc)
		tree = mergeTree(tree, treeOf(doc.Arguments, server))
		c.Group = doc.Group
		c.Module = cmp.Or(doc.Module, c.Module)
		c.Since = withVersion(c.Since, server.Project, doc.Since)
		// A newer server of the same project may have taken a deprecation back.
		delete(c.Deprecated, server.Project)
		c.Deprecated = withVersion(c.Deprecated, server.Project, doc.DeprecatedSince)
		if len(doc.ReplySchema) > 0 {
			c.Reply = &Reply{Schema: sortedKeys(doc.ReplySchema)}
		}
	}
	c.Facts = facts[c.Servers[len(c.Servers)-1]]
	c.Differs = factsDiffs(c.Facts, c.Servers, facts)
	c.Arguments = relativeServers(tree, c.Servers)
	return c
}

func withVersion(versions map[string]string, project, version string) map[string]string {
	if version == "" {
		return versions
	}
	if versions == nil {
		versions = map[string]string{}
	}
	versions[project] = version
	return versions
}

func factsOf(doc commandDoc) Facts {
	f := Facts{
		Arity:      doc.Arity,
		Flags:      sorted(doc.CommandFlags),
		ACL:        sorted(doc.ACLCategories),
		Tips:       doc.Hints,
		Complexity: doc.Complexity,
	}
	for _, flag := range sorted(doc.DocFlags) {
		if flag != "deprecated" { // Command.Deprecated tells since when
			f.DocFlags = append(f.DocFlags, flag)
		}
	}
	for _, ks := range doc.KeySpecs {
		f.KeySpecs = append(f.KeySpecs, keySpecOf(ks))
	}
	return f
}

func sorted(words []string) []string {
	words = slices.Clone(words)
	slices.Sort(words)
	return words
}

func keySpecOf(doc keySpecDoc) KeySpec {
	ks := KeySpec{
		Begin: BeginSearch{
			Type:    doc.BeginSearch.Type,
			Index:   doc.BeginSearch.Spec.Index,
			Keyword: doc.BeginSearch.Spec.Keyword,
			From:    doc.BeginSearch.Spec.StartFrom,
		},
		Find: FindKeys{
			Type:     doc.FindKeys.Type,
			LastKey:  doc.FindKeys.Spec.LastKey,
			Limit:    doc.FindKeys.Spec.Limit,
			KeyNum:   doc.FindKeys.Spec.KeyNumIdx,
			FirstKey: doc.FindKeys.Spec.FirstKey,
			Step:     doc.FindKeys.Spec.KeyStep,
		},
	}
	for _, flag := range []struct {
		name string
		set  bool
	}{
		{"OW", doc.OW}, {"RM", doc.RM}, {"RO", doc.RO}, {"RW", doc.RW},
		{"access", doc.Access}, {"delete", doc.Delete}, {"incomplete", doc.Incomplete}, {"insert", doc.Insert},
		{"not_key", doc.NotKey}, {"update", doc.Update}, {"variable_flags", doc.VariableFlags},
	} {
		if flag.set {
			ks.Flags = append(ks.Flags, flag.name)
		}
	}
	return ks
}

// factsDiffs lists what differs from base, servers with the same differences together, in the order of servers.
func factsDiffs(base Facts, servers []string, facts map[string]Facts) []FactsDiff {
	var diffs []FactsDiff
next:
	for _, server := range servers {
		f := facts[server]
		d := FactsDiff{
			Arity:      unless(base.Arity == f.Arity, f.Arity),
			Flags:      unless(slices.Equal(base.Flags, f.Flags), emptyNotNil(f.Flags)),
			DocFlags:   unless(slices.Equal(base.DocFlags, f.DocFlags), emptyNotNil(f.DocFlags)),
			ACL:        unless(slices.Equal(base.ACL, f.ACL), emptyNotNil(f.ACL)),
			Tips:       unless(slices.Equal(base.Tips, f.Tips), emptyNotNil(f.Tips)),
			Complexity: unless(base.Complexity == f.Complexity, f.Complexity),
			KeySpecs:   unless(reflect.DeepEqual(base.KeySpecs, f.KeySpecs), emptyNotNil(f.KeySpecs)),
		}
		if reflect.DeepEqual(d, FactsDiff{}) {
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

func unless[T any](same bool, v T) *T {
	if same {
		return nil
	}
	return &v
}

// sortedKeys writes JSON again with the keys of every object in order.
func sortedKeys(raw json.RawMessage) json.RawMessage {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var value any
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if dec.Decode(&value) != nil || enc.Encode(value) != nil {
		return raw // cannot happen to what was read as JSON
	}
	return bytes.TrimSpace(out.Bytes())
}

// emptyNotNil keeps an empty list an empty list in JSON: null would read as "no difference".
func emptyNotNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// commandsNamedIn finds the commands that a sentence names in backticks, the longest name first that is a command.
func commandsNamedIn(sentence string, spec *Spec) []string {
	var found []string
	for i, quoted := range strings.Split(sentence, "`") {
		if i%2 == 0 {
			continue
		}
		for words := strings.Fields(quoted); len(words) > 0; words = words[:len(words)-1] {
			if name := strings.Join(words, " "); spec.Lookup(name) != nil {
				found = append(found, name)
				break
			}
		}
	}
	return found
}

// addReplies adds the reply shapes that were observed.
func addReplies(spec *Spec, replies map[string]observedReply) error {
	for _, name := range slices.Sorted(maps.Keys(replies)) {
		seen := replies[name]
		c := spec.Lookup(name)
		if c == nil {
			return fmt.Errorf("replies of %s, which no server has", name)
		}
		if len(seen.RESP2)+len(seen.RESP3) == 0 {
			continue
		}
		if c.Reply == nil {
			c.Reply = new(Reply)
		}
		c.Reply.RESP2 = slices.Sorted(maps.Keys(seen.RESP2))
		c.Reply.RESP3 = slices.Sorted(maps.Keys(seen.RESP3))
	}
	return nil
}

// checkMerge proves that nothing was lost: each server's facts can be read back from the spec. Labels, versions and
// blocks around a single argument are not compared: they do not change what goes over the wire.
func checkMerge(spec *Spec, docs map[string]serverDoc) error {
	for _, server := range spec.Servers {
		for i := range spec.Commands {
			c := &spec.Commands[i]
			doc, has := docs[server.Name][c.Name]
			if has != slices.Contains(c.Servers, server.Name) {
				return fmt.Errorf("%s on %s: in the facts %v, in the spec %v", c.Name, server.Name, has, !has)
			}
			if !has {
				continue
			}
			if got, want := c.FactsOn(server.Name), factsOf(doc); !reflect.DeepEqual(clean(got), clean(want)) {
				return fmt.Errorf("%s on %s: the spec has %+v; the server says %+v", c.Name, server.Name, got, want)
			}
			got, want := wireSyntax(c.ArgumentsOn(server.Name)), wireSyntax(treeOf(doc.Arguments, server))
			if got != want {
				return fmt.Errorf("%s on %s: the spec has %s; the server says %s", c.Name, server.Name, got, want)
			}
		}
	}
	return nil
}

// clean makes empty lists nil, so that facts can be compared.
func clean(f Facts) Facts {
	for _, list := range []*[]string{&f.Flags, &f.DocFlags, &f.ACL, &f.Tips} {
		if len(*list) == 0 {
			*list = nil
		}
	}
	if len(f.KeySpecs) == 0 {
		f.KeySpecs = nil
	}
	return f
}
