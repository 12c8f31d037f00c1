package main

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/redis"
)

func newTestTally() *tally {
	return &tally{name: "test", verdict: &verdict{}, errors: &errorLog{start: time.Now()}, bound: time.Minute}
}

func TestOnlyErrorsThatAFaultExplainsPass(t *testing.T) {
	for _, x := range []struct {
		err     error
		refusal string
		acked   bool   // counts as a reply
		want    string // what is found; empty: nothing
	}{
		{nil, "", true, ""},
		{nil, "WRONGTYPE", true, "succeeded"},
		{unknown, "", false, ""},
		{notExecuted, "", false, ""},
		{&redis.TimeoutError{}, "", false, ""},
		{&redis.DisconnectedError{Reason: "the queue is full", QueueSize: 10_000}, "", false, ""},
		{&redis.DisconnectedError{Reason: "the client is closed"}, "", false, "no fault explains"},
		{loading, "", false, "no fault explains"},
		{&redis.RedisError{Code: "WRONGTYPE", Command: "INCR"}, "WRONGTYPE", true, ""},
		{&redis.RedisError{Code: "WRONGTYPE", Command: "GET"}, "WRONGTYPE", true, "got the refusal of GET"},
		{&redis.RedisError{Code: "WRONGTYPE", Command: "INCR"}, "", false, "no fault explains"},
		{&redis.RedisError{Code: "ERR", Command: "INCR"}, "WRONGTYPE", false, "no fault explains"},
		{&redis.ProtocolError{}, "", false, "no fault explains"},
		{&redis.ArgumentError{}, "", false, "no fault explains"},
		{errors.New("bare"), "", false, "no type"},
		{fmt.Errorf("wrapped: %w", unknown), "", false, ""},
	} {
		tally := newTestTally()
		c := tally.issue("INCR", "k")
		c.refusal = x.refusal
		f := future.Resolved(int64(1))
		if x.err != nil {
			f = future.Rejected[int64](x.err)
		}
		_, _ = settle(c, f)
		code, findings, _ := tally.verdict.result()
		if text := strings.Join(findings, "\n"); (code == exitClean) != (x.want == "") || !strings.Contains(text, x.want) {
			t.Errorf("settle with %v, refusal %q: %d, %q; want %q", x.err, x.refusal, code, text, x.want)
		}
		if got := tally.acked.Load() == 1; got != x.acked || tally.issued.Load() != 1 || tally.settled.Load() != 1 {
			t.Errorf("settle with %v: acked %v, issued %d, settled %d; want %v, 1, 1", x.err, got, tally.issued.Load(), tally.settled.Load(), x.acked)
		}
	}
}

func TestAFutureThatDoesNotSettleIsAHang(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tally := newTestTally()
		c := tally.issue("GET", "k")
		c.blocks = time.Second
		start := time.Now()
		_, err := settle(c, future.NewPromise[string]().Future())
		if took := time.Since(start); !errors.Is(err, errHung) || took != time.Minute+time.Second {
			t.Errorf("settle = %v after %v; want errHung after 1m1s", err, took)
		}
		code, findings, _ := tally.verdict.result()
		if code != exitHang || !strings.Contains(findings[0], "GET k did not settle within 1m1s") || len(tally.verdict.stacks()) == 0 {
			t.Errorf("verdict %d, %q; want a hang, and the stacks", code, findings)
		}
		if tally.settled.Load() != 0 {
			t.Errorf("settled = %d; want 0", tally.settled.Load())
		}
	})
}
