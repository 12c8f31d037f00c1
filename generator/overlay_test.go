package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// get is an overlay entry that is in order.
const get = `"GET": {"doc": "returns a value.", "reply": "OptString"}`

func TestAnOverlayThatDoesNotFitStopsTheGeneratorAndSaysWhere(t *testing.T) {
	for _, row := range []struct{ mistake, overlay, want string }{
		{"no JSON", `{`, "EOF"},
		{"something behind the end", `{} {}`, "more than one JSON value"},
		{"an unknown field at the top", `{"comands": {}}`, `unknown field "comands"`},
		{"an unknown field of a command", `{"commands": {"GET": {"doc": "returns.", "replay": "Int"}}}`, `unknown field "replay"`},
		{"an unknown field of an option", `{"options": {"NX": {"doc": "x.", "nmae": "N"}}}`, `unknown field "nmae"`},
		{"a command twice", `{"commands": {` + get + `, ` + get + `}}`, ".commands.GET is there twice"},
		{"a field twice", `{"commands": {"GET": {"doc": "a.", "doc": "b.", "reply": "Int"}}}`, ".commands.GET.doc is there twice"},
		{"an unknown command", `{"commands": {"GETT": {"doc": "returns.", "reply": "Int"}}}`, "GETT is not a command"},
		{"a command in lower case", `{"commands": {"get": {"doc": "returns.", "reply": "Int"}}}`, "get is not a command"},
		{"a container", `{"commands": {"CLIENT": {"doc": "returns.", "reply": "Int"}}}`, "CLIENT is not a command"},
		{"an unknown session command", `{"session": {"SELEKT": "the database"}}`, "SELEKT is not a command"},
		{"an unknown command of servers", `{"server_side": {"PSINC": "replication"}}`, "PSINC is not a command"},
		{"an unknown kind of reply", `{"commands": {"GET": {"doc": "returns.", "reply": "OptStrng"}}}`, `GET: unknown kind of reply "OptStrng"`},
		{"no kind of reply", `{"commands": {"GET": {"doc": "returns."}}}`, `GET: unknown kind of reply ""`},
		{"no description", `{"commands": {"GET": {"reply": "OptString"}}}`, "Get: doc must be a sentence"},
		{"an argument that is not there", `{"commands": {"GET": {"doc": "returns.", "reply": "OptString", "without": ["count"]}}}`, "Get: there is no argument count"},
		{"a kind for no argument", `{"commands": {"GET": {"doc": "returns.", "reply": "OptString", "params": {"kee": "str"}}}}`, "there is no argument kee"},
		{"an unknown kind", `{"commands": {"GET": {"doc": "returns.", "reply": "OptString", "params": {"key": "text"}}}}`, `argument key: type key needs a kind in params, and "text" is none`},
		{"a kind of several for one", `{"commands": {"GET": {"doc": "returns.", "reply": "OptString", "params": {"key": "pairs"}}}}`, "kind pairs does not fit type key"},
		{"a block without a kind", `{"commands": {"HSET": {"doc": "sets.", "reply": "Int"}}}`, "HSet: argument data: type block needs a kind"},
		{"a choice without a name", `{"commands": {"LPOP": {"doc": "pops.", "reply": "OptString"}}}`, "LPop: argument count: optional, without a token"},
		{"a kind for an argument that is left out", `{"commands": {"LPOP": {"doc": "pops.", "reply": "OptString", "without": ["count"], "params": {"count": "int"}}}}`,
			"LPop: argument count: params: it is no parameter"},
		{"a kind for an option", `{"options": {"LIMIT": {"doc": "ends."}}, "commands": {"SINTERCARD": {"doc": "counts.", "reply": "Int", "params": {"limit": "int"}}}}`,
			"argument limit: params: it is no parameter"},
		{"always one of several that exclude each other", `{"options": {"NX": {"doc": "x."}, "XX": {"doc": "x."}, "GT": {"doc": "x."}, "LT": {"doc": "x."}},
			"commands": {"EXPIRE": {"doc": "expires.", "reply": "Bool", "with": ["nx"]}}}`, "Expire: there is no argument nx"},
		{"an argument of a variant that is not there", `{"commands": {"LPOP": {"doc": "pops.", "reply": "OptString", "without": ["count"],
			"variants": [{"name": "LPopN", "doc": "pops.", "reply": "Strings", "with": ["cnt"], "without": ["count"]}]}}}`, "LPopN: there is no argument cnt"},
		{"a token that the command has not", `{"commands": {"GET": {"doc": "returns.", "reply": "OptString", "tokens": {"UPTO": "LIMIT"}}}}`,
			"Get: tokens: UPTO is the token of no option"},
		{"an unknown kind of an option", `{"options": {"LIMIT": {"doc": "ends.", "kind": "long"}}, "commands": {"SINTERCARD": {"doc": "counts.", "reply": "Int"}}}`,
			"argument limit: an option of type integer is not supported"},
		{"a kind for a token alone", `{"options": {"NX": {"doc": "x.", "kind": "int"}}, "commands": {"EXPIRE": {"doc": "expires.", "reply": "Bool"}}}`,
			"option NX: kind int is for a single value"},
		{"milliseconds of a token alone", `{"options": {"NX": {"doc": "x.", "millis": "PX"}}, "commands": {"EXPIRE": {"doc": "expires.", "reply": "Bool"}}}`,
			"option NX: millis is for one value of kind span or moment"},
		{"milliseconds of a number", `{"options": {"LIMIT": {"doc": "ends.", "millis": "PX"}}, "commands": {"SINTERCARD": {"doc": "counts.", "reply": "Int"}}}`,
			"option LIMIT: millis is for one value of kind span or moment"},
		{"milliseconds of a command without a time", `{"commands": {"GET": {"doc": "returns.", "reply": "OptString", "millis": "PEXPIRE"}}}`,
			"Get: millis is for a parameter of kind span or moment"},
		{"a method with the name of a hand-written one", `{"commands": {"GET": {"name": "With", "doc": "returns.", "reply": "OptString"}}}`,
			"method With: the name Commands.With is taken in redis/commands/opt.go"},
		{"a token without an option", `{"commands": {"SINTERCARD": {"doc": "counts.", "reply": "Int"}}}`, "argument limit: token LIMIT has no entry in options"},
		{"a token of an unknown entry", `{"commands": {"SINTERCARD": {"doc": "counts.", "reply": "Int", "tokens": {"LIMIT": "UPTO"}}}}`, "token UPTO has no entry"},
		{"an option without a description", `{"options": {"LIMIT": {"doc": ""}}, "commands": {"SINTERCARD": {"doc": "counts.", "reply": "Int"}}}`, "option LIMIT has no doc"},
		{"an option that nobody takes", `{"options": {"NX": {"doc": "if new."}}, "commands": {` + get + `}}`, "options: NX: no command takes it"},
		{"one option for two things",
			`{"options": {"LIMIT": {"doc": "ends."}, "BYSCORE": {"doc": "x."}, "BYLEX": {"doc": "x."}, "REV": {"doc": "x."}}, "commands": {
				"SINTERCARD": {"doc": "counts.", "reply": "Int"},
				"ZRANGE": {"doc": "returns.", "reply": "Strings", "without": ["withscores"], "params": {"start": "any", "stop": "any"}}}}`,
			"ZRange: argument limit: option Limit takes something else elsewhere"},
		{"an option that excludes what is none", `{"commands": {"GET": {"doc": "returns.", "reply": "OptString", "excludes": {"NX": ["XX"]}}}}`, "excludes: NX or XX is not an option"},
		{"two methods of one name", `{"commands": {` + get + `, "MGET": {"name": "Get", "doc": "returns.", "reply": "OptStrings"}}}`, "both make a method Get"},
		{"an option with the name of another", `{"options": {"LIMIT": {"name": "SInterCardOption", "doc": "ends."}}, "commands": {"SINTERCARD": {"name": "SInterCard", "doc": "counts.", "reply": "Int"}}}`,
			"option LIMIT: the name SInterCardOption is taken in method SInterCard"},
		{"an option with a name of package commands", `{"options": {"LIMIT": {"name": "Opt", "doc": "ends."}}, "commands": {"SINTERCARD": {"doc": "counts.", "reply": "Int"}}}`,
			"option LIMIT: the name Opt is taken in redis/commands/opt.go"},
		{"an option with a name of package redis", `{"options": {"LIMIT": {"name": "Options", "doc": "ends."}}, "commands": {"SINTERCARD": {"doc": "counts.", "reply": "Int"}}}`,
			"option LIMIT: the name Options is taken in redis/options.go"},
		{"an unknown command that is skipped", `{"skipped": {"SUBSKRIBE": "x"}}`, "SUBSKRIBE is not a command"},
		{"a command that is skipped and not", `{"skipped": {"GET": "x"}, "commands": {` + get + `}}`, "GET has an entry, and is skipped"},
		{"an unknown command with a timeout", `{"timeouts": {"BLPOPP": "last seconds"}}`, "BLPOPP is not a command"},
		{"a timeout in an unknown place", `{"timeouts": {"BLPOP": "second seconds"}}`, `timeouts: BLPOP: unknown place "second seconds"`},
		{"an unknown command with a secret", `{"redact": {"AUTHH": {"from": 1}}}`, "redact: AUTHH is not a command"},
		{"words without a description", `{"words": {"Side": {"values": {"LEFT": {"name": "Left", "doc": "is left."}}}}}`, "words: Side: want a sentence"},
		{"a word without a name", `{"words": {"Side": {"doc": "is an end.", "values": {"LEFT": {"doc": "is left."}}}}}`, "words: Side: LEFT: want a name"},
		{"a choice that nobody makes", `{"commands": {"CLIENT REPLY": {"doc": "tells.", "reply": "Status"}}}`, "argument action: a choice: name one of it in with"},
		{"an argument tree that servers tell", `{"commands": {"GET": {"doc": "returns.", "reply": "OptString", "arguments": [{"name": "key", "type": "key"}]}}}`,
			"GET: arguments: servers tell them"},
		{"a usage and something else", `{"commands": {"GET": {"doc": "returns.", "reply": "OptString", "usage": "{key:key}", "params": {"key": "key"}}}}`,
			"Get: a usage tells everything"},
		{"a usage with an unknown word", `{"commands": {"GET": {"doc": "returns.", "reply": "OptString", "usage": "{key:key} NOW"}}}`, "Get: usage: NOW: NOW is no word of the command"},
		{"a usage with an unknown kind", `{"commands": {"GET": {"doc": "returns.", "reply": "OptString", "usage": "{key:kee}"}}}`, "there is no kind kee"},
		{"a usage that cannot be read", `{"commands": {"GET": {"doc": "returns.", "reply": "OptString", "usage": "{key}"}}}`, "usage: {key}: want {name:kind}"},
		{"a usage that counts nothing", `{"commands": {"MGET": {"doc": "returns.", "reply": "OptStrings", "usage": "{#kees} {keys...:key}"}}}`, "{#kees} counts nothing"},
		{"a usage with an unknown option", `{"commands": {"SINTERCARD": {"doc": "counts.", "reply": "Int", "usage": "{keys...:key} [UPTO]"}}}`, "UPTO has no entry in options"},
		{"an option's usage with an unknown word", `{"options": {"UPTO": {"doc": "ends.", "usage": "UPTO {n:int}"}}, "commands": {
			"SINTERCARD": {"doc": "counts.", "reply": "Int", "usage": "{keys...:key} [UPTO]"}}}`, "UPTO is no word of the command"},
		{"an option's usage that begins with a value", `{"options": {"UPTO": {"doc": "ends.", "usage": "{n:int}"}}, "commands": {
			"SINTERCARD": {"doc": "counts.", "reply": "Int", "usage": "{keys...:key} [UPTO]"}}}`, "a usage begins with a word"},
		{"one of several for a kind of many", `{"commands": {"HSET": {"doc": "sets.", "reply": "Int", "usage": "{key:key} {data:pairs}"}}}`, "kind pairs takes several"},
		{"milliseconds of an unknown command", `{"commands": {"EXPIRE": {"doc": "expires.", "reply": "Bool", "params": {"seconds": "span"}, "without": ["condition"], "millis": "PEXPIR"}}}`,
			"millis: PEXPIR is not a command"},
	} {
		_, err := generate(rootWith(t, row.overlay))
		if err == nil {
			t.Errorf("%s: it was generated; want an error with %s", row.mistake, row.want)
			continue
		}
		if !strings.Contains(err.Error(), row.want) || !strings.Contains(err.Error(), "overlay.json: ") {
			t.Errorf("%s: the error is %q; want the file and %s in it", row.mistake, err, row.want)
		}
	}
	if _, err := generate(rootWith(t, `{"commands": {`+get+`}}`)); err != nil {
		t.Errorf("an overlay in order = %v; want it generated", err)
	}
}

// rootWith is a small module with the given overlay and some names of its own.
func rootWith(t *testing.T, overlay string) string {
	t.Helper()
	spec, err := os.ReadFile("testdata/small/spec/commands.json")
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	put(t, filepath.Join(root, "spec/commands.json"), spec)
	put(t, filepath.Join(root, "spec/overlay.json"), []byte(overlay))
	put(t, filepath.Join(root, "redis/commands/opt.go"), []byte("package commands\n\ntype Opt struct{}\n\nfunc (c *Commands) With() {}\n"))
	put(t, filepath.Join(root, "redis/options.go"), []byte("package redis\n\ntype Options struct{}\n"))
	put(t, filepath.Join(root, "redis/commands/zz_old.go"), []byte("package commands\n\nvar NX, UpTo int // made anew, so not in the way\n"))
	return root
}
