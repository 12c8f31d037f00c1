package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

func TestNamesAreThoseThatGoUsersLookFor(t *testing.T) {
	for command, want := range map[string]string{
		"GET": "Get", "MGET": "MGet", "HGETALL": "HGetAll", "CLIENT ID": "ClientID", "CLIENT GETNAME": "ClientGetName", "PTTL": "PTTL",
		"ZREVRANK": "ZRevRank", "SMISMEMBER": "SMIsMember", "INCRBYFLOAT": "IncrByFloat", "RENAMENX": "RenameNX", "DBSIZE": "DBSize",
		"OBJECT ENCODING": "ObjectEncoding", "KEYS": "Keys", "SET": "Set", "HSET": "HSet", "LSET": "LSet", "SETNX": "SetNX", "HSETNX": "HSetNX",
		"RPUSH": "RPush", "RANDOMKEY": "RandomKey", "SCARD": "SCard", "SCAN": "Scan",
	} {
		if got := methodName(command); got != want {
			t.Errorf("the method of %s is %s; want %s", command, got, want)
		}
	}
	for _, row := range []struct {
		arg  string
		many bool
		want string
	}{
		{"key", false, "key"}, {"key", true, "keys"}, {"comparison-value", false, "comparisonValue"}, {"members", true, "members"},
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
