package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// argumentTypes are the types of Argument.
var argumentTypes = []string{"string", "integer", "double", "key", "pattern", "unix-time", "pure-token", "oneof", "block"}

// specError says what is wrong with a spec.
type specError struct {
	command string // empty where no command is meant
	field   string // by the names in the file: "arguments[2].type"
	fault   string
}

func (e *specError) Error() string { return place(e.command, e.field) + ": " + e.fault }

// decodeSpec reads the JSON of a spec. Commands are read one by one, so that an error can name the
// command.
func decodeSpec(raw []byte) (*Spec, error) {
	var file struct {
		Servers  []Server          `json:"servers"`
		Commands []json.RawMessage `json:"commands"`
	}
	if err := decodeStrict(raw, &file); err != nil {
		return nil, err
	}
	spec := &Spec{Servers: file.Servers}
	for i, raw := range file.Commands {
		var c Command
		err := decodeStrict(raw, &c)
		if err == nil {
			err = checkKeys(json.NewDecoder(bytes.NewReader(raw)), "")
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", at("commands", i), c.Name, err)
		}
		spec.Commands = append(spec.Commands, c)
	}
	return spec, checkKeys(json.NewDecoder(bytes.NewReader(raw)), "")
}

// checkSpec checks what JSON cannot tell: that servers and types are known, that indexes point at
// something, that each command is there once and in order. The first fault is a *specError.
func checkSpec(spec *Spec) error {
	k := &specCheck{}
	known := map[string]bool{}
	for i, server := range spec.Servers {
		field := at("servers", i)
		want, err := parseServer(server.Name)
		switch {
		case err != nil:
			k.fault(below(field, "name"), "%v", err)
		case server != want:
			k.fault(field, "project %q, version %q do not make %q", server.Project, server.Version, server.Name)
		case known[server.Name]:
			k.fault(field, "%s is there twice", server.Name)
		case i > 0 && compareServers(spec.Servers[i-1], server) > 0:
			k.fault(field, "%s stands behind %s", server.Name, spec.Servers[i-1].Name)
		}
		known[server.Name] = true
	}
	all := slices.Sorted(maps.Keys(known))
	for i := range spec.Commands {
		c := &spec.Commands[i]
		k.command = c.Name
		if i > 0 && spec.Commands[i-1].Name == c.Name {
			k.fault("name", "the command is there twice")
		}
		if i > 0 && spec.Commands[i-1].Name > c.Name {
			k.fault("name", "commands are not sorted by name: %s stands before it", spec.Commands[i-1].Name)
		}
		k.checkCommand(c, all)
	}
	return k.err
}

// specCheck goes through a spec and keeps the first fault.
type specCheck struct {
	command string
	err     error
}

func (k *specCheck) fault(field, format string, args ...any) {
	if k.err == nil {
		k.err = &specError{k.command, field, fmt.Sprintf(format, args...)}
	}
}

func (k *specCheck) checkCommand(c *Command, all []string) {
	if len(c.Servers) == 0 {
		k.fault("servers", "there are none")
	}
	k.checkServers("servers", c.Servers, all, "the spec")
	k.checkKeySpecs("key_specs", c.KeySpecs)
	for i, d := range c.Differs {
		field := at("differs", i)
		k.checkServers(below(field, "servers"), d.Servers, c.Servers, "the command")
		if d.KeySpecs != nil {
			k.checkKeySpecs(below(field, "key_specs"), *d.KeySpecs)
		}
	}
	keySpecs := map[string]int{}
	for _, server := range c.Servers {
		keySpecs[server] = len(c.FactsOn(server).KeySpecs)
	}
	k.checkArguments("arguments", c.Arguments, c.Servers, keySpecs)
}

// checkServers checks a list of servers. Each must be one of those of its owner.
func (k *specCheck) checkServers(field string, servers, known []string, owner string) {
	for i, server := range servers {
		switch {
		case !slices.Contains(known, server):
			k.fault(at(field, i), "%q is no server of %s, which has %q", server, owner, known)
		case slices.Contains(servers[:i], server):
			k.fault(at(field, i), "%s is there twice", server)
		}
	}
}

func (k *specCheck) checkKeySpecs(field string, specs []KeySpec) {
	for i, spec := range specs {
		here := at(field, i)
		if _, ok := beginTypes[spec.Begin.Type]; !ok {
			k.fault(below(here, "begin.type"), "%q is none of %q", spec.Begin.Type, slices.Sorted(maps.Keys(beginTypes)))
		}
		if _, ok := findTypes[spec.Find.Type]; !ok {
			k.fault(below(here, "find.type"), "%q is none of %q", spec.Find.Type, slices.Sorted(maps.Keys(findTypes)))
		}
	}
}

// checkArguments checks nodes of the tree. servers are those that have the node above them; keySpecs
// counts the key specs of the command by server.
func (k *specCheck) checkArguments(field string, nodes []Argument, servers []string, keySpecs map[string]int) {
	for i, node := range nodes {
		here := at(field, i)
		k.checkType(below(here, "type"), node.Type)
		k.checkServers(below(here, "servers"), node.Servers, servers, "what is above")
		own := servers
		if len(node.Servers) > 0 {
			own = node.Servers
		}
		for j, d := range node.Differs {
			field := at(below(here, "differs"), j)
			k.checkServers(below(field, "servers"), d.Servers, own, "the argument")
			if d.Type != nil {
				k.checkType(below(field, "type"), *d.Type)
			}
		}
		if node.KeySpec != nil {
			for _, server := range own {
				// Without any key spec the spec does not tell where keys are, as the small one of the tests.
				if n := keySpecs[server]; *node.KeySpec < 0 || n > 0 && *node.KeySpec >= n {
					k.fault(below(here, "key_spec"), "%d points at nothing: %s has %d key specs", *node.KeySpec, server, n)
				}
			}
		}
		k.checkArguments(below(here, "arguments"), node.Arguments, own, keySpecs)
	}
}

func (k *specCheck) checkType(field, typ string) {
	if !slices.Contains(argumentTypes, typ) {
		k.fault(field, "%q is none of %q", typ, argumentTypes)
	}
}
