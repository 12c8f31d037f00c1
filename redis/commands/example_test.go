package commands_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/futureio/futureio-go/redis/commands"
	"github.com/futureio/futureio-go/redis/proto"
)

// echo answers every command with a reply of its own, without a server: a role is one method long.
type echo struct{}

func (echo) Do(cmd *commands.Cmd) {
	reply := proto.AppendBulk(nil, strings.Join(cmd.Args(), " "))
	cmd.Release()
	r := proto.NewReader(strings.NewReader(string(reply)), proto.Limits{})
	t, err := r.Next()
	if err == nil {
		err = cmd.Deliver(t, r, nil)
	}
	if err != nil {
		cmd.Fail(err)
	}
}

// Every command can be called on whatever takes one.
func ExampleOn() {
	c := commands.On(echo{})
	fmt.Println(c.Get("user:7").Await(context.Background()))
	fmt.Println(c.GetRange("user:7", 0, 3).Await(context.Background()))
	// Output:
	// GET user:7 <nil>
	// GETRANGE user:7 0 3 <nil>
}

// A command by its name in Redis, in Go or in Net::Async::Redis.
func ExampleLookup() {
	for _, name := range []string{"CLIENT SETNAME", "ClientSetName", "client_setname"} {
		spec := commands.Lookup(name)
		fmt.Println(spec.Name, spec.Method)
	}
	// Output:
	// CLIENT SETNAME ClientSetName
	// CLIENT SETNAME ClientSetName
	// CLIENT SETNAME ClientSetName
}

// What a command does, for roles and tools.
func ExampleSpec() {
	spec := commands.Lookup("BLPop")
	fmt.Println(spec.Flags.Has(commands.Blocking), spec.Flags.Has(commands.Write), spec.Flags.Has(commands.ReadOnly))
	// Output: true true false
}
