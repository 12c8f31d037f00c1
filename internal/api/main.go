// Api keeps the record of what the library exports: a file in api/ for each public package, with one line for each exported
// name and its type.
//
//	go run ./internal/api [-root DIR]      adds to the record what the code has and the record has not
//
// It never takes a line away. A name that was removed, or whose type has changed, is an error of the program and of the test
// in this folder: whoever means it deletes the line by hand, and says so in CHANGELOG.md.
//
// surface.go makes the lines of a package, spelling.go writes types, packages.go finds the packages, record.go has the files.
package main

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

func main() {
	root := flag.String("root", ".", "the `folder` of the module")
	flag.Parse()
	if err := extend(*root); err != nil {
		fmt.Fprintln(os.Stderr, "api:", err)
		os.Exit(1)
	}
}

// extend writes the record anew where the code has more. What the code lacks stays recorded, and is the error.
func extend(root string) error {
	surfaces, err := load(root)
	if err != nil {
		return err
	}
	var missing []error
	for _, name := range slices.Sorted(maps.Keys(surfaces)) {
		path := filepath.Join(root, folder, fileOf(name))
		recorded, err := read(path)
		if err != nil {
			return err
		}
		gone, added := compare(recorded, surfaces[name])
		for _, line := range gone {
			missing = append(missing, fmt.Errorf("%s has no more: %s", name, line))
		}
		if len(added) == 0 {
			continue
		}
		if err := write(path, append(recorded, added...)); err != nil {
			return err
		}
		fmt.Printf("%s: %d new\n", filepath.ToSlash(filepath.Join(folder, fileOf(name))), len(added))
	}
	return errors.Join(missing...)
}
