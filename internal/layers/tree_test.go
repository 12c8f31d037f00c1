package layers

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

const module = "github.com/futureio/futureio-go"

// tree is the files of a repository by their slash-separated path from its root.
type tree map[string]string

// check looks for what is wrong with a tree and gives one line for each finding.
type check func(tree) []string

// holds fails the test with every finding in the repository.
func holds(t *testing.T, c check) {
	t.Helper()
	for _, finding := range c(repository(t)) {
		t.Error(finding)
	}
}

// finds proves that a check can fail: each tree must give findings that contain the text, in order.
func finds(t *testing.T, c check, in tree, want ...string) {
	t.Helper()
	got := c(in)
	if len(got) != len(want) {
		t.Fatalf("findings = %q; want %d: %q", got, len(want), want)
	}
	for i := range want {
		if !strings.Contains(got[i], want[i]) {
			t.Errorf("finding %d = %q; want it to contain %q", i, got[i], want[i])
		}
	}
}

var readRepository = sync.OnceValues(func() (tree, error) {
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		return nil, err
	}
	names, ok := gitFiles(root)
	if !ok {
		if names, err = walkFiles(root); err != nil {
			return nil, err
		}
	}
	files := tree{}
	for _, name := range names {
		file := filepath.Join(root, filepath.FromSlash(name))
		if info, err := os.Lstat(file); err != nil || !info.Mode().IsRegular() {
			continue // deleted, or a link
		}
		raw, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		files[name] = string(raw)
	}
	return files, nil
})

func repository(t *testing.T) tree {
	t.Helper()
	files, err := readRepository()
	if err != nil {
		t.Fatalf("reading the tree: %v", err)
	}
	if files["go.mod"] == "" {
		t.Fatalf("no go.mod among %d files: this is not the root of the module", len(files))
	}
	return files
}

// gitFiles lists what is tracked or could be. It is not ok where root is not the top of a git work tree.
func gitFiles(root string) (names []string, ok bool) {
	top, err := exec.Command("git", "-C", root, "rev-parse", "--show-cdup").Output()
	if err != nil || strings.TrimSpace(string(top)) != "" {
		return nil, false
	}
	out, err := exec.Command("git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard").Output()
	if err != nil {
		return nil, false
	}
	names = strings.FieldsFunc(string(out), func(r rune) bool { return r == 0 })
	return names, len(names) > 0
}

// walkFiles lists all files but those that .gitignore names at the top level, which has plain names and *.suffix only.
func walkFiles(root string) ([]string, error) {
	ignored := []string{".git"}
	if raw, err := os.ReadFile(filepath.Join(root, ".gitignore")); err == nil {
		for line := range strings.Lines(string(raw)) {
			if line = strings.Trim(strings.TrimSpace(line), "/"); line != "" && !strings.HasPrefix(line, "#") {
				ignored = append(ignored, line)
			}
		}
	}
	var names []string
	err := filepath.WalkDir(root, func(file string, entry os.DirEntry, err error) error {
		if err != nil || file == root {
			return err
		}
		skip := slices.ContainsFunc(ignored, func(pattern string) bool {
			match, _ := path.Match(pattern, entry.Name())
			return match
		})
		switch {
		case skip && entry.IsDir():
			return filepath.SkipDir
		case skip || entry.IsDir():
			return nil
		}
		name, err := filepath.Rel(root, file)
		names = append(names, filepath.ToSlash(name))
		return err
	})
	return names, err
}

// names gives the paths for which keep holds, sorted.
func (files tree) names(keep func(name string) bool) []string {
	var names []string
	for name := range files {
		if keep(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// goFiles lists the Go files of the root module; those of nested modules and testdata are not of it.
func (files tree) goFiles() []string {
	nested := files.names(func(name string) bool { return path.Base(name) == "go.mod" && name != "go.mod" })
	return files.names(func(name string) bool {
		for _, mod := range nested {
			if strings.HasPrefix(name, path.Dir(mod)+"/") {
				return false
			}
		}
		return strings.HasSuffix(name, ".go") && !strings.Contains("/"+name, "/testdata/")
	})
}

func isTest(name string) bool      { return strings.HasSuffix(name, "_test.go") }
func isGenerated(name string) bool { return strings.HasPrefix(path.Base(name), "zz_") }

// inRooms tells whether a file belongs to the library: to future/ or redis/ and what is below.
func inRooms(name string) bool {
	return strings.HasPrefix(name, "future/") || strings.HasPrefix(name, "redis/")
}

// parse reads one Go file. A file that does not parse is a finding of every check that reads it.
func (files tree) parse(name string, mode parser.Mode) (*ast.File, *token.FileSet, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, files[name], mode|parser.SkipObjectResolution)
	return file, fset, err
}

var tableRow = regexp.MustCompile(`^\|.*\|$`)

// tableBelow gives the cells of the first Markdown table below a heading, without its two header rows and without backticks.
func tableBelow(markdown, heading string) [][]string {
	var rows [][]string
	inSection := false
	for line := range strings.Lines(markdown) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "#"):
			inSection = strings.TrimSpace(strings.TrimLeft(line, "#")) == heading
		case inSection && tableRow.MatchString(line):
			var cells []string
			for cell := range strings.SplitSeq(strings.Trim(line, "|"), "|") {
				cells = append(cells, strings.Trim(strings.TrimSpace(cell), "`"))
			}
			rows = append(rows, cells)
		case inSection && len(rows) > 0:
			return rows[min(2, len(rows)):]
		}
	}
	return rows[min(2, len(rows)):]
}
