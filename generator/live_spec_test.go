package main

import (
	"bytes"
	"cmp"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/futureio/futureio-go/internal/redistest"
)

const refresh = "see what has changed, then run make spec and make generate"

// onRequest skips a test of facts that change when a distribution updates its packages, which is no
// fault of the code: make live asks for it.
func onRequest(t *testing.T) {
	t.Helper()
	if os.Getenv("CHECK_SPEC") == "" {
		t.Skip("CHECK_SPEC is not set; make live does")
	}
}

func TestEveryServerTellsTheFactsOfTheSpec(t *testing.T) {
	onRequest(t)
	spec, err := LoadSpec("../spec/commands.json")
	if err != nil {
		t.Fatal(err)
	}
	redistest.Each(t, func(t *testing.T, srv *redistest.Server) {
		only := Spec{Commands: spec.Commands}
		for _, server := range spec.Servers {
			if server.Name == srv.Name {
				only.Servers = []Server{server}
			}
		}
		if only.Servers == nil {
			t.Skipf("%s is no server of spec/commands.json", srv.Name)
		}
		doc, err := readServer(t.Context(), srv.Name, srv.Addr)
		if err != nil {
			t.Fatal(err)
		}
		again, err := readServer(t.Context(), srv.Name, srv.Addr)
		if err != nil || !reflect.DeepEqual(again, doc) {
			t.Errorf("a second reading gives something else (%v)", err)
		}
		for name := range doc {
			if spec.Lookup(name) == nil {
				t.Errorf("%s is on %s and not in the spec: %s", name, srv.Name, refresh)
			}
		}
		if err := checkMerge(&only, map[string]serverDoc{srv.Name: doc}); err != nil {
			t.Errorf("%v: %s", err, refresh)
		}
	})
}

// All of the spec, so also labels and versions, needs all of its servers.
func TestTheSpecIsMadeOfItsServersByteForByte(t *testing.T) {
	onRequest(t)
	want, err := os.ReadFile("../spec/commands.json")
	if err != nil {
		t.Fatal(err)
	}
	spec, err := LoadSpec("../spec/commands.json")
	if err != nil {
		t.Fatal(err)
	}
	dir := cmp.Or(os.Getenv("SERVERS_DIR"), "../.servers")
	var names []string
	for _, server := range spec.Servers {
		if _, err := os.Stat(filepath.Join(dir, server.Name)); err != nil {
			t.Skipf("%s is not under .servers: internal/redistest/servers.sh %[1]s gets it", server.Name)
		}
		names = append(names, server.Name)
	}
	out := filepath.Join(t.TempDir(), "commands.json")
	for reading := 1; reading <= 2; reading++ {
		args := append([]string{"--servers", dir, "--keep", "../spec/commands.json", "--out", out}, names...)
		if err := runSpec(args); err != nil {
			t.Fatalf("reading %d: %v", reading, err)
		}
		if got, err := os.ReadFile(out); err != nil || !bytes.Equal(got, want) {
			t.Fatalf("reading %d is not spec/commands.json (%v): %s; %s", reading, err, firstDifference(want, got), refresh)
		}
	}
}
