package commands

import (
	"math"
	"strings"
	"time"

	"github.com/futureio/futureio-go/redis/proto"
)

// ACLUser is the reply of ACL GETUSER: what a user may do. A command is allowed
// when the user's own rules allow it, or one of the selectors does.
type ACLUser struct {
	Flags     []string // "on" or "off", "nopass", "sanitize-payload" and so on
	Passwords []string // SHA-256 in hexadecimal digits
	ACLRules
	Selectors []ACLRules
}

// ACLRules are rules of a user, written as ACL SETUSER takes them.
type ACLRules struct {
	Commands  string   // such as "-@all +@read -get"
	Keys      []string // patterns: "~*", "%R~cache:*"
	Channels  []string // patterns: "&*"
	Databases string   // "alldbs" or "db=0,1"; Valkey's, from 9.1 on
}

type asOptACLUser struct{}

func (asOptACLUser) read(r *proto.Reader) (Opt[ACLUser], error) {
	var u ACLUser
	ok, err := eachField(r, func(name string) (err error) {
		switch name {
		case "flags":
			u.Flags, err = asStrings{}.read(r)
		case "passwords":
			u.Passwords, err = asStrings{}.read(r)
		case "selectors":
			u.Selectors, err = records(r, readACLRules)
		default:
			err = u.set(r, name)
		}
		return err
	})
	if err != nil || !ok {
		return Opt[ACLUser]{}, err
	}
	return Some(u), nil
}

func readACLRules(r *proto.Reader) (rules ACLRules, err error) {
	err = fieldsOf(r, func(name string) error { return rules.set(r, name) })
	return rules, err
}

func (a *ACLRules) set(r *proto.Reader, name string) (err error) {
	switch name {
	case "commands":
		a.Commands, err = textOrNull(r)
	case "keys":
		a.Keys, err = readPatterns(r, "~", "%")
	case "channels":
		a.Channels, err = readPatterns(r, "&")
	case "databases":
		a.Databases, err = textOrNull(r)
	}
	return err
}

// readPatterns reads patterns with spaces between them. Servers before 7.0 have an
// array instead, of patterns without the sign that they begin with in a rule.
func readPatterns(r *proto.Reader, signs ...string) ([]string, error) {
	t, err := r.Peek()
	if err != nil {
		return nil, err
	}
	if t != proto.Array && t != proto.Set {
		text, err := textOrNull(r)
		return strings.Fields(text), err
	}
	list, err := asStrings{}.read(r)
next:
	for i, pattern := range list {
		for _, sign := range signs {
			if strings.HasPrefix(pattern, sign) {
				continue next
			}
		}
		list[i] = signs[0] + pattern
	}
	return list, err
}

// ACLLogEntry is an element of ACL LOG: something that a rule did not allow.
type ACLLogEntry struct {
	ID       int64     // 0 from servers before 7.2, as Created and Updated
	Count    int64     // how often it happened
	Reason   string    // "command", "key", "channel", "auth"
	Context  string    // "toplevel", "multi", "lua", "module"
	Object   string    // the command, key or channel
	Username string    // for which it was tried
	Created  time.Time // the first time
	Updated  time.Time // the last time
	Age      time.Duration
	Client   ClientInfo
}

type asACLLog struct{}

func (asACLLog) read(r *proto.Reader) ([]ACLLogEntry, error) {
	return records(r, readACLLogEntry)
}

func readACLLogEntry(r *proto.Reader) (e ACLLogEntry, err error) {
	err = fieldsOf(r, func(name string) (err error) {
		switch name {
		case "entry-id":
			e.ID, err = r.Int()
		case "count":
			e.Count, err = r.Int()
		case "reason":
			e.Reason, err = r.String()
		case "context":
			e.Context, err = r.String()
		case "object":
			e.Object, err = r.String()
		case "username":
			e.Username, err = r.String()
		case "timestamp-created":
			e.Created, err = readMoment(r, time.Millisecond)
		case "timestamp-last-updated":
			e.Updated, err = readMoment(r, time.Millisecond)
		case "age-seconds":
			e.Age, err = readSecondsFloat(r)
		case "client-info":
			e.Client, err = asClientInfo{}.read(r)
		}
		return err
	})
	return e, err
}

// readSecondsFloat reads seconds with a fraction, of which servers mean milliseconds.
func readSecondsFloat(r *proto.Reader) (time.Duration, error) {
	f, err := r.Float()
	if err != nil {
		return 0, err
	}
	ms := math.Round(f * 1000)
	if !(math.Abs(ms) < 1<<53) { // which a not-a-number is not either
		return 0, misfit("a duration that is none")
	}
	return durationOf(int64(ms), time.Millisecond)
}
