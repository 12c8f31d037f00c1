package layers

import (
	"fmt"
	"go/ast"
	"slices"
	"strings"
	"testing"
)

func TestEveryGoroutineHasAnOwnerInTheRoster(t *testing.T) {
	holds(t, roster)
	finds(t, roster, tree{
		"docs/architecture.md": `
## Other

| file | function |
| --- | --- |
| redis/other.go | notListed |

## Goroutines

| file | function | owner | ends when |
| --- | --- | --- | --- |
| ` + "`redis/a.go` | `start`" + ` | keeper | the generation ends |
| redis/a.go | gone | keeper | never |
| redis/a.go | unowned | | soon |
| redis/a.go | start | keeper | twice |
`,
		"redis/a.go":          "package redis\nfunc (c *conn) start() { go c.read(); go func() { go c.write() }() }\nfunc unowned() { go f() }\n",
		"redis/other.go":      "package redis\nfunc notListed() { f := func() { go g() }; f() }\n",
		"redis/a_test.go":     "package redis\nfunc TestA() { go f() }\n",
		"internal/net/a.go":   "package net\nfunc f() { go g() }\n",
		"redis/zz_vars.go":    "package redis\nvar v = func() int { go f(); return 1 }()\n",
		"future/goroutine.go": "package future\n// go nowhere\n",
	},
		"says no owner or no end for redis/a.go unowned",
		"lists redis/a.go start twice",
		"redis/other.go:2: notListed starts a goroutine",
		"redis/zz_vars.go:2: (package level) starts a goroutine",
		"lists redis/a.go gone",
	)
}

// roster compares the go statements of the library with the table "Goroutines" of docs/architecture.md:
//
//	| file | function | owner | ends when |
//
// where function is the name, without receiver, of the function that the go statement stands in.
func roster(files tree) []string {
	var findings []string
	listed := map[string]bool{} // to whether the code has it
	var order []string
	for _, row := range tableBelow(files["docs/architecture.md"], "Goroutines") {
		if len(row) != 4 {
			findings = append(findings, fmt.Sprintf("docs/architecture.md, Goroutines: row %q; want | file | function | owner | ends when |", row))
			continue
		}
		key := row[0] + " " + row[1]
		if slices.Contains(order, key) {
			findings = append(findings, fmt.Sprintf("docs/architecture.md lists %s twice", key))
			continue
		}
		if row[2] == "" || row[3] == "" {
			findings = append(findings, fmt.Sprintf("docs/architecture.md says no owner or no end for %s", key))
		}
		order = append(order, key)
		listed[key] = false
	}
	for _, name := range files.goFiles() {
		if !inRooms(name) || isTest(name) {
			continue
		}
		file, fset, err := files.parse(name, 0)
		if err != nil {
			findings = append(findings, fmt.Sprintf("%s: %v", name, err))
			continue
		}
		for _, decl := range file.Decls {
			function := "(package level)"
			if fn, ok := decl.(*ast.FuncDecl); ok {
				function = fn.Name.Name
			}
			key := name + " " + function
			ast.Inspect(decl, func(node ast.Node) bool {
				if statement, ok := node.(*ast.GoStmt); ok {
					if _, known := listed[key]; known {
						listed[key] = true
					} else {
						findings = append(findings, fmt.Sprintf("%s:%d: %s starts a goroutine that the table Goroutines in docs/architecture.md does not list",
							name, fset.Position(statement.Pos()).Line, function))
					}
				}
				return true
			})
		}
	}
	for _, key := range order {
		if !listed[key] {
			findings = append(findings, fmt.Sprintf("docs/architecture.md lists %s, where no go statement stands", key))
		}
	}
	return findings
}

func TestOnlyTheTableBelowTheHeadingIsRead(t *testing.T) {
	got := tableBelow("| a |\n|---|\n| before |\n## H\ntext\n| `x` | y z |\n|---|---|\n| `1` | 2 |\n\n| other |\n|---|\n| 3 |\n", "H")
	if len(got) != 1 || strings.Join(got[0], "+") != "1+2" {
		t.Errorf("rows = %q; want one row 1, 2", got)
	}
}
