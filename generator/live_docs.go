package main

import (
	"encoding/json"
	"slices"
	"strings"
)

// COMMAND DOCS tells facts and prose. Prose is left out:
//
//   - of a command summary and history, and of complexity all but the first O() term;
//   - of an argument summary and display_text, which is the label that manuals print.
//
// The sentence in replaced_by is kept until merge has taken the names of commands from it. A field
// that is neither named here nor read below is an error.
var (
	proseOfCommands  = []string{"summary", "history"}
	proseOfArguments = []string{"summary", "display_text"}
)

// docs reads COMMAND DOCS: every command and subcommand with the fields of commandDoc that it tells.
func (r *reading) docs(reply any) serverDoc {
	doc := serverDoc{}
	r.commandDocs(doc, reply)
	return doc
}

// commandDocs reads a map by name: all commands, or the subcommands of one.
func (r *reading) commandDocs(into serverDoc, v any) {
	for _, f := range r.fields("", v) {
		name := fullName(f.name)
		r.command = name
		if _, twice := into[name]; twice {
			r.wrong("", "it is there twice")
		}
		doc, subcommands := r.commandDoc(f.value)
		into[name] = doc
		if subcommands != nil {
			r.commandDocs(into, subcommands)
		}
	}
	r.command = ""
}

// fullName turns a server's name of a command, "config|get", into the spec's, "CONFIG GET".
func fullName(name string) string { return strings.ToUpper(strings.ReplaceAll(name, "|", " ")) }

func (r *reading) commandDoc(v any) (doc commandDoc, subcommands any) {
	for _, f := range r.fields("", v) {
		switch f.name {
		case "group":
			doc.Group = r.text(f.name, f.value)
		case "module":
			doc.Module = r.text(f.name, f.value)
		case "since":
			doc.Since = r.text(f.name, f.value)
		case "complexity":
			doc.Complexity = costTerm(r.text(f.name, f.value))
		case "doc_flags":
			doc.DocFlags = r.words(f.name, f.value)
		case "deprecated_since":
			doc.DeprecatedSince = r.text(f.name, f.value)
		case "replaced_by":
			doc.ReplacedBy = r.text(f.name, f.value)
		case "arguments":
			doc.Arguments = r.arguments(f.name, f.value)
		case "reply_schema": // only of a server that was built to tell it
			doc.ReplySchema, _ = json.Marshal(f.value) // cannot fail: a reply is made of what JSON has
		case "subcommands":
			subcommands = f.value
		default:
			r.prose("", f, proseOfCommands)
		}
	}
	if doc.Group == "" {
		r.wrong("group", "it is missing")
	}
	return doc, subcommands
}

// prose passes over a field that is prose, and refuses every other.
func (r *reading) prose(field string, f respField, known []string) {
	if !slices.Contains(known, f.name) {
		r.unknown(field, "the field %q", f.name)
	}
}

// costTerm is the first O() term of a sentence with its parentheses, or nothing: "O(log(N))".
func costTerm(sentence string) string {
	start := strings.Index(sentence, "O(")
	if start < 0 {
		return ""
	}
	open := 0
	for i := start; i < len(sentence); i++ {
		switch sentence[i] {
		case '(':
			open++
		case ')':
			if open--; open == 0 {
				return sentence[start : i+1]
			}
		}
	}
	return ""
}

func (r *reading) arguments(field string, v any) []argumentDoc {
	var docs []argumentDoc
	for i, element := range r.list(field, v) {
		docs = append(docs, r.argument(at(field, i), element))
	}
	return docs
}

func (r *reading) argument(field string, v any) argumentDoc {
	var doc argumentDoc
	for _, f := range r.fields(field, v) {
		here := below(field, f.name)
		switch f.name {
		case "name":
			doc.Name = r.text(here, f.value)
		case "type":
			doc.Type = r.wordOf(here, f.value, argumentTypes)
		case "token":
			doc.Token = r.text(here, f.value)
		case "key_spec_index":
			index := r.number(here, f.value)
			doc.KeySpecIndex = &index
		case "since":
			doc.Since = r.text(here, f.value)
		case "deprecated_since":
			doc.DeprecatedSince = r.text(here, f.value)
		case "flags":
			r.argumentFlags(&doc, here, f.value)
		case "arguments":
			doc.Arguments = r.arguments(here, f.value)
		default:
			r.prose(field, f, proseOfArguments)
		}
	}
	switch nested := doc.Type == "oneof" || doc.Type == "block"; {
	case doc.Name == "":
		r.wrong(below(field, "name"), "it is missing")
	case doc.Type == "":
		r.wrong(below(field, "type"), "it is missing")
	case nested && len(doc.Arguments) == 0:
		r.wrong(below(field, "arguments"), "they are missing from a %s", doc.Type)
	case !nested && len(doc.Arguments) > 0:
		r.wrong(below(field, "arguments"), "a %s has none", doc.Type)
	}
	return doc
}

func (r *reading) argumentFlags(doc *argumentDoc, field string, v any) {
	for _, flag := range r.words(field, v) {
		switch flag {
		case "optional":
			doc.Optional = true
		case "multiple":
			doc.Multiple = true
		case "multiple_token":
			doc.MultipleToken = true
		default:
			r.unknown(field, "the flag %q", flag)
		}
	}
}
