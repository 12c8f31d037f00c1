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
	"slices"
	"strings"
)

// emitTypes writes the types that package commands declares by hand once more for package redis, so that applications
// import nothing else. Those that package redis names by hand are left to it, and so are generic ones and those
// that only a writer of a role meets.
func emitTypes(root string) (string, error) {
	taken, err := declared(root, "redis")
	if err != nil {
		return "", err
	}
	dir := filepath.Join(root, "redis", "commands")
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	var lines []string
	for _, entry := range entries {
		name := entry.Name()
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "zz_") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, name), nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return "", err
		}
		for _, decl := range file.Decls {
			gen, ok := decl.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range gen.Specs {
				typ, ok := spec.(*ast.TypeSpec)
				if !ok || !typ.Name.IsExported() || typ.TypeParams != nil || taken[typ.Name.Name] != "" || forRoles[typ.Name.Name] {
					continue
				}
				doc := typ.Doc
				if doc == nil {
					doc = gen.Doc
				}
				lines = append(lines, fmt.Sprintf("// %s\n%s = commands.%s\n", firstSentence(doc.Text()), typ.Name.Name, typ.Name.Name))
			}
		}
	}
	if len(lines) == 0 {
		return "", nil
	}
	slices.SortFunc(lines, func(a, b string) int { return strings.Compare(a[strings.Index(a, "\n"):], b[strings.Index(b, "\n"):]) })
	return begin("redis", "// What commands take and answer.\ntype (\n"+strings.Join(lines, "")+")\n"), nil
}

// forRoles are the types for writers of roles.
var forRoles = map[string]bool{"Commands": true, "SessionCommands": true, "Spec": true, "Flags": true}

// firstSentence is the first sentence of a comment, on one line.
func firstSentence(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	for i := range text {
		if text[i] == '.' && (i+1 == len(text) || text[i+1] == ' ' && (i+2 == len(text) || text[i+2] >= 'A' && text[i+2] <= 'Z')) {
			return text[:i+1]
		}
	}
	return text
}
