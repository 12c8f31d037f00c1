package redis_test

import (
	"crypto/tls"
	"crypto/x509"
	stderrors "errors"
	"net"
	"testing"

	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// Behaviour C7, for a *tls.Config.
func TestTLSVerifiesTheServer(t *testing.T) {
	srv := redistest.Start(t, redistest.Options{TLS: true})
	_, port, err := net.SplitHostPort(srv.TLSAddr)
	if err != nil {
		t.Fatal(err)
	}
	for name, opts := range map[string]redis.Options{
		"name":       {Addr: "localhost:" + port, TLS: &tls.Config{RootCAs: srv.Authority.Pool}},
		"IP address": {Addr: srv.TLSAddr, TLS: &tls.Config{RootCAs: srv.Authority.Pool}},
		"unchecked":  {Addr: srv.TLSAddr, TLS: &tls.Config{InsecureSkipVerify: true}},
	} {
		client := redis.New(opts)
		if v, err := client.Echo("x").Await(limit(t)); v != "x" || err != nil {
			t.Errorf("%s: ECHO = %q, %v; want x", name, v, err)
		}
		_ = client.Close()
	}

	unknown := redis.New(redis.Options{Addr: srv.TLSAddr, TLS: &tls.Config{RootCAs: x509.NewCertPool()}})
	defer unknown.Close()
	var authority x509.UnknownAuthorityError
	if err := unknown.Connect(limit(t)); !stderrors.As(err, &authority) {
		t.Errorf("Connect with an unknown authority = %v; want it refused", err)
	}
	misnamed := redis.New(redis.Options{Addr: srv.TLSAddr, TLS: &tls.Config{RootCAs: srv.Authority.Pool, ServerName: "other.example"}})
	defer misnamed.Close()
	var hostname x509.HostnameError
	if err := misnamed.Connect(limit(t)); !stderrors.As(err, &hostname) {
		t.Errorf("Connect under another name = %v; want it refused", err)
	}
}
