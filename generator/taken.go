package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// declared lists what the hand-written files of a package declare, by name: where it is. Methods are not among it,
// they have names of their own.
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
			for _, ident := range idents(decl) {
				names[ident.Name] = dir + "/" + name
			}
		}
	}
	return names, nil
}

// idents are the names that a declaration at package level declares.
func idents(decl ast.Decl) []*ast.Ident {
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		if decl.Recv == nil {
			return []*ast.Ident{decl.Name}
		}
	case *ast.GenDecl:
		var names []*ast.Ident
		for _, spec := range decl.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				names = append(names, spec.Name)
			case *ast.ValueSpec:
				names = append(names, spec.Names...)
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
		if len(meth.options) > 0 {
			names = append(names, madeName{meth.name + "Option", "method " + meth.name})
		}
	}
	for _, o := range m.options {
		of := "option " + o.token
		names = append(names, madeName{o.name, of})
		switch {
		case !types:
		case len(o.values) == 0:
			names = append(names, madeName{o.typeName(), of})
		default:
			names = append(names, madeName{o.exportedType(), of})
		}
	}
	return names
}
