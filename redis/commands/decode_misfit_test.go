package commands

import (
	stderrors "errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/futureio/futureio-go/redis/errors"
	"github.com/futureio/futureio-go/redis/proto"
)

// misfits has well-formed replies that each decoder must not take for a value.
var misfits = map[string][]string{
	"Int":        {"$1\r\n5\r\n", "+OK\r\n", "$-1\r\n", "_\r\n", ",5\r\n", "*1\r\n:5\r\n", "#t\r\n"},
	"GoInt":      {"$1\r\nx\r\n", "_\r\n", "*0\r\n"},
	"OptInt":     {"$1\r\nx\r\n", "*2\r\n:1\r\n$1\r\n5\r\n", "%0\r\n"},
	"Ints":       {":1\r\n", "*2\r\n:1\r\n_\r\n", "*1\r\n*1\r\n:1\r\n", "%1\r\n:1\r\n:2\r\n", "$1\r\n1\r\n"},
	"Bool":       {":2\r\n", ":-1\r\n", "+OK\r\n", "$-1\r\n", "_\r\n", "*1\r\n:1\r\n"},
	"Truth":      {":2\r\n", "$4\r\ntrue\r\n", "*1\r\n:1\r\n", ",1\r\n"},
	"Bools":      {":1\r\n", "*1\r\n:2\r\n", "*2\r\n:1\r\n_\r\n", "%1\r\n:1\r\n:1\r\n"},
	"Stored":     {":1\r\n", "*1\r\n+OK\r\n", "#t\r\n"},
	"Status":     {":1\r\n", "$-1\r\n", "_\r\n", "*1\r\n+OK\r\n"},
	"String":     {":1\r\n", "$-1\r\n", "_\r\n", "*1\r\n+x\r\n", ",1.5\r\n", "#t\r\n"},
	"Bytes":      {":1\r\n", "$-1\r\n", "_\r\n", "*0\r\n"},
	"ByteSlices": {":1\r\n", "*1\r\n:1\r\n", "*1\r\n*0\r\n", "$1\r\nx\r\n"},
	"OptString":  {":1\r\n", "*1\r\n+x\r\n", "%0\r\n"},
	"Strings":    {":1\r\n", "$1\r\nx\r\n", "*2\r\n+a\r\n_\r\n", "*2\r\n+a\r\n$-1\r\n", "*2\r\n+a\r\n:1\r\n", "*1\r\n*1\r\n+a\r\n", "%1\r\n+a\r\n+b\r\n"},
	"OptStrings": {":1\r\n", "*2\r\n_\r\n:1\r\n", "*1\r\n*0\r\n"},
	"StringMap":  {":1\r\n", "*1\r\n+a\r\n", "*3\r\n+a\r\n+b\r\n+c\r\n", "%1\r\n+a\r\n_\r\n", "%1\r\n+a\r\n*2\r\n:1\r\n:2\r\n", "%1\r\n:1\r\n+a\r\n", "~2\r\n+a\r\n+b\r\n"},
	"Float":      {"$3\r\nabc\r\n", "$0\r\n\r\n", "$-1\r\n", "_\r\n", "*1\r\n,1\r\n", "#t\r\n"},
	"OptFloat":   {"$3\r\n1.x\r\n", "*1\r\n,1\r\n", "+OK\r\n"},
	"Floats":     {"*2\r\n,1\r\n_\r\n", ",1\r\n", "*1\r\n$1\r\nx\r\n"},
	"OptFloats":  {",1\r\n", "*2\r\n_\r\n$1\r\nx\r\n"},
	"Zs":         {":1\r\n", "*1\r\n+a\r\n", "*3\r\n+a\r\n$1\r\n1\r\n+b\r\n", "*2\r\n+a\r\n+x\r\n", "*1\r\n*1\r\n+a\r\n", "*1\r\n*3\r\n+a\r\n,1\r\n,2\r\n", "*2\r\n*2\r\n+a\r\n,1\r\n+b\r\n", "*1\r\n*2\r\n,1\r\n+a\r\n"},
	"Seconds":    {"$2\r\n90\r\n", "_\r\n", ":9223372037\r\n", "*1\r\n:1\r\n"},
	"Millis":     {"+OK\r\n", ":9223372036855\r\n"},
	"Time":       {":1\r\n", "_\r\n", "*1\r\n$1\r\n1\r\n", "*3\r\n$1\r\n1\r\n$1\r\n1\r\n$1\r\n1\r\n", "*2\r\n$1\r\nx\r\n$1\r\n1\r\n", "*2\r\n$1\r\n1\r\n_\r\n", "*2\r\n*1\r\n:1\r\n$1\r\n1\r\n"},
	"Info":       {":1\r\n", "_\r\n", "*0\r\n", "%0\r\n"},
	"KeyPage":    {":1\r\n", "_\r\n", "*1\r\n$1\r\n0\r\n", "*2\r\n$1\r\nx\r\n*0\r\n", "*2\r\n$1\r\n0\r\n$1\r\nk\r\n", "*2\r\n$1\r\n0\r\n*2\r\n+k\r\n:1\r\n", "*3\r\n$1\r\n0\r\n*0\r\n*0\r\n", "*2\r\n*0\r\n$1\r\n0\r\n"},
	"TxReplies":  {":1\r\n", "$1\r\nx\r\n", "%0\r\n"},
	"Values":     {":1\r\n", "$1\r\nx\r\n", "%0\r\n"},
}

