package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// folder is where the record lies, below the root of the module.
const folder = "api"

// fileOf names the file of a package: "redis/proto" is recorded in redis-proto.txt.
func fileOf(pkg string) string { return strings.ReplaceAll(pkg, "/", "-") + ".txt" }

// read returns the lines of a file of the record; none, of one that is not there.
func read(path string) ([]string, error) {
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var lines []string
	for line := range strings.Lines(string(raw)) {
		if line = strings.TrimRight(line, "\r\n"); line != "" {
			lines = append(lines, line)
		}
	}
	return lines, nil
}

func write(path string, lines []string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	lines = slices.Compact(slices.Sorted(slices.Values(lines)))
	return os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o644)
}

// compare tells which lines are recorded and gone from the code, and which are in the code and not recorded.
func compare(recorded, code []string) (gone, added []string) {
	for _, line := range recorded {
		if !slices.Contains(code, line) {
			gone = append(gone, line)
		}
	}
	for _, line := range code {
		if !slices.Contains(recorded, line) {
			added = append(added, line)
		}
	}
	return gone, added
}
