package integration

import (
	"crypto/x509"
	"errors"
	"net"
	"testing"

	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// tlsWay is what a TLS cell has beside its options: who signs, and what the server's certificate is for.
type tlsWay struct {
	authority *redistest.Authority
	client    redistest.Pair
}

// tls changes one thing at a time in a way that works. Behaviour C7.
func (c *cell) tls(t *testing.T) {
	_, port, err := net.SplitHostPort(c.opts.Addr)
	if err != nil {
		t.Fatal(err)
	}
	host, ip := net.JoinHostPort("localhost", port), net.JoinHostPort("127.0.0.1", port)
	own := redis.TLSFiles{CA: c.tlsWay.authority.CAFile, Cert: c.tlsWay.client.CertFile, Key: c.tlsWay.client.KeyFile}
	stranger := redistest.NewAuthority(t)
	foreign := stranger.Client("worker")
	connect := func(addr string, files redis.TLSFiles, name string) error {
		config, err := files.Config()
		if err != nil {
			t.Fatal(err)
		}
		config.ServerName = name
		return c.client(t, func(o *redis.Options) { o.Addr, o.TLS = addr, config }).Connect(limit(t))
	}
	for what, err := range map[string]error{
		"name":                    connect(host, own, ""),
		"IP address":              connect(ip, own, ""),
		"any name, by SkipVerify": connect(ip, redis.TLSFiles{Cert: own.Cert, Key: own.Key, SkipVerify: true}, "other.example"),
	} {
		if err != nil {
			t.Errorf("%s: Connect = %v; want a connection", what, err)
		}
	}

	var wrongName x509.HostnameError
	if err := connect(ip, own, "other.example"); !errors.As(err, &wrongName) || !refused(err) {
		t.Errorf("wrong name: Connect = %v; want a ConnectionError for the name", err)
	}
	if err := connect(ip, own, "127.0.0.2"); !errors.As(err, &wrongName) || !refused(err) {
		t.Errorf("wrong IP address: Connect = %v; want a ConnectionError for the name", err)
	}
	var unknown x509.UnknownAuthorityError
	if err := connect(host, redis.TLSFiles{CA: stranger.CAFile, Cert: own.Cert, Key: own.Key}, ""); !errors.As(err, &unknown) || !refused(err) {
		t.Errorf("wrong CA: Connect = %v; want a ConnectionError for the authority", err)
	}
	// It is the server that says no here, after the client's part of the handshake is over.
	if err := connect(host, redis.TLSFiles{CA: own.CA}, ""); !refused(err) {
		t.Errorf("no client certificate: Connect = %v; want a ConnectionError", err)
	}
	if err := connect(host, redis.TLSFiles{CA: own.CA, Cert: foreign.CertFile, Key: foreign.KeyFile}, ""); !refused(err) {
		t.Errorf("a stranger's client certificate: Connect = %v; want a ConnectionError", err)
	}
	plain := c.client(t, func(o *redis.Options) { o.TLS = nil })
	if err := plain.Connect(limit(t)); !refused(err) {
		t.Errorf("no TLS: Connect = %v; want a ConnectionError", err)
	}
}

// refused tells whether a connection was refused in good form: nothing can have been executed.
func refused(err error) bool {
	var e *redis.ConnectionError
	return errors.As(err, &e) && e.Op == "connect" && redis.SafeToRetry(err)
}
