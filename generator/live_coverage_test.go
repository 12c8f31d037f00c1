package main

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/futureio/futureio-go/internal/redistest"
)

func TestEveryCommandOfEveryServerHasAMethodOrAReason(t *testing.T) {
	over, err := loadOverlay("../spec/overlay.json")
	if err != nil {
		t.Fatal(err)
	}
	redistest.Each(t, func(t *testing.T, srv *redistest.Server) {
		if !strings.Contains(srv.Name, "-") {
			t.Skip("a server that is not from .servers may be of any version, with any modules")
		}
		commands := map[string]bool{} // whether they can be called
		for _, name := range wordsOf(t, srv.Do("COMMAND", "LIST")) {
			commands[fullName(name)] = true
		}
		if len(commands) < 200 {
			t.Errorf("COMMAND LIST tells of %d commands; want more than 200", len(commands))
		}
		addInfos(t, commands, srv.Do("COMMAND"))
		for _, name := range slices.Sorted(maps.Keys(commands)) {
			if !commands[name] {
				continue
			}
			if why := uncovered(over, name); why != "" {
				t.Errorf("%s: %s", name, why)
			}
		}
	})
}

// addInfos adds the commands of a reply to COMMAND, which has the name first and the subcommands
// tenth. A container cannot be called.
func addInfos(t *testing.T, commands map[string]bool, reply any) {
	t.Helper()
	infos, ok := reply.([]any)
	if !ok {
		t.Fatalf("COMMAND = %v; want a list", reply)
	}
	for _, element := range infos {
		info, ok := element.([]any)
		if !ok || len(info) != 10 {
			t.Fatalf("COMMAND has %v; want a list of 10", element)
		}
		name := fullName(info[0].(string))
		subcommands := info[9].([]any)
		commands[name] = len(subcommands) == 0
		addInfos(t, commands, subcommands)
	}
}

func wordsOf(t *testing.T, reply any) []string {
	t.Helper()
	list, ok := reply.([]any)
	if !ok {
		t.Fatalf("COMMAND LIST = %v; want a list", reply)
	}
	var words []string
	for _, element := range list {
		words = append(words, element.(string))
	}
	return words
}

// uncovered tells what the overlay lacks about a command, or nothing.
func uncovered(over *Overlay, name string) string {
	_, called := over.Commands[name]
	skipped, isSkipped := over.Skipped[name]
	serverSide, isServerSide := over.ServerSide[name]
	switch {
	case called:
		return ""
	case !isSkipped && !isServerSide:
		return "it has no method, and no reason in skipped or server_side of spec/overlay.json"
	case skipped+serverSide == "":
		return "spec/overlay.json skips it without a reason"
	}
	return ""
}

func TestACommandWithoutAMethodNeedsAReason(t *testing.T) {
	over := &Overlay{
		Commands:   map[string]CommandOverlay{"GET": {}},
		Skipped:    map[string]string{"MONITOR": "is a stream", "MUTE": ""},
		ServerSide: map[string]string{"PSYNC": "replication"},
	}
	for name, want := range map[string]string{
		"GET": "", "MONITOR": "", "PSYNC": "", "MUTE": "without a reason", "NEW": "no method",
	} {
		if got := uncovered(over, name); !strings.Contains(got, want) || (got == "") != (want == "") {
			t.Errorf("uncovered(%s) = %q; want %q", name, got, want)
		}
	}
}
