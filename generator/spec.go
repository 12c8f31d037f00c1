package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
)

// Spec is what running servers tell about their commands, merged into one document: the content of spec/commands.json.
// It holds facts only; names for Go, descriptions and decoders live in spec/overlay.json.
type Spec struct {
	// Servers lists the servers the facts were read from, ordered by project and version. Where a fact differs and one
	// value must stand first, the later server's does.
	Servers []Server `json:"servers"`
	// Commands is sorted by Name and holds containers and subcommands as entries of their own.
	Commands []Command `json:"commands"`
}

// Server is one server that facts were read from.
type Server struct {
	Name    string `json:"name"`    // "redis-8.0"
	Project string `json:"project"` // "redis"
	Version string `json:"version"` // "8.0"
}

// Command is one command, container or subcommand.
type Command struct {
	// Name is the full name in upper case: "GET", "CLIENT KILL".
	Name string `json:"name"`
	// Container and Subcommand are the two halves of a subcommand's name, empty for all other commands.
	Container  string `json:"container,omitempty"`
	Subcommand string `json:"subcommand,omitempty"`
	// Subcommands lists, for a container, the second words of its subcommands.
	Subcommands []string `json:"subcommands,omitempty"`
	// Group is the server's own grouping: "string", "sorted-set", "module".
	Group string `json:"group"`
	// Module is the name of the module a command comes from, empty for the core's.
	Module string `json:"module,omitempty"`
	// Servers lists the servers that have the command, in the order of Spec.Servers.
	Servers []string `json:"servers"`
	// Since gives, by project, the first version that has the command. A module's commands have none.
	Since map[string]string `json:"since,omitempty"`
	// Deprecated gives, by project, the version that deprecated the command, as the newest server of the project sees it.
	Deprecated map[string]string `json:"deprecated,omitempty"`
	// ReplacedBy names the commands that a deprecated command's server recommends.
	ReplacedBy []string `json:"replaced_by,omitempty"`

	Facts
	// Differs lists servers whose facts are not those above.
	Differs []FactsDiff `json:"differs,omitempty"`

	// Arguments is the tree that follows the name, for all servers at once. ArgumentsOn gives one server's.
	Arguments []Argument `json:"arguments,omitempty"`
	// Reply is what is known about the reply; nil when nothing is.
	Reply *Reply `json:"reply,omitempty"`
}

// Facts are the properties of a command that may differ between servers.
type Facts struct {
	// Arity counts the words of a call, the name's included; negative means "at least".
	Arity int `json:"arity"`
	// Flags are the command flags of COMMAND INFO, sorted: "blocking", "readonly", "write".
	Flags []string `json:"flags,omitempty"`
	// DocFlags are the flags of COMMAND DOCS but "deprecated": "syscmd".
	DocFlags []string `json:"doc_flags,omitempty"`
	// ACL are the categories with their at sign, sorted.
	ACL []string `json:"acl,omitempty"`
	// Tips are the command tips, in the server's order: "request_policy:all_shards".
	Tips []string `json:"tips,omitempty"`
	// Complexity is the O() term alone.
	Complexity string `json:"complexity,omitempty"`
	// KeySpecs tell where keys are; Argument.KeySpec is an index into them.
	KeySpecs []KeySpec `json:"key_specs,omitempty"`
}

// FactsDiff tells what differs on some servers. A nil field is the same as in the command itself.
type FactsDiff struct {
	Servers    []string   `json:"servers"`
	Arity      *int       `json:"arity,omitempty"`
	Flags      *[]string  `json:"flags,omitempty"`
	DocFlags   *[]string  `json:"doc_flags,omitempty"`
	ACL        *[]string  `json:"acl,omitempty"`
	Tips       *[]string  `json:"tips,omitempty"`
	Complexity *string    `json:"complexity,omitempty"`
	KeySpecs   *[]KeySpec `json:"key_specs,omitempty"`
}

// KeySpec is one key specification of COMMAND INFO.
type KeySpec struct {
	// Flags are the flags that are set, sorted: "RO", "RW", "OW", "RM", "access", "update", "insert", "delete",
	// "not_key", "incomplete", "variable_flags".
	Flags []string    `json:"flags"`
	Begin BeginSearch `json:"begin"`
	Find  FindKeys    `json:"find"`
}

