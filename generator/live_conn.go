package main

import (
	"bufio"
	"context"
	"errors"
	"net"
	"strconv"
	"strings"
	"time"
)

// readLimit bounds everything that is asked of one server, connecting included. It takes a tenth of a second.
const readLimit = 30 * time.Second

// liveConn is a connection to a running server that speaks RESP3, for one request after the other.
type liveConn struct {
	server, addr string
	conn         net.Conn
	replies      *bufio.Reader
	version      string // "8.0.2"
	stop         func() bool
}

// dialLive connects to the server called name, as parseServer wants it, and makes sure that it is that: HELLO must tell the
// same project and version, of which the name may have the beginning only. When ctx ends, the connection ends.
func dialLive(ctx context.Context, name, addr string) (*liveConn, error) {
	server, err := parseServer(name)
	if err != nil {
		return nil, err
	}
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, &unreachableError{name, addr, "connecting", err}
	}
	c := &liveConn{server: name, addr: addr, conn: conn, replies: bufio.NewReader(conn)}
	c.stop = context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) }) // fails what is under way and what is to come
	if err := c.hello(server); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

func (c *liveConn) close() {
	c.stop()
	c.conn.Close()
}

func (c *liveConn) hello(want Server) error {
	reply, err := c.do("HELLO", "3")
	if err != nil {
		return err
	}
	project := ""
	r := c.reading("HELLO")
	for _, f := range r.fields("", reply) {
		switch f.name {
		case "server":
			project = r.text(f.name, f.value)
		case "version":
			c.version = r.text(f.name, f.value)
		}
	}
	if r.err != nil {
		return r.err
	}
	if project != want.Project || c.version != want.Version && !strings.HasPrefix(c.version, want.Version+".") {
		return &strangerError{c.server, c.addr, project + " " + c.version}
	}
	return nil
}

// reading starts the reading of a reply of this server.
func (c *liveConn) reading(request string) *reading {
	return &reading{server: c.server, request: request}
}

// do sends one request and reads its reply. An error reply is a *refusedError.
func (c *liveConn) do(words ...string) (respValue, error) {
	request := strings.Join(words, " ")
	_, err := c.conn.Write(appendRequest(nil, words...))
	var reply respValue
	if err == nil {
		reply, err = readResp(c.replies)
	}
	switch {
	case errors.Is(err, errMalformed):
		return reply, &shapeError{server: c.server, request: request, fault: err.Error()}
	case err != nil:
		return reply, &unreachableError{c.server, c.addr, request, err}
	case reply.kind == respError:
		return reply, &refusedError{c.server, request, reply.text}
	}
	return reply, nil
}

// readServer reads what a running server tells about its commands: COMMAND DOCS and COMMAND. It fails with an
// *unreachableError, *refusedError, *strangerError, *shapeError or *unknownFactError.
func readServer(ctx context.Context, name, addr string) (serverDoc, error) {
	ctx, cancel := context.WithTimeout(ctx, readLimit)
	defer cancel()
	c, err := dialLive(ctx, name, addr)
	if err != nil {
		return nil, err
	}
	defer c.close()
	reply, err := c.do("COMMAND", "DOCS")
	if err != nil {
		return nil, err
	}
	docs := c.reading("COMMAND DOCS")
	doc := docs.docs(reply)
	if docs.err != nil {
		return nil, docs.err
	}
	if reply, err = c.do("COMMAND"); err != nil {
		return nil, err
	}
	info := c.reading("COMMAND")
	info.info(doc, reply)
	return doc, info.err
}

// processID asks the server for its process id.
func (c *liveConn) processID() (int, error) {
	reply, err := c.do("INFO", "server")
	if err != nil {
		return 0, err
	}
	r := c.reading("INFO server")
	for line := range strings.Lines(r.text("", reply)) {
		if id, ok := strings.CutPrefix(strings.TrimSpace(line), "process_id:"); ok {
			return strconv.Atoi(id)
		}
	}
	r.wrong("process_id", "it is missing")
	return 0, r.err
}
