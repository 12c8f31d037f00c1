package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"
)

// readLimit bounds everything that is asked of one server, connecting included. It takes about a
// tenth of a second.
const readLimit = 30 * time.Second

// liveConn is a connection to a running server, for one request after the other.
type liveConn struct {
	name, addr string
	conn       net.Conn
	replies    *bufio.Reader
}

// readServer reads what a running server tells about its commands: COMMAND DOCS and COMMAND. The
// address is host:port, or the path of a unix socket. The server must be what its name says: HELLO
// must tell the same project, and a version that is the name's or begins with it.
func readServer(ctx context.Context, name, addr string) (serverDoc, error) {
	want, err := parseServer(name)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, readLimit)
	defer cancel()
	network := "tcp"
	if strings.Contains(addr, "/") {
		network = "unix"
	}
	conn, err := new(net.Dialer).DialContext(ctx, network, addr)
	if err != nil {
		return nil, fmt.Errorf("%s at %s cannot be reached: %w; start it there, or let --servers DIR %[1]s start one", name, addr, err)
	}
	defer conn.Close()
	// When ctx ends, what is under way fails, and all that is to come.
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	c := &liveConn{name, addr, conn, newRespReader(conn)}
	doc, err := c.read(want)
	if cause := ctx.Err(); err != nil && cause != nil {
		return nil, fmt.Errorf("%s at %s: %w", name, addr, cause)
	}
	return doc, err
}

func (c *liveConn) read(want Server) (serverDoc, error) {
	if err := c.hello(want); err != nil {
		return nil, err
	}
	reply, err := c.do("COMMAND", "DOCS")
	if err != nil {
		return nil, err
	}
	docs := &reading{server: c.name, request: "COMMAND DOCS"}
	doc := docs.docs(reply)
	if docs.err != nil {
		return nil, docs.err
	}
	if reply, err = c.do("COMMAND"); err != nil {
		return nil, err
	}
	info := &reading{server: c.name, request: "COMMAND"}
	info.info(doc, reply)
	return doc, info.err
}

// hello asks for RESP3 and makes sure that the server is the one that is wanted.
func (c *liveConn) hello(want Server) error {
	reply, err := c.do("HELLO", "3")
	if err != nil {
		return err
	}
	r := &reading{server: c.name, request: "HELLO 3"}
	var project, version string
	for _, f := range r.fields("", reply) {
		switch f.name {
		case "server":
			project = r.text(f.name, f.value)
		case "version":
			version = r.text(f.name, f.value)
		}
	}
	if r.err == nil && (project != want.Project || !strings.HasPrefix(version+".", want.Version+".")) {
		r.err = fmt.Errorf("%s at %s is %s %s: give it that name, or the address of another", c.name, c.addr, project, version)
	}
	return r.err
}

// do sends one request and reads its reply, which is no error.
func (c *liveConn) do(words ...string) (any, error) {
	var reply any
	_, err := c.conn.Write(appendRequest(nil, words...))
	if err == nil {
		reply, err = readResp(c.replies)
	}
	request := strings.Join(words, " ")
	if refusal, refused := reply.(respError); refused {
		return nil, fmt.Errorf("%s at %s refuses %s: %s; want one that answers it without a password", c.name, c.addr, request, refusal)
	}
	if errors.Is(err, errMalformed) {
		return nil, fmt.Errorf("%s at %s: %s: %w; want a Redis or Valkey there", c.name, c.addr, request, err)
	}
	if err != nil {
		return nil, fmt.Errorf("%s at %s: %s: %w", c.name, c.addr, request, err)
	}
	return reply, nil
}
