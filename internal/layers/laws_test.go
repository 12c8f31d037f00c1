package layers

import (
	"fmt"
	"go/ast"
	"go/parser"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// provenBehaviours are the behaviours that are reached, by their letters. W is the table of what malformed bytes lead to.
var provenBehaviours = []string{
	"F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "F10",
	"C1", "C2", "C3", "C4", "C5", "C6", "C7", "U1",
	"T1", "T2", "T3", "T4", "T5",
	"D1", "D2", "D3", "D4", "D5", "D6", "D7", "D8", "D9", "D10", "D11",
	"Q1", "Q2", "Q3", "O1", "O2",
	"PL1", "PL2", "PL3", "PL4", "X1", "X2", "X3", "X4", "X5", "L1",
	"G1", "G2", "G3", "G4", "G5",
	"L2",
	"S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8",
	"B1",
	"K1", "K2", "K3", "K4", "K5", "K6", "K7", "K8", "K9", "K10",
	"W",
}

func TestEveryLawAndBehaviourThatIsReachedHasATestThatNamesIt(t *testing.T) {
	holds(t, laws)
}

func TestALawWithoutATestIsFound(t *testing.T) {
	stated := "# Guarantees\n\n"
	for n := 1; n <= 12; n++ {
		stated += fmt.Sprintf("## G%d — something\n\nIt holds.\n\n", n)
		if n == 11 {
			stated += "Status: not yet (comes later)\n\n"
		}
	}
	rest := slices.DeleteFunc(slices.Clone(provenBehaviours), func(b string) bool { return b == "G1" || b == "G5" || b == "W" })
	cited := `package redis_test

// Laws G1, G2, G3 and G4. Behaviour W. Laws G5, G6, and more.
func TestMany(t *testing.T) {}

// Law G8: a colon. Behaviours ` + strings.Join(rest, ", ") + `.
	func FuzzAll(f *testing.F) {}

// Law G9. A helper proves nothing.
func provesNothing() {}

// The law G10 is not named in the agreed form.
func TestG10(t *testing.T) {
	// Law G12. Nor is it here.
}
`
	finds(t, laws, tree{"docs/guarantees.md": stated, "redis/a_test.go": cited},
		"law G7 ", "law G9 ", "law G10 ", "law G12 ", "behaviour G1 ", "behaviour G5 ")
	finds(t, laws, tree{"docs/guarantees.md": "## G1 — one\n\n## G1 — twice\n\nStatus: done\n\n## G13 — more\n", "redis/a_test.go": cited + "\n// Law G13, G7. Behaviours G1, G5.\nfunc TestMore(t *testing.T) {}\n"},
		"states law G1 twice", `"Status: done"`, "does not state law G2",
		"law G3", "law G4", "law G5", "law G6", "law G7", "law G8", "law G9", "law G10", "law G11", "law G12")
}

var (
	lawHeading = regexp.MustCompile(`^## (G[0-9]+) — `)
	notYet     = regexp.MustCompile(`^Status: not yet \(.+\)$`)
	citation   = regexp.MustCompile(`\b(Law|Behaviour)s? ((?:[A-Z]{1,2}[0-9]*)(?:(?:,| and) [A-Z]{1,2}[0-9]*)*)\b`)
	citedName  = regexp.MustCompile(`[A-Z]{1,2}[0-9]*`)
)

// laws compares docs/guarantees.md with the comments of tests. The document has a heading "## G1 — …" for each law, and below
// the heading of one that is not reached a line "Status: not yet (…)".
func laws(files tree) []string {
	var findings []string
	stated := map[string]bool{} // to whether it is reached
	current := ""
	for line := range strings.Lines(files["docs/guarantees.md"]) {
		line = strings.TrimSpace(line)
		if m := lawHeading.FindStringSubmatch(line); m != nil {
			current = m[1]
			if _, twice := stated[current]; twice {
				findings = append(findings, fmt.Sprintf("docs/guarantees.md states law %s twice", current))
			}
			stated[current] = true
		} else if notYet.MatchString(line) {
			stated[current] = false
		} else if strings.HasPrefix(line, "Status:") {
			findings = append(findings, fmt.Sprintf("docs/guarantees.md: %q; want \"Status: not yet (why)\" or nothing", line))
		}
	}
	cited, unreadable := citations(files)
	findings = append(findings, unreadable...)
	for n := 1; n <= 12; n++ {
		law := fmt.Sprintf("G%d", n)
		switch reached, known := stated[law]; {
		case !known:
			findings = append(findings, fmt.Sprintf("docs/guarantees.md does not state law %s under a heading \"## %s — …\"", law, law))
		case reached && !cited["Law "+law]:
			findings = append(findings, fmt.Sprintf("law %s has no test: none has \"Law %s\" in its comment", law, law))
		}
	}
	for _, behaviour := range provenBehaviours {
		if !cited["Behaviour "+behaviour] {
			findings = append(findings, fmt.Sprintf("behaviour %s has no test: none has \"Behaviour %s\" in its comment", behaviour, behaviour))
		}
	}
	return findings
}

// citations collects "Law G1" and "Behaviour F3" from the doc comments of tests and fuzz targets.
func citations(files tree) (cited map[string]bool, findings []string) {
	cited = map[string]bool{}
	for _, name := range files.goFiles() {
		if !isTest(name) {
			continue
		}
		file, _, err := files.parse(name, parser.ParseComments)
		if err != nil {
			findings = append(findings, fmt.Sprintf("%s: %v", name, err))
			continue
		}
		for _, decl := range file.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || fn.Recv != nil || !proves(fn.Name.Name) {
				continue
			}
			for _, m := range citation.FindAllStringSubmatch(strings.Join(strings.Fields(fn.Doc.Text()), " "), -1) {
				for _, one := range citedName.FindAllString(m[2], -1) {
					cited[m[1]+" "+one] = true
				}
			}
		}
	}
	return cited, findings
}

func proves(function string) bool {
	return slices.ContainsFunc([]string{"Test", "Fuzz"}, func(prefix string) bool {
		return strings.HasPrefix(function, prefix) && function != "TestMain"
	})
}
