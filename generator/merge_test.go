package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func docOf(t *testing.T, text string) serverDoc {
	t.Helper()
	var doc serverDoc
	if err := decodeStrict([]byte(text), &doc); err != nil {
		t.Fatalf("decoding facts: %v", err)
	}
	return doc
}

// twoTrees merges a command X with these argument lists of redis-7.0 and valkey-9.1.
func twoTrees(t *testing.T, redis, valkey string) *Command {
	t.Helper()
	docs := map[string]serverDoc{
		"redis-7.0":  docOf(t, `{"X":{"arity":-1,"group":"generic","arguments":`+redis+`}}`),
		"valkey-9.1": docOf(t, `{"X":{"arity":-1,"group":"generic","arguments":`+valkey+`}}`),
	}
	spec := mergeServers(docs)
	if err := checkMerge(spec, docs); err != nil {
		t.Fatalf("checkMerge: %v", err)
	}
	return spec.Lookup("X")
}

// withServers writes a tree as wireSyntax does, with the servers and exceptions of each top node and choice.
func withServers(nodes []Argument) string {
	var parts []string
	for _, node := range nodes {
		part := wireSyntax([]Argument{node})
		if node.Type == "oneof" {
			part = "(" + withServers(node.Arguments) + ")"
		}
		if len(node.Servers) > 0 {
			part += "@" + strings.Join(node.Servers, ",")
		}
		for _, d := range node.Differs {
			part += "!" + strings.Join(d.Servers, ",")
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, " ")
}

func TestTreesOfSeveralServersBecomeOne(t *testing.T) {
	for _, tc := range []struct{ name, redis, valkey, want string }{
		{
			"a label alone makes no difference",
			`[{"name":"offset_count","type":"integer","token":"LIMIT"}]`,
			`[{"name":"limit","type":"integer","token":"LIMIT"}]`,
			"LIMIT=integer",
		}, {
			"a choice that one server has more",
			`[{"name":"condition","type":"oneof","arguments":[{"name":"nx","type":"pure-token","token":"NX"},{"name":"xx","type":"pure-token","token":"XX"}]}]`,
			`[{"name":"condition","type":"oneof","arguments":[{"name":"nx","type":"pure-token","token":"NX"},{"name":"ifeq","type":"string","token":"IFEQ"},{"name":"xx","type":"pure-token","token":"XX"}]}]`,
			"(NX=word IFEQ=string@valkey-9.1 XX=word)",
		}, {
			"an argument that one server takes and the other offers among others",
			`[{"name":"schedule","type":"pure-token","token":"SCHEDULE","optional":true}]`,
			`[{"name":"operation","type":"oneof","optional":true,"arguments":[{"name":"schedule","type":"pure-token","token":"SCHEDULE"},{"name":"cancel","type":"pure-token","token":"CANCEL"}]}]`,
			"(SCHEDULE=word CANCEL=word@valkey-9.1)",
		}, {
			"the same the other way round",
			`[{"name":"node","type":"oneof","arguments":[{"name":"node-id","type":"string"},{"name":"none","type":"pure-token","token":"NONE"}]}]`,
			`[{"name":"node-id","type":"string"}]`,
			"(string NONE=word@redis-7.0)",
		}, {
			"optional on one server",
			`[{"name":"member","type":"string"}]`,
			`[{"name":"member","type":"string","optional":true}]`,
			"[string]!redis-7.0",
		}, {
			"repeatable on one server",
			`[{"name":"id","type":"integer","token":"ID","multiple":true}]`,
			`[{"name":"id","type":"integer","token":"ID"}]`,
			"ID=integer!redis-7.0",
		}, {
			"a time is an integer that says more",
			`[{"name":"at","type":"unix-time"}]`,
			`[{"name":"at","type":"integer"}]`,
			"unix-time!valkey-9.1",
		}, {
			"a block around one argument is that argument",
			`[{"name":"id","type":"block","token":"ID","optional":true,"arguments":[{"name":"id","type":"integer","multiple":true}]}]`,
			`[{"name":"id","type":"integer","token":"ID","optional":true,"multiple":true}]`,
			"[ID=integer...]",
		}, {
			"two ways to tell that cannot be told apart by kind stay side by side",
			`[{"name":"operation","type":"string"},{"name":"key","type":"key","key_spec_index":0}]`,
			`[{"name":"operation","type":"oneof","arguments":[{"name":"and","type":"pure-token","token":"AND"},{"name":"or","type":"pure-token","token":"OR"}]},{"name":"key","type":"key","key_spec_index":0}]`,
			"string@redis-7.0 (AND=word OR=word)@valkey-9.1 key#0",
		}, {
			"both orders are kept",
			`[{"name":"a","type":"pure-token","token":"A"},{"name":"b","type":"pure-token","token":"B"},{"name":"c","type":"pure-token","token":"C"}]`,
			`[{"name":"b","type":"pure-token","token":"B"},{"name":"x","type":"pure-token","token":"X"},{"name":"c","type":"pure-token","token":"C"},{"name":"a","type":"pure-token","token":"A"}]`,
			"A=word@redis-7.0 B=word X=word@valkey-9.1 C=word A=word@valkey-9.1",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := withServers(twoTrees(t, tc.redis, tc.valkey).Arguments); got != tc.want {
				t.Errorf("merged tree = %s; want %s", got, tc.want)
			}
		})
	}
}

