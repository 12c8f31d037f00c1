package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// goNames is testdata/names.txt: every command that has methods, with their names. The list is kept by hand: a
// name must be the one that Go programs know the command by, whatever the rules make of it.
func goNames(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile("testdata/names.txt")
	if err != nil {
		t.Fatal(err)
	}
	names := map[string][]string{}
	for line := range strings.Lines(string(text)) {
		if command, methods, ok := strings.Cut(line, ":"); ok && line[0] != '#' {
			names[command] = strings.Fields(methods)
		}
	}
	if len(names) < 370 {
		t.Fatalf("read the names of %d commands; there are more", len(names))
	}
	return names
}

func TestEveryMethodHasTheNameThatGoUsersLookFor(t *testing.T) {
	want := map[string]string{}
	for command, methods := range goNames(t) {
		for _, name := range methods {
			want[name] = command
		}
	}
	for _, m := range repositoryModel(t).methods {
		if want[m.name] != m.command.Name {
			t.Errorf("%s is the method %s; enter it in testdata/names.txt, by the name that Go programs know it by", m.command.Name, m.name)
		}
		delete(want, m.name)
	}
	for name, command := range want {
		t.Errorf("there is no method %s for %s", name, command)
	}
}

func TestTwoNamesNeverDifferOnlyInCase(t *testing.T) {
	seen := map[string]string{}
	for _, n := range repositoryModel(t).names(false) {
		folded := strings.ToLower(n.name)
		if old := seen[folded]; old != "" {
			t.Errorf("%s and %s differ only in case", old, n.name)
		}
		seen[folded] = n.name
	}
}

// repositoryModel is what spec/ of the repository gives.
func repositoryModel(t *testing.T) *model {
	t.Helper()
	spec, err := LoadSpec("../spec/commands.json")
	if err != nil {
		t.Fatal(err)
	}
	over, err := loadOverlay("../spec/overlay.json")
	if err != nil {
		t.Fatal(err)
	}
	m, err := newModel(spec, over)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestNamesAreMadeByRule(t *testing.T) {
	over, err := loadOverlay("../spec/overlay.json")
	if err != nil {
		t.Fatal(err)
	}
	for command, methods := range goNames(t) {
		if got := methodName(command); over.Commands[command].Name == "" && got != methods[0] {
			t.Errorf("the method of %s is %s; want %s", command, got, methods[0])
		}
	}
	for _, row := range []struct {
		arg  string
		many bool
		want string
	}{
		{"key", false, "key"}, {"key", true, "keys"}, {"comparison-value", false, "comparisonValue"}, {"members", true, "members"}, {"prefix", true, "prefixes"}, {"library", true, "libraries"},
		{"type", false, "typeName"}, {"unix-time-seconds", false, "unixTimeSeconds"},
	} {
		if got := paramName(row.arg, row.many); got != row.want {
			t.Errorf("the parameter of %s is %s; want %s", row.arg, got, row.want)
		}
	}
	for name, want := range map[string]string{"NX": "nx", "KeepTTL": "keepTTL", "ByScore": "byScore", "EXAt": "exAt", "ZAdd": "zAdd", "TTL": "ttl"} {
		if got := lowerFirst(name); got != want {
			t.Errorf("%s begins small as %s; want %s", name, got, want)
		}
	}
}

func TestParametersOfOneTypeShareIt(t *testing.T) {
	for _, row := range []struct {
		list params
		want string
	}{
		{nil, ""},
		{params{"key", "string"}, "key string"},
		{params{"key", "string", "field", "string"}, "key, field string"},
		{params{"key", "string", "start", "int64", "stop", "int64", "opts", "...Option"}, "key string, start, stop int64, opts ...Option"},
	} {
		if got := row.list.String(); got != row.want {
			t.Errorf("the parameters are %q; want %q", got, row.want)
		}
	}
}

// The kinds of replies and parameters name functions of package commands, which the generator does not import.
func TestEveryKindHasItsHandWrittenPart(t *testing.T) {
	methods := map[string]bool{}
	names, err := filepath.Glob("../redis/commands/*.go")
	if err != nil || len(names) == 0 {
		t.Fatalf("package commands is not there: %v", err)
	}
	for _, name := range names {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv != nil {
				methods[fn.Name.Name] = true
			}
		}
	}
	for kind := range replyKinds {
		if !methods["send"+kind] {
			t.Errorf("there is no send%s in package commands", kind)
		}
	}
	for kind, k := range paramKinds {
		for _, statement := range []string{k.write, k.many} {
			if statement == "" {
				continue
			}
			call, err := parser.ParseExpr(strings.NewReplacer("$", "x", "#", `"x"`).Replace(statement))
			if err != nil {
				t.Errorf("kind %s: %q is no statement: %v", kind, statement, err)
				continue
			}
			name := call.(*ast.CallExpr).Fun.(*ast.SelectorExpr).Sel.Name
			if !methods[name] {
				t.Errorf("kind %s: there is no method %s of args", kind, name)
			}
		}
	}
}
