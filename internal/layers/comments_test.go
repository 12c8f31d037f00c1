package layers

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"testing"
)

func TestEveryExportedNameHasAComment(t *testing.T) {
	holds(t, comments)
	finds(t, comments, tree{
		"redis/a.go": `package redis

func Bare() {}

// Told tells.
func Told() {}

type Naked struct{ Field int }

// T is told.
type T[V any] struct{ Field int }

func (t *T[V]) Method() {}
func (t T[V]) String() string { return "" }
func (i inner) Method() {}

type inner struct{ Open int }

const Alone = 1

// A group told as one.
const (
	One = iota
	Two
)

var (
	Left, right int
	// Right is told.
	Right int
)
`,
		"redis/a_test.go":      "package redis\nfunc Helper() {}\n",
		"internal/other/a.go":  "package other\nfunc Bare() {}\n",
		"redis/proto/plain.go": "package proto\nfunc Bare() {}\n",
	},
		"redis/a.go:3: Bare", "redis/a.go:8: Naked", "redis/a.go:13: Method", "redis/a.go:19: Alone", "redis/a.go:28: Left",
		"redis/proto/plain.go:2: Bare")
}

// comments finds exported names of the library without a comment: functions, methods of exported types, types, constants
// and variables. The comment of a group holds for those in it, that of a type for its fields. A String or Error method
// needs none: the standard library says what it does.
func comments(files tree) []string {
	var findings []string
	for _, name := range files.goFiles() {
		if !inRooms(name) || isTest(name) {
			continue
		}
		file, fset, err := files.parse(name, parser.ParseComments)
		if err != nil {
			findings = append(findings, fmt.Sprintf("%s: %v", name, err))
			continue
		}
		for _, bare := range uncommented(file) {
			findings = append(findings, fmt.Sprintf("%s:%d: %s has no comment", name, fset.Position(bare.pos).Line, bare.name))
		}
	}
	return findings
}

type bareName struct {
	name string
	pos  token.Pos
}

func uncommented(file *ast.File) []bareName {
	var bare []bareName
	add := func(told bool, names ...*ast.Ident) {
		for _, name := range names {
			if name.IsExported() && !told {
				bare = append(bare, bareName{name.Name, name.Pos()})
			}
		}
	}
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			if ast.IsExported(receiver(decl)) && decl.Name.Name != "String" && decl.Name.Name != "Error" {
				add(decl.Doc != nil, decl.Name)
			}
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					add(spec.Doc != nil || decl.Doc != nil, spec.Name)
				case *ast.ValueSpec:
					add(spec.Doc != nil || spec.Comment != nil || decl.Doc != nil, spec.Names...)
				}
			}
		}
	}
	return bare
}

// receiver is the name of the type a method belongs to; a function counts as belonging to an exported one.
func receiver(fn *ast.FuncDecl) string {
	if fn.Recv == nil || len(fn.Recv.List) == 0 {
		return "Package"
	}
	name := ""
	ast.Inspect(fn.Recv.List[0].Type, func(node ast.Node) bool {
		if ident, ok := node.(*ast.Ident); ok && name == "" {
			name = ident.Name
		}
		return true
	})
	return name
}