// BeginSearch tells where the search for keys starts. Positions count the command's name as 0.
type BeginSearch struct {
	Type    string `json:"type"`              // "index", "keyword" or "unknown"
	Index   int    `json:"index,omitempty"`   // type index: the position of the first key or of the key count
	Keyword string `json:"keyword,omitempty"` // type keyword: the token before the keys
	From    int    `json:"from,omitempty"`    // type keyword: the position to search from; negative: backwards from the end
}

// FindKeys tells how keys go on from the start.
type FindKeys struct {
	Type string `json:"type"` // "range", "keynum" or "unknown"
	// LastKey (type range) is the last key's position relative to the first; -1 is the last word, -2 the one before it.
	LastKey int `json:"last_key,omitempty"`
	// Limit (type range, LastKey -1): 0 and 1 none, 2 the first half of what remains, and so on.
	Limit int `json:"limit,omitempty"`
	// KeyNum and FirstKey (type keynum) are the positions of the key count and the first key, relative to the start.
	KeyNum   int `json:"key_num,omitempty"`
	FirstKey int `json:"first_key,omitempty"`
	// Step is the distance between keys.
	Step int `json:"step,omitempty"`
}

// Argument is a node of the argument tree. Servers differ in details of the tree: a node that only some of its
// parent's servers have lists them in Servers; a node that all have, but with another optional, multiple or type,
// lists the exceptions in Differs.
type Argument struct {
	// Name is a label without meaning on the wire, unique among neither siblings nor servers.
	Name string `json:"name"`
	// Type: "string", "integer", "double", "key", "pattern", "unix-time", "pure-token" (the Token alone), "oneof" (one of
	// Arguments) or "block" (all of Arguments in order).
	Type string `json:"type"`
	// Token is the literal word before the value, or the whole of a pure-token. A pure-token without one is the empty word
	// (MIGRATE has it in place of its key).
	Token    string `json:"token,omitempty"`
	Optional bool   `json:"optional,omitempty"`
	// Multiple: the value may be repeated; with MultipleToken the token is repeated before each.
	Multiple      bool `json:"multiple,omitempty"`
	MultipleToken bool `json:"multiple_token,omitempty"`
	// KeySpec is the index of the key spec that finds this argument, for types key and pattern; nil when there is none.
	KeySpec *int `json:"key_spec,omitempty"`
	// Since gives, by project, the version that added the argument, where it is younger than the command.
	Since map[string]string `json:"since,omitempty"`
	// Deprecated gives, by project, the version that deprecated the argument.
	Deprecated map[string]string `json:"deprecated,omitempty"`
	Servers    []string          `json:"servers,omitempty"`
	Differs    []ArgumentDiff    `json:"differs,omitempty"`
	Arguments  []Argument        `json:"arguments,omitempty"`
}

// ArgumentDiff tells what differs on some servers. A nil field is the same as in the node itself.
type ArgumentDiff struct {
	Servers  []string `json:"servers"`
	Type     *string  `json:"type,omitempty"`
	Optional *bool    `json:"optional,omitempty"`
	Multiple *bool    `json:"multiple,omitempty"`
}

// Reply tells what a command answers.
type Reply struct {
	// RESP2 and RESP3 list the shapes that a server was seen to give, sorted, in the notation of spec/README.md: "bulk",
	// "array[bulk|int]", "simple:OK". They are observations, not promises: a shape may be missing.
	RESP2 []string `json:"resp2,omitempty"`
	RESP3 []string `json:"resp3,omitempty"`
	// Schema is a JSON Schema of the RESP3 reply, from the last server that tells one.
	Schema json.RawMessage `json:"schema,omitempty"`
}

// LoadSpec reads a spec/commands.json. It refuses a field that it does not know, one that is there
// twice, and whatever checkSpec finds. The error names the file, the command and the field.
func LoadSpec(path string) (*Spec, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	spec, err := decodeSpec(raw)
	if err == nil {
		err = checkSpec(spec)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return spec, nil
}

func decodeStrict(raw []byte, into any) error {
	dec := json.NewDecoder(strings.NewReader(string(raw)))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return err
	}
	if dec.More() {
		return errors.New("more than one JSON value")
	}
	return nil
}

