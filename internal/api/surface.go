package main

import (
	"fmt"
	"go/types"
	"slices"
)

// surface lists what pkg exports, one line for each name, sorted: constants with their values, variables, functions, types,
// their exported fields and methods. What a type has by embedding an exported one is told by that field.
// Names of parameters are left out, since nobody's code depends on them.
func surface(pkg *types.Package) []string {
	w := speller{pkg: pkg}
	var lines []string
	for _, name := range pkg.Scope().Names() {
		switch obj := pkg.Scope().Lookup(name).(type) {
		case *types.Const:
			if obj.Exported() {
				lines = append(lines, fmt.Sprintf("const %s %s = %s", name, w.spell(obj.Type()), obj.Val().ExactString()))
			}
		case *types.Var:
			if obj.Exported() {
				lines = append(lines, fmt.Sprintf("var %s %s", name, w.spell(obj.Type())))
			}
		case *types.Func:
			if obj.Exported() {
				sig := obj.Type().(*types.Signature)
				lines = append(lines, "func "+name+w.typeParams(sig.TypeParams())+w.signature(sig))
			}
		case *types.TypeName:
			if obj.Exported() {
				lines = append(lines, w.typeLines(obj)...)
			}
		}
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}

// typeLines are those of one type.
func (w speller) typeLines(obj *types.TypeName) []string {
	if alias, ok := obj.Type().(*types.Alias); ok && obj.IsAlias() {
		return []string{"type " + obj.Name() + w.typeParams(alias.TypeParams()) + " = " + w.spell(alias.Rhs())}
	}
	named, ok := obj.Type().(*types.Named)
	if !ok { // an alias of something without a name
		return []string{"type " + obj.Name() + " = " + w.spell(obj.Type())}
	}
	head := "type " + obj.Name() + w.typeParams(named.TypeParams())
	var lines []string
	switch under := named.Underlying().(type) {
	case *types.Struct:
		lines = append(lines, head+" struct")
		for _, field := range w.fields(under) {
			lines = append(lines, fmt.Sprintf("type %s struct, %s", obj.Name(), field))
		}
	case *types.Interface:
		lines = append(lines, head+" interface"+w.closed(under))
		for method := range under.ExplicitMethods() {
			if method.Exported() {
				lines = append(lines, fmt.Sprintf("type %s interface, %s", obj.Name(), method.Name()+w.signature(method.Signature())))
			}
		}
		for embedded := range under.EmbeddedTypes() {
			lines = append(lines, fmt.Sprintf("type %s interface, %s", obj.Name(), w.spell(embedded)))
		}
	default:
		lines = append(lines, head+" "+w.spell(under))
	}
	return append(lines, w.methods(named)...)
}

// fields lists those of a struct that others can reach by its name alone: the exported ones, and what a struct that is
// embedded and not exported has of them.
func (w speller) fields(t *types.Struct) []string {
	var fields []string
	for field := range t.Fields() {
		if field.Exported() {
			fields = append(fields, w.field(field))
		} else if inner, ok := field.Type().Underlying().(*types.Struct); ok && field.Embedded() {
			fields = append(fields, w.fields(inner)...)
		}
	}
	return fields
}

// methods lists those of a type: declared on it, or on something that it embeds and that is not exported.
func (w speller) methods(named *types.Named) []string {
	if types.IsInterface(named) {
		return nil
	}
	var lines []string
	byValue := types.NewMethodSet(named)
	for selection := range types.NewMethodSet(types.NewPointer(named)).Methods() {
		method := selection.Obj().(*types.Func)
		if !method.Exported() {
			continue
		}
		if under, ok := named.Underlying().(*types.Struct); ok && len(selection.Index()) > 1 && under.Field(selection.Index()[0]).Exported() {
			continue
		}
		receiver := "*" + w.spell(named)
		if byValue.Lookup(method.Pkg(), method.Name()) != nil {
			receiver = w.spell(named)
		}
		lines = append(lines, fmt.Sprintf("method (%s) %s%s", receiver, method.Name(), w.signature(method.Signature())))
	}
	return lines
}

// closed tells of an interface that nobody else can implement.
func (w speller) closed(iface *types.Interface) string {
	for method := range iface.ExplicitMethods() {
		if !method.Exported() {
			return ", closed by a method that is not exported"
		}
	}
	return ""
}

func (w speller) field(field *types.Var) string {
	if field.Embedded() {
		return "embeds " + w.spell(field.Type())
	}
	return field.Name() + " " + w.spell(field.Type())
}
