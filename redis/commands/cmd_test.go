package commands

import (
	"context"
	stderrors "errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/redis/proto"
)

func TestACommandFailsOnceAndTellsSo(t *testing.T) {
	c, r := record()
	f := c.Get("k")
	first, second := stderrors.New("first"), stderrors.New("second")
	if r.cmd.Settled() || f.Settled() {
		t.Error("the command is settled before anything came")
	}
	if !r.cmd.Fail(first) || r.cmd.Fail(second) || r.cmd.Cancel(second) {
		t.Error("Fail did not settle the command exactly once")
	}
	if !r.cmd.Settled() || f.Err() != first {
		t.Errorf("Settled = %v, Err = %v; want the first error", r.cmd.Settled(), f.Err())
	}
	r.answer(t, "$1\r\nv\r\n") // late, so read and dropped
	if f.Err() != first {
		t.Errorf("a late reply changed the error to %v", f.Err())
	}
}

// Behaviour F3.
func TestTheReplyOfACancelledCommandIsReadAndDropped(t *testing.T) {
	c, r := record()
	f := c.HGetAll("k")
	cause := stderrors.New("nobody waits")
	if !r.cmd.Cancel(cause) || f.State() != future.Cancelled || !stderrors.Is(f.Err(), cause) {
		t.Errorf("Cancel left the state %v with %v; want cancelled with its cause", f.State(), f.Err())
	}
	reader := proto.NewReader(strings.NewReader("*2\r\n+a\r\n+b\r\n*1\r\n:1\r\n:4711\r\n"), proto.Limits{})
	for i, cmd := range []*Cmd{r.cmd, r.cmd} { // one of its shape, one that does not fit
		typ, err := reader.Next()
		if err == nil {
			err = cmd.Deliver(typ, reader, nil)
		}
		if err != nil {
			t.Fatalf("reply %d of a cancelled command: %v", i, err)
		}
	}
	if _, err := reader.Next(); err != nil {
		t.Fatal(err)
	}
	if n, err := reader.Int(); n != 4711 || err != nil {
		t.Errorf("the stream is out of step: %d, %v", n, err)
	}
}

func TestDeliverWakesThroughTheBatch(t *testing.T) {
	for _, reply := range []string{"$1\r\nv\r\n", "-ERR no\r\n", ":1\r\n"} {
		c, r := record()
		f := c.Get("k")
		woken := make(chan struct{})
		r.cmd.OnSettle(func() { close(woken) })
		reader := proto.NewReader(strings.NewReader(reply), proto.Limits{})
		typ, err := reader.Next()
		if err != nil {
			t.Fatal(err)
		}
		var wake future.Batch
		if err := r.cmd.Deliver(typ, reader, &wake); err != nil {
			t.Fatal(err)
		}
		<-woken
		if !f.Settled() || !r.cmd.Settled() {
			t.Errorf("after %q the command is not settled", reply)
		}
		wake.Wake()
	}
}

func TestReleaseTakesTheRequestAndLeavesTheName(t *testing.T) {
	c, r := record()
	f := c.Set("k", "v")
	if got := r.cmd.Args(); !slices.Equal(got, []string{"SET", "k", "v"}) || r.cmd.Context() != nil {
		t.Errorf("before Release: Args = %q, Context = %v; want SET k v and none", got, r.cmd.Context())
	}
	kept := r.cmd.Args()
	for range 2 {
		r.cmd.Release() // a second one changes nothing
		if r.cmd.Args() != nil || r.cmd.Wire() != nil || r.cmd.Context() != nil {
			t.Errorf("after Release: Args = %q, Wire = %q; want nothing", r.cmd.Args(), r.cmd.Wire())
		}
	}
	for range 100 { // the bytes go to others now
		c, other := record()
		c.Set("x", "y")
		other.cmd.Release()
	}
	if !slices.Equal(kept, []string{"SET", "k", "v"}) {
		t.Errorf("what Args gave became %q", kept)
	}
	if r.cmd.Name() != "SET" || r.cmd.Spec() != Lookup("SET") {
		t.Errorf("after Release it is %q; want SET", r.cmd.Name())
	}
	r.answer(t, "+OK\r\n")
	if ok, err := f.Await(bg); !ok || err != nil {
		t.Errorf("Set = %v, %v; want true", ok, err)
	}
}

func TestReleasedBytesAreNotSharedByTwoCommands(t *testing.T) {
	var cmds []*Cmd
	c := On(doerFunc(func(cmd *Cmd) { cmds = append(cmds, cmd) }))
	c.Get("first")
	cmds[0].Release()
	cmds[0].Release()
	c.Get("second")
	c.Get("third")
	for i, want := range []string{"second", "third"} {
		if got := cmds[i+1].Args(); len(got) != 2 || got[1] != want {
			t.Errorf("command %d is %q; want GET %s", i+1, got, want)
		}
	}
}

func TestTheNextCommandStartsAfresh(t *testing.T) {
	c, r := record()
	for i := range 3 {
		f := c.With(bg).Set("k", make(chan int), NX)
		if f.Err() == nil {
			t.Errorf("round %d: a channel was encoded", i)
		}
		f = c.Set("k", "v", NX, KeepTTL)
		if f.Err() != nil || r.cmd.Context() != nil || len(r.cmd.Args()) != 5 {
			t.Fatalf("round %d: %v, context %v, words %q; want SET k v NX KEEPTTL", i, f.Err(), r.cmd.Context(), r.cmd.Args())
		}
		r.cmd.Release()
	}
}

