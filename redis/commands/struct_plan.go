package commands

import (
	"reflect"
	"strings"
	"sync"
)

// A plan tells which field of a hash belongs to which field of a struct. There is one for each
// type, made when it is first met, and it never changes.
type plan struct {
	name   string // of the struct, for errors
	fields []planned
	places map[string]int // in fields, by name

	addressed bool // some field can only be written through its address

	// Why there is no reading into such a struct, or no writing of it; nil if there is.
	unreadable, unwritable *fault
}

// planned is one field of a plan.
type planned struct {
	name  string       // in the hash
	path  string       // in Go: "Street", or "Address.Street" if it is embedded
	index []int        // the way to it, through embedded structs
	typ   reflect.Type // of the value: behind the pointer, inside of the Opt

	holder    holder
	form      form
	omitEmpty bool
}

// holder tells how a field holds its value.
type holder uint8

const (
	direct    holder = iota
	byPointer        // nil is the missing value
	byOpt
)

// fault tells why a struct cannot be used, and because of what.
type fault struct{ of, reason string }

var plans sync.Map // of *plan, by reflect.Type

func planOf(t reflect.Type) *plan {
	if p, ok := plans.Load(t); ok {
		return p.(*plan)
	}
	// Two goroutines may make it at once; they make the same.
	p, _ := plans.LoadOrStore(t, newPlan(t))
	return p.(*plan)
}

// field finds a field by its name. A field that is in the place where FieldsOf puts it is found at once.
func (p *plan) field(place int, name string) *planned {
	if place < len(p.fields) && p.fields[place].name == name {
		return &p.fields[place]
	}
	if place, ok := p.places[name]; ok {
		return &p.fields[place]
	}
	return nil
}

func newPlan(t reflect.Type) *plan {
	b := planner{plan: &plan{name: typeName(t), places: map[string]int{}}, way: map[reflect.Type]bool{}}
	if t.Kind() != reflect.Struct {
		b.refuse("", "want a struct, without a pointer")
		return b.plan
	}
	b.walk(t, nil, "")
	b.settle()
	if len(b.fields) == 0 {
		b.refuse("", "it has no exported field")
	}
	return b.plan
}

// typeName is how errors call a struct. A type without a name would be printed with all its fields.
func typeName(t reflect.Type) string {
	if t.Name() == "" && t.Kind() == reflect.Struct {
		return "struct"
	}
	return t.String()
}

// planner makes a plan.
type planner struct {
	*plan
	way map[reflect.Type]bool // the structs that are being walked through, outermost and embedded
}

// refuse notes why the struct cannot be used in either direction. The first reason counts.
func (b *planner) refuse(path, reason string) {
	b.refuseReading(path, reason)
	b.refuseWriting(path, reason)
}

func (b *planner) refuseReading(path, reason string) { b.note(&b.unreadable, path, reason) }

func (b *planner) refuseWriting(path, reason string) { b.note(&b.unwritable, path, reason) }

func (b *planner) note(to **fault, path, reason string) {
	if path != "" {
		path = "." + path
	}
	if *to == nil {
		*to = &fault{of: b.name + path, reason: reason}
	}
}

// walk adds the fields of t, which is reached by index.
func (b *planner) walk(t reflect.Type, index []int, path string) {
	if b.way[t] {
		return // embedded in itself: all its fields are hidden by those further out
	}
	b.way[t] = true
	defer delete(b.way, t)
	for i := range t.NumField() {
		sf := t.Field(i)
		tag, tagged := sf.Tag.Lookup("redis")
		if tag == "-" {
			continue
		}
		f := planned{path: path + sf.Name, index: append(index[:len(index):len(index)], i)}
		if !b.readTag(&f, tag) {
			continue
		}
		switch {
		case sf.Anonymous && f.name == "" && b.walkEmbedded(sf, f):
		case sf.IsExported():
			b.add(sf, f)
		case tagged:
			b.refuse(f.path, "it has a tag and is not exported")
		}
	}
}

// readTag takes a name and options from a tag, which may be empty.
func (b *planner) readTag(f *planned, tag string) bool {
	var options string
	f.name, options, _ = strings.Cut(tag, ",")
	for option := range strings.SplitSeq(options, ",") {
		switch option {
		case "":
		case "omitempty":
			f.omitEmpty = true
		default:
			b.refuse(f.path, "its tag has an unknown option: there is only omitempty")
			return false
		}
	}
	return true
}

// walkEmbedded walks through an embedded struct, or pointer to one. It returns false for what is a
// field like others: what is no struct, or has a form of its own.
func (b *planner) walkEmbedded(sf reflect.StructField, f planned) bool {
	t, pointed := sf.Type, sf.Type.Kind() == reflect.Pointer
	if pointed {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || sf.IsExported() && (isOpt(t) || ownForm(t) != noForm) {
		return false
	}
	if f.omitEmpty {
		b.refuse(f.path, "omitempty has no meaning for an embedded struct: its fields may have it")
	}
	if pointed && !sf.IsExported() {
		b.refuseReading(f.path, "a pointer that is embedded and not exported cannot be set")
	}
	b.walk(t, f.index, f.path+".")
	return true
}

// add adds a field that is no embedded struct.
func (b *planner) add(sf reflect.StructField, f planned) {
	if f.name == "" {
		f.name = sf.Name
	}
	f.typ = sf.Type
	switch {
	case isOpt(f.typ):
		f.holder, f.typ = byOpt, f.typ.Field(0).Type
	case f.typ.Kind() == reflect.Pointer:
		f.holder, f.typ = byPointer, f.typ.Elem()
	}
	if f.holder != direct && (isOpt(f.typ) || f.typ.Kind() == reflect.Pointer) {
		b.refuse(f.path, "a pointer or Opt inside of another says nothing that one alone does not")
		return
	}
	if f.form = formOf(f.typ); f.form == noForm {
		b.refuse(f.path, noFormReason(f.typ))
		return
	}
	if half := halfForm(f.typ, f.form); half.read != "" {
		b.refuseReading(f.path, half.read)
	} else if half.write != "" {
		b.refuseWriting(f.path, half.write)
	}
	if f.holder == byOpt || f.form >= formTime {
		b.addressed = true
	}
	b.fields = append(b.fields, f)
}

// settle takes out the fields that are hidden by others further out, and finds the places of the rest.
func (b *planner) settle() {
	depth := map[string]int{}
	for _, f := range b.fields {
		if d, ok := depth[f.name]; !ok || len(f.index) < d {
			depth[f.name] = len(f.index)
		}
	}
	all := b.fields
	b.fields = nil
	for _, f := range all {
		if len(f.index) > depth[f.name] {
			continue
		}
		if place, twice := b.places[f.name]; twice {
			b.refuse(f.path, "it has the same name in the hash as "+b.fields[place].path)
			continue
		}
		b.places[f.name] = len(b.fields)
		b.fields = append(b.fields, f)
	}
}
