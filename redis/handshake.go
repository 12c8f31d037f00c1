package redis

import (
	"cmp"
	"context"
	"net"
	"strconv"
	"strings"

	"github.com/futureio/futureio-go/redis/errors"
	"github.com/futureio/futureio-go/redis/proto"
)

// handshake makes a fresh connection ready: HELLO with AUTH (or, where HELLO is
// refused, AUTH alone), SELECT, CLIENT SETNAME.
//
// It is strictly one request, one reply: nothing is pipelined behind AUTH, since
// a failing AUTH behind other commands can go without an answer. Time limits are
// the caller's, by a deadline on conn. CLIENT SETNAME, CLIENT SETINFO and CLIENT ID are optional: their
// refusal fails nothing. The session of a Conn is made again by the commands that made it, of which
// none else may be refused.
type handshake struct {
	conn     net.Conn
	reader   *proto.Reader
	opts     *Options
	protocol int        // 2 or 3, as agreed on
	identify bool       // id is wanted
	id       int64      // what the server calls the connection; 0: not known
	refused  error      // the server's refusal of HELLO, if it refused
	replay   [][]string // further commands, those of a session
	probe    bool       // a PING at the end
}

func (h *handshake) run(ctx context.Context) error {
	err := h.steps(ctx)
	if err != nil && h.refused != nil && !isReply(err) {
		// The server said why it is not going to talk to us, "max number of clients
		// reached" for example, and closed: that is the reason, not the EOF.
		return h.refused
	}
	return err
}

func (h *handshake) steps(ctx context.Context) error {
	user, password, err := h.credentials(ctx)
	if err != nil {
		return err
	}
	if err := h.hello(user, password); err != nil {
		return err
	}
	if h.protocol == 2 { // not greeted, or not by HELLO
		if err := h.auth(user, password); err != nil {
			return err
		}
	}
	if h.opts.Database != 0 {
		if err := h.call("SELECT", strconv.Itoa(h.opts.Database)); err != nil {
			return err
		}
	}
	if h.opts.ClientName != "" {
		if err := h.call("CLIENT SETNAME", h.opts.ClientName); err != nil && !isReply(err) {
			return err
		}
	}
	if h.identify && h.id == 0 {
		if err := h.askID(); err != nil {
			return err
		}
	}
	for _, words := range h.replay {
		if err := h.call(words[0], words[1:]...); err != nil && !(isReply(err) && isOptional(words)) {
			return err
		}
	}
	return h.ready()
}

// ready asks a server that has been away whether it has loaded its data. While it has not, it takes part in a
// handshake, but refuses what waits in the backlog.
func (h *handshake) ready() error {
	if !h.probe {
		return nil
	}
	err := h.call("PING")
	if e, ok := err.(*errors.RedisError); ok && !e.IsLoading() {
		return nil // it answers, and this user may do other things
	}
	return err
}

func (h *handshake) credentials(ctx context.Context) (user, password string, err error) {
	if h.opts.Credentials != nil {
		return h.opts.Credentials(ctx)
	}
	return h.opts.Username, h.opts.Password, nil
}

// hello switches to RESP3 and authenticates, in one command. A refusal of any
// kind leaves the connection in RESP2, to be authenticated by AUTH.
func (h *handshake) hello(user, password string) error {
	h.protocol = 2
	if h.opts.Protocol != 3 {
		return nil
	}
	args := []string{"3"}
	if user != "" || password != "" {
		// HELLO AUTH wants a name: "default" is the user of those who give none.
		args = append(args, "AUTH", cmp.Or(user, "default"), password)
	}
	reply, err := h.ask("HELLO", args...)
	if e, ok := err.(*errors.RedisError); ok && e.HasCode("WRONGPASS") {
		return err // to ask again in RESP2 would count as another wrong password
	}
	if isReply(err) {
		h.refused = err
		return nil
	}
	if err == nil {
		h.protocol = 3
		h.id = idIn(reply)
	}
	return err
}

// idIn finds the number of the connection in a reply to HELLO, which has had it since HELLO exists.
func idIn(reply proto.Value) int64 {
	for key, value := range reply.Pairs() {
		if name, _ := key.Text(); name == "id" {
			id, _ := value.Int()
			return id
		}
	}
	return 0
}

// askID asks for the number of the connection where HELLO has not told it.
func (h *handshake) askID() error {
	reply, err := h.ask("CLIENT ID")
	if isReply(err) {
		return nil
	}
	h.id, _ = reply.Int()
	return err
}

// auth authenticates in RESP2.
func (h *handshake) auth(user, password string) error {
	switch {
	case user != "":
		return h.call("AUTH", user, password)
	case password != "":
		return h.call("AUTH", password)
	}
	// HELLO may have been refused for want of a password, or because the server takes no more
	// clients; or nothing has been asked yet, and what accepts connections there may not be a Redis, or
	// want a password. Without a question we would never know.
	err := h.call("PING")
	if e, ok := err.(*errors.RedisError); ok && e.IsNoPerm() {
		return nil // it talks to us, and this user may do other things
	}
	return err
}

// call is ask for a command of which only its success counts.
func (h *handshake) call(name string, args ...string) error {
	_, err := h.ask(name, args...)
	return err
}

// ask sends one command and waits for its reply. An error reply is returned as
// a *RedisError.
func (h *handshake) ask(name string, args ...string) (none proto.Value, err error) {
	if _, err := h.conn.Write(request(name, args)); err != nil {
		return none, err
	}
	for {
		t, err := h.reader.Next()
		if err != nil {
			return none, err
		}
		switch t {
		case proto.Push: // nothing has been asked for; drop it
			if err := h.reader.Finish(); err != nil {
				return none, err
			}
		case proto.SimpleError, proto.BulkError:
			e, err := h.reader.ReplyError()
			if err != nil {
				return none, err
			}
			e.Command = name
			return none, e
		default:
			reply, err := h.reader.Value()
			if err != nil {
				return none, err
			}
			return reply, h.surplus()
		}
	}
}

// surplus refuses what came behind the reply: one reply too many would be taken for
// that of the next step, or of the first command.
func (h *handshake) surplus() error {
	for h.reader.Buffered() > 0 {
		t, err := h.reader.Next()
		if err != nil {
			return err
		}
		if t != proto.Push {
			return &errors.ProtocolError{Reason: "a reply that nothing was asked for"}
		}
		if err := h.reader.Finish(); err != nil {
			return err
		}
	}
	return nil
}

// isOptional tells of a command that only says who the client is. A server that does not know it, after a failover for
// example, serves as well as the one before.
func isOptional(words []string) bool {
	return len(words) > 1 && strings.EqualFold(words[0], "CLIENT") && strings.EqualFold(words[1], "SETINFO")
}

func isReply(err error) bool {
	_, ok := err.(*errors.RedisError)
	return ok
}

// request encodes a command; name may be of two words.
func request(name string, args []string) []byte {
	words := append(strings.Fields(name), args...)
	b := proto.AppendArrayHeader(nil, len(words))
	for _, w := range words {
		b = proto.AppendBulk(b, w)
	}
	return b
}
