package main

import (
	"cmp"
	"errors"
	"fmt"
)

// option is a value that one or more commands accept: a token, with or without
// values behind it.
type option struct {
	name    string
	key     string // in Overlay.Options
	token   string
	doc     string
	millis  string // the token for the same in milliseconds
	values  []step
	methods []*method // that take it
}

func (o *option) typeName() string { return lowerFirst(o.name) + "Option" }

// newOption makes an option of an optional argument.
func newOption(over *Overlay, tokens map[string]string, a *Argument) (*option, error) {
	if a.Token == "" {
		return nil, errors.New("optional, without a token: name it in with or without")
	}
	key := cmp.Or(tokens[a.Token], a.Token)
	ov, ok := over.Options[key]
	if !ok {
		return nil, fmt.Errorf("token %s has no entry in options", key)
	}
	o := &option{name: ov.Name, key: key, token: a.Token, doc: ov.Doc, millis: ov.Millis}
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
		for i := range a.Arguments {
			v, err := optionValue(&a.Arguments[i], "")
			if err != nil {
				return nil, err
			}
			o.values = append(o.values, v)
		}
	default:
		v, err := optionValue(a, ov.Kind)
		if err != nil {
			return nil, err
		}
		o.values = []step{v}
	}
	if o.millis != "" && (len(o.values) != 1 || !twoUnits(o.values[0].kind)) {
		return nil, fmt.Errorf("option %s: millis is for one value of kind span or moment", key)
	}
	return o, nil
}

func optionValue(a *Argument, kind string) (step, error) {
	if kind == "" {
		kind = kindOf(a)
	}
	if k, ok := paramKinds[kind]; !ok || k.variadic || a.Multiple {
		return step{}, fmt.Errorf("an option of type %s is not supported", a.Type)
	}
	return step{name: cmp.Or(paramKinds[kind].name, paramName(a.Name, false)), kind: kind}, nil
}

// same tells why two arguments cannot be one option.
func (o *option) same(other *option) error {
	if o.token != other.token || len(o.values) != len(other.values) {
		return fmt.Errorf("option %s takes something else elsewhere: give one of them another entry by tokens", o.name)
	}
	for i := range o.values {
		if o.values[i].kind != other.values[i].kind {
			return fmt.Errorf("option %s would take values of two kinds", o.name)
		}
	}
	return nil
}
