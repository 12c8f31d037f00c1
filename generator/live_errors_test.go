package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/futureio/futureio-go/internal/redistest"
)

// What the server of these tests tells as long as a test does not say something else, as JSON.
const (
	toldHello = `{"server":"redis","version":"7.0.15","proto":3}`
	toldDocs  = `{"x":{"summary":"s","group":"generic","arguments":[ARG],"subcommands":{"x|a":{"group":"generic"}}}}`
	toldArg   = `{"name":"k","type":"key","key_spec_index":0,"flags":["optional","multiple"],"display_text":"k"}`
	toldInfo  = `[["x",-2,["write"],1,1,1,["@slow"],["tip"],[SPEC],[["x|a",3,[],0,0,0,[],[],[],[]]]]]`
	toldSpec  = `{"notes":"n","flags":["RO","access"],"begin_search":BEGIN,"find_keys":FIND}`
	toldBegin = `{"type":"index","spec":{"index":1}}`
	toldFind  = `{"type":"range","spec":{"lastkey":0,"keystep":1,"limit":0}}`
)

// tells starts a server that answers as told; answers has the exceptions by request.
func tells(t *testing.T, answers map[string]string) (addr string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := redistest.NewFakeOn(t, ln)
	all := map[string]string{"HELLO": toldHello, "COMMAND DOCS": toldDocs, "COMMAND": toldInfo}
	maps.Copy(all, answers)
	parts := strings.NewReplacer("ARG", toldArg, "SPEC",
		strings.NewReplacer("BEGIN", toldBegin, "FIND", toldFind).Replace(toldSpec))
	for request, answer := range all {
		raw := answer
		if strings.HasPrefix(answer, "{") || strings.HasPrefix(answer, "[") {
			raw = wireOf(t, parts.Replace(answer))
		}
		srv.Handle(request, redistest.Always(raw))
	}
	return srv.Addr()
}

// wireOf writes JSON as RESP3.
func wireOf(t *testing.T, text string) string {
	t.Helper()
	var value any
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	if err := dec.Decode(&value); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	var out bytes.Buffer
	var write func(v any)
	write = func(v any) {
		switch v := v.(type) {
		case string:
			fmt.Fprintf(&out, "$%d\r\n%s\r\n", len(v), v)
		case json.Number:
			fmt.Fprintf(&out, ":%s\r\n", v)
		case []any:
			fmt.Fprintf(&out, "*%d\r\n", len(v))
			for _, element := range v {
				write(element)
			}
		case map[string]any:
			fmt.Fprintf(&out, "%%%d\r\n", len(v))
			for _, key := range slices.Sorted(maps.Keys(v)) {
				write(key)
				write(v[key])
			}
		case nil:
			out.WriteString("_\r\n")
		default:
			t.Fatalf("%T has no place in these tests", v)
		}
	}
	write(value)
	return out.String()
}

func TestWhatAServerTellsBecomesFacts(t *testing.T) {
	doc, err := readServer(t.Context(), "redis-7.0", tells(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	var spec keySpecDoc
	spec.RO, spec.Access = true, true
	spec.BeginSearch.Type, spec.BeginSearch.Spec.Index = "index", 1
	spec.FindKeys.Type, spec.FindKeys.Spec.KeyStep = "range", 1
	zero := 0
	want := serverDoc{
		"X": {
			Group: "generic", Arity: -2, CommandFlags: []string{"write"}, ACLCategories: []string{"@slow"},
			Hints: []string{"tip"}, KeySpecs: []keySpecDoc{spec},
			Arguments: []argumentDoc{{Name: "k", Type: "key", KeySpecIndex: &zero, Optional: true, Multiple: true}},
		},
		"X A": {Group: "generic", Arity: 3},
	}
	if !reflect.DeepEqual(doc, want) {
		t.Errorf("readServer = %+v; want %+v", doc, want)
	}
}

func TestAServerThatIsNotThereIsNamedWithWhatToDo(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ln.Close()
	for _, addr := range []string{ln.Addr().String(), filepath.Join(t.TempDir(), "socket"), "localhost"} {
		_, err := readServer(t.Context(), "redis-7.0", addr)
		for _, want := range []string{"redis-7.0 at " + addr + " cannot be reached", "start it there", "--servers DIR redis-7.0"} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("readServer(%s) = %v; want %q in it", addr, err, want)
			}
		}
	}
	_, err = readStarted(t.Context(), "redis-7.0", t.TempDir())
	if want := "internal/redistest/servers.sh redis-7.0 gets it"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("readStarted = %v; want %q in it", err, want)
	}
}

