package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// loadText loads a spec of two servers with these commands; X is in order.
func loadText(t *testing.T, text string) error {
	t.Helper()
	text = strings.ReplaceAll(text, "SERVERS", `"servers":[{"name":"redis-7.0","project":"redis","version":"7.0"},{"name":"valkey-9.1","project":"valkey","version":"9.1"}]`)
	text = strings.ReplaceAll(text, "BOTH", `"group":"generic","arity":-1,"servers":["redis-7.0","valkey-9.1"]`)
	text = strings.ReplaceAll(text, "KEY", `{"flags":["RO"],"begin":{"type":"index","index":1},"find":{"type":"range","step":1}}`)
	path := filepath.Join(t.TempDir(), "spec.json")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := LoadSpec(path)
	if err != nil && !strings.HasPrefix(err.Error(), path+": ") {
		t.Errorf("the error %q does not start with the file", err)
	}
	return err
}

func TestASpecThatIsNotInOrderIsRefusedWithCommandAndField(t *testing.T) {
	for _, tc := range []struct{ name, spec, command, field, fault string }{
		{"a command twice", `{SERVERS,"commands":[{"name":"X",BOTH},{"name":"X",BOTH}]}`,
			"X", "name", "twice"},
		{"commands out of order", `{SERVERS,"commands":[{"name":"Y",BOTH},{"name":"X",BOTH}]}`,
			"X", "name", "not sorted by name: Y stands before it"},
		{"a server twice", `{"servers":[{"name":"redis-7.0","project":"redis","version":"7.0"},{"name":"redis-7.0","project":"redis","version":"7.0"}],"commands":[]}`,
			"", "servers[1]", "redis-7.0 is there twice"},
		{"servers out of order", `{"servers":[{"name":"redis-8.0","project":"redis","version":"8.0"},{"name":"redis-7.0","project":"redis","version":"7.0"}],"commands":[]}`,
			"", "servers[1]", "redis-7.0 stands behind redis-8.0"},
		{"a server without a version", `{"servers":[{"name":"redis","project":"redis","version":""}],"commands":[]}`,
			"", "servers[0].name", `"redis"`},
		{"a server of two minds", `{"servers":[{"name":"redis-7.0","project":"valkey","version":"7.0"}],"commands":[]}`,
			"", "servers[0]", "do not make"},
		{"a command of no server", `{SERVERS,"commands":[{"name":"X","group":"generic","arity":1,"servers":[]}]}`,
			"X", "servers", "none"},
		{"a command of an unknown server", `{SERVERS,"commands":[{"name":"X","group":"generic","arity":1,"servers":["redis-7.0","redis-9.9"]}]}`,
			"X", "servers[1]", `"redis-9.9" is no server`},
		{"a command twice of one server", `{SERVERS,"commands":[{"name":"X","group":"generic","arity":1,"servers":["redis-7.0","redis-7.0"]}]}`,
			"X", "servers[1]", "redis-7.0 is there twice"},
		{"facts of an unknown server", `{SERVERS,"commands":[{"name":"X",BOTH,"differs":[{"servers":["redis-7.1"],"arity":2}]}]}`,
			"X", "differs[0].servers[0]", `"redis-7.1" is no server`},
		{"an argument of an unknown server", `{SERVERS,"commands":[{"name":"X",BOTH,"arguments":[{"name":"a","type":"string","servers":["valkey-9"]}]}]}`,
			"X", "arguments[0].servers[0]", `"valkey-9" is no server`},
		{"an argument of a server that the one above lacks",
			`{SERVERS,"commands":[{"name":"X",BOTH,"arguments":[{"name":"a","type":"block","servers":["redis-7.0"],"arguments":[{"name":"b","type":"string","servers":["valkey-9.1"]}]}]}]}`,
			"X", "arguments[0].arguments[0].servers[0]", `"valkey-9.1" is no server`},
		{"an argument that differs on an unknown server",
			`{SERVERS,"commands":[{"name":"X",BOTH,"arguments":[{"name":"a","type":"string","differs":[{"servers":["x"],"optional":true}]}]}]}`,
			"X", "arguments[0].differs[0].servers[0]", `"x" is no server`},
		{"an unknown type of argument", `{SERVERS,"commands":[{"name":"X",BOTH,"arguments":[{"name":"a","type":"string"},{"name":"b","type":"oneof","arguments":[{"name":"c","type":"sting"}]}]}]}`,
			"X", "arguments[1].arguments[0].type", `"sting" is none of`},
		{"an unknown type on one server", `{SERVERS,"commands":[{"name":"X",BOTH,"arguments":[{"name":"a","type":"string","differs":[{"servers":["redis-7.0"],"type":"text"}]}]}]}`,
			"X", "arguments[0].differs[0].type", `"text" is none of`},
		{"an unknown begin of keys", `{SERVERS,"commands":[{"name":"X",BOTH,"key_specs":[KEY,{"flags":[],"begin":{"type":"end"},"find":{"type":"range"}}]}]}`,
			"X", "key_specs[1].begin.type", `"end" is none of`},
		{"an unknown way to find keys", `{SERVERS,"commands":[{"name":"X",BOTH,"key_specs":[{"flags":[],"begin":{"type":"index"},"find":{"type":"rang"}}]}]}`,
			"X", "key_specs[0].find.type", `"rang" is none of`},
		{"an unknown way to find keys on one server",
			`{SERVERS,"commands":[{"name":"X",BOTH,"differs":[{"servers":["redis-7.0"],"key_specs":[{"flags":[],"begin":{"type":"index"},"find":{"type":""}}]}]}]}`,
			"X", "differs[0].key_specs[0].find.type", `"" is none of`},
		{"an index behind the key specs", `{SERVERS,"commands":[{"name":"X",BOTH,"key_specs":[KEY],"arguments":[{"name":"a","type":"key","key_spec":1}]}]}`,
			"X", "arguments[0].key_spec", "1 points at nothing: redis-7.0 has 1 key specs"},
		{"a negative index", `{SERVERS,"commands":[{"name":"X",BOTH,"key_specs":[KEY],"arguments":[{"name":"a","type":"key","key_spec":-1}]}]}`,
			"X", "arguments[0].key_spec", "-1 points at nothing"},
		{"an index behind the key specs of one server",
			`{SERVERS,"commands":[{"name":"X",BOTH,"key_specs":[KEY,KEY],"differs":[{"servers":["redis-7.0"],"key_specs":[KEY]}],"arguments":[{"name":"a","type":"block","arguments":[{"name":"b","type":"key","key_spec":1}]}]}]}`,
			"X", "arguments[0].arguments[0].key_spec", "1 points at nothing: redis-7.0 has 1 key specs"},
	} {
		err := loadText(t, tc.spec)
		var fault *specError
		if !errors.As(err, &fault) {
			t.Errorf("%s: LoadSpec = %v; want a *specError", tc.name, err)
			continue
		}
		if fault.command != tc.command || fault.field != tc.field || !strings.Contains(fault.fault, tc.fault) {
			t.Errorf("%s: command %q, field %q: %s; want command %q, field %q: %s", tc.name, fault.command, fault.field, fault.fault, tc.command, tc.field, tc.fault)
		}
	}
}

