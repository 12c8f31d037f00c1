package workload

import (
	"testing"
	"time"
)

func TestARowIsReadBackFromItsID(t *testing.T) {
	for id, want := range map[string]Row{
		"get16@128":        {Command: Get, Size: 16, Callers: 128},
		"get1k@1":          {Command: Get, Size: 1024, Callers: 1},
		"set64k@1024":      {Command: Set, Size: 64 << 10, Callers: 1024},
		"incr@16":          {Command: Incr, Callers: 16},
		"mget100@16":       {Command: MGet, Size: 100, Callers: 16},
		"get16@window1000": {Command: Get, Size: 16, Callers: 1, Window: 1000},
		"pipeline1000@1":   {Command: Pipeline, Size: 1000, Callers: 1},
		"tx10@16":          {Command: Tx, Size: 10, Callers: 16},
		"blpop@100":        {Command: BLPop, Callers: 100},
		"message200@1":     {Command: Message, Size: 200, Callers: 1},
		"poolget16@128":    {Command: PoolGet, Size: 16, Callers: 128},
		"get16@128+40ms":   {Command: Get, Size: 16, Callers: 128, Delay: 40 * time.Millisecond},
	} {
		got, err := Parse(id)
		if err != nil || got != want {
			t.Errorf("Parse(%q) = %+v, %v; want %+v", id, got, err, want)
		}
		if got.ID() != id {
			t.Errorf("ID = %q; want %q", got.ID(), id)
		}
	}
}

func TestAWrongIDIsRefused(t *testing.T) {
	for _, id := range []string{
		"", "get16", "get@16", "incr16@16", "del16@16", "get16@0", "get0@16", "get16@99999", "get2000k@1", "set16@window10", "pipeline@1", "blpop16@100", "tx10@window10",
		"get16@16+5s", "get16@16+5000ms", "GET16@16", "get16@16 ", "message@1", "message16@2", "message16@window5",
	} {
		if row, err := Parse(id); err == nil {
			t.Errorf("Parse(%q) = %+v; want an error", id, row)
		}
	}
}

func TestARowSaysWhatItIs(t *testing.T) {
	for id, want := range map[string]string{
		"get16@1":          "GET 16 B, 1 caller",
		"set64k@128":       "SET 64 KiB, 128 callers",
		"incr@16":          "INCR, 16 callers",
		"lrange1000@16":    "LRANGE 1000, 16 callers",
		"get16@window1000": "GET 16 B, 1 caller, 1000 in flight",
		"pipeline100@1":    "pipeline of 100 GET, 1 caller",
		"tx10@16":          "MULTI, 10 INCR, EXEC, 16 callers",
		"blpop@100":        "BLPOP, fed by RPUSH, 100 callers",
		"poolget16@16":     "a connection lent for GET 16 B, 16 callers",
		"get16@128+5ms":    "GET 16 B, 128 callers, 5 ms network",
	} {
		row, err := Parse(id)
		if got := row.What() + ", " + row.How(); err != nil || got != want {
			t.Errorf("%s is %q, %v; want %q", id, got, err, want)
		}
	}
}

func TestEveryRowHasItsDataAndAPowerOfTwoOfKeys(t *testing.T) {
	for _, id := range []string{"get16@1", "get1k@1", "get64k@1", "set16@1", "incr@1", "mget100@1", "hgetall100@1", "lrange1000@1", "pipeline1000@1", "tx10@1", "blpop@1", "poolget16@1"} {
		row, err := Parse(id)
		if err != nil {
			t.Fatal(err)
		}
		keys := row.Keys()
		if n := len(keys); n == 0 || n&(n-1) != 0 || (row.Command == MGet || row.Command == Pipeline || row.Command == Tx) && n < row.Size {
			t.Errorf("%s has %d keys; want a power of two, enough for one command", id, n)
		}
		filled := map[string]bool{}
		for _, command := range Fill([]Row{row, row}) {
			if command[0] != "DEL" && filled[command[1].(string)] {
				t.Errorf("%s: %v is filled twice", id, command[1])
			}
			filled[command[1].(string)] = command[0] != "DEL"
		}
		for _, key := range keys {
			if want := row.Command != Set && row.Command != Incr && row.Command != Tx && row.Command != BLPop; filled[key] != want {
				t.Fatalf("%s: key %s is filled = %v; want %v", id, key, filled[key], want)
			}
		}
	}
}