func TestAServerThatIsNotWhatItIsSaidToBeIsRefused(t *testing.T) {
	const http = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"
	for _, tc := range []struct {
		mistake, name, request, answer string
		want                           []string
	}{
		{"another project", "valkey-7.0", "", "", []string{"valkey-7.0 at ADDR is redis 7.0.15: give it that name"}},
		{"another version", "redis-8.0", "", "", []string{"redis-8.0 at ADDR is redis 7.0.15"}},
		{"a version that only begins alike", "redis-7.0.1", "", "", []string{"redis-7.0.1 at ADDR is redis 7.0.15"}},
		{"a name without a version", "redis", "", "", []string{`server name "redis": want project-version`}},
		{"a password", "redis-7.0", "HELLO", "-NOAUTH say who you are\r\n",
			[]string{"redis-7.0 at ADDR refuses HELLO 3: NOAUTH say who you are", "without a password"}},
		{"no COMMAND DOCS", "redis-7.0", "COMMAND DOCS", "-ERR unknown subcommand\r\n",
			[]string{"redis-7.0 at ADDR refuses COMMAND DOCS: ERR unknown subcommand"}},
		{"no COMMAND", "redis-7.0", "COMMAND", "-ERR unknown command\r\n", []string{"redis-7.0 at ADDR refuses COMMAND: ERR unknown"}},
		{"HTTP", "redis-7.0", "HELLO", http, []string{`redis-7.0 at ADDR: HELLO 3: not RESP3: a value starts with "H"`, "want a Redis or Valkey there"}},
		{"HTTP later", "redis-7.0", "COMMAND DOCS", http, []string{`redis-7.0 at ADDR: COMMAND DOCS: not RESP3: a value starts with "H"`}},
		{"another kind of HELLO", "redis-7.0", "HELLO", `["server","redis"]`, []string{"redis-7.0: HELLO 3: want a map, not a list"}},
		{"a HELLO without names", "redis-7.0", "HELLO", `{"proto":3}`, []string{"redis-7.0 at ADDR is  :"}},
		{"a version that is no string", "redis-7.0", "HELLO", `{"server":"redis","version":7}`,
			[]string{"redis-7.0: HELLO 3: version: want a string, not an integer"}},
	} {
		addr := tells(t, map[string]string{tc.request: tc.answer})
		doc, err := readServer(t.Context(), tc.name, addr)
		for _, want := range tc.want {
			want = strings.ReplaceAll(want, "ADDR", addr)
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: readServer = %v, %v; want %q in the error", tc.mistake, doc, err, want)
			}
		}
	}
}

