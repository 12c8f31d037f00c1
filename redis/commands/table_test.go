package commands

import (
	"slices"
	"strings"
	"testing"

	"github.com/futureio/futureio-go/redis/proto"
)

func TestEverySpecOfTheTableHasItsNameAsWords(t *testing.T) {
	for i := range specs {
		s := &specs[i]
		var wire []byte
		words := strings.Split(s.Name, " ")
		for _, w := range words {
			wire = proto.AppendBulk(wire, w)
		}
		if s.wire != string(wire) || int(s.words) != len(words) {
			t.Errorf("%s goes out as %q in %d words; want %q in %d", s.Name, s.wire, s.words, wire, len(words))
		}
		if s.Name != strings.ToUpper(s.Name) || i > 0 && specs[i-1].Name >= s.Name {
			t.Errorf("%s is not in upper case or not in order", s.Name)
		}
		if got := splitWire([]byte("*1\r\n" + s.wire)); got[0] != words[0] {
			t.Errorf("%s is read back as %q", s.Name, got)
		}
	}
}

func TestLookupFindsACommandInAnySpelling(t *testing.T) {
	for name, want := range map[string]string{
		"get": "GET", "GET": "GET", "Client Id": "CLIENT ID", "client no-evict": "CLIENT NO-EVICT", "bitfield_ro": "BITFIELD_RO",
		"client_setname": "CLIENT SETNAME", "client_no_evict": "CLIENT NO-EVICT", "xinfo_stream": "XINFO STREAM", "Client_Kill": "CLIENT KILL",
		"HGetAll": "HGETALL", "ClientSetName": "CLIENT SETNAME", "ServerShutdown": "SHUTDOWN", "BitFieldRO": "BITFIELD_RO", "ZRangeByScore": "ZRANGEBYSCORE", "SetGet": "SET", "LPopN": "LPOP",
	} {
		if s := Lookup(name); s == nil || s.Name != want {
			t.Errorf("Lookup(%q) = %v; want %s", name, s, want)
		}
	}
	for _, name := range []string{"", "CLIENT", "GET ", "NOSUCH", "CLIENT  ID", "client__id", "hGetAll_", "clientsetname"} {
		if s := Lookup(name); s != nil {
			t.Errorf("Lookup(%q) = %s; want nil", name, s.Name)
		}
	}
}

// What a shared connection must refuse: a name that is missing here breaks everybody who shares it.
func TestTheFlagsTellWhatASharedConnectionMustNotCarry(t *testing.T) {
	want := map[Flags]string{
		Session: "ASKING,AUTH,CLIENT CACHING,CLIENT CAPA,CLIENT IMPORT-SOURCE,CLIENT NO-EVICT,CLIENT NO-TOUCH,CLIENT REPLY,CLIENT SETINFO," +
			"CLIENT SETNAME,CLIENT TRACKING,DISCARD,EXEC,HELLO,MONITOR,MULTI,PSUBSCRIBE,PUNSUBSCRIBE,QUIT,READONLY,READWRITE,RESET,SCRIPT DEBUG," +
			"SELECT,SSUBSCRIBE,SUBSCRIBE,SUNSUBSCRIBE,UNSUBSCRIBE,UNWATCH,WATCH",
		ServerSide: "CLUSTER SYNCSLOTS,PSYNC,REPLCONF,RESTORE-ASKING,SYNC",
		Blocking: "BLMOVE,BLMPOP,BLPOP,BRPOP,BRPOPLPUSH,BZMPOP,BZPOPMAX,BZPOPMIN,WAIT,WAITAOF," +
			"XREAD,XREADGROUP",
	}
	for flag, names := range want {
		var got []string
		for i := range specs {
			if specs[i].Flags.Has(flag) {
				got = append(got, specs[i].Name)
			}
		}
		if !slices.Equal(got, strings.Split(names, ",")) {
			t.Errorf("flag %d: %s\nwant %s", flag, strings.Join(got, ","), names)
		}
	}
	for name, want := range map[string]Flags{
		"GET": ReadOnly | Repeatable, "SET": Write, "BLPOP": Write | Blocking, "XREAD": ReadOnly | Blocking | Repeatable, "PING": Repeatable, "PUBLISH": 0,
	} {
		if got := Lookup(name).Flags; got != want {
			t.Errorf("%s has the flags %b; want %b", name, got, want)
		}
	}
}

// What is sent again by itself must do no more the second time: no command that writes is among that.
func TestWhatMayBeRepeatedIsWhatReads(t *testing.T) {
	for s := range All() {
		if s.Flags.Has(ReadOnly) && !s.Flags.Has(Repeatable) {
			t.Errorf("%s reads only, and is not Repeatable", s.Name)
		}
		if s.Flags.Has(Repeatable) && (s.Flags&(Write|Session|ServerSide) != 0) {
			t.Errorf("%s is Repeatable with the flags %b", s.Name, s.Flags)
		}
	}
	for _, name := range []string{"PUBLISH", "EVAL", "WAIT", "SHUTDOWN", "CONFIG SET", "CLIENT KILL", "XREADGROUP", "GETEX", "SCRIPT LOAD", "DEBUG", "ACL GENPASS", "SLOWLOG RESET", "XAUTOCLAIM"} {
		if Lookup(name).Flags.Has(Repeatable) {
			t.Errorf("%s is Repeatable", name)
		}
	}
}

// Every method is found by its name, and sends the command that the table tells.
func TestEveryMethodIsFoundByItsNameAndSendsItsCommand(t *testing.T) {
	methods := 0
	for name, list := range methodsByCommand(t) {
		for _, m := range list {
			methods++
			if s := Lookup(m.Name); s == nil || s.Name != name {
				t.Errorf("Lookup(%q) = %v; the method sends %s", m.Name, s, name)
			}
		}
	}
	named := 0
	for s := range All() {
		if s.Method != "" {
			named += 1 + len(s.Variants)
		}
		for _, name := range []string{s.Name, s.SnakeName(), strings.ToUpper(s.SnakeName())} {
			if Lookup(name) != s {
				t.Errorf("Lookup(%q) = %v; want %s", name, Lookup(name), s.Name)
			}
		}
	}
	if methods != named || methods < 430 {
		t.Errorf("the table has %d methods, of which %d are there", named, methods)
	}
}
