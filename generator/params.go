package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// methodBuilder turns the argument tree of a command into the steps of a method.
type methodBuilder struct {
	method  *method
	over    *Overlay
	options map[string]*option
	group   int             // the last group given to options
	unused  map[string]bool // arguments that the overlay names and that have not come by

	tokens map[string]string // those of the overlay that have not come by
}

// tree adds all arguments of a command.
func (b *methodBuilder) tree(nodes []Argument) error {
	for i := range nodes {
		if err := b.argument(&nodes[i]); err != nil {
			return fmt.Errorf("argument %s: %w", nodes[i].Name, err)
		}
	}
	return nil
}

// argument adds one argument of the tree.
func (b *methodBuilder) argument(a *Argument) error {
	o := &b.method.over
	delete(b.unused, a.Name)
	asParam := !slices.Contains(o.Without, a.Name) && a.Type != "pure-token" && (!a.Optional || slices.Contains(o.With, a.Name))
	if asParam && o.Params[a.Name] == "" && (a.Type == "oneof" || a.Type == "block" && !a.Multiple) {
		return b.inside(a)
	}
	if o.Params[a.Name] != "" && !asParam {
		return errors.New("params: it is no parameter of the method")
	}
	switch {
	case slices.Contains(o.Without, a.Name):
		return nil
	case a.Optional && !slices.Contains(o.With, a.Name):
		b.group++
		return b.option(a)
	}
	s := step{token: a.Token, many: a.Multiple}
	if a.Type != "pure-token" {
		s.kind = o.Params[a.Name]
		if s.kind == "" {
			s.kind = kindOf(a)
		}
		k, ok := b.over.paramKind(s.kind)
		switch {
		case !ok:
			return fmt.Errorf("type %s needs a kind in params, and %q is none", a.Type, s.kind)
		case a.MultipleToken:
			return errors.New("a token before each of several is not supported")
		case k.variadic != (a.Type == "block") && !k.whole:
			return fmt.Errorf("kind %s does not fit type %s", s.kind, a.Type)
		}
		s.many = a.Multiple && !k.single || k.variadic && !k.single
		s.name = cmp.Or(k.name, paramName(a.Name, s.many))
		s.need = s.many && !a.Optional
	}
	b.method.steps = append(b.method.steps, s)
	return nil
}

// inside adds what an argument consists of: all of a block, the one alternative of a choice that the overlay names.
func (b *methodBuilder) inside(a *Argument) error {
	if a.Token != "" {
		b.method.steps = append(b.method.steps, step{token: a.Token})
	}
	children := a.Arguments
	if a.Type == "oneof" {
		children = slices.DeleteFunc(slices.Clone(children), func(c Argument) bool { return !slices.Contains(b.method.over.With, c.Name) })
		if len(children) != 1 {
			return errors.New("a choice: name one of it in with, or give it a kind in params")
		}
	}
	for i := range children {
		if err := b.argument(&children[i]); err != nil {
			return fmt.Errorf("%s: %w", children[i].Name, err)
		}
	}
	return nil
}

// option makes an optional argument an option, or several that exclude each other.
func (b *methodBuilder) option(a *Argument) error {
	if a.Type == "oneof" && a.Token == "" {
		for i := range a.Arguments {
			if slices.Contains(b.method.over.Without, a.Arguments[i].Name) {
				delete(b.unused, a.Arguments[i].Name)
				continue
			}
			if err := b.oneOption(&a.Arguments[i]); err != nil {
				return err
			}
		}
		return nil
	}
	return b.oneOption(a)
}

func (b *methodBuilder) oneOption(a *Argument) error {
	delete(b.tokens, a.Token)
	delete(b.tokens, a.Name)
	def, err := newOption(b.over, b.method.over.Tokens, a)
	if err != nil {
		return err
	}
	return b.takes(def)
}

// takes gives the method an option, in the present group.
func (b *methodBuilder) takes(def *option) error {
	if old := b.options[def.name]; old != nil {
		if err := old.same(def); err != nil {
			return err
		}
		def = old
	}
	b.options[def.name] = def
	def.methods = append(def.methods, b.method)
	b.method.options = append(b.method.options, use{def, []int{b.group}})
	steps := b.method.steps
	switch at := slices.IndexFunc(steps, func(s step) bool { return s.options }); {
	case at < 0:
		b.method.steps = append(steps, step{options: true})
	case slices.ContainsFunc(steps[at:], func(s step) bool { return s.name != "" }):
		// Tokens alone may stand behind the options: servers take them in any order.
		return errors.New("options in two places of a request are not supported")
	}
	return nil
}

// params are the parameters of the method as Go source.
func (m *method) params() string {
	var list params
	last := -1
	for i, s := range m.steps {
		if s.name != "" {
			last = i
		}
	}
	for i, s := range m.steps {
		if s.name == "" {
			continue
		}
		list.add(s.name, s.goType(m.overlay, i == last && len(m.options) == 0))
	}
	if len(m.options) > 0 {
		list.add("opts", "..."+m.name+"Option")
	}
	return list.String()
}

// params are the parameters that creating the option takes, as Go source.
func (o *option) params() string {
	var list params
	values := o.values()
	for i, v := range values {
		list.add(v.name, v.goType(o.overlay, i == len(values)-1))
	}
	return list.String()
}

// goType is the type of the parameter; the last one of several is variadic.
func (s step) goType(over *Overlay, last bool) string {
	k, _ := over.paramKind(s.kind)
	switch {
	case s.many && last:
		return "..." + k.goType
	case s.many:
		return "[]" + k.goType
	}
	return k.goType
}

// params is a list of parameters: names and types in turn.
type params []string

func (p *params) add(name, goType string) { *p = append(*p, name, goType) }

// String writes a type once for all that have it: "start, stop int64".
func (p params) String() string {
	var b strings.Builder
	for i := 0; i < len(p); i += 2 {
		b.WriteString(p[i])
		switch {
		case i+2 == len(p):
			b.WriteString(" " + p[i+1])
		case p[i+1] == p[i+3]:
			b.WriteString(", ")
		default:
			b.WriteString(" " + p[i+1] + ", ")
		}
	}
	return b.String()
}
