package main

import (
	"maps"
	"slices"
)

// info reads COMMAND, which tells a list of ten for every command, and adds the facts in it to what
// COMMAND DOCS told. Both must tell of the same commands.
func (r *reading) info(doc serverDoc, reply any) {
	seen := map[string]bool{}
	r.commandInfos(doc, seen, "", reply)
	for _, name := range slices.Sorted(maps.Keys(doc)) {
		if !seen[name] {
			r.command = name
			r.wrong("", "it is missing, and COMMAND DOCS tells of it")
		}
	}
}

// commandInfos reads a list of commands: all of them, or the subcommands of one.
func (r *reading) commandInfos(doc serverDoc, seen map[string]bool, field string, v any) {
	for _, element := range r.list(field, v) {
		if r.err != nil {
			return
		}
		r.commandInfo(doc, seen, element)
	}
}

// commandInfo reads one command. The first, last and step of its keys (elements 3 to 5) are passed
// over: the key specs tell the same, and more.
func (r *reading) commandInfo(doc serverDoc, seen map[string]bool, v any) {
	r.command = ""
	info := r.list("", v)
	if len(info) != 10 {
		r.wrong("", "a command has %d elements; want 10", len(info))
		return
	}
	name := fullName(r.text("name", info[0]))
	r.command = name
	c, told := doc[name]
	switch {
	case !told:
		r.wrong("", "it is there, and COMMAND DOCS does not tell of it")
	case seen[name]:
		r.wrong("", "it is there twice")
	}
	seen[name] = true
	if c.Arity = r.number("arity", info[1]); c.Arity == 0 {
		r.wrong("arity", "it is 0")
	}
	c.CommandFlags = r.words("flags", info[2])
	c.ACLCategories = r.words("ACL categories", info[6])
	c.Hints = r.words("tips", info[7])
	for i, element := range r.list("key specs", info[8]) {
		c.KeySpecs = append(c.KeySpecs, r.keySpec(at("key specs", i), element))
	}
	doc[name] = c
	r.commandInfos(doc, seen, "subcommands", info[9])
}

// keySpec reads one key specification. Its notes are prose.
func (r *reading) keySpec(field string, v any) keySpecDoc {
	var doc keySpecDoc
	for _, f := range r.fields(field, v) {
		here := below(field, f.name)
		switch f.name {
		case "flags":
			r.keySpecFlags(&doc, here, f.value)
		case "begin_search":
			search := r.search(here, f.value, beginTypes)
			doc.BeginSearch.Type = search.kind
			doc.BeginSearch.Spec.Index = search.numbers["index"]
			doc.BeginSearch.Spec.Keyword = search.keyword
			doc.BeginSearch.Spec.StartFrom = search.numbers["startfrom"]
		case "find_keys":
			search := r.search(here, f.value, findTypes)
			doc.FindKeys.Type = search.kind
			doc.FindKeys.Spec.LastKey = search.numbers["lastkey"]
			doc.FindKeys.Spec.KeyStep = search.numbers["keystep"]
			doc.FindKeys.Spec.Limit = search.numbers["limit"]
			doc.FindKeys.Spec.KeyNumIdx = search.numbers["keynumidx"]
			doc.FindKeys.Spec.FirstKey = search.numbers["firstkey"]
		case "notes":
		default:
			r.unknown(field, "the field %q", f.name)
		}
	}
	if doc.BeginSearch.Type == "" || doc.FindKeys.Type == "" {
		r.wrong(field, "want begin_search and find_keys")
	}
	return doc
}

func (r *reading) keySpecFlags(doc *keySpecDoc, field string, v any) {
	flags := map[string]*bool{
		"RO": &doc.RO, "RW": &doc.RW, "OW": &doc.OW, "RM": &doc.RM, "access": &doc.Access,
		"update": &doc.Update, "insert": &doc.Insert, "delete": &doc.Delete, "not_key": &doc.NotKey,
		"incomplete": &doc.Incomplete, "variable_flags": &doc.VariableFlags,
	}
	for _, name := range r.words(field, v) {
		if flag, ok := flags[name]; ok {
			*flag = true
		} else {
			r.unknown(field, "the flag %q", name)
		}
	}
}

// search is one half of a key specification.
type search struct {
	kind    string
	keyword string
	numbers map[string]int
}

// search reads a half, which is a map of type and spec. fieldsOf has for each type the fields of its
// spec, all of which must be there.
func (r *reading) search(field string, v any, fieldsOf map[string][]string) search {
	found := search{numbers: map[string]int{}}
	var spec any
	for _, f := range r.fields(field, v) {
		switch f.name {
		case "type":
			found.kind = r.wordOf(below(field, f.name), f.value, slices.Sorted(maps.Keys(fieldsOf)))
		case "spec":
			spec = f.value
		default:
			r.unknown(field, "the field %q", f.name)
		}
	}
	if found.kind == "" || spec == nil {
		r.wrong(field, "want a type and a spec")
		return found
	}
	field = below(field, "spec")
	var told []string
	for _, f := range r.fields(field, spec) {
		here := below(field, f.name)
		switch {
		case !slices.Contains(fieldsOf[found.kind], f.name):
			r.unknown(field, "the field %q of type %s", f.name, found.kind)
		case f.name == "keyword":
			found.keyword = r.text(here, f.value)
		default:
			found.numbers[f.name] = r.number(here, f.value)
		}
		told = append(told, f.name)
	}
	for _, name := range fieldsOf[found.kind] {
		if !slices.Contains(told, name) {
			r.wrong(below(field, name), "it is missing")
		}
	}
	return found
}

// beginTypes and findTypes have the types of the two halves of a key specification, and the fields
// that COMMAND tells of each.
var (
	beginTypes = map[string][]string{
		"index": {"index"}, "keyword": {"keyword", "startfrom"}, "unknown": {},
	}
	findTypes = map[string][]string{
		"range": {"lastkey", "keystep", "limit"}, "keynum": {"keynumidx", "firstkey", "keystep"}, "unknown": {},
	}
)
