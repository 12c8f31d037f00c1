package main

import (
	"bytes"
	"fmt"
	"strings"
)

// emitOptions writes the options with, for each method that takes one, the method
// that writes it into a request.
func (m *model) emitOptions() string {
	var b bytes.Buffer
	for i, o := range m.options {
		if i > 0 {
			b.WriteString("\n")
		}
		o.emit(&b)
	}
	return begin("commands", b.String())
}

func (o *option) emit(b *bytes.Buffer) {
	typ := o.typeName()
	if len(o.values()) == 0 {
		fmt.Fprintf(b, "%svar %s %s\n\ntype %s struct{}\n", o.emitDoc(), o.name, typ, typ)
	} else {
		var fields, names []string
		for _, v := range o.values() {
			fields, names = append(fields, v.name+" "+v.goType(o.overlay, false)), append(names, v.name)
		}
		exported := o.exportedType()
		fmt.Fprintf(b, "// %s is what %s returns.\ntype %s struct{\n%s\n}\n\n", exported, o.name, exported, strings.Join(fields, "\n"))
		fmt.Fprintf(b, "%sfunc %s(%s) %s { return %s{%s} }\n", o.emitDoc(), o.name, o.params(), exported, exported, strings.Join(names, ", "))
		typ = exported
	}
	fmt.Fprintf(b, "\nfunc (o %s) write(a *args, groups uint64) {\na.oneof(groups, %q)\n", typ, o.token)
	o.emitWrite(b)
	b.WriteString("}\n")
	for _, meth := range o.methods {
		if meth.as != meth {
			continue
		}
		var groups uint64
		for _, group := range meth.useOf(o).groups {
			groups |= 1 << group
		}
		fmt.Fprintf(b, "\nfunc (%s) %s() uint64 { return %#x }\n", typ, meth.applyName(), groups)
	}
}

// exportedType is the type of an option that holds values: a user may want to
// keep one in a variable of his own.
func (o *option) exportedType() string { return o.name + "Option" }

func (o *option) emitWrite(b *bytes.Buffer) {
	if o.millis != "" {
		v := o.values()[0]
		fmt.Fprintf(b, "a.%sToken(o.%s, %q, %q)\n", v.kind, v.name, o.token, o.millis)
		return
	}
	for _, part := range o.parts {
		part.write(b, o.overlay, "o."+part.name, o.token)
	}
}

func (o *option) emitDoc() string {
	var takers []string
	for _, meth := range o.methods {
		takers = append(takers, meth.name)
	}
	return fmt.Sprintf("// %s %s\n// An option of %s.\n", o.name, o.doc, strings.Join(takers, ", "))
}

// emitReexports writes the options once more for package redis, so that
// applications import nothing else.
func (m *model) emitReexports() string {
	var b bytes.Buffer
	b.WriteString("// The options without a value.\nvar (\n")
	for _, o := range m.options {
		if len(o.values()) == 0 {
			fmt.Fprintf(&b, "// %s %s\n%s = commands.%s\n", o.name, o.doc, o.name, o.name)
		}
	}
	b.WriteString(")\n")
	for _, o := range m.options {
		values := o.values()
		if len(values) == 0 {
			continue
		}
		var names []string
		for _, v := range values {
			names = append(names, v.name)
		}
		if values[len(values)-1].many {
			names[len(names)-1] += "..."
		}
		fmt.Fprintf(&b, "\n%sfunc %s(%s) commands.%s { return commands.%s(%s) }\n",
			o.emitDoc(), o.name, o.params(), o.exportedType(), o.name, strings.Join(names, ", "))
	}
	b.WriteString("\n// What the options of each method have in common, for programs that collect them.\ntype (\n")
	for _, meth := range m.methods {
		if len(meth.options) > 0 {
			fmt.Fprintf(&b, "// %sOption is an option of %s.\n%sOption = commands.%sOption\n", meth.name, meth.name, meth.name, meth.name)
		}
	}
	b.WriteString(")\n")
	b.WriteString(m.wordReexports())
	return begin("redis", b.String())
}
