package commands

import (
	"maps"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// at is a moment of whole seconds, and atMillis one that is not.
var (
	at       = time.Unix(1_700_000_000, 0)
	atMillis = time.UnixMilli(1_700_000_000_250)
)

// A wireCall is a call of a method with the words that must go out. A word with a blank in it is not
// among them, so that a row can be one string; "”" stands for the empty word.
type wireCall struct {
	method string
	call   func(c *Commands)
	wire   string
}

// wireCalls has every method, and every option of each method. The rows stand in
// the wire_…_test.go files.
var wireCalls = slices.Concat(wireEveryday, wireKeys, wireCollections, wireSorted, wireStreams, wireServer, wireCluster, wireSession)

// session makes a row of a command that changes the state of its connection.
func session(call func(c *SessionCommands)) func(c *Commands) {
	return func(c *Commands) {
		s := OnSession(c)
		call(&s)
	}
}

func TestEveryMethodSendsExactlyItsWords(t *testing.T) {
	for _, row := range wireCalls {
		c, r := record()
		row.call(c)
		if r.cmd == nil {
			t.Errorf("%s: nothing reached the Doer; want %s", row.method, row.wire)
			continue
		}
		want := strings.Fields(row.wire)
		for i := range want {
			if want[i] == "''" {
				want[i] = ""
			}
		}
		if got := r.cmd.Args(); !slices.Equal(got, want) {
			t.Errorf("%s sent %q; want %q", row.method, got, want)
		}
		if name := r.cmd.Name(); !strings.HasPrefix(row.wire, name) {
			t.Errorf("%s is a command of name %q; want that of %s", row.method, name, row.wire)
		}
	}
}

func TestTheWireBytesAreOneArrayOfBulkStrings(t *testing.T) {
	c, r := record()
	c.Set("key", "a\r\nb\x00\xff", EX(time.Minute))
	want := "*5\r\n$3\r\nSET\r\n$3\r\nkey\r\n$6\r\na\r\nb\x00\xff\r\n$2\r\nEX\r\n$2\r\n60\r\n"
	if got := string(r.cmd.Wire()); got != want {
		t.Errorf("Set sent %q; want %q", got, want)
	}
}

// Behaviour G2. Whoever adds a command adds its bytes.
func TestNoMethodIsWithoutItsWireBytes(t *testing.T) {
	seen := maps.Clone(notCommands)
	for _, row := range wireCalls {
		seen[row.method] = true
	}
	for _, role := range []reflect.Type{reflect.TypeFor[*Commands](), reflect.TypeFor[*SessionCommands]()} {
		for i := range role.NumMethod() {
			if name := role.Method(i).Name; !seen[name] {
				t.Errorf("%s has no row in wireCalls", name)
			}
		}
	}
}

// wireRows is the source of the rows of wireCalls.
func wireRows(t *testing.T) []byte {
	t.Helper()
	files, err := filepath.Glob("wire_*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	var rows []byte
	for _, name := range files {
		file, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, file...)
	}
	return rows
}

// matches finds what pattern does in a generated file, or fails if that is little: then the pattern does not fit any more.
func matches(t *testing.T, file, pattern string, atLeast int) [][]string {
	t.Helper()
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(pattern).FindAllStringSubmatch(string(source), -1)
	if len(found) < atLeast {
		t.Fatalf("%s has %d times %s; want at least %d", file, len(found), pattern, atLeast)
	}
	return found
}

// The generated options tell which methods take them: each must be in a row of each of those.
func TestNoOptionIsWithoutItsWireBytes(t *testing.T) {
	rows := wireRows(t)
	for _, taker := range matches(t, "zz_options.go", `(?m)^// An option of (.*)\.\n(?:var|func) (\w+)`, 140) {
		for _, method := range strings.Split(taker[1], ", ") {
			row := regexp.MustCompile(`(?m)^\t\{"` + method + `", (?:.|\n\t\t)*[ (]` + taker[2] + `[,()]`)
			if !row.Match(rows) {
				t.Errorf("%s with the option %s has no row in wireCalls", method, taker[2])
			}
		}
	}
}

// A parameter that is one word of a few, or a boolean, has a row for each value.
func TestNoValueOfAParameterIsWithoutItsWireBytes(t *testing.T) {
	rows := wireRows(t)
	for _, word := range matches(t, "zz_words.go", `(?m)^\t(\w+) \w+ = "([^"]+)"$`, 25) {
		row := regexp.MustCompile(`(?m)^\t\{.*[ (]` + word[1] + `[,)].*"[^"]* ` + word[2] + `[ "]`)
		if !row.Match(rows) {
			t.Errorf("no row in wireCalls sends %s for %s", word[2], word[1])
		}
	}
	booleans := 0
	for _, role := range []reflect.Type{reflect.TypeFor[*Commands](), reflect.TypeFor[*SessionCommands]()} {
		for i := range role.NumMethod() {
			m := role.Method(i)
			for j := 1; j < m.Type.NumIn(); j++ {
				if m.Type.In(j).Kind() != reflect.Bool {
					continue
				}
				booleans++
				for _, value := range []string{"true", "false"} {
					if !regexp.MustCompile(`\bc\.` + m.Name + `\((?:[^()]*, )?` + value + `\b`).Match(rows) {
						t.Errorf("no row in wireCalls calls %s with %s", m.Name, value)
					}
				}
			}
		}
	}
	if booleans < 5 {
		t.Errorf("found %d parameters that are booleans", booleans)
	}
}

func TestArgumentsThatMayNotBeEmptyAreRefused(t *testing.T) {
	for call, do := range map[string]func(c *Commands) interface{ Err() error }{
		"Del()":               func(c *Commands) interface{ Err() error } { return c.Del() },
		"MGet()":              func(c *Commands) interface{ Err() error } { return c.MGet() },
		"SAdd(k)":             func(c *Commands) interface{ Err() error } { return c.SAdd("k") },
		"HDel(k)":             func(c *Commands) interface{ Err() error } { return c.HDel("k") },
		"ZAdd(k, nil)":        func(c *Commands) interface{ Err() error } { return c.ZAdd("k", nil) },
		"ZAdd(k, nil, NX)":    func(c *Commands) interface{ Err() error } { return c.ZAdd("k", nil, NX) },
		"MSet()":              func(c *Commands) interface{ Err() error } { return c.MSet() },
		"MSet(empty map)":     func(c *Commands) interface{ Err() error } { return c.MSet(map[string]string{}) },
		"HSet(k)":             func(c *Commands) interface{ Err() error } { return c.HSet("k") },
		"HSet(k, f)":          func(c *Commands) interface{ Err() error } { return c.HSet("k", "f") },
		"HSet(k, f, 1, g)":    func(c *Commands) interface{ Err() error } { return c.HSet("k", "f", 1, "g") },
		"HSet(k, 1, f)":       func(c *Commands) interface{ Err() error } { return c.HSet("k", 1, "f") },
		"HSet(k, f, nil)":     func(c *Commands) interface{ Err() error } { return c.HSet("k", "f", nil) },
		"MSet(nil)":           func(c *Commands) interface{ Err() error } { return c.MSet(nil) },
		"MSet(nil map)":       func(c *Commands) interface{ Err() error } { return c.MSet(map[string]any(nil)) },
		"MSet(map of ints)":   func(c *Commands) interface{ Err() error } { return c.MSet(map[string]int{"a": 1}) },
		"MSet(map, map)":      func(c *Commands) interface{ Err() error } { return c.MSet(map[string]any{}, map[string]any{}) },
		"MSet([]byte, 1)":     func(c *Commands) interface{ Err() error } { return c.MSet([]byte("a"), 1) },
		"HSet(k, map of nil)": func(c *Commands) interface{ Err() error } { return c.HSet("k", map[string]any{"f": nil}) },
		"HSet(k, struct{}{})": func(c *Commands) interface{ Err() error } { return c.HSet("k", struct{}{}) },
	} {
		c, r := record()
		refused(t, call, r, do(c))
	}
}

// Whatever takes several refuses none of them, but where none has a meaning for the server.
func TestNoMethodSendsAnEmptyList(t *testing.T) {
	mayBeEmpty := map[string]bool{
		"Info": true, "CommandDocs": true, "CommandInfo": true, "LatencyHistogram": true, "LatencyReset": true, // all there are
		"ACLDryRun": true, "Debug": true, "Eval": true, "EvalRO": true, "EvalSHA": true, "EvalSHARO": true, "FCall": true, "FCallRO": true, "ModuleLoad": true, "ModuleLoadEx": true, // what is called may take none
		"ACLSetUser": true, "GeoHash": true, "GeoPos": true, "PFAdd": true, "PFMerge": true, "PubSubNumSub": true, "PubSubShardNumSub": true,
	}
	lists := 0
	methods := reflect.TypeFor[*Commands]()
	for i := range methods.NumMethod() {
		m := methods.Method(i)
		last := m.Type.In(m.Type.NumIn() - 1)
		if last.Kind() != reflect.Slice || m.Type.IsVariadic() && isOption(last.Elem()) || mayBeEmpty[m.Name] {
			continue
		}
		lists++
		c, r := record()
		in := []reflect.Value{reflect.ValueOf(c)}
		for i := 1; i < m.Type.NumIn()-1; i++ {
			in = append(in, sampleOf(m, i))
		}
		in = append(in, reflect.Zero(last))
		refused(t, m.Name+" of none", r, m.Func.CallSlice(in)[0].Interface().(interface{ Err() error }))
	}
	if lists < 15 {
		t.Errorf("found %d methods that take several", lists)
	}
}

func TestWhatIsNotANumberIsRefused(t *testing.T) {
	nan := math.NaN()
	for call, do := range map[string]func(c *Commands) interface{ Err() error }{
		"IncrByFloat":  func(c *Commands) interface{ Err() error } { return c.IncrByFloat("k", nan) },
		"HIncrByFloat": func(c *Commands) interface{ Err() error } { return c.HIncrByFloat("k", "f", nan) },
		"ZIncrBy":      func(c *Commands) interface{ Err() error } { return c.ZIncrBy("k", nan, "m") },
		"ZAdd":         func(c *Commands) interface{ Err() error } { return c.ZAdd("k", []Z{{"a", 1}, {"b", nan}}) },
		"ZAddIncr":     func(c *Commands) interface{ Err() error } { return c.ZAddIncr("k", Z{"m", nan}) },
		"Set":          func(c *Commands) interface{ Err() error } { return c.Set("k", nan) },
		"Set float32":  func(c *Commands) interface{ Err() error } { return c.Set("k", float32(nan)) },
		"ZCount":       func(c *Commands) interface{ Err() error } { return c.ZCount("k", nan, 1) },
		"ZRange":       func(c *Commands) interface{ Err() error } { return c.ZRange("k", 0, nan) },
	} {
		c, r := record()
		refused(t, call+" of NaN", r, do(c))
	}
	c, r := record()
	c.ZAdd("k", []Z{{"a", math.Inf(1)}, {"b", math.Inf(-1)}})
	if got := strings.Join(r.cmd.Args(), " "); got != "ZADD k inf a -inf b" {
		t.Errorf("ZAdd of the infinities sent %q; want ZADD k inf a -inf b", got)
	}
}

// Behaviour F8.
func TestAValueWithoutAnEncodingFailsThatCallAlone(t *testing.T) {
	c, r := record()
	err := refused(t, "Set(k, chan)", r, c.Set("k", make(chan int)))
	if err.Command != "SET" || err.Argument != "value" {
		t.Errorf("the error names %q and %q; want SET and value", err.Command, err.Argument)
	}
	c.Set("k", "v")
	if r.cmd == nil || !slices.Equal(r.cmd.Args(), []string{"SET", "k", "v"}) {
		t.Errorf("the next call did not go out as it should: %v", r.cmd)
	}
}
