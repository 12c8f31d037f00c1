package redistest

import (
	"slices"
	"strconv"
	"strings"
	"sync"
)

// rules say what is answered. It is safe for concurrent use; the zero value has none.
type rules struct {
	mu   sync.Mutex
	list []*rule // guarded by mu
}

type rule struct {
	words  []string
	answer func(args []string) Reply
}

// reply adds a rule that gives replies in turn, or takes it away if there are none.
func (r *rules) reply(command string, replies []Reply) {
	if len(replies) == 0 {
		r.set(command, nil)
		return
	}
	var mu sync.Mutex
	replies = slices.Clone(replies)
	r.set(command, func([]string) Reply {
		mu.Lock()
		defer mu.Unlock()
		reply := replies[0]
		if len(replies) > 1 {
			replies = replies[1:]
		}
		return reply
	})
}

// set adds a rule in place of one with the same words, or takes that away if answer is nil.
func (r *rules) set(command string, answer func(args []string) Reply) {
	words := strings.Fields(command)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list = slices.DeleteFunc(r.list, func(old *rule) bool {
		return len(old.words) == len(words) && old.matches(words)
	})
	if answer != nil {
		r.list = append(r.list, &rule{words, answer})
	}
}

// find returns what answers a request, or nil: the rule with the most words.
func (r *rules) find(args []string) func(args []string) Reply {
	r.mu.Lock()
	defer r.mu.Unlock()
	var best *rule
	for _, candidate := range r.list {
		if candidate.matches(args) && (best == nil || len(candidate.words) > len(best.words)) {
			best = candidate
		}
	}
	if best == nil {
		return nil
	}
	return best.answer
}

func (r *rule) matches(args []string) bool {
	if len(r.words) == 0 || len(args) < len(r.words) {
		return false
	}
	for i, word := range r.words {
		if word != args[i] && (i > 0 || !strings.EqualFold(word, args[i])) {
			return false
		}
	}
	return true
}

// shown is a request in one line: blanks between the arguments, and those that hold anything but printable ASCII without blanks
// and quotes as Go strings.
func shown(args []string) string {
	words := make([]string, len(args))
	for i, arg := range args {
		if arg == "" || strings.ContainsFunc(arg, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '"' }) {
			arg = strconv.Quote(arg)
		}
		words[i] = arg
	}
	return strings.Join(words, " ")
}