// Law G10. canned checks that the frame behind is read right.
func TestAReplyOfTheWrongShapeFailsThatCommandAlone(t *testing.T) {
	for name, call := range decodings {
		if len(misfits[name]) == 0 {
			t.Errorf("decoder %s has no misfits", name)
		}
		for _, reply := range misfits[name] {
			c := On(canned{t, reply})
			got, err := call(&c)
			var bad *errors.ProtocolError
			if !stderrors.As(err, &bad) || bad.Command == "" || !strings.Contains(bad.Error(), bad.Command) {
				t.Errorf("%s of %q = %v, %v; want a *ProtocolError that names the command", name, reply, got, err)
			}
		}
	}
}

// Law G10.
func TestAnErrorInsideAReplyIsTheCommandsError(t *testing.T) {
	for name, replies := range map[string][]string{
		"Ints":       {"*2\r\n:1\r\n-ERR inside\r\n"},
		"Bools":      {"*2\r\n-ERR inside\r\n:1\r\n"},
		"Strings":    {"*3\r\n+a\r\n!10\r\nERR inside\r\n*1\r\n:1\r\n", "~1\r\n-ERR inside\r\n"},
		"OptStrings": {"*2\r\n-ERR inside\r\n_\r\n"},
		"ByteSlices": {"*2\r\n+a\r\n-ERR inside\r\n"},
		"StringMap":  {"%1\r\n+a\r\n-ERR inside\r\n", "*2\r\n-ERR inside\r\n+a\r\n"},
		"OptFloats":  {"*2\r\n_\r\n-ERR inside\r\n"},
		"Zs":         {"*2\r\n+a\r\n-ERR inside\r\n", "*1\r\n*2\r\n+a\r\n-ERR inside\r\n"},
		"Time":       {"*2\r\n-ERR inside\r\n+1\r\n"},
		"KeyPage":    {"*2\r\n-ERR inside\r\n*0\r\n", "*2\r\n+0\r\n-ERR inside\r\n", "*2\r\n+0\r\n*2\r\n-ERR inside\r\n+k\r\n"},
	} {
		for _, reply := range replies {
			c := On(canned{t, reply})
			got, err := decodings[name](&c)
			var e *errors.RedisError
			if !stderrors.As(err, &e) || e.Code != "ERR" || e.Message != "ERR inside" || e.Command == "" {
				t.Errorf("%s of %q = %v, %v; want the error inside, with the command", name, reply, got, err)
			}
		}
	}
	c := On(canned{t, "*2\r\n:1\r\n-ERR inside\r\n"})
	got, err := Do[[]proto.Value](&c, "EXEC").Await(bg)
	if err != nil || len(got) != 2 || got[1].Err() == nil {
		t.Errorf("Do[[]Value] = %v, %v; want the error as an element", got, err)
	}
}

// Laws G9 and G2. However a reply is cut off, the command stays for its owner to fail.
func TestAReplyThatIsCutOffSettlesNothing(t *testing.T) {
	for _, row := range decoded {
		for _, shape := range row.shapes {
			for cut := range len(shape) {
				cmd, future := pending(row.decoder)
				r := proto.NewReader(iotest.OneByteReader(strings.NewReader(shape[:cut])), proto.Limits{})
				typ, err := r.Next()
				if err == nil {
					err = cmd.Deliver(typ, r, nil)
				}
				if want := stderrors.Is(err, io.EOF) || stderrors.Is(err, io.ErrUnexpectedEOF); !want || cmd.Settled() {
					t.Errorf("%s of %q: Deliver = %v, settled %v; want the end of the stream, not settled", row.decoder, shape[:cut], err, cmd.Settled())
				}
				cmd.Fail(io.ErrUnexpectedEOF)
				if err := <-future; err != io.ErrUnexpectedEOF {
					t.Errorf("%s of %q failed with %v; want what Fail was given", row.decoder, shape[:cut], err)
				}
			}
		}
	}
}

// Law G9: no allocation follows a length that the peer only claims.
func TestAClaimedLengthAllocatesLittle(t *testing.T) {
	for name := range decodings {
		for _, reply := range []string{
			"*2147483647\r\n", "*2147483646\r\n+a\r\n", "%2147483647\r\n", "~2147483647\r\n", "$536870912\r\nab", "=536870912\r\ntxt:",
			"*2\r\n$1\r\n0\r\n*2147483647\r\n", "*2147483647\r\n*2147483647\r\n", "*2147483647\r\n:1\r\n", "!536870912\r\nERR",
		} {
			cmd, future := pending(name)
			r := proto.NewReader(strings.NewReader(reply), proto.Limits{})
			typ, err := r.Next()
			if err != nil {
				t.Fatal(err)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			err = cmd.Deliver(typ, r, nil)
			runtime.ReadMemStats(&after)
			if got := after.TotalAlloc - before.TotalAlloc; got > 256<<10 {
				t.Errorf("%s of %.30q allocated %d bytes; want at most 256 KiB", name, reply, got)
			}
			if err == nil || cmd.Settled() {
				t.Errorf("%s of %.30q: Deliver = %v, settled %v; want the stream's error, not settled", name, reply, err, cmd.Settled())
			}
			cmd.Fail(io.ErrUnexpectedEOF)
			<-future
		}
	}
}

// pending calls the method of a decoder and returns its command, not answered, and
// what its future will fail with.
func pending(decoder string) (*Cmd, <-chan error) {
	taken := make(chan *Cmd, 1)
	failed := make(chan error, 1)
	go func() {
		c := On(doerFunc(func(cmd *Cmd) { taken <- cmd }))
		_, err := decodings[decoder](&c)
		failed <- err
	}()
	return <-taken, failed
}
