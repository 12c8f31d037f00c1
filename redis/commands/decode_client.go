package commands

import (
	"strings"
	"time"

	"github.com/futureio/futureio-go/redis/proto"
)

// ClientInfo is what a server knows about one of its connections: the reply of
// CLIENT INFO, and an element of CLIENT LIST. What a server does not tell is zero;
// Fields has everything it told, under the server's names.
type ClientInfo struct {
	ID             int64
	Addr           string // of the client: host:port, or the path of a unix socket and ":0"
	LocalAddr      string // of the server
	FileDescriptor int64
	Name           string // set by CLIENT SETNAME
	Age            time.Duration
	Idle           time.Duration
	Flags          string // one letter each; "N" for none
	Capabilities   string // set by CLIENT CAPA, one letter each
	Database       int64
	User           string
	Command        string // the last one, "client|list" for one of two words
	Protocol       int64  // 2 or 3
	LibraryName    string // set by CLIENT SETINFO
	LibraryVersion string
	Redirect       int64 // ID of the connection that gets the invalidations; -1 for none

	Channels      int64 // subscriptions
	Patterns      int64
	ShardChannels int64
	Queued        int64 // commands waiting for EXEC; -1 outside of MULTI
	Watched       int64 // keys

	QueryBuffer     int64 // bytes, as all that follow but OutputList, Commands and IOThread
	QueryBufferFree int64
	ArgumentMemory  int64 // of the next command
	QueuedMemory    int64 // of the commands waiting for EXEC
	ReplyBuffer     int64 // its size
	ReplyBufferPeak int64
	OutputBuffer    int64 // filled part of the reply buffer
	OutputList      int64 // replies that wait outside of it
	OutputMemory    int64 // of those
	TotalMemory     int64
	BytesIn         int64 // read from the connection
	BytesOut        int64
	Commands        int64 // run so far
	IOThread        int64
	Events          string // what the server waits for: "r", "w"

	Fields map[string]string
}

// parseClient reads a line of "name=value" words.
func parseClient(line string) (ClientInfo, error) {
	c := ClientInfo{Fields: make(map[string]string, 40)}
	last := ""
	for word := range strings.SplitSeq(line, " ") {
		name, value, ok := strings.Cut(word, "=")
		if ok {
			c.Fields[name] = value
			last = name
		} else if word != "" && last != "" {
			// The path of a unix socket is the one value that may have spaces in it.
			c.Fields[last] += " " + word
		}
	}
	if c.Fields["id"] == "" {
		return ClientInfo{}, misfit("a client without an ID")
	}
	for name, value := range c.Fields {
		if err := c.set(name, value); err != nil {
			return ClientInfo{}, err
		}
	}
	return c, nil
}

func (c *ClientInfo) set(name, value string) error {
	switch name {
	case "addr":
		c.Addr = value
	case "laddr":
		c.LocalAddr = value
	case "name":
		c.Name = value
	case "flags":
		c.Flags = value
	case "capa":
		c.Capabilities = value
	case "user":
		c.User = value
	case "cmd":
		c.Command = value
	case "lib-name":
		c.LibraryName = value
	case "lib-ver":
		c.LibraryVersion = value
	case "events":
		c.Events = value
	case "age":
		return setSeconds(&c.Age, value)
	case "idle":
		return setSeconds(&c.Idle, value)
	default:
		if n := c.count(name); n != nil {
			var err error
			*n, err = number(value)
			return err
		}
	}
	return nil
}

func setSeconds(d *time.Duration, value string) error {
	n, err := number(value)
	if err != nil {
		return err
	}
	*d, err = durationOf(n, time.Second)
	return err
}

// count is the field for a number of that name, or nil.
func (c *ClientInfo) count(name string) *int64 {
	switch name {
	case "id":
		return &c.ID
	case "fd":
		return &c.FileDescriptor
	case "db":
		return &c.Database
	case "resp":
		return &c.Protocol
	case "redir":
		return &c.Redirect
	case "sub":
		return &c.Channels
	case "psub":
		return &c.Patterns
	case "ssub":
		return &c.ShardChannels
	case "multi":
		return &c.Queued
	case "watch":
		return &c.Watched
	case "qbuf":
		return &c.QueryBuffer
	case "qbuf-free":
		return &c.QueryBufferFree
	case "argv-mem":
		return &c.ArgumentMemory
	case "multi-mem":
		return &c.QueuedMemory
	case "rbs":
		return &c.ReplyBuffer
	case "rbp":
		return &c.ReplyBufferPeak
	case "obl":
		return &c.OutputBuffer
	case "oll":
		return &c.OutputList
	case "omem":
		return &c.OutputMemory
	case "tot-mem":
		return &c.TotalMemory
	case "tot-net-in":
		return &c.BytesIn
	case "tot-net-out":
		return &c.BytesOut
	case "tot-cmds":
		return &c.Commands
	case "io-thread":
		return &c.IOThread
	}
	return nil
}

type asClientInfo struct{}

func (asClientInfo) read(r *proto.Reader) (ClientInfo, error) {
	text, err := r.String()
	if err != nil {
		return ClientInfo{}, err
	}
	return parseClient(strings.TrimRight(text, "\r\n"))
}

type asClientInfos struct{}

func (asClientInfos) read(r *proto.Reader) ([]ClientInfo, error) {
	text, ok, err := r.OptString()
	if err != nil || !ok {
		return nil, err
	}
	out := []ClientInfo{}
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimRight(line, "\r"); line == "" {
			continue
		}
		c, err := parseClient(line)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// TrackingInfo is the reply of CLIENT TRACKINGINFO.
type TrackingInfo struct {
	Flags    []string // "off", or "on" with "bcast", "optin", "caching-yes" and so on
	Redirect int64    // ID of the connection that gets the invalidations; 0 for this one, -1 without tracking
	Prefixes []string // of the keys that are tracked in broadcasting mode
}

type asTrackingInfo struct{}

func (asTrackingInfo) read(r *proto.Reader) (t TrackingInfo, err error) {
	err = fieldsOf(r, func(name string) (err error) {
		switch name {
		case "flags":
			t.Flags, err = asStrings{}.read(r)
		case "redirect":
			t.Redirect, err = r.Int()
		case "prefixes":
			t.Prefixes, err = asStrings{}.read(r)
		}
		return err
	})
	return t, err
}

// ServerHello is the reply of HELLO: what the server is, and what it speaks from
// now on.
type ServerHello struct {
	Server           string // "redis", "valkey", "redict"
	Version          string
	Protocol         int64  // 2 or 3
	ID               int64  // of this connection
	Mode             string // "standalone", "sentinel", "cluster"
	Role             string // "master", "replica"
	AvailabilityZone string // Valkey's, if one is configured
	Modules          []Module
}

type asServerHello struct{}

func (asServerHello) read(r *proto.Reader) (h ServerHello, err error) {
	err = fieldsOf(r, func(name string) (err error) {
		switch name {
		case "server":
			h.Server, err = textOrNull(r)
		case "version":
			h.Version, err = textOrNull(r)
		case "proto":
			h.Protocol, err = r.Int()
		case "id":
			h.ID, err = r.Int()
		case "mode":
			h.Mode, err = textOrNull(r)
		case "role":
			h.Role, err = textOrNull(r)
		case "availability_zone":
			h.AvailabilityZone, err = textOrNull(r)
		case "modules":
			h.Modules, err = asModules{}.read(r)
		}
		return err
	})
	return h, err
}
