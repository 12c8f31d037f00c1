package commands

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/futureio/futureio-go/redis/proto"
)

// A keyRule tells where some of the keys of a command are; it is one of the key
// specs that servers give with COMMAND. Positions count the words of a request
// from 0, the name's included. They are small, and every program has the rules of all commands.
type keyRule struct {
	keyword string // the keys begin behind this word; empty: at index
	from    int8   // the word is looked for from here on; negative: backwards from the end
	index   int8

	counted bool // the number of keys stands at count, they begin at first: both behind the beginning
	count   int8
	first   int8

	last  int8 // else: the last key behind the first; -1: the last word, -2 the one before it
	limit int8 // for last -1: keys are the first half of what remains, third, …; 0 and 1: all
	step  int8
}

// Keys returns the positions of the keys in a request, as the servers find them: words holds
// the name, a word for each of its parts, and the arguments. A request that is not
// complete has the keys that can be found.
func (s *Spec) Keys(words []string) []int {
	if find := keysByHand[s.Name]; find != nil {
		return find(words)
	}
	if s.keys == nil {
		return nil
	}
	var at []int
	for i := range *s.keys {
		at = (*s.keys)[i].find(words, at)
	}
	slices.Sort(at)
	return slices.Compact(at)
}

// find appends the positions of the keys that the rule tells.
func (k *keyRule) find(words []string, at []int) []int {
	begin := int(k.index)
	if k.keyword != "" {
		if begin = k.behind(words); begin < 0 {
			return at
		}
	}
	first, last := begin, begin+int(k.last)
	switch {
	case begin >= len(words):
		return at
	case k.counted:
		count := begin + int(k.count)
		if count >= len(words) {
			return at
		}
		n, err := strconv.Atoi(words[count])
		if err != nil || n < 0 || n > len(words) {
			return at
		}
		first = begin + int(k.first)
		last = first + (n-1)*int(k.step)
	case k.last < 0:
		last = len(words) + int(k.last)
		if k.last == -1 && k.limit > 1 {
			last = begin + (len(words)-begin)/int(k.limit) - 1
		}
	}
	for i := first; i <= last && i < len(words); i += int(max(k.step, 1)) {
		at = append(at, i)
	}
	return at
}

// behind finds the word behind the keyword, or gives -1.
func (k *keyRule) behind(words []string) int {
	if k.from < 0 {
		for i := len(words) + int(k.from); i > 0; i-- {
			if strings.EqualFold(words[i], k.keyword) {
				return i + 1
			}
		}
		return -1
	}
	for i := int(k.from); i < len(words); i++ {
		if strings.EqualFold(words[i], k.keyword) {
			return i + 1
		}
	}
	return -1
}

// keysByHand finds the keys of commands whose rules do not tell all of it.
var keysByHand = map[string]func(words []string) []int{
	"SORT":    sortKeys,
	"MIGRATE": migrateKeys,
}

// sortKeys: the key, and what stands behind STORE, of which the last one counts.
func sortKeys(words []string) []int {
	if len(words) < 2 {
		return nil
	}
	for i := len(words) - 2; i > 1; i-- {
		if strings.EqualFold(words[i], "STORE") {
			return []int{1, i + 1}
		}
	}
	return []int{1}
}

// migrateKeys: the key, or, if that is empty, all words behind KEYS. A password may be "KEYS".
func migrateKeys(words []string) []int {
	const key, options = 3, 6
	if len(words) <= key {
		return nil
	}
	if words[key] != "" {
		return []int{key}
	}
	for i := options; i < len(words); i++ {
		switch strings.ToUpper(words[i]) {
		case "AUTH":
			i++
		case "AUTH2":
			i += 2
		case "KEYS":
			var at []int
			for j := i + 1; j < len(words); j++ {
				at = append(at, j)
			}
			return at
		}
	}
	return []int{key}
}

// prefixKeys returns the arguments of a raw call with the prefix before its keys.
func prefixKeys(s *Spec, list []any, prefix string) []any {
	words := strings.Fields(s.Name)
	for _, v := range list {
		b, err := proto.AppendArg(nil, v)
		if err != nil {
			return list // the call is going to be refused
		}
		words = append(words, splitWire(append([]byte("*1\r\n"), b...))[0])
	}
	out := slices.Clone(list)
	for _, i := range s.Keys(words) {
		if j := i - int(s.words); j >= 0 {
			out[j] = prefix + words[i]
		}
	}
	return out
}

// A timeoutPlace tells where a blocking command has its timeout, and in which unit.
type timeoutPlace uint8

const (
	timeoutNone         timeoutPlace = iota
	timeoutFirstSeconds              // the first argument
	timeoutLastSeconds               // the last one
	timeoutLastMillis
	timeoutBlockMillis // behind the word BLOCK; without it the command does not block
)

// blocking tells from a request how long the server may let it wait: ok is false if it does
// not wait at all, and zero is for ever.
func (s *Spec) blocking(words []string) (timeout time.Duration, ok bool) {
	at, unit := s.timeoutAt(words)
	if at == 0 {
		return 0, s.timeout == timeoutNone && s.Flags.Has(Blocking)
	}
	timeout, _ = parseTimeout(words, at, unit) // else the server is going to refuse it
	return timeout, true
}

// timeoutAt finds the argument that tells how long the server may let a request wait, and its unit; 0 if there is none.
func (s *Spec) timeoutAt(words []string) (at int, unit time.Duration) {
	switch s.timeout {
	case timeoutFirstSeconds:
		return 1, time.Second
	case timeoutLastSeconds:
		return len(words) - 1, time.Second
	case timeoutLastMillis:
		return len(words) - 1, time.Millisecond
	case timeoutBlockMillis:
		return blockAt(words), time.Millisecond
	}
	return 0, 0
}

func parseTimeout(words []string, at int, unit time.Duration) (timeout time.Duration, ok bool) {
	if at >= len(words) {
		return 0, false
	}
	n, err := strconv.ParseFloat(words[at], 64)
	if err != nil || !(n >= 0) || n > float64(1<<62)/float64(unit) {
		return 0, false
	}
	return time.Duration(n * float64(unit)), true
}

// withTimeout returns a request with another timeout, in whole milliseconds rounded up and never 0, which is for ever. It reports
// false when the request has none that the server would take.
func (s *Spec) withTimeout(words []string, timeout time.Duration) ([]string, bool) {
	at, unit := s.timeoutAt(words)
	if at == 0 {
		return nil, false
	}
	if _, ok := parseTimeout(words, at, unit); !ok {
		return nil, false
	}
	millis := max((timeout+time.Millisecond-1)/time.Millisecond, 1)
	if unit == time.Second {
		words[at] = strconv.FormatFloat(float64(millis)/1000, 'f', -1, 64)
	} else {
		words[at] = strconv.FormatInt(int64(millis), 10)
	}
	return words, true
}

// blockAt finds the argument of BLOCK in a XREAD or XREADGROUP; 0 if there is none.
func blockAt(words []string) int {
	for i := 1; i < len(words); i++ {
		switch strings.ToUpper(words[i]) {
		case "BLOCK":
			return i + 1
		case "STREAMS": // keys and IDs follow
			return 0
		case "GROUP": // a group and a consumer, which may have the names of options
			i += 2
		}
	}
	return 0
}
