package main

import (
	"fmt"
	"go/types"
	"strings"
)

// speller writes types as one reads them in the package pkg: its own names bare, those of others behind the name of their
// package.
type speller struct {
	pkg *types.Package
}

func (w speller) spell(t types.Type) string {
	switch t := t.(type) {
	case *types.Alias:
		return w.name(t.Obj()) + w.typeArgs(t.TypeArgs())
	case *types.Named:
		if t.TypeArgs().Len() == 0 {
			return w.name(t.Obj()) + paramNames(t.TypeParams()) // of a generic type where it is declared
		}
		return w.name(t.Obj()) + w.typeArgs(t.TypeArgs())
	case *types.TypeParam:
		return t.Obj().Name()
	case *types.Pointer:
		return "*" + w.spell(t.Elem())
	case *types.Slice:
		return "[]" + w.spell(t.Elem())
	case *types.Array:
		return fmt.Sprintf("[%d]%s", t.Len(), w.spell(t.Elem()))
	case *types.Map:
		return "map[" + w.spell(t.Key()) + "]" + w.spell(t.Elem())
	case *types.Chan:
		return map[types.ChanDir]string{types.SendRecv: "chan ", types.SendOnly: "chan<- ", types.RecvOnly: "<-chan "}[t.Dir()] + w.spell(t.Elem())
	case *types.Signature:
		return "func" + w.signature(t)
	case *types.Struct:
		return w.structure(t)
	case *types.Interface:
		return w.iface(t)
	case *types.Union:
		var terms []string
		for term := range t.Terms() {
			tilde := map[bool]string{true: "~"}[term.Tilde()]
			terms = append(terms, tilde+w.spell(term.Type()))
		}
		return strings.Join(terms, " | ")
	}
	return t.String() // a basic type
}

func (w speller) name(obj *types.TypeName) string {
	if obj.Pkg() == nil || obj.Pkg() == w.pkg {
		return obj.Name()
	}
	return obj.Pkg().Name() + "." + obj.Name()
}

// signature writes what follows the name of a function.
func (w speller) signature(sig *types.Signature) string {
	var params []string
	for i := range sig.Params().Len() {
		t := sig.Params().At(i).Type()
		if slice, ok := t.(*types.Slice); ok && sig.Variadic() && i == sig.Params().Len()-1 {
			params = append(params, "..."+w.spell(slice.Elem()))
			continue
		}
		params = append(params, w.spell(t))
	}
	head := "(" + strings.Join(params, ", ") + ")"
	var results []string
	for result := range sig.Results().Variables() {
		results = append(results, w.spell(result.Type()))
	}
	switch len(results) {
	case 0:
		return head
	case 1:
		return head + " " + results[0]
	}
	return head + " (" + strings.Join(results, ", ") + ")"
}

func (w speller) typeParams(list *types.TypeParamList) string {
	var params []string
	for param := range list.TypeParams() {
		params = append(params, param.Obj().Name()+" "+w.spell(param.Constraint()))
	}
	return brackets(params)
}

func paramNames(list *types.TypeParamList) string {
	var names []string
	for param := range list.TypeParams() {
		names = append(names, param.Obj().Name())
	}
	return brackets(names)
}

func (w speller) typeArgs(list *types.TypeList) string {
	var args []string
	for arg := range list.Types() {
		args = append(args, w.spell(arg))
	}
	return brackets(args)
}

func brackets(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return "[" + strings.Join(list, ", ") + "]"
}

// structure writes a struct type without a name; its fields are a part of it, exported or not.
func (w speller) structure(t *types.Struct) string {
	var fields []string
	for field := range t.Fields() {
		fields = append(fields, w.field(field))
	}
	return "struct{" + strings.Join(fields, "; ") + "}"
}

// iface writes an interface type without a name.
func (w speller) iface(t *types.Interface) string {
	if t.IsImplicit() && t.NumEmbeddeds() == 1 {
		return w.spell(t.EmbeddedType(0)) // a constraint such as ~string
	}
	if t.Empty() {
		return "any"
	}
	var parts []string
	for method := range t.ExplicitMethods() {
		parts = append(parts, method.Name()+w.signature(method.Signature()))
	}
	for embedded := range t.EmbeddedTypes() {
		parts = append(parts, w.spell(embedded))
	}
	return "interface{" + strings.Join(parts, "; ") + "}"
}
