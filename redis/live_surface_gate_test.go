package redis_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/futureio/futureio-go/redis/commands"
)

// notInTable is which shared commands the table cannot call, and why.
var notInTable = map[string]string{
	"BLMOVE":        blocks,
	"BLMPOP":        blocks,
	"BLPOP":         blocks,
	"BRPOP":         blocks,
	"BRPOPLPUSH":    blocks,
	"BZMPOP":        blocks,
	"BZPOPMAX":      blocks,
	"BZPOPMIN":      blocks,
	"WAIT":          blocks,
	"WAITAOF":       blocks,
	"MODULE LOAD":   needsModule,
	"MODULE LOADEX": needsModule,
	"MODULE UNLOAD": needsModule,
}

const (
	blocks      = "a Client refuses it: it would block the connection, which all callers share"
	needsModule = "needs a module for each of the servers, and these come without any"
)

// surfaceMinimum is how many different commands the table has to call.
const surfaceMinimum = 330

// surfaceServers are the servers that the table is for.
var surfaceServers = []string{"redis-7.0", "redis-8.0", "valkey-8.1", "valkey-9.1"}

// Behaviour G4: nothing is missing in the table in silence.
func TestTheSurfaceTableCallsEverySharedCommandOnEveryServerThatHasIt(t *testing.T) {
	called := map[string][]row{}
	for _, r := range surfaceTable() {
		if commands.Lookup(r.cmd) == nil {
			t.Errorf("no server has %s, which a row calls", r.cmd)
		}
		called[r.cmd] = append(called[r.cmd], r)
	}
	if len(called) < surfaceMinimum {
		t.Errorf("the table calls %d commands; want %d", len(called), surfaceMinimum)
	}

	shared := map[string]bool{}
	for _, facts := range readCommandFacts(t) {
		spec := commands.Lookup(facts.Name)
		if spec == nil && len(facts.Subcommands) > 0 {
			continue // a container, such as ACL, which is nothing to call
		}
		if spec == nil {
			t.Fatalf("there is no spec of %s", facts.Name)
		}
		if spec.Flags&(commands.Session|commands.ServerSide) != 0 {
			continue
		}
		shared[facts.Name] = true
		for _, srv := range facts.Servers {
			if !slices.Contains(surfaceServers, srv) {
				t.Errorf("%s is on %s, which the table is not for", facts.Name, srv)
			}
			has := slices.ContainsFunc(called[facts.Name], func(r row) bool { return strings.HasPrefix(srv, r.only) })
			switch reason := notInTable[facts.Name]; {
			case has && reason != "":
				t.Errorf("a row calls %s on %s, and yet: %s", facts.Name, srv, reason)
			case !has && reason == "":
				t.Errorf("no row calls %s on %s, and no reason is given", facts.Name, srv)
			}
		}
	}
	for name, reason := range notInTable {
		if !shared[name] {
			t.Errorf("%s is no shared command, but has a reason not to be called: %s", name, reason)
		}
	}
}

// Where servers come from a folder, all those that the table is for have to be there: a missing one would go unnoticed.
func TestTheServersOfTheSurfaceTableAreThere(t *testing.T) {
	if _, err := os.Stat("../.servers"); err != nil {
		t.Skip("there is no folder with servers")
	}
	for _, name := range surfaceServers {
		if _, err := os.Stat("../.servers/" + name); err != nil {
			t.Errorf("%s is missing: %v", name, err)
		}
	}
}
