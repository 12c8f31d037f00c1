package main

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// A usage is a request written by hand, for methods that the argument tree does not make well by itself:
//
//	{key:key} {bit:int} [Byte|Bit]
//	STREAMS {streams...:streams}
//	{script:str} {#keys} {keys...?:key} {args...?:any}
//
// A word stands for itself, '' for the empty one. {name:kind} is a parameter, {name...:kind} one that takes several, at least one of them
// unless there is a question mark. {#name} is how many the parameter of that name holds. [A|B] are options that
// exclude each other, by their keys in Overlay.Options; several such brackets may follow each other.

// emptyWord stands for the word of no letters, which MIGRATE has in the place of its key.
const emptyWord = "''"

var usageParam = regexp.MustCompile(`^\{([a-z][A-Za-z0-9]*)(\.\.\.)?(\?)?:([A-Za-z]+)\}$`)

// usage adds the parts of a usage to the method.
func (b *methodBuilder) usage(usage string) error {
	words := spelled(b.method.command.Arguments)
	for _, part := range strings.Fields(usage) {
		if err := b.part(part, words); err != nil {
			return fmt.Errorf("usage: %s: %w", part, err)
		}
	}
	return nil
}

func (b *methodBuilder) part(part string, words map[string]bool) error {
	if list, ok := strings.CutPrefix(part, "["); ok {
		b.group++
		for _, key := range strings.Split(strings.TrimSuffix(list, "]"), "|") {
			def, err := b.over.optionOf(key)
			if err != nil {
				return err
			}
			if err := spellable(def.parts, words); err != nil {
				return err
			}
			if err := b.takes(def); err != nil {
				return err
			}
		}
		return nil
	}
	s, err := usageStep(b.over, part)
	if err != nil {
		return err
	}
	if err := spellable([]step{s}, words); err != nil {
		return err
	}
	b.method.steps = append(b.method.steps, s)
	return nil
}

// spellable refuses a word that no server knows at this command.
func spellable(steps []step, words map[string]bool) error {
	for _, s := range steps {
		if s.token != "" && s.token != emptyWord && !words[s.token] {
			return fmt.Errorf("%s is no word of the command", s.token)
		}
	}
	return nil
}

// spelled collects the tokens of an argument tree.
func spelled(nodes []Argument) map[string]bool {
	words := map[string]bool{}
	for i := range nodes {
		if nodes[i].Token != "" {
			words[nodes[i].Token] = true
		}
		for w := range spelled(nodes[i].Arguments) {
			words[w] = true
		}
	}
	return words
}

// usageStep reads one part of a usage that is no option.
func usageStep(over *Overlay, part string) (step, error) {
	if counted, ok := strings.CutPrefix(part, "{#"); ok {
		return step{countOf: strings.TrimSuffix(counted, "}")}, nil
	}
	if !strings.HasPrefix(part, "{") {
		return step{token: part}, nil
	}
	m := usageParam.FindStringSubmatch(part)
	if m == nil {
		return step{}, errors.New("want {name:kind}")
	}
	kind, ok := over.paramKind(m[4])
	switch many := m[2] != ""; {
	case !ok:
		return step{}, fmt.Errorf("there is no kind %s", m[4])
	case kind.variadic && !kind.single && !many:
		return step{}, fmt.Errorf("kind %s takes several", m[4])
	default:
		return step{name: m[1], kind: m[4], many: many, need: many && m[3] == ""}, nil
	}
}

// optionOf makes the option that has an entry with a usage of its own.
func (over *Overlay) optionOf(key string) (*option, error) {
	ov, ok := over.Options[key]
	if !ok {
		return nil, fmt.Errorf("%s has no entry in options", key)
	}
	if ov.Doc == "" {
		return nil, fmt.Errorf("option %s has no doc", key)
	}
	o := &option{name: ov.Name, key: key, doc: ov.Doc, millis: ov.Millis, overlay: over}
	usage := cmp.Or(ov.Usage, key)
	for _, part := range strings.Fields(usage) {
		s, err := usageStep(over, part)
		if err != nil {
			return nil, fmt.Errorf("option %s: usage: %s: %w", key, part, err)
		}
		o.parts = append(o.parts, s)
	}
	o.token = o.parts[0].token
	if o.token == "" {
		return nil, fmt.Errorf("option %s: a usage begins with a word", key)
	}
	o.name = cmp.Or(o.name, optionName(o.token))
	if o.millis != "" && (len(o.values()) != 1 || !twoUnits(o.values()[0].kind)) {
		return nil, fmt.Errorf("option %s: millis is for one value of kind span or moment", key)
	}
	return o, nil
}
