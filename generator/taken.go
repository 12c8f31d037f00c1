package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// declared lists what the hand-written files of a package declare, by name: where it is. Of methods only those of
// Commands are among it, as "Commands.With": all others are in nobody's way.
func declared(root, dir string) (map[string]string, error) {
	entries, err := os.ReadDir(filepath.Join(root, dir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	fset := token.NewFileSet()
	for _, entry := range entries {
		name := entry.Name()
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "zz_") {
			continue
		}
		file, err := parser.ParseFile(fset, filepath.Join(root, dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, decl := range file.Decls {
			for _, made := range declares(decl) {
				names[made] = dir + "/" + name
			}
		}
	}
	return names, nil
}

// declares gives the names that a declaration at package level declares.
func declares(decl ast.Decl) []string {
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		if decl.Recv == nil {
			return []string{decl.Name.Name}
		}
		typ := decl.Recv.List[0].Type
		if pointer, ok := typ.(*ast.StarExpr); ok {
			typ = pointer.X
		}
		if of, ok := typ.(*ast.Ident); ok && (of.Name == "Commands" || of.Name == "SessionCommands") {
			return []string{of.Name + "." + decl.Name.Name}
		}
	case *ast.GenDecl:
		var names []string
		for _, spec := range decl.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				names = append(names, spec.Name.Name)
			case *ast.ValueSpec:
				for _, ident := range spec.Names {
					names = append(names, ident.Name)
				}
			}
		}
		return names
	}
	return nil
}

// checkNames refuses names that would be declared twice in package commands, or in package redis, which repeats the
// options for applications.
func (m *model) checkNames(root string) error {
	for _, dir := range []string{"redis/commands", "redis"} {
		taken, err := declared(root, dir)
		if err != nil {
			return err
		}
		if taken == nil {
			taken = map[string]string{}
		}
		for _, n := range m.names(dir == "redis/commands") {
			if where := taken[n.name]; where != "" {
				return fmt.Errorf("%s: the name %s is taken in %s; give it another one in the overlay", n.of, n.name, where)
			}
			taken[n.name] = n.of
		}
	}
	return nil
}

// madeName is a name that generated code declares, and for what.
type madeName struct{ name, of string }

// names are those that the model makes at package level, with the types behind the options or without.
func (m *model) names(types bool) []madeName {
	var names []madeName
	for _, meth := range m.methods {
		names = append(names, madeName{meth.receiver() + "." + meth.name, "method " + meth.name})
		if len(meth.options) > 0 {
			names = append(names, madeName{meth.name + "Option", "method " + meth.name})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(m.over.Words)) {
		names = append(names, madeName{name, "words " + name})
		for _, word := range slices.Sorted(maps.Keys(m.over.Words[name].Values)) {
			names = append(names, madeName{m.over.Words[name].Values[word].Name, "words " + name + " " + word})
		}
	}
	for _, o := range m.options {
		of := "option " + o.token
		names = append(names, madeName{o.name, of})
		switch {
		case !types:
		case len(o.values()) == 0:
			names = append(names, madeName{o.typeName(), of})
		default:
			names = append(names, madeName{o.exportedType(), of})
		}
	}
	return names
}
