package main

import (
	"fmt"
	"slices"
)

// reading is the reading of one reply. Its methods take a value that is expected to be of some shape, and the field that it
// stands in; the first one that is not keeps its error in err, and what comes after reads as empty.
type reading struct {
	server, request string
	command         string // the command that is being read
	err             error
}

func (r *reading) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

func (r *reading) wrong(field, format string, args ...any) {
	r.fail(&shapeError{r.server, r.request, r.command, field, fmt.Sprintf(format, args...)})
}

func (r *reading) unknown(field, format string, args ...any) {
	r.fail(&unknownFactError{r.server, r.request, r.command, field, fmt.Sprintf(format, args...)})
}

func (r *reading) is(field string, v respValue, kind respKind) bool {
	if v.kind != kind {
		r.wrong(field, "want %s, not %s", kind, v.kind)
	}
	return v.kind == kind
}

// text reads a string.
func (r *reading) text(field string, v respValue) string {
	r.is(field, v, respText)
	return v.text
}

// number reads an integer.
func (r *reading) number(field string, v respValue) int {
	r.is(field, v, respInt)
	return v.number
}

// list reads a list or a set.
func (r *reading) list(field string, v respValue) []respValue {
	r.is(field, v, respList)
	return v.elements
}

// words reads a list or a set of strings.
func (r *reading) words(field string, v respValue) []string {
	var words []string
	for _, element := range r.list(field, v) {
		words = append(words, r.text(field, element))
	}
	return words
}

// wordOf reads a string that must be one of those known.
func (r *reading) wordOf(field string, v respValue, known []string) string {
	word := r.text(field, v)
	if r.err == nil && !slices.Contains(known, word) {
		r.unknown(field, "%q", word)
	}
	return word
}

// respField is one field of a map.
type respField struct {
	name  string
	value respValue
}

// fields reads a map, in which no key may come twice.
func (r *reading) fields(field string, v respValue) []respField {
	if !r.is(field, v, respMap) {
		return nil
	}
	seen := map[string]bool{}
	var fields []respField
	for i := 0; i < len(v.elements); i += 2 {
		name := r.text(field, v.elements[i])
		if seen[name] {
			r.wrong(field, "the key %q is there twice", name)
		}
		seen[name] = true
		fields = append(fields, respField{name, v.elements[i+1]})
	}
	return fields
}

// below is a field of what stands in field.
func below(field, name string) string {
	if field == "" {
		return name
	}
	return field + "." + name
}

// at is an element of the list in field, from 0.
func at(field string, i int) string { return fmt.Sprintf("%s[%d]", field, i) }
