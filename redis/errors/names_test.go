package errors_test

import (
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// The package may be imported with a dot beside the standard one.
func TestNoExportedNameIsOneOfTheStandardPackage(t *testing.T) {
	std := exportedNames(t, filepath.Join(build.Default.GOROOT, "src", "errors"))
	if !std["As"] || !std["ErrUnsupported"] {
		t.Fatalf("names of the standard package = %v; want As and ErrUnsupported among them", std)
	}
	ours := exportedNames(t, ".")
	if !ours["TimeoutError"] || !ours["ErrTxAborted"] || !ours["SafeToRetry"] {
		t.Fatalf("names of this package = %v; want TimeoutError, ErrTxAborted and SafeToRetry among them", ours)
	}
	for name := range ours {
		if std[name] {
			t.Errorf("%s is exported by the standard package errors too", name)
		}
	}
}

func exportedNames(t *testing.T, dir string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no Go files in %s: %v", dir, err)
	}
	names := map[string]bool{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range f.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil && d.Name.IsExported() {
					names[d.Name.Name] = true
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					for _, id := range declared(spec) {
						if id.IsExported() {
							names[id.Name] = true
						}
					}
				}
			}
		}
	}
	return names
}

func declared(spec ast.Spec) []*ast.Ident {
	switch s := spec.(type) {
	case *ast.ValueSpec:
		return s.Names
	case *ast.TypeSpec:
		return []*ast.Ident{s.Name}
	}
	return nil
}
