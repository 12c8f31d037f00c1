package main

import (
	"fmt"
	"strings"
)

// unreachableError says that a server could not be connected to, or that its connection broke or its time ran out.
type unreachableError struct {
	server, addr string
	doing        string // "connecting", "COMMAND DOCS"
	err          error
}

func (e *unreachableError) Error() string {
	return fmt.Sprintf("%s at %s cannot be reached: %s: %v", e.server, e.addr, e.doing, e.err)
}

func (e *unreachableError) Unwrap() error { return e.err }

// refusedError says that a server answered a request with an error.
type refusedError struct {
	server  string
	request string
	answer  string // "NOAUTH HELLO must be called …"
}

func (e *refusedError) Error() string {
	return fmt.Sprintf("%s refuses %s: %s", e.server, e.request, e.answer)
}

// code is the first word of the answer: "NOAUTH", "ERR".
func (e *refusedError) code() string {
	code, _, _ := strings.Cut(e.answer, " ")
	return code
}

// strangerError says that another server answers than the one that was named.
type strangerError struct {
	server, addr string
	answers      string // "valkey 8.1.1"
}

func (e *strangerError) Error() string {
	return fmt.Sprintf("%s at %s is not that: %s answers", e.server, e.addr, e.answers)
}

// shapeError says that a reply is not of the shape that the reading of it expects.
type shapeError struct {
	server  string
	request string // "COMMAND DOCS"
	command string // "SET"; empty where the reply as a whole is meant
	field   string // "arguments[2].type"; empty where all of the command is meant
	fault   string // "want a string, not an integer"
}

func (e *shapeError) Error() string {
	return place(e.server, e.request, e.command, e.field) + ": " + e.fault
}

// unknownFactError says that a server tells something that this program does not know, so that nobody has decided yet
// whether it is a fact: a field, or a word where only certain words are known.
type unknownFactError struct {
	server, request, command, field string
	what                            string // `a field "tier"`, `the flag "sometimes"`
}

func (e *unknownFactError) Error() string {
	return fmt.Sprintf("%s: %s is not known; if it is a fact, the spec must hold it, and if it is prose, it belongs into the list of prose",
		place(e.server, e.request, e.command, e.field), e.what)
}

// place joins what is not empty: "redis-8.0: COMMAND DOCS: SET: arguments[2].type".
func place(parts ...string) string {
	var given []string
	for _, part := range parts {
		if part != "" {
			given = append(given, part)
		}
	}
	return strings.Join(given, ": ")
}