func TestACommandBoundToAContextRemembersThatItWasSent(t *testing.T) {
	type ctxKey struct{}
	ctx := context.WithValue(bg, ctxKey{}, 1)
	c, r := record()
	c.With(ctx).Get("k")
	if r.cmd.Context() != ctx || r.cmd.Sent() || r.cmd.Withdrawn() {
		t.Errorf("Context = %v, Sent = %v, Withdrawn = %v; want the context and neither", r.cmd.Context(), r.cmd.Sent(), r.cmd.Withdrawn())
	}
	r.cmd.MarkSent()
	r.cmd.Release()
	if !r.cmd.Sent() || r.cmd.Context() != ctx || r.cmd.Args() != nil {
		t.Errorf("after Release: Sent = %v, Context = %v, Args = %q; want true, the context and no words", r.cmd.Sent(), r.cmd.Context(), r.cmd.Args())
	}
	c.With(ctx).Get("k")
	r.cmd.Release()
	r.cmd.MarkSent()
	r.cmd.Withdraw()
	if !r.cmd.Sent() || !r.cmd.Withdrawn() {
		t.Error("after Release the notes were not taken")
	}
}

func TestACommandWithoutAContextKeepsNoNotes(t *testing.T) {
	c, r := record()
	c.Get("k")
	for _, when := range []string{"before", "after"} {
		r.cmd.MarkSent()
		r.cmd.Withdraw()
		if r.cmd.Sent() || r.cmd.Withdrawn() {
			t.Errorf("%s Release: Sent = %v, Withdrawn = %v; want neither", when, r.cmd.Sent(), r.cmd.Withdrawn())
		}
		r.cmd.Release()
	}
	c.With(bg).Get("k")
	if r.cmd.Sent() || r.cmd.Withdrawn() {
		t.Error("the notes went on to another command")
	}
}

func TestWithBindsWhatIsCalledOnItAndNothingElse(t *testing.T) {
	type ctxKey struct{}
	ctx, inner := context.WithValue(bg, ctxKey{}, 1), context.WithValue(bg, ctxKey{}, 2)
	c, r := record()
	bound := c.With(ctx)
	for call, row := range map[string]struct {
		do   func()
		want context.Context
	}{
		"the commands themselves": {func() { c.Incr("k") }, nil},
		"With":                    {func() { bound.Incr("k") }, ctx},
		"Command on With":         {func() { bound.Command("INCR", "k") }, ctx},
		"Do on With":              {func() { Do[int](bound, "INCR", "k") }, ctx},
		"With on With":            {func() { bound.With(inner).Incr("k") }, inner},
		"On of With":              {func() { c := On(bound); c.Incr("k") }, ctx},
		"With on On of With":      {func() { c := On(bound); c.With(inner).Incr("k") }, inner},
	} {
		row.do()
		if got := r.cmd.Context(); got != row.want {
			t.Errorf("%s: Context = %v; want %v", call, got, row.want)
		}
	}
}

func TestOnlyBlockingCommandsBlock(t *testing.T) {
	for line, want := range map[string]bool{
		"GET BLOCK": false, "BLPOP k 0": true, "XREAD STREAMS s 0": false, "XREAD BLOCK 0 STREAMS s $": true,
		"xread COUNT 1 block 5 STREAMS s $": true, "XREAD STREAMS BLOCK 0": false,
		"XREADGROUP GROUP g c STREAMS s >": false, "XREADGROUP GROUP g c BLOCK 0 STREAMS s >": true, "WAIT 1 0": true,
		"XREADGROUP GROUP streams c BLOCK 0 STREAMS s >": true, "XREADGROUP GROUP block block STREAMS s >": false, "XREADGROUP GROUP": false,
		"XREAD": false,
	} {
		c, r := record()
		var args []any
		for word := range strings.FieldsSeq(line) {
			args = append(args, word)
		}
		c.Command(args...)
		if got := r.cmd.Blocks(); got != want {
			t.Errorf("Blocks of %s = %v; want %v", line, got, want)
		}
	}
}

// What a request says of its timeout is remembered, but not beyond the request.
func TestABlockingCommandTellsOfTheTimeoutThatItHasNow(t *testing.T) {
	c, r := record()
	c.BLPop([]string{"k"}, 5*time.Second)
	for _, want := range []time.Duration{5 * time.Second, 2 * time.Second} {
		for range 2 {
			if got, blocks := r.cmd.BlockTimeout(); got != want || !blocks {
				t.Errorf("BlockTimeout = %v, %v; want %v", got, blocks, want)
			}
		}
		if !r.cmd.SetBlockTimeout(2 * time.Second) {
			t.Fatal("the timeout cannot be set")
		}
	}
	r.cmd.Release()
	c.BLPop([]string{"k"}, 0)
	if got, blocks := r.cmd.BlockTimeout(); got != 0 || !blocks {
		t.Errorf("the next command: BlockTimeout = %v, %v; want 0", got, blocks)
	}
}
