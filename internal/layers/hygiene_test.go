package layers

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The names are put together here, so that this file does not hold what it looks for.
var (
	// A slash after a word, a variable or its closing quote goes on with a path that starts elsewhere.
	machinePath = regexp.MustCompile(`(^["']?|[^A-Za-z0-9_.~})"'-]|[^A-Za-z0-9_})]["'])/(` + strings.Join([]string{
		"ho" + "me/[a-z]", "ro" + "ot/", "Use" + "rs/[A-Za-z]", "wo" + "rk/", "fa" + "rm/", "tm" + "p/[a-z][a-z]",
	}, "|") + `)`)
	packageHost = regexp.MustCompile(`(?i)\b(` + strings.Join([]string{
		"proxy" + `\.golang`, "sum" + `\.golang`, "(deb|security|snapshot|ftp)" + `\.debian`, "(archive|security|ports)" + `\.ubuntu`,
		"registry" + `\.npmjs`, "pypi" + `\.org`, "(registry|index|hub)" + `\.docker`,
	}, "|") + `)`)
	openEnd     = regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME)\b`)
	issueNumber = regexp.MustCompile(`#[0-9]+`)
)

func TestNoFileNamesAMachineOrAPackageHost(t *testing.T) {
	holds(t, foreignNames)
	finds(t, foreignNames, tree{
		"a.md":     "see /" + "home/me/x",
		"b.go":     "package b // unix:///" + "tmp/redis.sock\n// a/" + "tmp/x and $TMP" + "/work and /" + "workbench are fine\n",
		"c.sh":     "cp \"$x\"/" + "root/lib \"${x}\"/" + "root/lib $(x)/" + "root/\ncurl https://proxy" + ".golang.org/x\nx=\"/" + "root/x\"\n\"/" + "root/y\"",
		"d/e.yml":  "url: deb" + ".debian.org",
		"fine.txt": "github.com/futureio, docker.io, /etc/hosts, /usr/lib",
	}, "a.md:1", "b.go:1", "c.sh:2", "c.sh:3", "c.sh:4", "d/e.yml:1")
}

func foreignNames(files tree) []string {
	return files.lines(func(string) bool { return true }, func(line string) string {
		switch {
		case machinePath.MatchString(line):
			return "a path of one machine: " + strings.TrimSpace(machinePath.FindString(line))
		case packageHost.MatchString(line):
			return "an archive or registry host: " + packageHost.FindString(line)
		}
		return ""
	})
}

func TestNothingIsLeftOpenWithoutAnIssue(t *testing.T) {
	mark := "TO" + "DO"
	holds(t, openEnds)
	finds(t, openEnds, tree{
		"a.go":     "package a\n// " + mark + ": later\n// " + mark + " #12: later\n// a" + mark + "\n",
		"Makefile": "x: # FIX" + "ME\n",
		"a.md":     mark,
	}, "Makefile:1", "a.go:2")
}

func openEnds(files tree) []string {
	code := func(name string) bool {
		return slices.Contains([]string{".go", ".sh", ".yml"}, path.Ext(name)) || name == "Makefile" || strings.HasPrefix(name, ".ci/")
	}
	return files.lines(code, func(line string) string {
		if openEnd.MatchString(line) && !issueNumber.MatchString(line) {
			return openEnd.FindString(line) + " without the number of an issue"
		}
		return ""
	})
}

// lines judges every line of the text files that keep holds for; fault gives what is wrong with a line, or nothing.
func (files tree) lines(keep func(name string) bool, fault func(line string) string) []string {
	var findings []string
	for _, name := range files.names(keep) {
		if strings.Contains(files[name], "\x00") || strings.Contains("/"+name, "/testdata/") {
			continue // binary, or bytes that fuzzing found
		}
		n := 0
		for line := range strings.Lines(files[name]) {
			n++
			if what := fault(line); what != "" {
				findings = append(findings, fmt.Sprintf("%s:%d: %s", name, n, what))
			}
		}
	}
	return findings
}

// maxLines is where a hand-written file has grown beyond one thing.
const maxLines = 600

func TestNoHandWrittenFileIsLongerThanOneThing(t *testing.T) {
	long := "package a\n" + strings.Repeat("//\n", maxLines-1)
	holds(t, longFiles)
	finds(t, longFiles, tree{
		"redis/fits.go": long, "redis/long.go": long + "//\n", "redis/zz_long.go": long + "//\n", "redis/long_test.go": long + "//\n",
	}, "redis/long.go has 601 lines")
}

func longFiles(files tree) []string {
	var findings []string
	for _, name := range files.goFiles() {
		if lines := strings.Count(files[name], "\n"); lines > maxLines && !isTest(name) && !isGenerated(name) {
			findings = append(findings, fmt.Sprintf("%s has %d lines; want at most %d", name, lines, maxLines))
		}
	}
	return findings
}

// topLevel is all that may lie at the root.
var topLevel = []string{
	"go.mod", "go.sum", "future", "redis", "generator", "spec", "examples", "docs", "api", "SECURITY.md",
	"README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "Makefile", ".golangci.yml", ".gitattributes", ".gitignore",
	".ci", "internal", "benchmarks", "integration", "contrib",
}

func TestTheRootHoldsOnlyWhatIsAgreedOn(t *testing.T) {
	holds(t, topLevelEntries)
	finds(t, topLevelEntries, tree{
		"go.mod": "", "redis/a.go": "", "util/a.go": "", "util/b.go": "", "go.work": "", "notes.md": "",
	}, "go.work", "notes.md", "util")
}

func topLevelEntries(files tree) []string {
	var findings, seen []string
	for _, name := range files.names(func(string) bool { return true }) {
		first, _, _ := strings.Cut(name, "/")
		if !slices.Contains(topLevel, first) && !slices.Contains(seen, first) {
			seen = append(seen, first)
			findings = append(findings, fmt.Sprintf("%s has no place at the root of the repository", first))
		}
	}
	return findings
}
