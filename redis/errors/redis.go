package errors

import (
	"fmt"
	"io"
	"strings"
)

// RedisError is an error reply of the server. The connection is fine.
type RedisError struct {
	// Code is the first word of the message if it is one that programs can rely on:
	// capitals, digits, "_" and "-", such as "WRONGTYPE" or "ERR". It is empty for a
	// message without one, which scripts can produce.
	Code string
	// Message is the reply as it came, code included. It is verbatim: an old server
	// may repeat arguments in it, which Error leaves out.
	Message string
	// Command is the name of the command that failed; empty if it is not known.
	Command string
}

// ParseRedisError makes a RedisError of the text of an error reply, without the
// "-" and the line end.
func ParseRedisError(line string) *RedisError {
	e := &RedisError{Message: line}
	if word, _, _ := strings.Cut(line, " "); isCode(word) {
		e.Code = word
	}
	return e
}

// isCode tells whether a word looks like an error code. One letter is no code: it
// is how a sentence may begin.
func isCode(word string) bool {
	if len(word) < 2 || word[0] < 'A' || word[0] > 'Z' {
		return false
	}
	for i := range len(word) {
		c := word[i]
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_' && c != '-' {
			return false
		}
	}
	return true
}

// Outcome is Rejected.
func (e *RedisError) Outcome() Outcome { return Rejected }

// Error names the command and gives the message, but for the arguments that some
// servers repeat in it: one of them may be a password.
func (e *RedisError) Error() string {
	if e == nil {
		return nilText
	}
	text := printable(withoutSecrets(e.Message))
	if text == "" {
		text = "error without a message"
	}
	if e.Command == "" {
		return prefix + text
	}
	return prefix + e.Command + ": " + text
}

// Format shows what Error does, whatever the verb: %#v and %d would print the fields, and with Message what an old server
// repeats in it.
func (e *RedisError) Format(f fmt.State, verb rune) {
	switch verb {
	case 'q', 'x', 'X':
		_, _ = fmt.Fprintf(f, fmt.FormatString(f, verb), e.Error())
	default:
		_, _ = io.WriteString(f, e.Error())
	}
}

// withoutSecrets leaves out of a server's message what it repeats of the arguments,
// where these may hold a password: an unknown command, such as HELLO with AUTH for
// an old server, and a password that ACL SETUSER cannot use.
func withoutSecrets(message string) string {
	const args, modifier, end = ", with args beginning with:", "modifier '", "': "
	if i := strings.Index(message, args); i >= 0 {
		message = message[:i]
	}
	if i := strings.Index(message, modifier); i >= 0 {
		word := message[i+len(modifier):]
		if word != "" && strings.IndexByte("<>#!", word[0]) >= 0 {
			rest := ""
			if j := strings.LastIndex(word, end); j >= 0 {
				rest = word[j:]
			}
			message = message[:i] + modifier + word[:1] + "***" + rest
		}
	}
	return message
}

// HasCode tells whether the code is one of the given ones.
func (e *RedisError) HasCode(codes ...string) bool {
	if e == nil {
		return false
	}
	for _, c := range codes {
		if e.Code == c {
			return true
		}
	}
	return false
}

// IsMoved: the slot of the key is served by another node of the cluster.
func (e *RedisError) IsMoved() bool { return e.HasCode("MOVED") }

// IsAsk: the slot is being moved; this one command is to be asked at another node.
func (e *RedisError) IsAsk() bool { return e.HasCode("ASK") }

// IsTryAgain: the keys of the command are spread over two nodes while their slot is being moved.
func (e *RedisError) IsTryAgain() bool { return e.HasCode("TRYAGAIN") }

// IsClusterDown: the cluster does not serve the slot at the moment.
func (e *RedisError) IsClusterDown() bool { return e.HasCode("CLUSTERDOWN") }

// IsCrossSlot: the keys of the command do not belong to one slot.
func (e *RedisError) IsCrossSlot() bool { return e.HasCode("CROSSSLOT") }

// IsLoading: the server is still loading its data.
func (e *RedisError) IsLoading() bool { return e.HasCode("LOADING") }

// IsReadOnly: the server is a replica and takes no writes.
func (e *RedisError) IsReadOnly() bool { return e.HasCode("READONLY") }

// IsMasterDown: a replica that has lost its master and is told not to serve old data.
func (e *RedisError) IsMasterDown() bool { return e.HasCode("MASTERDOWN") }

// IsNoReplicas: a write was refused since too few replicas are connected.
func (e *RedisError) IsNoReplicas() bool { return e.HasCode("NOREPLICAS") }

// IsNoScript: the script of an EVALSHA is not known to the server.
func (e *RedisError) IsNoScript() bool { return e.HasCode("NOSCRIPT") }

// IsBusy: a script or function is running for too long.
func (e *RedisError) IsBusy() bool { return e.HasCode("BUSY") }

// IsAuth: the connection is not authenticated (NOAUTH), or the user name or
// password is wrong (WRONGPASS). A user who is known but not allowed to do
// something is IsNoPerm.
func (e *RedisError) IsAuth() bool { return e.HasCode("NOAUTH", "WRONGPASS") }

// IsNoPerm: the user has no permission for the command, a key or a channel.
func (e *RedisError) IsNoPerm() bool { return e.HasCode("NOPERM") }

// IsOOM: the write needs more memory than maxmemory allows.
func (e *RedisError) IsOOM() bool { return e.HasCode("OOM") }

// IsMisconf: the server refuses writes since it cannot save to disk.
func (e *RedisError) IsMisconf() bool { return e.HasCode("MISCONF") }

// IsWrongType: the key holds a value of another type.
func (e *RedisError) IsWrongType() bool { return e.HasCode("WRONGTYPE") }

// IsExecAbort: EXEC was refused since a command failed while it was being queued.
func (e *RedisError) IsExecAbort() bool { return e.HasCode("EXECABORT") }

// IsNoProto: the server does not speak the protocol version that HELLO asked for.
func (e *RedisError) IsNoProto() bool { return e.HasCode("NOPROTO") }

// IsUnblocked: the blocking command was ended by CLIENT UNBLOCK ERROR.
func (e *RedisError) IsUnblocked() bool { return e.HasCode("UNBLOCKED") }

// IsMaxClients: the server has as many connections as it takes. It has no code of its own.
func (e *RedisError) IsMaxClients() bool {
	return e != nil && strings.HasPrefix(e.Message, "ERR max number of clients")
}

// IsUnknownCommand: the server does not know the command. It has no code of its own.
func (e *RedisError) IsUnknownCommand() bool {
	return e != nil && strings.HasPrefix(e.Message, "ERR unknown command")
}
