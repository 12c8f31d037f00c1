package redis

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"strings"
	"time"
)

// The defaults of Options.
const (
	DefaultAddr              = "localhost:6379"
	DefaultProtocol          = 3
	DefaultConnectTimeout    = 10 * time.Second
	DefaultReadTimeout       = 30 * time.Second
	DefaultWriteTimeout      = 30 * time.Second
	DefaultPingInterval      = 15 * time.Second
	DefaultReconnectDelay    = 100 * time.Millisecond
	DefaultReconnectDelayMax = 60 * time.Second
	DefaultReconnectJitter   = 0.25
	DefaultQueueSize         = 10_000
	DefaultQueueBytes        = 64 << 20
	DefaultMaxPending        = 65_536
	DefaultMaxPendingBytes   = 64 << 20
	DefaultMaxPipeline       = 65_536
	DefaultLaneSize          = 128
)

// Options say how a Client connects and how much it may queue. The zero value
// of every field is its default. An Options may be copied; a Client keeps a
// copy of its own.
type Options struct {
	// Addr is host:port (an IPv6 host in brackets), a host alone for port 6379, or
	// the path of a unix socket. Default localhost:6379.
	Addr string

	// Username and Password authenticate every connection, by HELLO AUTH or AUTH.
	// An empty Username means the server's default user. Both empty: no AUTH.
	Username string
	Password string

	// Credentials, if set, is asked for the user name and password at every
	// connect, in place of Username and Password. Its ctx carries ConnectTimeout.
	Credentials func(ctx context.Context) (username, password string, err error)

	// Database is selected at every connect. Default 0.
	Database int

	// ClientName is set at every connect and shown by CLIENT LIST. A server that
	// refuses it is used all the same. Default "": none.
	ClientName string

	// Protocol is the RESP version asked for, 2 or 3. A server that refuses HELLO
	// is spoken to in RESP2. Typed results are the same on both. Default 3.
	Protocol int

	// TLS, if set, is used on top of TCP. A missing ServerName is filled in from Addr.
	// TLSFiles makes one of files.
	TLS *tls.Config

	// ConnectTimeout is one budget for name lookup, TCP, TLS and the whole
	// handshake. Default 10 s.
	ConnectTimeout time.Duration

	// ReadTimeout bounds the time from the issue of a command to its reply, also
	// while it waits in a queue. A connection that owes a reply and has been
	// silent for that long is given up. Default 30 s.
	ReadTimeout time.Duration

	// WriteTimeout bounds the write of one batch; when it passes, the connection is
	// given up. Default 30 s.
	WriteTimeout time.Duration

	// PingInterval is the silence after which the connection is checked with a
	// PING. Default 15 s; negative: never.
	PingInterval time.Duration

	// RetryReadOnly sends a read again whose connection was lost before its reply came, in place of failing it with
	// outcome Unknown: commands that change nothing and may run twice, as the servers' command tables say. It
	// fails when its ReadTimeout is over all the same. Their requests are kept until they are answered.
	RetryReadOnly bool

	// DisableReconnect makes the end of the connection final: commands fail until
	// Connect is called again.
	DisableReconnect bool

	// ReconnectDelay is the first delay between two attempts to connect; each
	// further one is twice as long, up to ReconnectDelayMax, and varied by
	// ReconnectJitter (a fraction, never above the maximum; negative: none).
	// Defaults 100 ms, 60 s, 0.25.
	ReconnectDelay    time.Duration
	ReconnectDelayMax time.Duration
	ReconnectJitter   float64

	// ReconnectMaxAttempts is how many attempts in a row may fail before the
	// client gives up until Connect is called. 0: no limit.
	ReconnectMaxAttempts int

	// QueueSize and QueueBytes bound the commands that wait while the client is
	// not connected. Beyond them a command fails at once with a
	// *DisconnectedError. Defaults 10 000 and 64 MiB.
	QueueSize  int
	QueueBytes int

	// MaxPending bounds the commands accepted and not answered while connected,
	// MaxPendingBytes those bytes of them that are not written yet. Beyond them a
	// further call waits for room. Defaults 65 536 and 64 MiB.
	MaxPending      int
	MaxPendingBytes int

	// MaxPipeline bounds the commands of one pipeline or transaction. Default 65 536.
	MaxPipeline int

	// LaneSize bounds the lane of a Client: the further connections for commands that block, such as BLPop and XRead with
	// Block, one for each while it is under way. They are made when they are needed and closed when nobody needed them for
	// 60 s. A command beyond the limit waits for one, first come first served; what it waits counts to its
	// own timeout. Default 128.
	LaneSize int

	// KeyPrefix is put before every key of every command, typed or raw, where the
	// servers' own key specs say that a key stands: never before values, fields,
	// members, channels and patterns, and keys in replies come as they are. For Scan
	// and Keys, put it before the pattern: Match(client.KeyPrefix() + "user:*").
	KeyPrefix string

	// OnConnect is called when a connection is ready, OnDisconnect when an
	// established one is lost or closed, with one of the Reason constants, OnError
	// when an attempt to connect fails or something else goes wrong that no command
	// can tell. They run one after the other in the order of events, on a goroutine
	// of their own, and may call the client. A panic in one is passed to OnError.
	OnConnect    func(c *Client)
	OnDisconnect func(c *Client, reason string)
	OnError      func(c *Client, err error)

	// Logger is told what happens to the connection: connected (Info), disconnected (Warn; Info when the program closed it),
	// failed attempts and panics in callbacks (Error). Its handler runs on a goroutine of its own. nil: nothing is logged.
	Logger Logger

	// Observer is told what the client does, command by command if it asks for that. nil: nobody is.
	Observer *Observer

	// Dialer opens the connection under TLS; network is "tcp" or "unix".
	// Default: a net.Dialer that looks names up at every attempt, with keep-alive probes
	// and, on Linux, a TCP_USER_TIMEOUT of ReadTimeout.
	Dialer func(ctx context.Context, network, addr string) (net.Conn, error)
}

