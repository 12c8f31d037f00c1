package commands

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// Behaviour G5. The positions that get the prefix in a typed call are those that the table of keys tells, and those
// that get it when the same words are called raw.
func TestThePrefixIsBeforeEveryKeyAndNothingElse(t *testing.T) {
	const prefix = "tenant:"
	withKeys := map[string]bool{}
	for _, row := range wireCalls {
		plain, r := record()
		row.call(plain)
		if r.cmd == nil {
			continue // TestEveryMethodSendsExactlyItsWords tells
		}
		spec, words := r.cmd.Spec(), r.cmd.Args()

		prefixed := plain.Prefixed(prefix)
		row.call(&prefixed)
		typed := positionsWith(words, r.cmd.Args(), prefix)
		if typed == nil {
			t.Errorf("%s with a prefix sent %q; want %q with %s before keys", row.method, r.cmd.Args(), words, prefix)
			continue
		}
		if at := spec.Keys(words); !slices.Equal(at, typed) {
			t.Errorf("%s puts the prefix at %v of %q; its keys are at %v", row.method, typed, words, at)
		}
		if len(typed) > 0 {
			withKeys[spec.Name] = true
		}

		if spec.Flags.Has(Session) {
			continue // refused as raw calls
		}
		list := make([]any, len(words))
		for i, w := range words {
			list[i] = w
		}
		prefixed.Command(list...)
		if raw := r.cmd.Args(); !slices.Equal(positionsWith(words, raw, prefix), typed) {
			t.Errorf("the words of %s, called raw with a prefix, are %q; want it at %v", row.method, raw, typed)
		}
	}
	if len(withKeys) < 190 {
		t.Errorf("%d commands got a prefix before a key; there are more that have keys", len(withKeys))
	}
	for s := range All() {
		if s.keys != nil && s.Method != "" && !withKeys[s.Name] {
			t.Errorf("%s has keys, of which no row in wireCalls tells", s.Name)
		}
	}
}

// positionsWith tells where words have the prefix that plain has not; nil if there is another difference.
func positionsWith(plain, words []string, prefix string) []int {
	if len(plain) != len(words) {
		return nil
	}
	at := []int{}
	for i := range words {
		switch words[i] {
		case plain[i]:
		case prefix + plain[i]:
			at = append(at, i)
		default:
			return nil
		}
	}
	return at
}

func TestKeysAreFoundWhereNoPositionIsFixed(t *testing.T) {
	for words, want := range map[string][]int{
		"SORT k BY p* GET # STORE d":                     {1, 7},
		"SORT k STORE a STORE b":                         {1, 5},
		"SORT k BY STORE":                                {1},
		"EVAL return 2 a b c":                            {3, 4},
		"EVAL return 0":                                  nil,
		"EVAL return x a":                                nil,
		"EVAL return 9999999999999999999999 a":           nil,
		"EVAL return -1 a":                               nil,
		"EVAL return 3 a":                                {3},
		"XREAD COUNT 2 STREAMS a b 0 0":                  {4, 5},
		"XREADGROUP GROUP STREAMS c STREAMS a 0":         {5},
		"XREAD streams a b c 0 0 0":                      {2, 3, 4},
		"MIGRATE host 6379 k 0 1000":                     {3},
		"MIGRATE host 6379 '' 0 1000 AUTH KEYS KEYS a b": {9, 10},
		"GEORADIUS k 1 2 3 km STORE d":                   {1, 7},
		"ZUNIONSTORE d 2 a b WEIGHTS 1 2":                {1, 3, 4},
		"BLMPOP 0 2 a b LEFT":                            {3, 4},
		"MSET a 1 b 2":                                   {1, 3},
		"GET":                                            nil,
		"MSET a":                                         {1},
		"PUBLISH c m":                                    nil,
		"OBJECT ENCODING k":                              {2},
		"XGROUP CREATE s g $":                            {2},
		"MEMORY USAGE k SAMPLES 5":                       {2},
		"ZADD k 1 k":                                     {1},
		"LMOVE a b LEFT RIGHT":                           {1, 2},
	} {
		list := strings.Fields(words)
		for i := range list {
			if list[i] == "''" {
				list[i] = ""
			}
		}
		s := Lookup(list[0])
		if s == nil {
			s = Lookup(list[0] + " " + list[1])
		}
		if got := s.Keys(list); !slices.Equal(got, want) {
			t.Errorf("the keys of %s are at %v; want %v", words, got, want)
		}
	}
}

// Behaviour T4.
func TestABlockingCommandTellsHowLongItWaits(t *testing.T) {
	const never = -1
	for words, want := range map[string]time.Duration{
		"BLPOP a b 2":                              2 * time.Second,
		"BRPOP a 0.25":                             250 * time.Millisecond,
		"BRPOPLPUSH a b 3":                         3 * time.Second,
		"BLMOVE a b LEFT RIGHT 4":                  4 * time.Second,
		"BZPOPMIN a 0":                             0,
		"BZPOPMAX a 1":                             time.Second,
		"BLMPOP 1.5 1 a LEFT":                      1500 * time.Millisecond,
		"BZMPOP 2 1 a MIN COUNT 5":                 2 * time.Second,
		"XREAD BLOCK 1500 STREAMS s 0":             1500 * time.Millisecond,
		"XREAD COUNT 5 block 0 STREAMS s 0":        0,
		"XREAD STREAMS BLOCK 5":                    never,
		"XREADGROUP GROUP BLOCK 7 STREAMS s 0":     never,
		"XREADGROUP GROUP g c BLOCK 7 STREAMS s 0": 7 * time.Millisecond,
		"WAIT 1 250":                               250 * time.Millisecond,
		"WAITAOF 1 0 0":                            0,
		"BLPOP a x":                                0, // the server refuses it at once
		"BLPOP a 1e300":                            0,
		"GET k":                                    never,
	} {
		list := strings.Fields(words)
		timeout, ok := Lookup(list[0]).blocking(list)
		if ok != (want != never) || ok && timeout != want {
			t.Errorf("%s waits %v, %v; want %v", words, timeout, ok, want)
		}
	}
	for words, want := range map[string]string{
		"BLPOP a b 0":                              "BLPOP a b 1.235",
		"BLMPOP 9 1 a LEFT":                        "BLMPOP 1.235 1 a LEFT",
		"XREAD BLOCK 0 STREAMS s 0":                "XREAD BLOCK 1235 STREAMS s 0",
		"XREADGROUP GROUP g c BLOCK 7 STREAMS s 0": "XREADGROUP GROUP g c BLOCK 1235 STREAMS s 0",
		"WAIT 1 250":                               "WAIT 1 1235",
		"BLPOP a x":                                "", // is the server's to refuse
		"BLPOP a -1":                               "",
		"XREAD STREAMS BLOCK 5":                    "",
		"GET k":                                    "",
	} {
		list := strings.Fields(words)
		got, ok := Lookup(list[0]).withTimeout(list, 1234*time.Millisecond+1)
		if ok != (want != "") || strings.Join(got, " ") != want {
			t.Errorf("%s with another timeout = %q, %v; want %q, rounded up", words, got, ok, want)
		}
	}
	if got, _ := specBlpop.withTimeout([]string{"BLPOP", "a", "5"}, -time.Second); got[2] != "0.001" {
		t.Errorf("a timeout of less than nothing = %s; want the shortest, not for ever", got[2])
	}
	for s := range All() {
		if s.Flags.Has(Blocking) && s.timeout == timeoutNone || !s.Flags.Has(Blocking) && s.timeout != timeoutNone {
			t.Errorf("%s: the flag and the place of its timeout do not go together", s.Name)
		}
	}
}