func TestAServerThatTellsWhatNobodyKnowsIsRefusedWithCommandAndField(t *testing.T) {
	docs := func(x string) string { return `{"x":` + x + `,"y":{"group":"generic"}}` }
	arg := func(arg string) string { return docs(`{"group":"generic","arguments":[` + toldArg + `,` + arg + `]}`) }
	info := func(spec string) string { return strings.Replace(toldInfo, "SPEC", "SPEC,"+spec, 1) }
	key := func(begin, find string) string {
		return info(strings.NewReplacer("BEGIN", begin, "FIND", find).Replace(toldSpec))
	}
	for _, tc := range []struct{ mistake, docs, info, want string }{
		{"no map", `[]`, "", "COMMAND DOCS: want a map, not a list"},
		{"no command", docs(`"x"`), "", "COMMAND DOCS: X: want a map, not a string"},
		{"an unknown field", docs(`{"group":"generic","tier":"a"}`), "", `COMMAND DOCS: X: the field "tier" is not known`},
		{"no group", docs(`{"summary":"s"}`), "", "COMMAND DOCS: X: group: it is missing"},
		{"a group that is no string", docs(`{"group":null}`), "", "COMMAND DOCS: X: group: want a string, not null"},
		{"flags that are no list", docs(`{"group":"g","doc_flags":"deprecated"}`), "", "COMMAND DOCS: X: doc_flags: want a list, not a string"},
		{"a flag that is no string", docs(`{"group":"g","doc_flags":["a",1]}`), "", "COMMAND DOCS: X: doc_flags[1]: want a string, not an integer"},
		{"a subcommand twice", `{"x":{"group":"g","subcommands":{"x|a":{"group":"g"}}},"x|a":{"group":"g"}}`, "", "COMMAND DOCS: X A: it is there twice"},
		{"an unknown field of a subcommand", docs(`{"group":"g","subcommands":{"x|a":{"group":"g","tier":1}}}`), "", `COMMAND DOCS: X A: the field "tier" is not known`},
		{"an unknown field of an argument", arg(`{"name":"n","type":"string","unit":"ms"}`), "", `COMMAND DOCS: X: arguments[1]: the field "unit" is not known`},
		{"an unknown type", arg(`{"name":"n","type":"uuid"}`), "", `COMMAND DOCS: X: arguments[1].type: "uuid" is not known`},
		{"an unknown flag", arg(`{"name":"n","type":"string","flags":["sometimes"]}`), "", `COMMAND DOCS: X: arguments[1].flags: the flag "sometimes" is not known`},
		{"no name", arg(`{"type":"string"}`), "", "COMMAND DOCS: X: arguments[1].name: it is missing"},
		{"no type", arg(`{"name":"n"}`), "", "COMMAND DOCS: X: arguments[1].type: it is missing"},
		{"a choice of nothing", arg(`{"name":"n","type":"oneof"}`), "", "COMMAND DOCS: X: arguments[1].arguments: they are missing from a oneof"},
		{"a string of parts", arg(`{"name":"n","type":"string","arguments":[` + toldArg + `]}`), "", "COMMAND DOCS: X: arguments[1].arguments: a string has none"},
		{"an unknown type in a block", arg(`{"name":"n","type":"block","arguments":[{"name":"m","type":"uuid"}]}`), "",
			`COMMAND DOCS: X: arguments[1].arguments[0].type: "uuid" is not known`},
		{"COMMAND is no list", "", `{}`, "COMMAND: want a list, not a map"},
		{"a command is no list", "", `["x"]`, "COMMAND: want a list, not a string"},
		{"a command of seven", "", `[["x",1,[],0,0,0,[]]]`, "COMMAND: a command has 7 elements; want 10"},
		{"a command that has no docs", "", `[["z",1,[],0,0,0,[],[],[],[]]]`, "COMMAND: Z: it is there, and COMMAND DOCS does not tell of it"},
		{"a command that has only docs", "", `[]`, "COMMAND: X: it is missing, and COMMAND DOCS tells of it"},
		{"a command twice", "", `[["x",1,[],0,0,0,[],[],[],[]],["x",1,[],0,0,0,[],[],[],[]]]`, "COMMAND: X: it is there twice"},
		{"no arity", "", `[["x",0,[],0,0,0,[],[],[],[]]]`, "COMMAND: X: arity: it is 0"},
		{"an unknown field of a key spec", "", info(`{"tier":1}`), `COMMAND: X: key specs[1]: the field "tier" is not known`},
		{"an unknown flag of a key spec", "", info(`{"flags":["XX"]}`), `COMMAND: X: key specs[1].flags: the flag "XX" is not known`},
		{"half a key spec", "", info(`{"flags":[],"begin_search":` + toldBegin + `}`), "COMMAND: X: key specs[1]: want begin_search and find_keys"},
		{"an unknown begin", "", key(`{"type":"end","spec":{}}`, toldFind), `COMMAND: X: key specs[1].begin_search.type: "end" is not known`},
		{"an unknown find", "", key(toldBegin, `{"type":"all","spec":{}}`), `COMMAND: X: key specs[1].find_keys.type: "all" is not known`},
		{"a begin without a spec", "", key(`{"type":"index"}`, toldFind), "COMMAND: X: key specs[1].begin_search: want a type and a spec"},
		{"a begin with more", "", key(`{"type":"index","spec":{"index":1},"from":2}`, toldFind), `COMMAND: X: key specs[1].begin_search: the field "from" is not known`},
		{"a spec with more", "", key(`{"type":"index","spec":{"index":1,"limit":2}}`, toldFind),
			`COMMAND: X: key specs[1].begin_search.spec: the field "limit" of type index is not known`},
		{"a spec with less", "", key(toldBegin, `{"type":"range","spec":{"lastkey":0,"limit":0}}`), "COMMAND: X: key specs[1].find_keys.spec.keystep: it is missing"},
	} {
		answers := map[string]string{}
		if tc.docs != "" {
			answers["COMMAND DOCS"] = tc.docs
		}
		if tc.info != "" {
			answers["COMMAND"] = tc.info
		}
		doc, err := readServer(t.Context(), "redis-7.0", tells(t, answers))
		if err == nil || !strings.HasPrefix(err.Error(), "redis-7.0: "+tc.want) {
			t.Errorf("%s: readServer = %v, %v; want %q", tc.mistake, doc, err, tc.want)
		}
	}
}

