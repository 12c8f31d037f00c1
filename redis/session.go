package redis

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/futureio/futureio-go/redis/commands"
)

// session is what the commands of a Conn have made of its connection, as far as their replies have come, and what the
// handshake makes again of the next one. What cannot be made again, MULTI and WATCH, is in solo.
type session struct {
	mu sync.Mutex // guards all of it; taken on the reader, so never held for longer than a copy

	user, password string
	authenticated  bool // by AUTH or HELLO, in place of the options
	database       int  // -1: that of the options
	name           *string
	protocol       int                 // 0: that of the options
	settings       map[string][]string // further commands to replay, by name
}

func newSession() *session { return &session{database: -1} }

// replayed are the commands of settings in the order of their replay.
var replayed = []string{"CLIENT SETINFO LIB-NAME", "CLIENT SETINFO LIB-VER", "CLIENT NO-EVICT", "CLIENT NO-TOUCH", "CLIENT CAPA", "CLIENT IMPORT-SOURCE", "CLIENT TRACKING", "READONLY"}

// learns tells whether the success of a command changes what is replayed.
func learns(cmd *commands.Cmd) bool {
	switch cmd.Name() {
	case "AUTH", "SELECT", "HELLO", "RESET", "READONLY", "READWRITE":
		return true
	}
	return strings.HasPrefix(cmd.Name(), "CLIENT ") && cmd.Spec().Flags.Has(commands.Session)
}

// learn notes the success of a command with the given words.
func (s *session) learn(words []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch name := strings.ToUpper(words[0]); name {
	case "AUTH":
		s.authenticate(words[1:])
	case "SELECT":
		s.database, _ = strconv.Atoi(words[1])
	case "HELLO":
		s.learnHello(words)
	case "RESET":
		s.database, s.name, s.protocol, s.settings = 0, new(string), 2, nil
	case "READONLY":
		s.set("READONLY", words)
	case "READWRITE":
		delete(s.settings, "READONLY")
	case "CLIENT":
		s.learnClient(words)
	}
}

func (s *session) authenticate(words []string) {
	s.authenticated, s.user, s.password = true, "", words[len(words)-1]
	if len(words) > 1 {
		s.user = words[0]
	}
}

func (s *session) learnHello(words []string) {
	if len(words) > 1 {
		s.protocol, _ = strconv.Atoi(words[1])
	}
	for i := 2; i < len(words); i++ {
		switch strings.ToUpper(words[i]) {
		case "AUTH":
			if i+2 < len(words) {
				s.authenticate(words[i+1 : i+3])
			}
			i += 2
		case "SETNAME":
			if i+1 < len(words) {
				s.name = &words[i+1]
			}
			i++
		}
	}
}

func (s *session) learnClient(words []string) {
	sub := strings.ToUpper(words[1])
	key := "CLIENT " + sub
	switch sub {
	case "SETNAME":
		s.name = &words[2]
		return
	case "SETINFO":
		key += " " + strings.ToUpper(words[2])
	case "TRACKING", "NO-EVICT", "NO-TOUCH", "IMPORT-SOURCE":
		if strings.EqualFold(words[2], "off") {
			delete(s.settings, key)
			return
		}
	}
	s.set(key, words)
}

func (s *session) set(key string, words []string) {
	if s.settings == nil {
		s.settings = map[string][]string{}
	}
	s.settings[key] = slices.Clone(words)
}

// over returns the options with what the session has made of them, and the commands to replay after the
// usual steps.
func (s *session) over(o Options) (Options, [][]string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.authenticated {
		o.Username, o.Password, o.Credentials = s.user, s.password, nil
	}
	if s.database >= 0 {
		o.Database = s.database
	}
	if s.name != nil {
		o.ClientName = *s.name
	}
	if s.protocol != 0 {
		o.Protocol = s.protocol
	}
	var list [][]string
	for _, key := range replayed {
		if words := s.settings[key]; words != nil {
			list = append(list, words)
		}
	}
	return o, list
}
