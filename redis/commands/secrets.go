package commands

import (
	"slices"
	"strings"
)

// secrets tells which arguments of a command must never be shown (law G12).
type secrets struct {
	from     int           // all arguments from this one on; the first is 1, 0 is none
	after    []secretAfter // what stands behind these words
	prefixes []string      // arguments that begin so
}

// secretAfter is a word, in upper case, and how many arguments behind it are secrets.
type secretAfter struct {
	word string
	n    int
}

// masked stands for a secret.
const masked = "***"

// Redact returns the words of a request, the name's among them, with every secret masked:
// passwords of AUTH, HELLO, MIGRATE, ACL SETUSER, and of CONFIG SET. Values of
// applications are none: do not show them unless somebody asks for it.
func (s *Spec) Redact(words []string) []string {
	if s.secrets == nil {
		return words
	}
	out := slices.Clone(words)
	for i := int(s.words); i < len(words); i++ {
		if s.secrets.from > 0 && i >= int(s.words)+s.secrets.from-1 {
			out[i] = masked
		}
		for _, prefix := range s.secrets.prefixes {
			if strings.HasPrefix(words[i], prefix) {
				out[i] = prefix + masked
			}
		}
		for _, a := range s.secrets.after {
			if strings.EqualFold(words[i], a.word) {
				for j := i + 1; j <= i+a.n && j < len(words); j++ {
					out[j] = masked
				}
			}
		}
	}
	return out
}
