package redistest_test

import (
	"io"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/internal/redistest"
)

func TestATranscriptIsPlayedLineByLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := redistest.NewScript(t, `
			# the handshake is answered by itself
			-> GET "a b"
			<- $3 bar
			-> SET * ...
			<- >2 $1 x $1 y
			<- +OK and so on
			-> get k
			<- -ERR no such thing
			<- "$3\r\nba"
			sleep 5ms
			<- "r\r\n"
			drip 1ms :7
			reset

			connection
			-> HELLO 3
			<- -ERR unknown command
			-> PING
			<- +first
			half-close
			-> PING
		`)
		c := dial(t, f)
		c.send("CLIENT SETNAME me")
		io.WriteString(c, request("GET", "a b"))
		c.want("+OK\r\n$3\r\nbar\r\n")
		c.send("SELECT 1", "SET k v EX 10", "GET k")
		start := time.Now()
		c.want("+OK\r\n>2\r\n$1\r\nx\r\n$1\r\ny\r\n+OK and so on\r\n-ERR no such thing\r\n$3\r\nbar\r\n:7\r\n")
		if took := time.Since(start); took != 9*time.Millisecond {
			t.Errorf("took %v; want 5ms and four times 1ms", took)
		}
		c.wantEnd(syscall.ECONNRESET)

		c = dial(t, f)
		c.send("HELLO 3", "PING")
		c.want("-ERR unknown command\r\n+first\r\n")
		c.wantEnd(nil)
		c.send("PING")
		f.WaitFor("PING", 2)

		c = dial(t, f)
		c.send("PING")
		c.want("+PONG\r\n")
	})
}

func TestAfterTheTranscriptTheDefaultsAnswer(t *testing.T) {
	f := redistest.NewScript(t, `
		-> PING
		<- +scripted
	`)
	c := dial(t, f)
	c.send("PING", "PING")
	c.want("+scripted\r\n+PONG\r\n")
}

func TestSilenceReadsAndStallDoesNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := redistest.NewScript(t, `
			silence
			connection
			stall
			connection
			close
		`)
		a, b, c := dial(t, f), dial(t, f), dial(t, f)
		a.send("PING")
		b.send("PING")
		c.wantEnd(nil)
		time.Sleep(time.Hour)
		if a, b := f.Received(0), f.Received(1); len(a) != 1 || len(b) != 0 {
			t.Errorf("received %q when silent and %q when stalled; want PING and nothing", a, b)
		}
	})
}

func TestAWrongRequestFailsWithItsLine(t *testing.T) {
	r := &recorder{TB: t}
	failure := r.run(func() {
		f := redistest.NewScript(r, "\n-> GET k\n<- :1\n-> GET z")
		c := dial(r, f)
		c.send("GET other")
		io.ReadAll(c)
	})
	if want := "transcript line 2, connection 0: got GET other; want GET k"; failure != want {
		t.Errorf("failure %q; want %q", failure, want)
	}
}

func TestARequestThatNeverCameFailsTheTest(t *testing.T) {
	r := &recorder{TB: t}
	failure := r.run(func() {
		f := redistest.NewScript(r, "-> GET k\nconnection\n-> GET z")
		c := dial(r, f)
		c.send("GET k")
		f.WaitFor("GET", 1)
		c.Close()
	})
	if want := "transcript line 3, connection 1: -> GET z never came"; failure != want {
		t.Errorf("failure %q; want %q", failure, want)
	}
}

func TestABadTranscriptIsRefused(t *testing.T) {
	for transcript, want := range map[string]string{
		"-> GET k\n=> x": "transcript line 2: unknown step \"=>\"",
		"sleep long":     "transcript line 1: time: invalid duration \"long\"",
		"<- ":            "transcript line 1: nothing to send",
		"->":             "transcript line 1: -> names no request",
		`<- "open`:       "transcript line 1: no Go string: \"open",
		"drip 5ms":       "transcript line 1: nothing to send",
	} {
		r := &recorder{TB: t}
		if failure := r.run(func() { redistest.NewScript(r, transcript) }); !strings.HasPrefix(failure, want) {
			t.Errorf("%q: failure %q; want %q", transcript, failure, want)
		}
	}
}