func TestArgumentsOnOneServerCarryNoServers(t *testing.T) {
	c := twoTrees(t,
		`[{"name":"member","type":"string"},{"name":"old","type":"pure-token","token":"OLD"}]`,
		`[{"name":"member","type":"string","optional":true}]`)
	if got, want := withServers(c.ArgumentsOn("redis-7.0")), "string OLD=word"; got != want {
		t.Errorf("ArgumentsOn(redis-7.0) = %s; want %s", got, want)
	}
	if got, want := withServers(c.ArgumentsOn("valkey-9.1")), "[string]"; got != want {
		t.Errorf("ArgumentsOn(valkey-9.1) = %s; want %s", got, want)
	}
	if got, want := withServers(c.ArgumentsOn("valkey-9.1", "redis-7.0")), "[string]!redis-7.0 OLD=word@redis-7.0"; got != want {
		t.Errorf("ArgumentsOn(both) = %s; want %s", got, want)
	}
	if got := c.ArgumentsOn("redis-6.2"); len(got) != 0 {
		t.Errorf("ArgumentsOn(a server without the command) = %v; want nothing", got)
	}
}

func TestFactsOfTheLastServerStandFirst(t *testing.T) {
	docs := map[string]serverDoc{
		"redis-7.0":   docOf(t, `{"X":{"arity":3,"group":"list","since":"1.0.0","command_flags":["write","noscript"],"hints":["a"],"deprecated_since":"6.2.0","replaced_by":"`+"`Y` with the `LEFT` argument, or `X SUB <n>`"+`"}}`),
		"redis-10.0":  docOf(t, `{"X":{"arity":3,"group":"list","since":"1.0.0","command_flags":["write","noscript"],"deprecated_since":"6.2.0"}, "X SUB":{"arity":2,"group":"list","since":"10.0.0"}}`),
		"redis-8.0":   docOf(t, `{"X":{"arity":3,"group":"list","since":"1.0.0","command_flags":["noscript","write"]}}`),
		"valkey-8.1":  docOf(t, `{"X":{"arity":-3,"group":"list","since":"9.0.0","command_flags":["write"],"deprecated_since":"8.0.0"}}`),
		"valkey-9.1":  docOf(t, `{"X":{"arity":-3,"group":"list","since":"9.0.0","command_flags":["write"]}, "Y":{"arity":1,"group":"list","since":"9.0.0"}}`),
		"valkey-10.1": docOf(t, `{"X":{"arity":-3,"group":"list","since":"9.0.0","command_flags":["write"]}}`),
	}
	spec := mergeServers(docs)
	if err := checkMerge(spec, docs); err != nil {
		t.Fatalf("checkMerge: %v", err)
	}
	var names []string
	for _, s := range spec.Servers {
		names = append(names, s.Name)
	}
	if want := []string{"redis-7.0", "redis-8.0", "redis-10.0", "valkey-8.1", "valkey-9.1", "valkey-10.1"}; !slices.Equal(names, want) {
		t.Errorf("servers = %v; want %v", names, want)
	}
	if got, want := spec.Newest(), []string{"redis-10.0", "valkey-10.1"}; !slices.Equal(got, want) {
		t.Errorf("Newest = %v; want %v", got, want)
	}
	x := spec.Lookup("X")
	if want := map[string]string{"redis": "1.0.0", "valkey": "9.0.0"}; !maps.Equal(x.Since, want) {
		t.Errorf("Since = %v; want %v", x.Since, want)
	}
	if want := map[string]string{"redis": "6.2.0"}; !maps.Equal(x.Deprecated, want) {
		t.Errorf("Deprecated = %v; want %v", x.Deprecated, want)
	}
	if want := []string{"Y", "X SUB"}; !slices.Equal(x.ReplacedBy, want) {
		t.Errorf("ReplacedBy = %v; want %v", x.ReplacedBy, want)
	}
	if x.Arity != -3 || x.FactsOn("redis-8.0").Arity != 3 {
		t.Errorf("Arity = %d, on redis-8.0 %d; want -3, 3", x.Arity, x.FactsOn("redis-8.0").Arity)
	}
	if len(x.Differs) != 2 || !slices.Equal(x.Differs[1].Servers, []string{"redis-8.0", "redis-10.0"}) {
		t.Errorf("Differs = %+v; want one entry for redis-7.0 and one for redis-8.0 with redis-10.0", x.Differs)
	}
	if x.Callable() || !slices.Equal(x.Subcommands, []string{"SUB"}) {
		t.Errorf("X: Callable = %v, Subcommands = %v; want a container of SUB", x.Callable(), x.Subcommands)
	}
	if sub := spec.Lookup("X SUB"); sub.Container != "X" || sub.Subcommand != "SUB" || !sub.Callable() {
		t.Errorf("X SUB = %+v; want subcommand SUB of X", sub)
	}
}

