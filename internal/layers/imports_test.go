package layers

import (
	"fmt"
	"go/parser"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// room is a package by its path in the module: "redis/proto".
type room = string

// mayImport is the one direction of import: for each room the rooms it may import. Rooms that are designed and not built yet are
// here too, so that they start in the right place. A package that is missing fails.
var mayImport = map[room][]room{
	"future":             {},
	"redis/errors":       {},
	"redis/proto":        {"redis/errors"},
	"redis/commands":     {"future", "redis/errors", "redis/proto"},
	"redis/subscription": {"future", "redis/errors", "redis/proto"},
	"redis": {
		"future", "redis/errors", "redis/proto", "redis/commands", "redis/subscription", "internal/lend", "internal/socket", "internal/tuning",
	},
	"redis/pool":      {"future", "redis/errors", "redis/commands", "redis", "internal/lend"},
	"redis/redistest": {"future", "redis", "redis/commands", "redis/proto", "internal/redistest"},
	"redis/sentinel":  {"future", "redis/errors", "redis/commands", "redis"},
	"redis/cache":     {"future", "redis/errors", "redis/proto", "redis/commands", "redis"},
	"redis/stream":    {"future", "redis/errors", "redis/commands", "redis"},
	"redis/cluster": {
		"future", "redis/errors", "redis/proto", "redis/commands", "redis/subscription", "redis", "redis/pool",
	},

	"generator": {},

	"internal/api":       {},
	"internal/snippets":  {},
	"internal/lend":      {"future", "redis/errors"},
	"internal/socket":    {},
	"internal/tuning":    {},
	"internal/memnet":    {},
	"internal/faultnet":  {},
	"internal/redistest": {"internal/memnet", "internal/faultnet", "internal/servers"},
	"internal/servers":   {},
	"internal/layers":    {},
	"internal/browser":   {},
	"internal/simulator": {"future", "redis", "redis/commands", "redis/errors", "internal/memnet", "internal/redistest", "internal/tuning"},
	"internal/size":      {"redis"},

	"examples/internal/server": {"redis", "internal/servers"},

	"examples/bulkinsert":  {"future", "redis", "examples/internal/server"},
	"examples/jobqueue":    {"future", "redis", "examples/internal/server"},
	"examples/pipeline":    {"future", "redis", "examples/internal/server"},
	"examples/transaction": {"future", "redis", "examples/internal/server"},

	"examples/quickstart":         {"future", "redis", "examples/internal/server"},
	"examples/pool":               {"redis", "redis/pool", "examples/internal/server"},
	"examples/chat":               {"redis", "examples/channellayer/layer"},
	"examples/channellayer":       {"redis", "examples/internal/server", "examples/channellayer/layer"},
	"examples/channellayer/layer": {"future", "redis"},
	"examples/observability":      {"future", "redis", "examples/internal/server"},
	"examples/stress":             {"future", "redis", "redis/pool", "internal/servers"},
}

// harness is what the tests of every room may import beside what the room itself may.
var harness = []room{"internal/memnet", "internal/faultnet", "internal/redistest"}

// testMayImport is what else the tests of single rooms may import, each for a reason.
var testMayImport = map[room][]room{
	"redis":                  {"redis/pool"},                          // every method on every role
	"redis/commands":         {"redis"},                               // the same
	"redis/subscription":     {"redis"},                               // live tests
	"examples/chat":          {"internal/browser"},                    // its page
	"examples/observability": {"internal/browser", "redis/redistest"}, // its page; a server in virtual time
}

// mustNotImport names the packages, each with all below it, that would break a promise of the room.
var mustNotImport = map[room][]string{
	"future":             {"net", "log"},
	"redis/errors":       {"log"},
	"redis/proto":        {"net", "sync", "time", "context", "log"}, // bytes and values: no clock, no goroutine
	"redis/commands":     {"net", "log"},
	"redis/subscription": {"net", "log"},
}

// dependencies are the modules that the root module may require, with the rooms that may import them. Tests may import all.
var dependencies = map[string][]room{
	"golang.org/x/sync":                {"future", "redis", "redis/pool", "redis/cluster", "internal/lend"},
	"github.com/cenkalti/backoff/v4":   {"redis", "redis/cluster"},
	"github.com/alicebob/miniredis/v2": {"examples/internal/server"},
}

func TestRoomsImportInOneDirection(t *testing.T) {
	holds(t, imports)
	finds(t, imports, tree{
		"go.mod":                      "module " + module,
		"future/a.go":                 "package future\nimport (\n\"net/http\"\n\"" + module + "/redis\"\n)",
		"future/a_test.go":            "package future_test\nimport (\n\"net/http\"\n\"" + module + "/internal/redistest\"\n\"golang.org/x/sync/errgroup\"\n)",
		"redis/proto/a.go":            "package proto\nimport \"sync/atomic\"",
		"redis/proto/a_test.go":       "package proto\nimport \"" + module + "/redis/commands\"",
		"redis/proto/syncopation.go":  "package proto\nimport \"synchrony\"",
		"redis/a.go":                  "package redis\nimport (\n\"net\"\n\"" + module + "/redis/pool\"\n\"github.com/alicebob/miniredis/v2\"\n)",
		"redis/brandnew/a.go":         "package brandnew",
		"benchmarks/go.mod":           "module " + module + "/benchmarks",
		"benchmarks/anything/peer.go": "package anything\nimport \"example.com/peer\"",
		"generator/broken.go":         "package",
	},
		"future/a.go imports net/http",
		"future/a.go imports "+module+"/redis",
		"generator/broken.go",
		"redis/a.go imports "+module+"/redis/pool",
		"redis/a.go imports github.com/alicebob/miniredis/v2",
		"redis/brandnew is not in the map",
		"redis/proto/a.go imports sync/atomic",
		"redis/proto/a_test.go imports "+module+"/redis/commands",
	)
}

func imports(files tree) []string {
	var findings []string
	unknown := map[room]bool{}
	for _, name := range files.goFiles() {
		own := path.Dir(name)
		if _, known := mayImport[own]; !known {
			if !unknown[own] {
				findings = append(findings, fmt.Sprintf("room %s is not in the map mayImport of internal/layers", own))
			}
			unknown[own] = true
			continue
		}
		file, _, err := files.parse(name, parser.ImportsOnly)
		if err != nil {
			findings = append(findings, fmt.Sprintf("%s: %v", name, err))
			continue
		}
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				continue // the parser has checked it
			}
			if why := importFault(own, imported, isTest(name)); why != "" {
				findings = append(findings, fmt.Sprintf("%s imports %s: %s", name, imported, why))
			}
		}
	}
	return findings
}

