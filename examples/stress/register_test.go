package main

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/futureio/futureio-go/redis"
)

var (
	unknown     = &redis.ConnectionError{Effect: redis.Unknown}
	notExecuted = &redis.ConnectionError{Effect: redis.NotExecuted}
	loading     = &redis.RedisError{Code: "LOADING", Message: "LOADING Redis is loading the dataset in memory"}
)

func TestARegisterKnowsWhatAKeyMayHold(t *testing.T) {
	start := time.Now()
	at := func(seconds int) time.Time { return start.Add(time.Duration(seconds) * time.Second) }
	// A step is a write (its error), or a read (its value, when it was asked, the last fence before it).
	type step struct {
		write, read   uint64
		err           error
		asked, fenced int
		wrong         bool
	}
	for name, steps := range map[string][]step{
		"acknowledged":                  {{write: 1}, {read: 1}, {write: 2}, {read: 2}},
		"never backwards":               {{write: 1}, {write: 2}, {read: 1, wrong: true}},
		"never what was not written":    {{write: 1}, {read: 7, wrong: true}},
		"unknown, not run":              {{write: 1}, {write: 2, err: unknown}, {read: 1}},
		"unknown, run":                  {{write: 1}, {write: 2, err: unknown}, {read: 2}},
		"unknown, run, not back again":  {{write: 1}, {write: 2, err: unknown}, {read: 2}, {read: 1, wrong: true}},
		"unknown, run late":             {{write: 1}, {write: 2, err: unknown}, {read: 1}, {write: 3}, {read: 3}, {read: 2}},
		"unknown, run once":             {{write: 1}, {write: 2, err: unknown}, {read: 2}, {write: 3}, {read: 3}, {read: 2, wrong: true}},
		"not executed":                  {{write: 1}, {write: 2, err: notExecuted}, {read: 1}},
		"not executed and run":          {{write: 1}, {write: 2, err: notExecuted}, {read: 2, wrong: true}},
		"rejected and run":              {{write: 1}, {write: 2, err: loading}, {read: 2, wrong: true}},
		"not in time":                   {{write: 1}, {write: 2, err: errHung}, {read: 2}},
		"two unknown, in any order":     {{write: 1}, {write: 2, err: unknown}, {write: 3, err: unknown}, {read: 3}, {read: 2}, {read: 3, wrong: true}},
		"fenced":                        {{write: 1}, {write: 2, err: unknown}, {read: 1, asked: 6, fenced: 5}, {read: 2, asked: 7, fenced: 5, wrong: true}},
		"a read that began before":      {{write: 1}, {write: 2, err: unknown}, {read: 1, asked: 4, fenced: 5}, {read: 2, asked: 7, fenced: 5}},
		"a fence that was there before": {{write: 1}, {write: 2, err: unknown}, {read: 1, asked: 6, fenced: -1}, {read: 2, asked: 7, fenced: -1}},
	} {
		var g register
		for i, s := range steps {
			if s.write != 0 {
				g.wrote(s.write, s.err, at(0))
				continue
			}
			if err := g.read(s.read, at(s.asked), at(s.fenced)); (err != nil) != s.wrong {
				t.Errorf("%s: step %d: read %d = %v; want an error: %v", name, i, s.read, err, s.wrong)
			}
		}
	}
}

func TestAMissingOrForeignValueIsWrong(t *testing.T) {
	var g register
	g.wrote(3, nil, time.Now())
	for text, want := range map[string]string{"": "is missing; want 3", "x": `holds "x"; want 3`, "4": "holds 4; want 3"} {
		if err := readNumber(&g, text, text != "", time.Now(), time.Time{}); err == nil || err.Error() != want {
			t.Errorf("readNumber(%q) = %v; want %s", text, err, want)
		}
	}
}

func TestABookKnowsWhichJobsMayBeDelivered(t *testing.T) {
	// "push" is an attempt, "ack", "unknown" and "not" are ends of one, "got" a delivery; a word with a ! is wrong.
	for name, x := range map[string]struct {
		steps string
		lost  bool
	}{
		"delivered":                       {"push ack got", false},
		"delivered before the reply":      {"push got ack", false},
		"lost":                            {"push ack", true},
		"doubled":                         {"push ack got got!", false},
		"doubled before the reply":        {"push got got!", false},
		"unknown, not run":                {"push unknown push ack got", false},
		"unknown, run, pushed again":      {"push unknown got push ack got", false},
		"unknown and lost":                {"push unknown push ack", true},
		"unknown, more often than pushed": {"push unknown push ack got got got!", false},
		"not executed, pushed again":      {"push not push ack got", false},
		"not executed, and run":           {"push not push ack got got!", false},
		"not executed, and got":           {"push got not!", false},
		"given up":                        {"push unknown", false},
	} {
		b := newJobBook(0)
		for range 3 { // of several jobs, the others are done
			n := b.take()
			b.pushing(n)
			_ = b.pushed(n, true, false)
			_ = b.deliver(n)
		}
		number := b.take()
		for word := range strings.FieldsSeq(x.steps) {
			var err error
			switch word {
			case "push":
				b.pushing(number)
			case "ack", "unknown", "not", "not!":
				err = b.pushed(number, word == "ack", word == "unknown")
			case "got", "got!":
				err = b.deliver(number)
			}
			if wrong := word[len(word)-1] == '!'; (err != nil) != wrong {
				t.Errorf("%s: %s in %q = %v", name, word, x.steps, err)
			}
		}
		if lost := len(b.undelivered()) == 1; lost != x.lost {
			t.Errorf("%s: %q: lost = %v; want %v", name, x.steps, lost, x.lost)
		}
	}
	b := newJobBook(0)
	for _, number := range []uint64{0, 1, 77} {
		if err := b.deliver(number); err == nil {
			t.Errorf("deliver(%d) of a job that was never pushed = nil", number)
		}
	}
}

func TestABookDoesNotGrowWithTheJobsThatAreDone(t *testing.T) {
	b := newJobBook(0)
	for i := range 10_000 {
		n := b.take()
		b.pushing(n)
		if err := errors.Join(b.pushed(n, i%100 != 0, i%100 == 0), b.deliver(n)); err != nil {
			t.Fatal(err)
		}
		if i%100 == 0 {
			b.pushing(n)
			_ = b.pushed(n, true, false)
		}
	}
	if len(b.jobs) > 100 || len(b.done) > 100 {
		t.Errorf("%d jobs and %d numbers are kept; want no more than the 100 with an unknown push", len(b.jobs), len(b.done))
	}
}
