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

// argument adds one argument of the tree.
func (b *methodBuilder) argument(a *Argument) error {
	o := &b.method.over
	delete(b.unused, a.Name)
	asParam := !slices.Contains(o.Without, a.Name) && a.Type != "pure-token" && (!a.Optional || slices.Contains(o.With, a.Name))
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
		k, ok := paramKinds[s.kind]
		switch {
		case !ok:
			return fmt.Errorf("type %s needs a kind in params, and %q is none", a.Type, s.kind)
		case a.MultipleToken:
			return errors.New("a token before each of several is not supported")
		case k.variadic != (a.Type == "block"):
			return fmt.Errorf("kind %s does not fit type %s", s.kind, a.Type)
		}
		s.many = a.Multiple && !k.single
		s.name = cmp.Or(k.name, paramName(a.Name, s.many))
		s.need = s.many && !a.Optional
	}
	b.method.steps = append(b.method.steps, s)
	return nil
}

// option makes an optional argument an option, or several that exclude each other.
func (b *methodBuilder) option(a *Argument) error {
	if a.Type == "oneof" {
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
	def, err := newOption(b.over, b.method.over.Tokens, a)
	if err != nil {
		return err
	}
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
		typ := paramKinds[s.kind].goType
		switch {
		case s.many && i == last && len(m.options) == 0:
			typ = "..." + typ
		case s.many:
			typ = "[]" + typ
		}
		list.add(s.name, typ)
	}
	if len(m.options) > 0 {
		list.add("opts", "..."+m.name+"Option")
	}
	return list.String()
}

// params are the parameters that creating the option takes, as Go source.
func (o *option) params() string {
	var list params
	for _, v := range o.values {
		list.add(v.name, paramKinds[v.kind].goType)
	}
	return list.String()
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
