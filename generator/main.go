// Generator writes the typed commands of package redis/commands.
//
//	go run ./generator [-root DIR]                    spec/ → redis/commands/zz_*.go and redis/zz_*.go
//	go run ./generator spec --from NAME=ADDR …        running servers → spec/commands.json
//	go run ./generator merge --from NAME=FILE …       the same from files
//
// Three steps, each with its files: the spec (spec.go, overlay.go) is read into
// the model of the methods (model.go, params.go, options.go, syntax.go, taken.go), and the
// model is written as Go source (emit*.go). To add a command, give it an entry in
// spec/overlay.json.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "generator:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) > 0 && args[0] == "merge" {
		return runMerge(args[1:])
	}
	if len(args) > 0 && args[0] == "spec" {
		return runSpec(args[1:])
	}
	flags := flag.NewFlagSet("generator", flag.ContinueOnError)
	root := flags.String("root", ".", "the `folder` of the module")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unknown command %q", flags.Arg(0))
	}
	files, err := generate(*root)
	if err != nil {
		return err
	}
	return write(*root, files)
}

// outputs are the folders that the generator writes to, and their pattern.
var outputs = []string{"redis/commands/zz_*.go", "redis/zz_*.go", "docs/commands.md"}

// generate returns the source of every generated file by its path in the module.
func generate(root string) (map[string][]byte, error) {
	spec, err := LoadSpec(filepath.Join(root, "spec", "commands.json"))
	if err != nil {
		return nil, err
	}
	path := filepath.Join(root, "spec", "overlay.json")
	over, err := loadOverlay(path)
	if err != nil {
		return nil, err
	}
	m, err := newModel(spec, over)
	if err == nil {
		err = m.checkNames(root)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	types, err := emitTypes(root)
	if err != nil {
		return nil, err
	}
	return m.emit(types)
}

// write brings the generated files up to date: it writes what differs and
// removes what is not generated any more.
func write(root string, files map[string][]byte) error {
	for path, source := range files {
		name := filepath.Join(root, path)
		old, err := os.ReadFile(name)
		if err == nil && bytes.Equal(old, source) {
			continue
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err := os.WriteFile(name, source, 0o644); err != nil {
			return err
		}
	}
	for _, path := range generated(root) {
		if _, ok := files[path]; !ok {
			if err := os.Remove(filepath.Join(root, path)); err != nil {
				return err
			}
		}
	}
	return nil
}

// generated lists the generated files that are there, tests left out.
func generated(root string) []string {
	var paths []string
	for _, pattern := range outputs {
		names, _ := filepath.Glob(filepath.Join(root, pattern)) // the patterns are well-formed
		for _, name := range names {
			if ok, _ := filepath.Match("*_test.go", filepath.Base(name)); ok {
				continue
			}
			path, _ := filepath.Rel(root, name)
			paths = append(paths, filepath.ToSlash(path))
		}
	}
	return paths
}
