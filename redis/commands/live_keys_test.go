package commands

import (
	"slices"
	"strings"
	"testing"

	"github.com/futureio/futureio-go/internal/redistest"
)

// Behaviour G5. The keys that the table tells for every call of wireCalls are those that the servers tell for the
// same words.
func TestTheTableOfKeysIsThatOfTheServers(t *testing.T) {
	redistest.Each(t, func(t *testing.T, srv *redistest.Server) {
		has := map[string]bool{}
		for _, name := range listOf(t, srv.Do("COMMAND", "LIST")) {
			has[strings.ToUpper(name)] = true
		}
		compared := map[string]bool{}
		for _, row := range wireCalls {
			c, r := record()
			row.call(c)
			if r.cmd == nil || len(r.cmd.Args()) == 1 || !has[strings.Fields(r.cmd.Name())[0]] {
				continue
			}
			spec, words := r.cmd.Spec(), r.cmd.Args()
			var want []string
			switch reply := srv.Do(append([]string{"COMMAND", "GETKEYS"}, words...)...).(type) {
			case []any:
				want = listOf(t, reply)
			case error:
				if !strings.Contains(reply.Error(), "no key arguments") {
					if !unknownHere(reply) {
						t.Errorf("COMMAND GETKEYS %q = %v", words, reply)
					}
					continue
				}
			}
			var got []string
			for _, i := range spec.Keys(words) {
				got = append(got, words[i])
			}
			slices.Sort(got)
			slices.Sort(want)
			if want = slices.Compact(want); !slices.Equal(slices.Compact(got), want) {
				t.Errorf("the keys of %q are %q by the table, %q by the server", words, got, want)
			}
			if len(want) > 0 {
				compared[spec.Name] = true
			}
		}
		if len(compared) < 150 {
			t.Errorf("compared the keys of %d commands; the server has more that have keys", len(compared))
		}
	})
}

// unknownHere tells of an error of COMMAND GETKEYS whether the server is too old for the call.
func unknownHere(err error) bool {
	for _, text := range []string{"Invalid command specified", "Invalid arguments specified", "Invalid number of arguments specified"} {
		if strings.Contains(err.Error(), text) {
			return true
		}
	}
	return false
}

func listOf(t *testing.T, reply any) []string {
	t.Helper()
	list, ok := reply.([]any)
	if !ok {
		t.Fatalf("the reply is %v; want a list", reply)
	}
	out := make([]string, len(list))
	for i := range list {
		out[i], _ = list[i].(string)
	}
	return out
}
