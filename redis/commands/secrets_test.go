package commands

import (
	"slices"
	"strings"
	"testing"
)

// Law G12.
func TestSecretsAreMaskedAndNothingElse(t *testing.T) {
	for _, row := range []struct{ request, want string }{
		{"AUTH pw", "AUTH ***"},
		{"AUTH ann pw", "AUTH *** ***"},
		{"HELLO 3 AUTH ann pw SETNAME worker", "HELLO 3 AUTH *** *** SETNAME worker"},
		{"HELLO 3 auth ann", "HELLO 3 auth ***"},
		{"MIGRATE h 1 k 0 5 COPY AUTH pw KEYS a", "MIGRATE h 1 k 0 5 COPY AUTH *** KEYS a"},
		{"MIGRATE h 1 k 0 5 AUTH2 ann pw KEYS a", "MIGRATE h 1 k 0 5 AUTH2 *** *** KEYS a"},
		{"ACL SETUSER ann on >pw <old #hash !hash ~k* +@all", "ACL SETUSER ann on >*** <*** #*** !*** ~k* +@all"},
		{"CONFIG SET maxmemory 5 requirepass pw", "CONFIG SET maxmemory 5 requirepass ***"},
		{"CONFIG SET MASTERAUTH pw", "CONFIG SET MASTERAUTH ***"},
		{"SET requirepass pw", "SET requirepass pw"},
		{"GET AUTH", "GET AUTH"},
	} {
		words := strings.Fields(row.request)
		name := words[0]
		if Lookup(name) == nil {
			name += " " + words[1]
		}
		before := slices.Clone(words)
		if got := strings.Join(Lookup(name).Redact(words), " "); got != row.want {
			t.Errorf("Redact(%s) = %s; want %s", row.request, got, row.want)
		}
		if !slices.Equal(words, before) {
			t.Errorf("Redact(%s) changed the request itself", row.request)
		}
	}
}
