package snippets

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

const (
	module     = "github.com/futureio/futureio-go"
	repository = "../.."
)

// imports are what a snippet may use without saying so, by name.
var imports = map[string]string{
	"context": "context", "errors": "errors", "fmt": "fmt", "http": "net/http", "io": "io", "log": "log", "os": "os", "slog": "log/slog",
	"sync": "sync", "time": "time", "tls": "crypto/tls", "testing": "testing", "strconv": "strconv", "strings": "strings", "slices": "slices",
	"expvar": "expvar", "rand": "math/rand/v2",
	"future": module + "/future", "redis": module + "/redis", "pool": module + "/redis/pool", "redistest": module + "/redis/redistest",
	"layer":    module + "/examples/channellayer/layer",
	"commands": module + "/redis/commands", "proto": module + "/redis/proto",
}

// source is a snippet as a file of a package.
type source struct {
	snippet
	text string
	runs bool // it is a function Snippet, which runs it
}

// compile makes a snippet a source, or tells what is wrong with it.
func compile(s snippet, imp types.Importer) (source, error) {
	if s.program() {
		_, err := check(s, "//line "+s.String()+"\n"+s.code, imp)
		return source{snippet: s, text: s.code}, err
	}
	// What is given stands in the function, so that many snippets fit into one package.
	text := fmt.Sprintf("func Snippet(ctx context.Context, client *redis.Client) (failed error) {\n%s\n{\n//line %s\n%s\n}\nreturn nil\n}\n", s.given, s, s.code)
	runs := true
	if _, err := parser.ParseFile(token.NewFileSet(), "", "package p\n"+text, 0); err != nil {
		declarations := fmt.Sprintf("//line %s\n%s\n", s, s.code)
		if _, other := parser.ParseFile(token.NewFileSet(), "", "package p\n"+declarations, 0); other != nil {
			return source{}, fmt.Errorf("%s: neither declarations (%v) nor the body of a function: %w", s, other, err)
		}
		text, runs = s.given+"\n"+declarations, false
	}
	text = "package p\n" + importsOf(text) + text
	text, err := check(s, text, imp)
	return source{snippet: s, text: text, runs: runs && !s.compile}, err
}

// importsOf writes the imports for the packages that a text names.
func importsOf(text string) string {
	file, err := parser.ParseFile(token.NewFileSet(), "", "package p\n"+text, 0)
	if err != nil {
		return ""
	}
	var lines []string
	ast.Inspect(file, func(node ast.Node) bool {
		if selector, ok := node.(*ast.SelectorExpr); ok {
			if name, ok := selector.X.(*ast.Ident); ok && imports[name.Name] != "" {
				lines = append(lines, fmt.Sprintf("import %s %q\n", name.Name, imports[name.Name]))
			}
		}
		return true
	})
	slices.Sort(lines)
	return strings.Join(slices.Compact(lines), "")
}

// check finds out whether a text compiles, apart from variables that it does not use, for which it adds a use.
func check(s snippet, text string, imp types.Importer) (string, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "snippet.go", text, parser.ParseComments)
	if err != nil {
		return "", err
	}
	var faults []string
	unused := map[token.Pos]bool{}
	conf := types.Config{Importer: imp, Error: func(err error) {
		fault := err.(types.Error)
		if fault.Soft && strings.HasPrefix(fault.Msg, "declared and not used") && !s.program() {
			unused[fault.Pos] = true
			return
		}
		if fault.Soft && strings.Contains(fault.Msg, "imported and not used") && !s.program() {
			return // a name of a package that is also that of a variable
		}
		faults = append(faults, err.Error())
	}}
	// Its error is the first of those that conf.Error has been told.
	_, _ = conf.Check("p", fset, []*ast.File{file}, nil)
	if len(faults) > 0 {
		return "", fmt.Errorf("%s", strings.Join(faults, "\n"))
	}
	use(file, unused, s.fails)
	var out bytes.Buffer
	if err := format.Node(&out, fset, file); err != nil {
		return "", err
	}
	return out.String(), nil
}

