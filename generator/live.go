package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

// runSpec is the command "spec": it reads the facts from running servers, merges them and writes
// the spec, as merge does from files.
//
//	--from NAME=ADDR       a running server, as redis-8.0=127.0.0.1:6379, once for each
//	--servers DIR NAME…    servers to start for it: DIR/NAME/bin/redis-server and the like
//	--keep FILE            the spec whose replies are kept; empty for none
//	--out FILE             the spec to write
//
// Servers do not tell what their commands reply, unless they were built to tell schemas, so the
// replies of the spec before are kept: see keepReplies.
func runSpec(args []string) error {
	var sources []source
	flags := flag.NewFlagSet("spec", flag.ContinueOnError)
	flags.Func("from", "`NAME=ADDR`: a running server, as redis-8.0=127.0.0.1:6379; once for each", func(v string) error {
		name, addr, ok := strings.Cut(v, "=")
		if !ok || addr == "" {
			return errors.New("want NAME=ADDR")
		}
		sources = append(sources, source{name, readServer, addr})
		return nil
	})
	dir := flags.String("servers", "", "`DIR` with servers to start, whose names follow the flags")
	keep := flags.String("keep", "spec/commands.json", "`FILE`: the spec whose replies are kept; empty for none")
	out := flags.String("out", "spec/commands.json", "`FILE` to write")
	flags.SetOutput(io.Discard) // the caller prints the error that Parse returns
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		flags.SetOutput(os.Stderr)
		flags.PrintDefaults()
		return nil
	case err != nil:
		return err
	}
	if *dir == "" && flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	for _, name := range flags.Args() {
		sources = append(sources, source{name, readStarted, *dir})
	}
	if len(sources) == 0 {
		return errors.New("no server given: use --from NAME=ADDR, or --servers DIR NAME…")
	}
	var old *Spec
	if *keep != "" {
		var err error
		if old, err = LoadSpec(*keep); err != nil {
			return fmt.Errorf("the spec whose replies are kept (--keep '' for none): %w", err)
		}
	}
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	docs := map[string]serverDoc{}
	for _, from := range sources {
		if _, twice := docs[from.name]; twice {
			return fmt.Errorf("server %s is given twice", from.name)
		}
		doc, err := from.read(ctx, from.name, from.where)
		if err != nil {
			return err
		}
		docs[from.name] = doc
	}
	spec, err := specOf(docs, old)
	if err != nil {
		return err
	}
	return writeSpec(*out, spec)
}

// source is where the facts of one server come from.
type source struct {
	name  string
	read  func(ctx context.Context, name, where string) (serverDoc, error)
	where string // an address, or a folder of servers
}

// specOf merges what servers told, with the replies of the spec before, which may be nil.
func specOf(docs map[string]serverDoc, old *Spec) (*Spec, error) {
	spec := mergeServers(docs)
	if err := checkMerge(spec, docs); err != nil {
		return nil, err
	}
	if old != nil {
		keepReplies(spec, old)
	}
	return spec, checkSpec(spec)
}

// keepReplies takes what is known about replies from the spec before: the observed shapes, and the
// schemas of commands for which no server told one now. What was known about commands that no server
// has any more is gone.
func keepReplies(spec, old *Spec) {
	for i := range spec.Commands {
		c := &spec.Commands[i]
		before := old.Lookup(c.Name)
		if before == nil || before.Reply == nil {
			continue
		}
		kept := *before.Reply
		if c.Reply != nil && len(c.Reply.Schema) > 0 {
			kept.Schema = c.Reply.Schema
		}
		c.Reply = &kept
	}
}
