package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestWhatCannotBeginIsAnErrorOfConfiguration(t *testing.T) {
	t.Setenv("REDIS_URL", "")
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct{ args, want string }{
		{"-no-such-flag", "no-such-flag"},
		{"-duration 5x", "5x"},
		{"-duration -1s", "-duration"},
		{"-kill 0s", "-kill"},
		{"-workloads sequences,nonsense", `"nonsense": there are sequences, jobs`},
		{"-protocol 4", "-protocol 4"},
		{"something", `"something"`},
		{"-addr 127.0.0.1:1", "127.0.0.1:1"},
		{"-addr http://127.0.0.1:1", "scheme"},
		{"-addr 127.0.0.1:1 -server redis", "-server"},
		{"-server no-such-server", "no no-such-server server"},
		{"-report " + filepath.Join(file, "below"), "file"},
	} {
		var out, errOut bytes.Buffer
		args := strings.Fields(x.args)
		if !strings.Contains(x.args, "-report") {
			args = append([]string{"-report", t.TempDir()}, args...)
		}
		code := run(args, &out, &errOut)
		if code != exitConfig || !strings.Contains(errOut.String(), x.want) {
			t.Errorf("stress %s = %d, %q; want 3 and %q", x.args, code, errOut.String(), x.want)
		}
	}
}

func TestHelpNamesFlagsWorkloadsAndExitCodes(t *testing.T) {
	var out, errOut bytes.Buffer
	code := run([]string{"-h"}, &out, &errOut)
	for _, want := range []string{"-chaos", "-kill", "2 hang", "sequences", "counters"} {
		if !strings.Contains(errOut.String(), want) {
			t.Errorf("the help has no %q:\n%s", want, errOut.String())
		}
	}
	if code != exitClean {
		t.Errorf("exit code %d; want 0", code)
	}
}

func TestTheCommandToRepeatARunIsTheRun(t *testing.T) {
	t.Setenv("REDIS_URL", "")
	first, err := parse([]string{"-duration", "7s", "-chaos", "-workloads", "jobs,counters", "-kill", "1s", "-server", "valkey"}, &bytes.Buffer{})
	if err != nil {
		t.Fatal(err)
	}
	words := strings.Fields(first.command())
	again, err := parse(words[3:], &bytes.Buffer{})
	if err != nil || again.command() != first.command() || again.seed != first.seed || again.duration != 7*time.Second || !again.chaos {
		t.Errorf("parse(%q) = %+v, %v; want %+v", words[3:], again, err, first)
	}
}