// importFault tells why a room must not import a package, or nothing.
func importFault(own room, imported string, test bool) string {
	if imported == module {
		return "there is no package at the root"
	}
	if other, ours := strings.CutPrefix(imported, module+"/"); ours {
		allowed := slices.Contains(mayImport[own], other)
		if test {
			allowed = allowed || other == own || slices.Contains(harness, other) || slices.Contains(testMayImport[own], other)
		}
		if !allowed {
			return fmt.Sprintf("room %s may import only %v", own, mayImport[own])
		}
		return ""
	}
	if first, _, _ := strings.Cut(imported, "/"); strings.Contains(first, ".") {
		for dependency, rooms := range dependencies {
			if isBelow(imported, dependency) && (test || slices.Contains(rooms, own)) {
				return ""
			}
		}
		return fmt.Sprintf("it is no dependency of room %s", own)
	}
	if !test {
		for _, forbidden := range mustNotImport[own] {
			if isBelow(imported, forbidden) {
				return fmt.Sprintf("room %s does without %s", own, forbidden)
			}
		}
	}
	return ""
}

// isBelow tells whether an import path is a package or below it: "net/http" is below "net", "netip" is not.
func isBelow(imported, pkg string) bool {
	return imported == pkg || strings.HasPrefix(imported, pkg+"/")
}

func TestTheMapOfImportsIsItselfInOneDirection(t *testing.T) {
	for own := range mayImport {
		if slices.Contains(reachable(own, map[room]bool{}), own) {
			t.Errorf("room %s reaches itself: the map mayImport has a circle", own)
		}
		for _, other := range mayImport[own] {
			if _, known := mayImport[other]; !known {
				t.Errorf("room %s may import %s, which is not in the map", own, other)
			}
		}
	}
}

func reachable(from room, seen map[room]bool) []room {
	for _, next := range mayImport[from] {
		if !seen[next] {
			seen[next] = true
			reachable(next, seen)
		}
	}
	return slices.Collect(maps.Keys(seen))
}

func TestTheRootModuleRequiresOnlyItsThreeDependencies(t *testing.T) {
	holds(t, requires)
	finds(t, requires, tree{"go.mod": `module x

require golang.org/x/sync v0.1.0

require (
	github.com/alicebob/miniredis/v2 v2.0.0
	example.com/logging v1.0.0 // for convenience
	example.com/deep v1.0.0 // indirect
)

require example.com/single v1.0.0

replace example.com/deep => ../deep
`},
		"example.com/logging", "example.com/single", "replace")
}

// requires reads go.mod: the requirements that are not indirect, and replacements, which only nested modules may have.
func requires(files tree) []string {
	var findings []string
	inBlock := false
	for line := range strings.Lines(files["go.mod"]) {
		words := strings.Fields(line)
		switch {
		case len(words) == 0:
			continue
		case words[0] == "require" && len(words) > 1 && words[1] == "(":
			inBlock = true
			continue
		case words[0] == ")":
			inBlock = false
			continue
		case words[0] == "replace":
			findings = append(findings, "go.mod has a replace: only nested modules may have one")
			continue
		case words[0] == "require":
			words = words[1:]
		case !inBlock:
			continue
		}
		if _, allowed := dependencies[words[0]]; !allowed && !strings.Contains(line, "// indirect") {
			findings = append(findings, fmt.Sprintf("go.mod requires %s: only %v are agreed on", words[0], slices.Sorted(maps.Keys(dependencies))))
		}
	}
	return findings
}
