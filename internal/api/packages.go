package main

import (
	"bytes"
	"errors"
	"fmt"
	"go/importer"
	"go/token"
	"io"
	"os"
	"os/exec"
	"strings"
)

const module = "github.com/futureio/futureio-go"

// load returns the lines of every public package by its path in the module: "redis/proto". Public is what lies in future/ and
// redis/ and can be imported.
//
// The types come from what the compiler has made of the packages, so the program sees exactly what an importer sees.
func load(root string) (map[string][]string, error) {
	cmd := exec.Command("go", "list", "-export", "-deps", "-f", "{{.ImportPath}}\t{{.Name}}\t{{.Export}}", "./future/...", "./redis/...")
	cmd.Dir = root
	var told bytes.Buffer
	cmd.Stderr = &told
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w\n%s", err, told.Bytes())
	}
	exported := map[string]string{} // by import path, the file with its types
	var public []string
	for line := range strings.Lines(string(out)) {
		words := strings.Split(strings.TrimSpace(line), "\t")
		if len(words) != 3 {
			continue // package unsafe has no file
		}
		exported[words[0]] = words[2]
		if isPublic(words[0]) && words[1] != "main" {
			public = append(public, words[0])
		}
	}
	if len(public) == 0 {
		return nil, errors.New("go list names no package of " + module)
	}
	imp := importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) {
		return os.Open(exported[path])
	})
	surfaces := map[string][]string{}
	for _, path := range public {
		pkg, err := imp.Import(path)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		surfaces[strings.TrimPrefix(path, module+"/")] = surface(pkg)
	}
	return surfaces, nil
}

// isPublic tells whether a path is that of a package of ours that others can import.
func isPublic(path string) bool {
	rest, ours := strings.CutPrefix(path, module+"/")
	return ours && !strings.Contains("/"+rest+"/", "/internal/") &&
		(strings.HasPrefix(rest+"/", "future/") || strings.HasPrefix(rest+"/", "redis/"))
}
