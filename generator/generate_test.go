package main

import (
	"bytes"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/small/want anew")

func TestASmallSpecGivesTheExpectedSource(t *testing.T) {
	files := mustGenerate(t, "testdata/small")
	const want = "testdata/small/want"
	if *update {
		if err := os.RemoveAll(want); err != nil {
			t.Fatal(err)
		}
		for path, source := range files {
			put(t, golden(want, path), source)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(files)) {
		expected, err := os.ReadFile(golden(want, path))
		if err != nil {
			t.Errorf("%v; after a look at what is new: go test ./generator -update", err)
			continue
		}
		if !bytes.Equal(files[path], expected) {
			t.Errorf("%s is not as expected: %s\nAfter a look at what is new: go test ./generator -update", path, firstDifference(files[path], expected))
		}
	}
	for _, pattern := range outputs {
		expected, _ := filepath.Glob(golden(want, pattern)) // the patterns are well-formed
		if len(expected) == 0 {
			t.Errorf("there is no %s", golden(want, pattern))
		}
		for _, name := range expected {
			path, err := filepath.Rel(want, strings.TrimSuffix(name, ".golden"))
			if err != nil || files[filepath.ToSlash(path)] == nil {
				t.Errorf("%s is expected and was not made", path)
			}
		}
	}
}

// golden is the file with the expected source; the name keeps gofmt and the compiler away from it.
func golden(want, path string) string { return filepath.Join(want, filepath.FromSlash(path)+".golden") }

func TestTheGeneratedFilesAreUpToDate(t *testing.T) {
	files := mustGenerate(t, "..")
	for _, path := range slices.Sorted(maps.Keys(files)) {
		there, err := os.ReadFile(filepath.Join("..", path))
		if err != nil || !bytes.Equal(there, files[path]) {
			t.Errorf("%s is not what spec/ gives: run make generate (%s)", path, firstDifference(there, files[path]))
		}
	}
	for _, path := range generated("..") {
		if files[path] == nil {
			t.Errorf("%s is not generated any more: run make generate", path)
		}
	}
}

func TestGeneratingTwiceGivesTheSameBytes(t *testing.T) {
	first := mustGenerate(t, "..")
	for range 3 {
		if again := mustGenerate(t, ".."); !maps.EqualFunc(first, again, bytes.Equal) {
			t.Fatal("two runs differ")
		}
	}
}

func TestFilesAreWrittenOnlyWhenTheyChangeAndRemovedWhenTheyGo(t *testing.T) {
	root := t.TempDir()
	put(t, filepath.Join(root, "redis/commands/zz_same.go"), []byte("same"))
	put(t, filepath.Join(root, "redis/commands/zz_gone.go"), []byte("gone"))
	put(t, filepath.Join(root, "redis/commands/zz_wire_test.go"), []byte("a test"))
	put(t, filepath.Join(root, "redis/commands/hand.go"), []byte("by hand"))
	put(t, filepath.Join(root, "redis/zz_gone.go"), []byte("gone"))
	same := filepath.Join(root, "redis/commands/zz_same.go")
	if err := os.Chmod(same, 0o444); err != nil {
		t.Fatal(err)
	}
	before, err := os.Stat(same)
	if err != nil {
		t.Fatal(err)
	}
	err = write(root, map[string][]byte{"redis/commands/zz_same.go": []byte("same"), "redis/commands/zz_new.go": []byte("new")})
	if err != nil {
		t.Fatal(err)
	}
	after, err := os.Stat(same)
	if err != nil || !after.ModTime().Equal(before.ModTime()) {
		t.Errorf("an unchanged file was written: %v", err)
	}
	var left []string
	for _, pattern := range []string{"redis/*.go", "redis/commands/*.go"} {
		names, _ := filepath.Glob(filepath.Join(root, pattern))
		for _, name := range names {
			left = append(left, filepath.Base(name))
		}
	}
	if want := []string{"hand.go", "zz_new.go", "zz_same.go", "zz_wire_test.go"}; !slices.Equal(left, want) {
		t.Errorf("there are %q; want %q", left, want)
	}
}

func TestAnUnknownCommandIsNotTakenForNone(t *testing.T) {
	if err := run([]string{"-root", t.TempDir(), "marge"}); err == nil || !strings.Contains(err.Error(), `unknown command "marge"`) {
		t.Errorf("run marge = %v; want it refused by name", err)
	}
}

func mustGenerate(t *testing.T, root string) map[string][]byte {
	t.Helper()
	files, err := generate(root)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func put(t *testing.T, name string, content []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, content, 0o644); err != nil {
		t.Fatal(err)
	}
}

// firstDifference shows the first line that differs.
func firstDifference(got, want []byte) string {
	a, b := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return "got " + a[i] + "; want " + b[i]
		}
	}
	return "one goes on where the other ends"
}