// Lookup finds a command by its full name in upper case, or returns nil.
func (s *Spec) Lookup(name string) *Command {
	i, found := slices.BinarySearchFunc(s.Commands, name, func(c Command, name string) int {
		return strings.Compare(c.Name, name)
	})
	if !found {
		return nil
	}
	return &s.Commands[i]
}

// Newest names the newest server of each project. ArgumentsOn of these is the tree to generate calls from: what only older
// servers tell is the same call told in another way.
func (s *Spec) Newest() []string {
	var names []string
	for i, server := range s.Servers {
		if i+1 == len(s.Servers) || s.Servers[i+1].Project != server.Project {
			names = append(names, server.Name)
		}
	}
	return names
}

// Callable tells whether the command itself can be sent: all but containers can.
func (c *Command) Callable() bool { return len(c.Subcommands) == 0 }

// Words is the command's name as it goes over the wire, one or two words.
func (c *Command) Words() []string { return strings.Split(c.Name, " ") }

// FactsOn gives the facts as one server has them.
func (c *Command) FactsOn(server string) Facts {
	f := c.Facts
	for _, d := range c.Differs {
		if slices.Contains(d.Servers, server) {
			f = d.apply(f)
		}
	}
	return f
}

func (d FactsDiff) apply(f Facts) Facts {
	set(&f.Arity, d.Arity)
	set(&f.Flags, d.Flags)
	set(&f.DocFlags, d.DocFlags)
	set(&f.ACL, d.ACL)
	set(&f.Tips, d.Tips)
	set(&f.Complexity, d.Complexity)
	set(&f.KeySpecs, d.KeySpecs)
	return f
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

// ArgumentsOn gives the tree as far as any of the named servers has it: nodes of other servers are gone, and a Differs
// that holds for all of the named servers is applied. Servers and Differs that remain tell how the named ones
// differ among themselves; for one name none remains. Choices and blocks left with a single child become that child.
// Names of servers that do not have the command are passed over.
func (c *Command) ArgumentsOn(servers ...string) []Argument {
	return project(c.Arguments, intersect(c.Servers, servers))
}

func project(nodes []Argument, servers []string) []Argument {
	var out []Argument
	for _, node := range nodes {
		here := servers
		if len(node.Servers) > 0 {
			here = intersect(node.Servers, servers)
		}
		if len(here) == 0 {
			continue
		}
		node.Servers = nil
		if len(here) < len(servers) {
			node.Servers = here
		}
		var differs []ArgumentDiff
		for _, d := range node.Differs {
			d.Servers = intersect(d.Servers, here)
			switch len(d.Servers) {
			case 0:
			case len(here):
				node = d.apply(node)
			default:
				differs = append(differs, d)
			}
		}
		node.Differs = differs
		node.Arguments = project(node.Arguments, here)
		out = append(out, node.collapse())
	}
	return out
}

func (d ArgumentDiff) apply(node Argument) Argument {
	set(&node.Type, d.Type)
	set(&node.Optional, d.Optional)
	set(&node.Multiple, d.Multiple)
	return node
}

// collapse turns a choice or block of a single child into that child where the wire cannot tell them apart.
func (a Argument) collapse() Argument {
	if a.Type != "oneof" && a.Type != "block" || len(a.Arguments) != 1 || len(a.Differs) > 0 {
		return a
	}
	child := a.Arguments[0]
	switch {
	case len(child.Servers) > 0 || len(child.Differs) > 0:
		return a // the child's servers would become the node's
	case a.Multiple && (child.Multiple || child.Optional || child.Token != "" || a.MultipleToken):
		return a // a repeated block repeats the child's own token or emptiness
	case a.Token != "" && (child.Token != "" || child.Optional || child.Type == "pure-token"):
		return a // two words, or a token that may stand alone
	}
	if a.Token != "" {
		child.Token = a.Token
	}
	child.Optional = child.Optional || a.Optional
	child.Multiple = child.Multiple || a.Multiple
	child.Servers = a.Servers
	if child.Since == nil {
		child.Since = a.Since
	}
	return child
}

func intersect(a, b []string) []string {
	var both []string
	for _, s := range a {
		if slices.Contains(b, s) {
			both = append(both, s)
		}
	}
	return both
}