func TestCheckMergeFindsALostFact(t *testing.T) {
	const facts = `{"X":{"arity":2,"group":"list","command_flags":["write"],"arguments":[{"name":"a","type":"string"},{"name":"b","type":"string","optional":true}]}}`
	for name, lose := range map[string]func(*Spec){
		"an argument": func(s *Spec) { s.Commands[0].Arguments = s.Commands[0].Arguments[:1] },
		"a trait":     func(s *Spec) { s.Commands[0].Arguments[1].Optional = false },
		"a flag":      func(s *Spec) { s.Commands[0].Flags = nil },
		"a server":    func(s *Spec) { s.Commands[0].Servers = nil },
	} {
		docs := map[string]serverDoc{"redis-8.0": docOf(t, facts)}
		spec := mergeServers(docs)
		if err := checkMerge(spec, docs); err != nil {
			t.Fatalf("checkMerge before losing %s: %v", name, err)
		}
		lose(spec)
		if err := checkMerge(spec, docs); err == nil {
			t.Errorf("checkMerge after losing %s = nil; want an error", name)
		}
	}
}

func TestRunMergeWritesTheSameBytesEveryTime(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	a := write("a", `{"GET":{"arity":2,"group":"string","since":"1.0.0"},"SET":{"arity":-3,"group":"string","since":"1.0.0"}}`)
	b := write("b", `{"GET":{"arity":2,"group":"string","since":"1.0.0","reply_schema":{"type":"string","minLength":0}}}`)
	replies := write("replies", `{"GET":{"resp2":{"null-bulk":"k","bulk":"k"},"resp3":{"null":"k"},"errors":["WRONGTYPE"]}}`)
	var outs [2][]byte
	for i, from := range [][]string{{"--from", "redis-8.0=" + a, "--from", "valkey-9.1=" + b}, {"--from", "valkey-9.1=" + b, "--from", "redis-8.0=" + a}} {
		out := filepath.Join(dir, "out.json")
		if err := runMerge(append(from, "--replies", replies, "--out", out)); err != nil {
			t.Fatalf("runMerge: %v", err)
		}
		outs[i], _ = os.ReadFile(out)
		spec, err := LoadSpec(out)
		if err != nil {
			t.Fatalf("LoadSpec: %v", err)
		}
		get := spec.Lookup("GET")
		if want := []string{"bulk", "null-bulk"}; !slices.Equal(get.Reply.RESP2, want) {
			t.Errorf("RESP2 = %v; want %v", get.Reply.RESP2, want)
		}
		if want := `{"minLength":0,"type":"string"}`; string(get.Reply.Schema) != want {
			t.Errorf("Schema = %s; want %s", get.Reply.Schema, want)
		}
	}
	if !bytes.Equal(outs[0], outs[1]) {
		t.Errorf("the order of --from changes the file:\n%s\n%s", outs[0], outs[1])
	}
}