// withDefaults returns a copy with every zero field filled in, or what is wrong
// with a field.
func (o Options) withDefaults() (Options, error) {
	o.Addr = normalAddr(o.Addr)
	def(&o.Protocol, DefaultProtocol)
	def(&o.ConnectTimeout, DefaultConnectTimeout)
	def(&o.ReadTimeout, DefaultReadTimeout)
	def(&o.WriteTimeout, DefaultWriteTimeout)
	def(&o.PingInterval, DefaultPingInterval)
	def(&o.ReconnectDelayMax, DefaultReconnectDelayMax)
	def(&o.ReconnectDelay, min(DefaultReconnectDelay, max(o.ReconnectDelayMax, 0)))
	def(&o.ReconnectJitter, DefaultReconnectJitter)
	def(&o.QueueSize, DefaultQueueSize)
	def(&o.QueueBytes, DefaultQueueBytes)
	def(&o.MaxPending, DefaultMaxPending)
	def(&o.MaxPendingBytes, DefaultMaxPendingBytes)
	def(&o.MaxPipeline, DefaultMaxPipeline)
	def(&o.LaneSize, DefaultLaneSize)
	if o.Dialer == nil {
		o.Dialer = newDialer(&o).DialContext
	}
	if o.ReconnectJitter < 0 {
		o.ReconnectJitter = 0
	}
	return o, o.validate()
}

func def[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

func (o *Options) validate() error {
	for _, field := range []struct {
		name  string
		value int64
	}{
		{"ConnectTimeout", int64(o.ConnectTimeout)},
		{"ReadTimeout", int64(o.ReadTimeout)},
		{"WriteTimeout", int64(o.WriteTimeout)},
		{"ReconnectDelay", int64(o.ReconnectDelay)},
		{"ReconnectDelayMax", int64(o.ReconnectDelayMax)},
		{"QueueSize", int64(o.QueueSize)},
		{"QueueBytes", int64(o.QueueBytes)},
		{"MaxPending", int64(o.MaxPending)},
		{"MaxPendingBytes", int64(o.MaxPendingBytes)},
		{"MaxPipeline", int64(o.MaxPipeline)},
		{"LaneSize", int64(o.LaneSize)},
	} {
		if field.value < 0 {
			return optionError(field.name, "must not be negative")
		}
	}
	switch {
	case o.Protocol != 2 && o.Protocol != 3:
		return optionError("Protocol", "must be 2 or 3")
	case o.Database < 0:
		return optionError("Database", "must not be negative")
	case o.ReconnectMaxAttempts < 0:
		return optionError("ReconnectMaxAttempts", "must not be negative")
	case !(o.ReconnectJitter <= 1): // NaN as well
		return optionError("ReconnectJitter", "must be at most 1")
	case o.ReconnectDelay > o.ReconnectDelayMax:
		return optionError("ReconnectDelay", "must not be above ReconnectDelayMax")
	case strings.ContainsAny(o.ClientName, " \r\n"):
		return optionError("ClientName", "must not hold spaces or line ends")
	}
	if err := checkAddr(o.Addr); err != nil {
		return optionError("Addr", err.Error())
	}
	return nil
}

func optionError(field, reason string) error {
	return &ArgumentError{Argument: "Options." + field, Reason: reason}
}

// String shows where the options lead, without the password.
func (o Options) String() string {
	scheme, addr := "redis", normalAddr(o.Addr)
	if networkOf(addr) == "unix" {
		scheme = "unix"
	} else if o.TLS != nil {
		scheme = "rediss"
	}
	user := ""
	if o.Username != "" || o.Password != "" || o.Credentials != nil {
		user = o.Username + ":***@"
	}
	database := fmt.Sprintf("/%d", o.Database)
	if scheme == "unix" {
		database = fmt.Sprintf("?db=%d", o.Database)
	}
	return fmt.Sprintf("%s://%s%s%s", scheme, user, addr, database)
}

// Format keeps every verb of package fmt from showing the password.
func (o Options) Format(f fmt.State, verb rune) {
	_, _ = fmt.Fprint(f, o.String())
}

// Logger is what the client needs of a *slog.Logger, which is one: a message, and names and values in turn. It is an interface because
// whoever imports package log/slog gets its handlers, and with them encoding/json, into every program: 400 KiB.
type Logger interface {
	Info(msg string, args ...any)
	Warn(msg string, args ...any)
	Error(msg string, args ...any)
}
