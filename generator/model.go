package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// model is what is going to be written: every command for the table, the methods
// and the options.
type model struct {
	spec     *Spec
	commands []*Command // callable, sorted by name
	methods  []*method  // sorted by name
	options  []*option  // sorted by name
	over     *Overlay
}

// method is one method of Commands.
type method struct {
	name    string
	main    bool // not a variant
	command *Command
	over    CommandOverlay
	millis  *Command // the same command in milliseconds; nil if there is none
	steps   []step   // what is written, in order
	options []use    // the options it takes
	as      *method  // the first method that takes the same options; itself if none does before
	overlay *Overlay
}

// step is one part of a request.
type step struct {
	token   string // written first, if there is one
	each    bool   // the token is written before each of many
	name    string // the parameter's Go name; empty: the token is all
	kind    string // a key of paramKinds
	many    bool
	need    bool   // at least one of many
	countOf string // the parameter whose elements are counted here
	options bool   // the options stand here
}

// use is an option in the hands of one method.
type use struct {
	option *option
	groups []int // options with a group in common exclude each other
}

// newModel makes the model, or says what does not fit together.
func newModel(spec *Spec, over *Overlay) (*model, error) {
	m := &model{spec: spec, over: over}
	for i := range spec.Commands {
		if c := &spec.Commands[i]; c.Callable() {
			m.commands = append(m.commands, c)
		}
	}
	for _, names := range []map[string]string{over.Session, over.ServerSide, over.Skipped, over.Repeatable, over.Timeouts} {
		for _, name := range slices.Sorted(maps.Keys(names)) {
			if c := spec.Lookup(name); c == nil || !c.Callable() {
				return nil, fmt.Errorf("%s is not a command of the spec", name)
			}
		}
	}
	options := map[string]*option{}
	for _, name := range slices.Sorted(maps.Keys(over.Commands)) {
		c := spec.Lookup(name)
		if c == nil || !c.Callable() {
			return nil, fmt.Errorf("%s is not a command of the spec", name)
		}
		entry := over.Commands[name]
		if over.Skipped[name]+over.ServerSide[name] != "" {
			return nil, fmt.Errorf("%s has an entry, and is skipped", name)
		}
		for i, o := range append([]CommandOverlay{entry}, entry.Variants...) {
			meth, err := newMethod(spec, over, c, o, options)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			meth.main = i == 0
			m.methods = append(m.methods, meth)
		}
	}
	slices.SortFunc(m.methods, func(a, b *method) int { return strings.Compare(a.name, b.name) })
	for i := 1; i < len(m.methods); i++ {
		if a, b := m.methods[i-1], m.methods[i]; a.name == b.name {
			return nil, fmt.Errorf("%s and %s both make a method %s", a.command.Name, b.command.Name, a.name)
		}
	}
	if err := over.checkWords(); err != nil {
		return nil, err
	}
	m.share()
	for _, name := range slices.Sorted(maps.Keys(options)) {
		m.options = append(m.options, options[name])
	}
	for _, name := range slices.Sorted(maps.Keys(over.Redact)) {
		if c := spec.Lookup(name); c == nil || !c.Callable() {
			return nil, fmt.Errorf("redact: %s is not a command of the spec", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(over.Timeouts)) {
		if timeoutPlaces[over.Timeouts[name]] == "" {
			return nil, fmt.Errorf("timeouts: %s: unknown place %q", name, over.Timeouts[name])
		}
	}
	for _, key := range slices.Sorted(maps.Keys(over.Options)) {
		if !slices.ContainsFunc(m.options, func(o *option) bool { return o.key == key }) {
			return nil, fmt.Errorf("options: %s: no command takes it", key)
		}
	}
	return m, nil
}

func newMethod(spec *Spec, over *Overlay, c *Command, o CommandOverlay, options map[string]*option) (*method, error) {
	if len(o.Arguments) > 0 {
		if len(c.Arguments) > 0 {
			return nil, errors.New("arguments: servers tell them")
		}
		c.Arguments = o.Arguments
	}
	m := &method{name: o.Name, command: c, over: o, overlay: over}
	if m.name == "" {
		m.name = methodName(c.Name)
	}
	switch {
	case replyKinds[o.Reply] == "":
		return nil, fmt.Errorf("unknown kind of reply %q", o.Reply)
	case o.Doc == "" || !strings.HasSuffix(o.Doc, "."):
		return nil, fmt.Errorf("%s: doc must be a sentence", m.name)
	}
	if o.Millis != "" {
		if m.millis = spec.Lookup(o.Millis); m.millis == nil {
			return nil, fmt.Errorf("millis: %s is not a command of the spec", o.Millis)
		}
	}
	b := methodBuilder{method: m, over: over, options: options, group: -1, unused: map[string]bool{}, tokens: maps.Clone(o.Tokens)}
	for _, list := range [][]string{o.With, o.Without, slices.Collect(maps.Keys(o.Params))} {
		for _, arg := range list {
			b.unused[arg] = true
		}
	}
	if o.Usage != nil {
		if len(o.With)+len(o.Without)+len(o.Params)+len(o.Tokens) > 0 {
			return nil, fmt.Errorf("%s: a usage tells everything: no with, without, params, tokens", m.name)
		}
		if err := b.usage(*o.Usage); err != nil {
			return nil, fmt.Errorf("%s: %w", m.name, err)
		}
	} else if err := b.tree(c.ArgumentsOn(c.Servers...)); err != nil {
		return nil, fmt.Errorf("%s: %w", m.name, err)
	}
	for _, arg := range slices.Sorted(maps.Keys(b.unused)) {
		return nil, fmt.Errorf("%s: there is no argument %s", m.name, arg)
	}
	for _, token := range slices.Sorted(maps.Keys(b.tokens)) {
		return nil, fmt.Errorf("%s: tokens: %s is the token of no option", m.name, token)
	}
	if m.millis != nil && !slices.ContainsFunc(m.steps, func(s step) bool { return twoUnits(s.kind) }) {
		return nil, fmt.Errorf("%s: millis is for a parameter of kind span or moment", m.name)
	}
	if b.group >= 64 {
		return nil, fmt.Errorf("%s: %d groups of options; there are bits for 64", m.name, b.group+1)
	}
	if err := m.count(); err != nil {
		return nil, fmt.Errorf("%s: %w", m.name, err)
	}
	if err := m.exclude(o.Excludes); err != nil {
		return nil, fmt.Errorf("%s: excludes: %w", m.name, err)
	}
	return m, nil
}

// count resolves the steps that tell how many of the next argument there are, and checks that no two parameters
// have one name.
func (m *method) count() error {
	names := map[string]bool{}
	for i := range m.steps {
		s := &m.steps[i]
		if s.kind == "count" {
			if i+1 == len(m.steps) || !m.steps[i+1].many {
				return fmt.Errorf("argument %s counts nothing", s.name)
			}
			s.name, s.countOf = "", m.steps[i+1].name
		}
		if s.countOf != "" && !slices.ContainsFunc(m.steps, func(p step) bool { return p.many && p.name == s.countOf }) {
			return fmt.Errorf("{#%s} counts nothing", s.countOf)
		}
		if s.name != "" && names[s.name] {
			return fmt.Errorf("there are two parameters %s", s.name)
		}
		names[s.name] = true
	}
	return nil
}

// exclude adds what the tree of arguments does not tell: an option joins the groups of those it excludes.
func (m *method) exclude(excludes map[string][]string) error {
	for _, token := range slices.Sorted(maps.Keys(excludes)) {
		for _, other := range excludes[token] {
			a, b := m.use(token), m.use(other)
			if a == nil || b == nil {
				return fmt.Errorf("%s or %s is not an option", token, other)
			}
			if !slices.Contains(a.groups, b.groups[0]) {
				a.groups = append(a.groups, b.groups[0])
			}
		}
	}
	return nil
}

// share lets methods that take the same options have one interface for them: every method of an option costs time to
// compile.
func (m *model) share() {
	first := map[string]*method{}
	for _, meth := range m.methods {
		var key strings.Builder
		for _, u := range meth.options {
			fmt.Fprintf(&key, "%s %v,", u.option.name, u.groups)
		}
		if first[key.String()] == nil {
			first[key.String()] = meth
		}
		meth.as = first[key.String()]
	}
}

// use finds an option of the method by its token.
func (m *method) use(token string) *use {
	for i := range m.options {
		if m.options[i].option.token == token {
			return &m.options[i]
		}
	}
	return nil
}

// useOf finds an option of the method.
func (m *method) useOf(o *option) *use {
	for i := range m.options {
		if m.options[i].option == o {
			return &m.options[i]
		}
	}
	return nil
}
