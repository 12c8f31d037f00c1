package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const repository = "../.."

// A name that is gone, or that has another type now, breaks the programs of others.
func TestTheRecordAndTheCodeExportTheSame(t *testing.T) {
	surfaces, err := load(repository)
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, name := range slices.Sorted(maps.Keys(surfaces)) {
		files = append(files, fileOf(name))
		recorded, err := read(filepath.Join(repository, folder, fileOf(name)))
		if err != nil {
			t.Fatal(err)
		}
		gone, added := compare(recorded, surfaces[name])
		for _, line := range gone {
			t.Errorf("%s has no more: %s; if that is meant, delete the line in %s/%s and tell in CHANGELOG.md", name, line, folder, fileOf(name))
		}
		for _, line := range added {
			t.Errorf("%s has, and %s/%s has not: %s; run make api", name, folder, fileOf(name), line)
		}
	}
	entries, err := os.ReadDir(filepath.Join(repository, folder))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if !slices.Contains(files, entry.Name()) {
			t.Errorf("%s/%s is of no package", folder, entry.Name())
		}
	}
}

func TestASurfaceHasALineForEachExportedName(t *testing.T) {
	got := surfaceOf(t, `package p

type hidden struct{ Shown int; kept int }
func (h *hidden) Promoted(n int) {}

type Outer struct {
	hidden
	Open
	Name string
	low  []byte
}
type Open struct{ F func(a, b int) (x error) }
func (Open) Same() {}
func (o *Outer) Do(first string, rest ...any) (n int, err error) { return }
func (o Outer) String() string { return "" }
func (o Outer) hiddenToo() {}

type Box[T any, S ~[]T | ~string] struct{ In map[string]T }
func (b *Box[T, S]) Get() (T, bool) { panic(0) }
func Make[T any](v T) *Box[T, []T] { panic(0) }
type Short = Box[int, string]

type Any interface{ Outer() <-chan int; sealed() }
type Kind uint8
const (
	One Kind = iota + 1
	two
)
var Err, low error
func lower() {}
type Anonymous = struct{ X, y int }
`)
	want := []string{
		"const One Kind = 1",
		"func Make[T any](T) *Box[T, []T]",
		"method (*Box[T, S]) Get() (T, bool)",
		"method (*Outer) Do(string, ...any) (int, error)",
		"method (*Outer) Promoted(int)",
		"method (Open) Same()",
		"method (Outer) String() string",
		"type Anonymous = struct{X int; y int}",
		"type Any interface, Outer() <-chan int",
		"type Any interface, closed by a method that is not exported",
		"type Box struct, In map[string]T",
		"type Box[T any, S ~[]T | ~string] struct",
		"type Kind uint8",
		"type Open struct",
		"type Open struct, F func(int, int) error",
		"type Outer struct",
		"type Outer struct, Name string",
		"type Outer struct, Shown int",
		"type Outer struct, embeds Open",
		"type Short = Box[int, string]",
		"var Err error",
	}
	if !slices.Equal(got, want) {
		t.Errorf("surface =\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func surfaceOf(t *testing.T, source string) []string {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", source, 0)
	if err != nil {
		t.Fatal(err)
	}
	pkg, err := new(types.Config).Check("p", fset, []*ast.File{file}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return surface(pkg)
}

func TestTheRecordGrowsAndNeverShrinks(t *testing.T) {
	root := t.TempDir()
	put := func(name, text string) {
		t.Helper()
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	recorded := func(pkg string) string {
		t.Helper()
		lines, err := read(filepath.Join(root, folder, fileOf(pkg)))
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(lines, "; ")
	}
	put("go.mod", "module "+module+"\n\ngo 1.25\n")
	put("future/a.go", "package future\nfunc A() {}\n")
	put("redis/proto/a.go", "package proto\nconst X = 1\n")
	put("redis/internal/inner/a.go", "package inner\nfunc Unreachable() {}\n")
	put("redis/tool/a.go", "package main\nfunc main() {}\n")
	if err := extend(root); err != nil {
		t.Fatal(err)
	}
	put("future/a.go", "package future\nfunc A(int) {}\nfunc B() {}\n")
	if err := extend(root); err == nil || err.Error() != "future has no more: func A()" {
		t.Errorf("extend after a change = %v; want it to name the function that is no more", err)
	}
	if got, want := recorded("future"), "func A(); func A(int); func B()"; got != want {
		t.Errorf("recorded = %q; want %q", got, want)
	}
	if got, want := recorded("redis/proto"), "const X untyped int = 1"; got != want {
		t.Errorf("recorded = %q; want %q", got, want)
	}
	files, err := os.ReadDir(filepath.Join(root, folder))
	if err != nil || len(files) != 2 {
		t.Errorf("the record has %v, %v; want two files", files, err)
	}
}