// use adds statements that use the variables that are declared at some positions. An err must be nil where it is
// declared; whoever reads the document would look at it.
func use(file *ast.File, unused map[token.Pos]bool, fails bool) {
	uses := func(names ...ast.Expr) []ast.Stmt {
		var list []ast.Stmt
		for _, e := range names {
			if name, ok := e.(*ast.Ident); ok && unused[name.Pos()] {
				if name.Name == "err" && !fails {
					list = append(list, &ast.IfStmt{
						Cond: &ast.BinaryExpr{X: ast.NewIdent("err"), Op: token.NEQ, Y: ast.NewIdent("nil")},
						Body: &ast.BlockStmt{List: []ast.Stmt{
							&ast.ExprStmt{X: &ast.CallExpr{Fun: ast.NewIdent("panic"), Args: []ast.Expr{ast.NewIdent("err")}}},
						}},
					})
					continue
				}
				list = append(list, &ast.AssignStmt{Lhs: []ast.Expr{ast.NewIdent("_")}, Tok: token.ASSIGN, Rhs: []ast.Expr{ast.NewIdent(name.Name)}})
			}
		}
		return list
	}
	// of tells what a statement declares in the block that it stands in.
	of := func(statement ast.Stmt) []ast.Stmt {
		var list []ast.Stmt
		switch statement := statement.(type) {
		case *ast.AssignStmt:
			list = uses(statement.Lhs...)
		case *ast.DeclStmt:
			for _, spec := range statement.Decl.(*ast.GenDecl).Specs {
				if spec, ok := spec.(*ast.ValueSpec); ok {
					for _, name := range spec.Names {
						list = append(list, uses(name)...)
					}
				}
			}
		}
		return list
	}
	withUses := func(block []ast.Stmt) []ast.Stmt {
		var list []ast.Stmt
		for _, statement := range block {
			list = append(append(list, statement), of(statement)...)
		}
		return list
	}
	ast.Inspect(file, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.BlockStmt:
			node.List = withUses(node.List)
		case *ast.CaseClause:
			node.Body = withUses(node.Body)
		case *ast.CommClause:
			node.Body = append(of(node.Comm), withUses(node.Body)...)
		case *ast.IfStmt:
			node.Body.List = append(of(node.Init), node.Body.List...)
		case *ast.ForStmt:
			node.Body.List = append(of(node.Init), node.Body.List...)
		case *ast.RangeStmt:
			node.Body.List = append(uses(node.Key, node.Value), node.Body.List...)
		}
		return true
	})
}

// exported gives the importer of what a snippet may use, with the types that the compiler has made.
var exported = sync.OnceValues(func() (types.Importer, error) {
	args := []string{"list", "-export", "-deps", "-f", "{{.ImportPath}}\t{{.Export}}"}
	for _, path := range imports {
		args = append(args, path)
	}
	cmd := exec.Command("go", args...)
	cmd.Dir = repository
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	files := map[string]string{}
	for line := range strings.Lines(string(out)) {
		path, file, _ := strings.Cut(strings.TrimSpace(line), "\t")
		files[path] = file
	}
	return importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) {
		if files[path] == "" {
			return nil, fmt.Errorf("%s is not among the packages that documents may use", path)
		}
		return os.Open(files[path])
	}), nil
})

// documents are the files that are checked.
func documents(t *testing.T) []string {
	t.Helper()
	files := []string{filepath.Join(repository, "README.md")}
	err := filepath.WalkDir(filepath.Join(repository, "docs"), func(path string, entry os.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".md") {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// sources compiles every snippet of every document.
func sources(t *testing.T) []source {
	t.Helper()
	imp, err := exported()
	if err != nil {
		t.Fatal(err)
	}
	var list []source
	for _, path := range documents(t) {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name, err := filepath.Rel(repository, path)
		if err != nil {
			t.Fatal(err)
		}
		found, err := extract(filepath.ToSlash(name), strings.ReplaceAll(string(raw), "\r\n", "\n"))
		if err != nil {
			t.Error(err)
		}
		for _, s := range found {
			src, err := compile(s, imp)
			if err != nil {
				t.Errorf("%s does not compile: %v", s, err)
				continue
			}
			list = append(list, src)
		}
	}
	return list
}

func TestEveryBlockOfGoInTheDocumentsCompiles(t *testing.T) {
	list := sources(t)
	if len(list) < 20 {
		t.Errorf("%d blocks were found; the documents have more", len(list))
	}
}

func TestABlockThatDoesNotCompileIsFound(t *testing.T) {
	imp, err := exported()
	if err != nil {
		t.Fatal(err)
	}
	for code, want := range map[string]string{
		"n, err := client.Incr(\"n\").Await(ctx)": "",
		"for i, r := range []int{1} { }":          "",
		"func f() { redis.New(redis.Options{}) }": "",
		"v := token":                        "",
		"n := client.Incr(\"n\")\nn.Wait()": "a.md:8",
		"x := future.All(client.Get(\"a\"), client.Incr(\"b\"))": "a.md:7",
		"if true {": "a.md:7: neither",
		"package main\nfunc main() { unknown() }": "a.md:8",
		"client.Get(\"a\", redis.NX)":             "a.md:7",
	} {
		_, err := compile(snippet{file: "a.md", line: 7, code: code, given: map[bool]string{true: "var token string\n"}[code == "v := token"]}, imp)
		switch {
		case want == "" && err != nil:
			t.Errorf("%q does not compile: %v", code, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%q: %v; want an error at %s", code, err, want)
		}
	}
}