func TestAServerThatNeverAnswersCanBeGivenUp(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	srv := redistest.NewFakeOn(t, ln)
	srv.Handle("HELLO", func(*redistest.Conn, []string) string {
		cancel()
		return ""
	})
	if doc, err := readServer(ctx, "redis-7.0", srv.Addr()); !errors.Is(err, context.Canceled) {
		t.Errorf("readServer = %v, %v; want %v", doc, err, context.Canceled)
	}
}

func TestAConnectionThatEndsIsNamed(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := redistest.NewFakeOn(t, ln)
	srv.Handle("HELLO", func(c *redistest.Conn, _ []string) string {
		c.Close()
		return ""
	})
	_, err = readServer(t.Context(), "redis-7.0", srv.Addr())
	if want := "redis-7.0 at " + srv.Addr() + ": HELLO 3: "; err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("readServer = %v; want %q", err, want)
	}
}

func TestTheCommandLineOfSpecIsChecked(t *testing.T) {
	addr := tells(t, nil)
	for _, tc := range []struct {
		args []string
		want string
	}{
		{nil, "no server given: use --from NAME=ADDR, or --servers DIR NAME…"},
		{[]string{"--servers", t.TempDir()}, "no server given"},
		{[]string{"--from", "redis-7.0"}, "want NAME=ADDR"},
		{[]string{"--from", "redis-7.0=" + addr, "valkey-8.1"}, `unexpected argument "valkey-8.1"`},
		{[]string{"--from", "redis-7.0=" + addr, "--from", "redis-7.0=" + addr}, "server redis-7.0 is given twice"},
		{[]string{"--keep", "nowhere.json", "--from", "redis-7.0=" + addr}, "nowhere.json"},
		{[]string{"--port", "1"}, "flag provided but not defined: -port"},
	} {
		out := filepath.Join(t.TempDir(), "spec.json")
		args := append([]string{"spec", "--out", out, "--keep", ""}, tc.args...)
		if err := run(args); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("spec %q = %v; want %q", tc.args, err, tc.want)
		}
		if found, _ := filepath.Glob(out); found != nil {
			t.Errorf("spec %q wrote a file", tc.args)
		}
	}
}

func TestRepliesAreKeptWhereAServerTellsNone(t *testing.T) {
	dir := t.TempDir()
	old, out := filepath.Join(dir, "old.json"), filepath.Join(dir, "new.json")
	before := &Spec{
		Servers: []Server{{Name: "redis-7.0", Project: "redis", Version: "7.0"}},
		Commands: []Command{
			{Name: "GONE", Group: "g", Servers: []string{"redis-7.0"}, Reply: &Reply{RESP2: []string{"int"}}},
			{Name: "X", Group: "g", Servers: []string{"redis-7.0"}, Reply: &Reply{RESP2: []string{"bulk"}, Schema: []byte(`{"old":1}`)}},
			{Name: "X A", Group: "g", Servers: []string{"redis-7.0"}, Reply: &Reply{Schema: []byte(`{"old":2}`)}},
		},
	}
	if err := writeSpec(old, before); err != nil {
		t.Fatal(err)
	}
	docs := strings.Replace(toldDocs, `"summary":"s"`, `"reply_schema":{"new":[1,null]}`, 1)
	addr := tells(t, map[string]string{"COMMAND DOCS": docs})
	if err := run([]string{"spec", "--keep", old, "--out", out, "--from", "redis-7.0=" + addr}); err != nil {
		t.Fatal(err)
	}
	spec, err := LoadSpec(out)
	if err != nil {
		t.Fatal(err)
	}
	x, a := spec.Lookup("X").Reply, spec.Lookup("X A").Reply
	if spec.Lookup("GONE") != nil || !slices.Equal(x.RESP2, []string{"bulk"}) || string(x.Schema) != `{"new":[1,null]}` || string(a.Schema) != `{"old":2}` {
		t.Errorf("the replies are %+v and %+v; want the shapes and the second schema of before, and the new first schema", x, a)
	}
}
