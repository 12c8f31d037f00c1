package snippets

import (
	"fmt"
	"go/ast"
	"go/parser"
	"path"
	"slices"
	"strings"
	"testing"
)

// snippet is one piece of Go in a document.
type snippet struct {
	file    string
	line    int    // of its first line
	code    string // without "…"
	given   string // declarations from the comment in front
	compile bool   // it is not run
	fails   bool   // an err that it does not look at may be one
	prints  string // what the next block shows, for a program
}

func (s snippet) String() string { return fmt.Sprintf("%s:%d", s.file, s.line) }

// extract finds the snippets of a document.
func extract(file, markdown string) ([]snippet, error) {
	var found []snippet
	var next snippet // what a comment has said about it
	lines := strings.Split(markdown, "\n")
	var column int // of a table, with what is compiled; -1: none
	for i := 0; i < len(lines); i++ {
		line := strings.TrimSpace(lines[i])
		switch {
		case strings.HasPrefix(line, "<!-- snippet:"):
			words, rest := strings.TrimPrefix(line, "<!-- snippet:"), ""
			for !strings.HasSuffix(line, "-->") {
				if i++; i == len(lines) {
					return nil, fmt.Errorf("%s: a comment has no end", file)
				}
				line = strings.TrimSpace(lines[i])
				rest += strings.TrimSuffix(line, "-->") + "\n"
			}
			for word := range strings.SplitSeq(strings.TrimSuffix(words, "-->"), ",") {
				switch strings.TrimSpace(word) {
				case "given":
					next.given = rest
				case "compile":
					next.compile = true
				case "fails":
					next.fails = true
				default:
					return nil, fmt.Errorf("%s:%d: a snippet is %q; want given, compile or fails", file, i+1, strings.TrimSpace(word))
				}
			}
			continue
		case strings.HasPrefix(line, "```"):
			language, start := strings.TrimPrefix(line, "```"), i+1
			for i++; i < len(lines) && strings.TrimSpace(lines[i]) != "```"; i++ {
			}
			if i >= len(lines) {
				return nil, fmt.Errorf("%s:%d: a block has no end", file, start)
			}
			text := strings.Join(lines[start:i], "\n")
			if language == "text" && len(found) > 0 && found[len(found)-1].program() {
				found[len(found)-1].prints = text
			}
			if language == "go" {
				next.file, next.line, next.code = file, start+1, strings.ReplaceAll(text, "…", "")
				found = append(found, next)
			}
		case strings.HasPrefix(line, "|"):
			cells := strings.Split(strings.ReplaceAll(line, `\|`, "\x00"), "|")
			if i == 0 || !strings.HasPrefix(strings.TrimSpace(lines[i-1]), "|") {
				column = slices.IndexFunc(cells, func(cell string) bool { return strings.TrimSpace(cell) == "futureio" })
				break
			}
			if column > 0 && column < len(cells) && strings.HasPrefix(path.Base(file), "migrating-") {
				for n, code := range strings.Split(cells[column], "`") {
					if n%2 == 1 {
						code = strings.ReplaceAll(strings.ReplaceAll(code, "\x00", "|"), "…", "")
						if e, err := parser.ParseExpr(code); err == nil {
							if _, call := e.(*ast.CallExpr); !call {
								code = "_ = " + code
							}
						}
						found = append(found, snippet{file: file, line: i + 1, code: code, compile: true, given: tableGiven})
					}
				}
			}
		case line == "":
			continue // between a comment and its block
		}
		next = snippet{}
	}
	return found, nil
}

// tableGiven is what the cells of tables take for granted.
const tableGiven = `
var (
	addr, key, field, member, channel string
	value any
	keys, channels []string
	n, start, stop int64
	score float64
	d time.Duration
	opts redis.Options
	conn *redis.Conn
	pipe *redis.Pipeline
	tx *redis.Tx
	f, other *future.Future[string]
	fs []*future.Future[string]
	err error
)
`

func (s snippet) program() bool { return strings.HasPrefix(strings.TrimSpace(s.code), "package ") }

func TestSnippetsAreFoundWithWhatTheirCommentsSay(t *testing.T) {
	found, err := extract("docs/migrating-x.md", strings.Join([]string{
		"```go", "a()", "```", // 1
		"<!-- snippet: compile -->", "```go", "for { … }", "```",
		"<!-- snippet: compile, fails, given", "var x int", "-->", "", "```go", "use(x)", "```",
		"```", "no Go", "```",
		"```go", "package main", "```", "It prints", "```text", "1 Ada", "```",
		"| theirs | futureio |", "| --- | --- |", "| `Old` | `client.Get(key)` or `a \\| b` |", "",
		"| ours | theirs |", "| `f` | `g` |",
	}, "\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := []snippet{
		{file: "docs/migrating-x.md", line: 2, code: "a()"},
		{file: "docs/migrating-x.md", line: 6, code: "for {  }", compile: true},
		{file: "docs/migrating-x.md", line: 13, code: "use(x)", compile: true, fails: true, given: "var x int\n\n"},
		{file: "docs/migrating-x.md", line: 19, code: "package main", prints: "1 Ada"},
		{file: "docs/migrating-x.md", line: 27, code: "client.Get(key)", compile: true, given: tableGiven},
		{file: "docs/migrating-x.md", line: 27, code: "_ = a | b", compile: true, given: tableGiven},
	}
	if !slices.Equal(found, want) {
		t.Errorf("extract = %+v; want %+v", found, want)
	}
	for _, broken := range []string{"```go\na()", "<!-- snippet: run -->", "<!-- snippet: given\nvar x int"} {
		if _, err := extract("a.md", broken); err == nil {
			t.Errorf("extract of %q = nil; want an error", broken)
		}
	}
}
