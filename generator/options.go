package main

import (
	"cmp"
	"errors"
	"fmt"
)

// option is a value that one or more commands accept: a token, with or without
// more behind it.
type option struct {
	name    string
	key     string // in Overlay.Options
	token   string // the first word
	doc     string
	millis  string    // the token for the same in milliseconds
	parts   []step    // what is written, in order
	methods []*method // that take it
	overlay *Overlay
}

func (o *option) typeName() string { return lowerFirst(o.name) + "Option" }

// values are the parts that the program gives.
func (o *option) values() []step {
	var values []step
	for _, s := range o.parts {
		if s.name != "" {
			values = append(values, s)
		}
	}
	return values
}

// newOption makes an option of an optional argument.
func newOption(over *Overlay, tokens map[string]string, a *Argument) (*option, error) {
	if a.Token == "" && tokens[a.Name] == "" {
		return nil, errors.New("optional, without a token: name it in with or without")
	}
	key := cmp.Or(tokens[a.Token], tokens[a.Name], a.Token)
	ov, ok := over.Options[key]
	switch {
	case !ok:
		return nil, fmt.Errorf("token %s has no entry in options", key)
	case ov.Usage != "":
		return over.optionOf(key)
	}
	o := &option{name: ov.Name, key: key, token: a.Token, doc: ov.Doc, millis: ov.Millis, overlay: over}
	if o.name == "" {
		o.name = optionName(a.Token)
	}
	if o.doc == "" {
		return nil, fmt.Errorf("option %s has no doc", key)
	}
	switch a.Type {
	case "pure-token", "block":
		if ov.Kind != "" {
			return nil, fmt.Errorf("option %s: kind %s is for a single value, which type %s has not", key, ov.Kind, a.Type)
		}
		o.parts = []step{{token: a.Token}}
		for i := range a.Arguments {
			v, err := optionValue(over, &a.Arguments[i], "")
			if err != nil {
				return nil, err
			}
			o.parts = append(o.parts, v)
		}
	default:
		v, err := optionValue(over, a, ov.Kind)
		if err != nil {
			return nil, err
		}
		v.token, v.each = a.Token, a.MultipleToken
		o.parts = []step{v}
	}
	if o.millis != "" && (len(o.values()) != 1 || !twoUnits(o.values()[0].kind)) {
		return nil, fmt.Errorf("option %s: millis is for one value of kind span or moment", key)
	}
	return o, nil
}

func optionValue(over *Overlay, a *Argument, kind string) (step, error) {
	if kind == "" {
		kind = kindOf(a)
	}
	k, ok := over.paramKind(kind)
	if !ok || k.variadic {
		return step{}, fmt.Errorf("an option of type %s is not supported", a.Type)
	}
	return step{name: cmp.Or(k.name, paramName(a.Name, a.Multiple)), kind: kind, many: a.Multiple, need: a.Multiple}, nil
}

// same tells why two arguments cannot be one option.
func (o *option) same(other *option) error {
	if o.token != other.token || len(o.parts) != len(other.parts) {
		return fmt.Errorf("option %s takes something else elsewhere: give one of them another entry by tokens", o.name)
	}
	for i, part := range o.parts {
		if part.kind != other.parts[i].kind || part.many != other.parts[i].many {
			return fmt.Errorf("option %s would take values of two kinds", o.name)
		}
	}
	return nil
}
