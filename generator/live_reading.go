package main

import (
	"fmt"
	"slices"
	"strings"
)

// reading is the reading of one reply. Its methods take a value that is expected to be of some
// kind, and the field that it stands in. The first value that is not what was expected sets err,
// and what is not read is empty.
type reading struct {
	server, request string
	command         string // the command that is being read; empty outside of all
	err             error
}

// wrong says that a reply is not made as COMMAND DOCS and COMMAND are.
func (r *reading) wrong(field, format string, args ...any) {
	if r.err == nil {
		where := place(r.server, r.request, r.command, field)
		r.err = fmt.Errorf("%s: %s", where, fmt.Sprintf(format, args...))
	}
}

// unknown says that a server tells something about which nobody has decided yet whether it is a
// fact.
func (r *reading) unknown(field, format string, args ...any) {
	r.wrong(field, "%s is not known: a fact belongs into the spec, prose into the list of prose in generator/live_docs.go",
		fmt.Sprintf(format, args...))
}

// read takes a value that is expected to be a T.
func read[T any](r *reading, field string, v any) T {
	want, ok := v.(T)
	if !ok {
		r.wrong(field, "want %s, not %s", respKind(want), respKind(v))
	}
	return want
}

func (r *reading) text(field string, v any) string    { return read[string](r, field, v) }
func (r *reading) number(field string, v any) int     { return read[int](r, field, v) }
func (r *reading) list(field string, v any) []any     { return read[[]any](r, field, v) }
func (r *reading) fields(field string, v any) respMap { return read[respMap](r, field, v) }

// words reads a list of strings.
func (r *reading) words(field string, v any) []string {
	var words []string
	for i, element := range r.list(field, v) {
		words = append(words, r.text(at(field, i), element))
	}
	return words
}

// wordOf reads a string that must be one of those known.
func (r *reading) wordOf(field string, v any, known []string) string {
	word := r.text(field, v)
	if !slices.Contains(known, word) {
		r.unknown(field, "%q", word)
	}
	return word
}

// place joins what is not empty: "redis-8.0: COMMAND DOCS: SET: arguments[2].type".
func place(parts ...string) string {
	given := slices.DeleteFunc(parts, func(part string) bool { return part == "" })
	return strings.Join(given, ": ")
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
