package snippets

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/futureio/futureio-go/internal/redistest"
)

// shownAddr is the address that documents show.
const shownAddr = "localhost:6379"

// runner calls the function of each snippet.
const runner = `package main

import (
	"context"
	"fmt"
	"os"
	"runtime/debug"
	"time"

	"github.com/futureio/futureio-go/redis"
)

var snippets = []struct {
	name string
	run  func(ctx context.Context, client *redis.Client) error
}{
%s}

func main() {
	failed := false
	for _, s := range snippets {
		if err := try(s.run); err != nil {
			fmt.Printf("\n%%s: %%v\n", s.name, err)
			failed = true
		}
	}
	if failed {
		os.Exit(1)
	}
}

func try(run func(ctx context.Context, client *redis.Client) error) (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	client := redis.New(redis.Options{Addr: "localhost:6379"})
	defer client.Close()
	if _, err := client.FlushAll().Await(ctx); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() {
		defer func() {
			if v := recover(); v != nil {
				ended <- fmt.Errorf("panic: %%v\n%%s", v, debug.Stack())
			}
		}()
		ended <- run(ctx, client)
	}()
	select {
	case err := <-ended:
		return err
	case <-time.After(15 * time.Second):
		return fmt.Errorf("does not end")
	}
}
`

// A snippet runs to its end without a panic, and returns no error where it returns one; a program prints what the document says.
func TestEveryBlockOfGoInTheDocumentsRuns(t *testing.T) {
	srv := redistest.Start(t, redistest.Options{})
	root, err := filepath.Abs(repository)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	put := func(name, text string) {
		t.Helper()
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(strings.ReplaceAll(text, shownAddr, srv.Addr)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	// A module of its own that has ours as a dependency, as that of a reader has.
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	put("go.mod", strings.Replace(string(mod), "module "+module, "module reader", 1)+
		fmt.Sprintf("\nrequire %s v0.0.0\nreplace %s => %s\n", module, module, root))
	put("go.sum", string(sum))

	var listed strings.Builder
	var programs []source
	for i, s := range sources(t) {
		name := fmt.Sprintf("s%d", i)
		switch {
		case s.program():
			put(name+"/main.go", s.text)
			if !s.compile {
				s.text = name
				programs = append(programs, s)
			}
		case s.runs:
			text := strings.Replace(s.text, "package p", "package main", 1)
			put("all/"+name+".go", strings.Replace(text, "func Snippet(", "func "+name+"(", 1))
			fmt.Fprintf(&listed, "\t{%q, %s},\n", s.String(), name)
		}
	}
	put("all/main.go", fmt.Sprintf(runner, listed.String()))
	if out, err := run(t, dir, "./all"); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	for _, s := range programs {
		srv.Do("FLUSHALL")
		out, err := run(t, dir, "./"+s.text)
		if err != nil {
			t.Errorf("%s: %v\n%s", s, err, out)
		} else if got := strings.TrimSpace(out); s.prints != "" && got != strings.TrimSpace(s.prints) {
			t.Errorf("%s prints\n%s\nwant\n%s", s, got, s.prints)
		}
	}
}

func run(t *testing.T, dir, pkg string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", "run", "-mod=mod", pkg)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	if ctx.Err() != nil {
		err = errors.Join(err, ctx.Err())
	}
	return out.String(), err
}
