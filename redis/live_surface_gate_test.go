package redis_test

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/futureio/futureio-go/redis/commands"
)

// notInTable is which shared commands the table cannot call, and why.
var notInTable = map[string]string{
	"WAIT":          itsOwnWrites,
	"WAITAOF":       itsOwnWrites,
	"MODULE LOAD":   needsModule,
	"MODULE LOADEX": needsModule,
	"MODULE UNLOAD": needsModule,
}

const (
	itsOwnWrites = "a Client refuses it: it waits for the writes of its own connection"
	needsModule  = "needs a module for each of the servers, and these come without any"
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

// The gate is about four versions, and a missing one would go unnoticed: the tests run on what there is. make live gets all of
// them; make test is content with one Redis and one Valkey, and other systems than Debian have the versions of their own.
func TestTheServersOfTheSurfaceTableAreThere(t *testing.T) {
	if os.Getenv("CHECK_SPEC") == "" {
		t.Skip("CHECK_SPEC is not set; make live does")
	}
	if release, err := os.ReadFile("/etc/os-release"); err != nil || !strings.Contains(string(release), "\nID=debian\n") {
		t.Skip("only the packages of Debian have all of these versions")
	}
	for _, name := range surfaceServers {
		if _, err := os.Stat(filepath.Join(cmp.Or(os.Getenv("SERVERS_DIR"), "../.servers"), name)); err != nil {
			t.Errorf("%s is missing (%v): internal/redistest/servers.sh %[1]s gets it", name, err)
		}
	}
}