func TestRunMergeRefusesBadInput(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "facts")
	unknown := filepath.Join(dir, "unknown")
	for path, text := range map[string]string{file: `{}`, unknown: `{"GET":{"arity":2,"colour":"red"}}`} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, tc := range []struct {
		want string
		args []string
	}{
		{"no server given", nil},
		{"want NAME=FILE", []string{"--from", file}},
		{"want project-version", []string{"--from", "redis=" + file}},
		{"not made of numbers", []string{"--from", "redis-8.x=" + file}},
		{"given twice", []string{"--from", "redis-8.0=" + file, "--from", "redis-8.0=" + file}},
		{"colour", []string{"--from", "redis-8.0=" + unknown}},
		{"no such file", []string{"--from", "redis-8.0=" + filepath.Join(dir, "none")}},
		{"unexpected argument", []string{"--from", "redis-8.0=" + file, "more"}},
	} {
		if err := runMerge(append([]string{"--out", filepath.Join(dir, "out")}, tc.args...)); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("runMerge(%q) = %v; want an error with %q", tc.args, err, tc.want)
		}
	}
}

const commandsJSON = "../spec/commands.json"

func TestCommandsJSONIsAsTheWriterWritesIt(t *testing.T) {
	spec, err := LoadSpec(commandsJSON)
	if err != nil {
		t.Fatal(err)
	}
	have, err := os.ReadFile(commandsJSON)
	if err != nil {
		t.Fatal(err)
	}
	again := filepath.Join(t.TempDir(), "again.json")
	if err := writeSpec(again, spec); err != nil {
		t.Fatal(err)
	}
	if written, _ := os.ReadFile(again); !bytes.Equal(have, written) {
		t.Errorf("%s was edited by hand: it is not as merge writes it", commandsJSON)
	}
}

func TestCommandsJSONIsComplete(t *testing.T) {
	spec, err := LoadSpec(commandsJSON)
	if err != nil {
		t.Fatal(err)
	}
	perServer := map[string]int{}
	callable := 0
	for i := range spec.Commands {
		c := &spec.Commands[i]
		for _, server := range c.Servers {
			perServer[server]++
			if arguments := c.ArgumentsOn(server); strings.Contains(withServers(arguments), "@") {
				t.Errorf("%s on %s: %s still names servers", c.Name, server, withServers(arguments))
			}
		}
		if c.Callable() {
			callable++
		}
		if len(c.Servers) == 0 || c.Arity == 0 || c.Group == "" {
			t.Errorf("%s: servers %v, arity %d, group %q; want all three", c.Name, c.Servers, c.Arity, c.Group)
		}
		if c.Container != "" && spec.Lookup(c.Container) == nil {
			t.Errorf("%s: its container is missing", c.Name)
		}
	}
	for server, atLeast := range map[string]int{"redis-7.0": 366, "redis-8.0": 394, "valkey-8.1": 379, "valkey-9.1": 399} {
		if perServer[server] < atLeast {
			t.Errorf("%s has %d commands; want at least %d", server, perServer[server], atLeast)
		}
	}
	if len(spec.Commands) < 411 || callable < 395 {
		t.Errorf("%d commands, %d callable; want at least 411 and 395", len(spec.Commands), callable)
	}
}

// The words of the servers' authors stay out: what is left are names, tokens, O() terms and versions.
func TestCommandsJSONHoldsNoProse(t *testing.T) {
	raw, err := os.ReadFile(commandsJSON)
	if err != nil {
		t.Fatal(err)
	}
	var value any
	if err := json.Unmarshal(raw, &value); err != nil {
		t.Fatal(err)
	}
	fact := regexp.MustCompile(`^(O\([^a-z]*(log[^a-z]*)*\)|[^ ]+|[A-Z-]+ [A-Z-]+)$`)
	var walk func(path string, value any)
	walk = func(path string, value any) {
		switch value := value.(type) {
		case map[string]any:
			for key, inner := range value {
				if key != "schema" { // its constants are words of the protocol
					walk(path+"/"+key, inner)
				}
				if slices.Contains([]string{"summary", "description", "notes", "history"}, key) {
					t.Errorf("%s/%s: prose has no place in the spec", path, key)
				}
			}
		case []any:
			for _, inner := range value {
				walk(path, inner)
			}
		case string:
			if !fact.MatchString(value) {
				t.Errorf("%s: %q reads like prose", path, value)
			}
		}
	}
	walk("", value)
}
