package redis_test

import (
	"crypto/tls"
	"crypto/x509"
	stderrors "errors"
	"net"
	"net/url"
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

// Behaviour C7. The server is told the name that it is called by (SNI), and no name where it is called by an IP address; the
// certificate must hold what was dialled: a name is no IP address, and its time must not be over. Only who says so skips that.
func TestTheNameOrAddressDialledIsShownAndVerified(t *testing.T) {
	authority := redistest.NewAuthority(t)
	for name, c := range map[string]struct {
		cert  redistest.Pair
		host  string
		skip  bool
		shown string
		fits  bool
	}{
		"name":             {authority.Server("localhost"), "localhost", false, "localhost", true},
		"name, other case": {authority.Server("localhost"), "LOCALHOST", false, "LOCALHOST", true},
		"IP SAN":           {authority.Server("127.0.0.1"), "127.0.0.1", false, "", true},
		"no IP SAN":        {authority.Server("localhost"), "127.0.0.1", false, "", false},
		"another name":     {authority.Server("other.example"), "localhost", false, "localhost", false},
		"IP SAN, but name": {authority.Server("127.0.0.1"), "localhost", false, "localhost", false},
		"expired":          {authority.Expired("localhost"), "localhost", false, "localhost", false},
		"skipped":          {authority.Server("other.example"), "localhost", true, "localhost", true},
	} {
		t.Run(name, func(t *testing.T) {
			shown := make(chan string, 10)
			plain, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			srv := redistest.NewFakeOn(t, tls.NewListener(plain, &tls.Config{
				GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
					shown <- hello.ServerName
					return &tls.Config{Certificates: []tls.Certificate{c.cert.TLS}}, nil
				},
			}))
			_, port, err := net.SplitHostPort(srv.Addr())
			if err != nil {
				t.Fatal(err)
			}
			cfg, err := redis.TLSFiles{CA: authority.CAFile, SkipVerify: c.skip}.Config()
			if err != nil {
				t.Fatal(err)
			}
			client := redis.New(redis.Options{Addr: net.JoinHostPort(c.host, port), TLS: cfg})
			defer client.Close()
			err = client.Connect(limit(t))
			if got := <-shown; got != c.shown {
				t.Errorf("the server was shown the name %q; want %q", got, c.shown)
			}
			var wrong *tls.CertificateVerificationError
			if c.fits != (err == nil) || err != nil && (!stderrors.As(err, &wrong) || asErr[*redis.ConnectionError](t, err).Op != "connect") {
				t.Errorf("Connect = %v; want it to fit: %v", err, c.fits)
			}
			if n := srv.Accepted(); n > 0 && len(srv.Received(0)) > 0 && !c.fits {
				t.Errorf("the wrong server got %q; want nothing", srv.Received(0))
			}
		})
	}
}

// Behaviour C7, for files and URLs: client certificates are shown, and a server that wants one refuses who has none.
func TestTLSFilesMakeAConnection(t *testing.T) {
	srv := redistest.Start(t, redistest.Options{TLS: true, Args: []string{"--tls-auth-clients", "yes"}})
	pair := srv.Authority.Client("worker")
	files := redis.TLSFiles{CA: srv.Authority.CAFile, Cert: pair.CertFile, Key: pair.KeyFile}
	cfg, err := files.Config()
	if err != nil {
		t.Fatal(err)
	}
	fromURL, err := redis.ParseURL("rediss://" + srv.TLSAddr + "/3?tls_ca=" + url.QueryEscape(files.CA) + "&tls_cert=" + url.QueryEscape(files.Cert) + "&tls_key=" + url.QueryEscape(files.Key))
	if err != nil {
		t.Fatal(err)
	}
	for name, opts := range map[string]redis.Options{"files": {Addr: srv.TLSAddr, TLS: cfg}, "URL": fromURL} {
		client := redis.New(opts)
		if v, err := client.Echo("x").Await(limit(t)); v != "x" || err != nil {
			t.Errorf("%s: ECHO = %q, %v; want x", name, v, err)
		}
		_ = client.Close()
	}
	bare, err := redis.TLSFiles{CA: files.CA}.Config()
	if err != nil {
		t.Fatal(err)
	}
	client := redis.New(redis.Options{Addr: srv.TLSAddr, TLS: bare})
	defer client.Close()
	if err := client.Connect(limit(t)); err == nil {
		t.Error("a server that wants certificates let in a client without one")
	}
}

func TestTLSFilesThatCannotBeUsedAreRefused(t *testing.T) {
	authority := redistest.NewAuthority(t)
	pair, other := authority.Client("a"), authority.Client("b")
	for field, files := range map[string][]redis.TLSFiles{
		"TLSFiles.CA":   {{CA: "/no/such/file"}, {CA: pair.KeyFile}},
		"TLSFiles.Cert": {{Key: pair.KeyFile}, {Cert: "/no/such/file", Key: pair.KeyFile}, {Cert: pair.CertFile, Key: other.KeyFile}},
		"TLSFiles.Key":  {{Cert: pair.CertFile}},
	} {
		for _, f := range files {
			_, err := f.Config()
			if e := asErr[*redis.ArgumentError](t, err); e.Argument != field {
				t.Errorf("%+v: %v; want an error about %s", f, e, field)
			}
		}
	}
	for _, u := range []string{"rediss://host?tls_ca=/no/such/file", "redis://host?tls_skip_verify=true", "rediss://host?tls_skip_verify=perhaps", "unix:///s?tls_ca=x"} {
		_, err := redis.ParseURL(u)
		asErr[*redis.ArgumentError](t, err)
	}
}

// Behaviour U1.
func TestAURLOverTLSVerifiesUnlessItSaysOtherwise(t *testing.T) {
	for u, skip := range map[string]bool{"rediss://host": false, "rediss://host?tls_skip_verify=false": false, "rediss://:pw@host:7000/2?tls_skip_verify=true": true} {
		o, err := redis.ParseURL(u)
		if err != nil || o.TLS == nil || o.TLS.InsecureSkipVerify != skip {
			t.Errorf("ParseURL(%s) has TLS %v, %v; want verification %v", u, o.TLS != nil, err, !skip)
		}
		o.Database = 9 // what is set afterwards counts
		if o.Database != 9 || o.String()[:9] != "rediss://" {
			t.Errorf("options of %s are %s", u, o)
		}
	}
}