func TestASpecThatIsNotEvenRightJSONIsRefused(t *testing.T) {
	for _, tc := range []struct{ name, spec, fault string }{
		{"nothing", ``, "EOF"},
		{"no object", `[]`, "cannot unmarshal array"},
		{"something behind the end", `{SERVERS,"commands":[]} {}`, "more than one JSON value"},
		{"an unknown field at the top", `{SERVERS,"comands":[]}`, `unknown field "comands"`},
		{"a field at the top twice", `{SERVERS,SERVERS,"commands":[]}`, ".servers is there twice"},
		{"an unknown field of a server", `{"servers":[{"name":"redis-7.0","port":1}],"commands":[]}`, `unknown field "port"`},
		{"a field of a server twice", `{"servers":[{"name":"redis-7.0","name":"redis-8.0"}],"commands":[]}`, ".servers[0].name is there twice"},
		{"an unknown field of a command", `{SERVERS,"commands":[{"name":"W",BOTH},{"name":"X",BOTH,"arty":1}]}`,
			`commands[1]: X: json: unknown field "arty"`},
		{"an unknown field of an argument", `{SERVERS,"commands":[{"name":"X",BOTH,"arguments":[{"name":"a","typ":"key"}]}]}`,
			`commands[0]: X: json: unknown field "typ"`},
		{"an unknown field of a key spec", `{SERVERS,"commands":[{"name":"X",BOTH,"key_specs":[{"begin":{"typ":"index"}}]}]}`,
			`commands[0]: X: json: unknown field "typ"`},
		{"an unknown field of a reply", `{SERVERS,"commands":[{"name":"X",BOTH,"reply":{"resp4":[]}}]}`,
			`commands[0]: X: json: unknown field "resp4"`},
		{"a field of another type", `{SERVERS,"commands":[{"name":"X",BOTH,"arguments":[{"name":7}]}]}`,
			".arguments.name of type string"},
		{"a field of a command twice", `{SERVERS,"commands":[{"name":"X",BOTH,"arity":1}]}`, "commands[0]: X: .arity is there twice"},
		{"a field of an argument twice", `{SERVERS,"commands":[{"name":"X",BOTH,"arguments":[{"name":"a","type":"key","type":"string"}]}]}`,
			"commands[0]: X: .arguments[0].type is there twice"},
	} {
		if err := loadText(t, tc.spec); err == nil || !strings.Contains(err.Error(), tc.fault) {
			t.Errorf("%s: LoadSpec = %v; want %s", tc.name, err, tc.fault)
		}
	}
}

func TestAKeySpecThatOnlyTheRightServerHasIsInOrder(t *testing.T) {
	err := loadText(t, `{SERVERS,"commands":[{"name":"X",BOTH,"key_specs":[KEY,KEY],"differs":[{"servers":["redis-7.0"],"key_specs":[KEY]}],
		"arguments":[{"name":"a","type":"key","key_spec":0},{"name":"b","type":"key","key_spec":1,"servers":["valkey-9.1"]}]}]}`)
	if err != nil {
		t.Errorf("LoadSpec = %v; want it loaded", err)
	}
}
