package snippets

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	link = regexp.MustCompile(`\]\(([^)]+)\)`)
	code = regexp.MustCompile("(?s)```.*?```|`[^`]*`")
)

func TestLinksBetweenDocumentsLeadSomewhere(t *testing.T) {
	files := documents(t)
	files = append(files, filepath.Join(repository, "CONTRIBUTING.md"), filepath.Join(repository, "SECURITY.md"), filepath.Join(repository, "CHANGELOG.md"))
	seen := 0
	for _, path := range files {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range link.FindAllStringSubmatch(code.ReplaceAllString(string(raw), ""), -1) {
			target, _, _ := strings.Cut(found[1], "#")
			if target == "" || strings.Contains(target, "://") {
				continue
			}
			seen++
			if _, err := os.Stat(filepath.Join(filepath.Dir(path), filepath.FromSlash(target))); err != nil {
				t.Errorf("%s links to %s, which is not there", path, target)
			}
		}
	}
	if seen < 20 {
		t.Errorf("%d links were found; the documents have more", seen)
	}
}

// A document that nothing links to is read by nobody.
func TestTheIndexLinksToEveryDocument(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(repository, "docs", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(filepath.Join(repository, "docs"))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if name := entry.Name(); strings.HasSuffix(name, ".md") && name != "README.md" && !strings.Contains(string(raw), "]("+name+")") {
			t.Errorf("docs/README.md does not link to %s", name)
		}
	}
}
