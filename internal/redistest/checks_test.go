package redistest_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/internal/memnet"
	"github.com/futureio/futureio-go/internal/redistest"
)

func TestTheLedgerTellsWhatDidNotSettleAndWhatDidTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l redistest.Ledger
		a := l.Issue("GET a")
		b := l.Issue("GET b")
		time.AfterFunc(time.Second, a)
		time.AfterFunc(2*time.Second, b)
		start := time.Now()
		l.Check(t)
		if waited := time.Since(start); waited != 2*time.Second {
			t.Errorf("Check returned after %v; want 2s, when all had settled", waited)
		}
		a()
		l.Issue("GET c")
		r := &recorder{TB: t}
		failure := r.run(func() { l.Check(r) })
		if want := "issued 3, settled 3; not settled: #2 GET c\nissued 3, settled 3; settled again: #0 GET a"; failure != want {
			t.Errorf("failure %q; want %q", failure, want)
		}
		if issued, settled := l.Counts(); issued != 3 || settled != 3 {
			t.Errorf("Counts = %d, %d; want 3, 3", issued, settled)
		}
	})
}

func TestNoLeaksFindsGoroutinesAndSockets(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for the limit of NoLeaks")
	}
	stop := make(chan struct{})
	var ln net.Listener
	r := &recorder{TB: t}
	failure := r.run(func() {
		redistest.NoLeaks(r)
		go func() { <-stop }()
		ln, _ = net.Listen("tcp", "127.0.0.1:0")
	})
	close(stop)
	ln.Close()
	if !strings.Contains(failure, "1 goroutines are left") || !strings.Contains(failure, "TestNoLeaksFindsGoroutinesAndSockets.func1.1") {
		t.Errorf("failure %q; want the goroutine's stack", failure)
	}
	if runtime.GOOS == "linux" && !strings.Contains(failure, "1 sockets are left open") {
		t.Errorf("failure %q; want the socket", failure)
	}
}

func TestNoLeaksWaitsForWhatIsOnItsWayOut(t *testing.T) {
	r := &recorder{TB: t}
	failure := r.run(func() {
		redistest.NoLeaks(r)
		go func() { <-time.After(20 * time.Millisecond) }()
	})
	if failure != "" {
		t.Errorf("failure %q; want none", failure)
	}
}

func TestCertificatesAreWhatTheyClaim(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, other := redistest.NewAuthority(t), redistest.NewAuthority(t)
		handshake := func(server redistest.Pair, clientAuth tls.ClientAuthType, config *tls.Config) (clientErr, serverErr error) {
			near, far := memnet.Pipe(memnet.Options{})
			defer near.Close()
			done := make(chan struct{})
			go func() {
				defer close(done)
				defer far.Close()
				serverErr = tls.Server(far, &tls.Config{Certificates: []tls.Certificate{server.TLS}, ClientAuth: clientAuth, ClientCAs: a.Pool}).Handshake()
			}()
			clientErr = tls.Client(near, config).Handshake()
			<-done
			return clientErr, serverErr
		}
		good := a.Server("localhost", "127.0.0.1")
		trusting := func(name string) *tls.Config { return &tls.Config{RootCAs: a.Pool, ServerName: name} }
		for _, name := range []string{"localhost", "127.0.0.1"} {
			if err, _ := handshake(good, tls.NoClientCert, trusting(name)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		var wrongName x509.HostnameError
		if err, _ := handshake(a.Server("localhost"), tls.NoClientCert, trusting("127.0.0.1")); !errors.As(err, &wrongName) {
			t.Errorf("wrong name: %v; want a HostnameError", err)
		}
		var invalid x509.CertificateInvalidError
		if err, _ := handshake(a.Expired("localhost"), tls.NoClientCert, trusting("localhost")); !errors.As(err, &invalid) || invalid.Reason != x509.Expired {
			t.Errorf("expired: %v; want it expired", err)
		}
		var unknown x509.UnknownAuthorityError
		if err, _ := handshake(other.Server("localhost"), tls.NoClientCert, trusting("localhost")); !errors.As(err, &unknown) {
			t.Errorf("other authority: %v; want UnknownAuthorityError", err)
		}
		config := trusting("localhost")
		if _, err := handshake(good, tls.RequireAndVerifyClientCert, config); err == nil {
			t.Error("a client without certificate was let in")
		}
		config.Certificates = []tls.Certificate{a.Client("me").TLS}
		if _, err := handshake(good, tls.RequireAndVerifyClientCert, config); err != nil {
			t.Errorf("client certificate: %v", err)
		}
	})
}

func TestTheScriptTellsWhatToDoWhereThereIsNoApt(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("needs bash")
	}
	bin := t.TempDir()
	for _, tool := range []string{"bash", "dirname", "basename", "cat", "sed"} {
		path, err := exec.LookPath(tool)
		if err != nil {
			t.Skip("needs " + tool)
		}
		if err := os.Symlink(path, bin+"/"+tool); err != nil {
			t.Fatal(err)
		}
	}
	run := func(args ...string) (string, error) {
		cmd := exec.Command(bash, append([]string{"servers.sh"}, args...)...)
		cmd.Env = []string{"PATH=" + bin, "SERVERS_DIR=" + bin + "/servers"}
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		err := cmd.Run()
		return out.String(), err
	}
	if out, err := run(); err == nil || !strings.Contains(out, "REDIS_TEST_ADDR=host:port") || !strings.Contains(out, "on PATH") {
		t.Errorf("servers.sh without apt = %q, %v; want what to do instead", out, err)
	}
	if out, err := run("redis-1.0"); err == nil || !strings.Contains(out, "unknown server redis-1.0") {
		t.Errorf("servers.sh redis-1.0 = %q, %v; want it refused", out, err)
	}
	// What is there needs no apt.
	if err := os.MkdirAll(bin+"/servers/redis-7.0", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(bin+"/servers/redis-7.0/VERSION", []byte("v=7.0.15\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := run("redis", "redis-7.0"); err != nil || out != "" {
		t.Errorf("servers.sh redis redis-7.0 = %q, %v; want silence", out, err)
	}
	if out, err := run("list"); err != nil || !strings.Contains(out, "redis-7.0    v=7.0.15") {
		t.Errorf("servers.sh list = %q, %v; want redis-7.0", out, err)
	}
}
