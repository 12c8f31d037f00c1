package redistest

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/futureio/futureio-go/internal/servers"
)

// Options say what kind of server Start starts. The zero value is any server without a password.
type Options struct {
	Flavor     Flavor
	Args       []string // further arguments: "--appendonly", "yes"; they win over the defaults
	Password   string   // --requirepass
	TLS        bool     // a TLS port beside the plain one: Server.TLSAddr, Server.Authority
	UnixSocket bool     // a socket beside the port: Server.Socket
	ConfigFile bool     // an empty configuration file, so that CONFIG REWRITE has one to write: Server.ConfigFile
}

// Server is a real server of one test.
type Server struct {
	Name      string     // the flavor that was found: "redis", "valkey-8.1"; "external" for REDIS_TEST_ADDR
	Addr      string     // host:port, plain
	TLSAddr   string     // host:port under TLS; "" without Options.TLS
	Authority *Authority // who signed the server's certificate (localhost, 127.0.0.1, ::1); nil without Options.TLS
	Socket    string     // path of the unix socket; "" without Options.UnixSocket
	Password  string

	ConfigFile string // path; "" without Options.ConfigFile

	t       testing.TB
	program servers.Program // the zero value for an external server
	args    []string        // without the ports
	dir     string

	mu   sync.Mutex
	proc *servers.Process // nil when not running
}

// Start starts a server on 127.0.0.1 with a folder of its own and without persistence, and waits until it answers. It is
// killed when the test ends, and by the kernel (on Linux) when the test process dies.
//
// The program is redis-server or valkey-server on PATH, else one under .servers (see servers.sh). With REDIS_TEST_ADDR set and
// options at their zero values nothing is started: the test gets the server that listens there. Without any server the test
// is skipped, or fails where CI=true.
func Start(t testing.TB, opts Options) *Server {
	t.Helper()
	if addr := os.Getenv("REDIS_TEST_ADDR"); addr != "" && opts.plain() {
		s := &Server{t: t, Name: "external", Addr: addr}
		if err := s.ready(nil); err != nil {
			t.Fatalf("REDIS_TEST_ADDR=%s: %v", addr, err)
		}
		return s
	}
	found := servers.Find(string(opts.Flavor))
	if len(found) == 0 {
		missing(t, opts.Flavor)
	}
	return start(t, found[0], opts)
}

func (o Options) plain() bool {
	return o.Flavor == Any && len(o.Args) == 0 && o.Password == "" && !o.TLS && !o.UnixSocket && !o.ConfigFile
}

// Each runs fn as a subtest on every server there is, each started for it: at least a Redis and a Valkey, or it skips (fails
// where CI=true). With -short it is one Redis and one Valkey; with REDIS_TEST_ADDR it is that server alone.
func Each(t *testing.T, fn func(t *testing.T, srv *Server)) {
	t.Helper()
	EachWith(t, Options{}, fn)
}

// EachWith is Each with options; a family in opts.Flavor restricts it to that family.
func EachWith(t *testing.T, opts Options, fn func(t *testing.T, srv *Server)) {
	t.Helper()
	if os.Getenv("REDIS_TEST_ADDR") != "" && opts.plain() {
		t.Run("external", func(t *testing.T) { fn(t, Start(t, opts)) })
		return
	}
	found := servers.Find(string(opts.Flavor))
	families := map[string]bool{}
	for _, program := range found {
		family := program.Family()
		if testing.Short() && (families[family] || family == string(Redict)) {
			continue
		}
		families[family] = true
		t.Run(program.Name, func(t *testing.T) { fn(t, start(t, program, opts)) })
	}
	for _, family := range []Flavor{Redis, Valkey} {
		if !families[string(family)] && (opts.Flavor == Any || opts.Flavor == family) {
			t.Run(string(family), func(t *testing.T) { missing(t, family) })
		}
	}
}

func start(t testing.TB, program servers.Program, opts Options) *Server {
	t.Helper()
	// Not t.TempDir: it holds the test's name, and the path of a unix socket ends at 104 bytes.
	dir, err := os.MkdirTemp("", "redistest")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{t: t, Name: program.Name, Password: opts.Password, program: program, dir: dir}
	t.Cleanup(s.end)

	s.args = []string{"--bind", "127.0.0.1", "--dir", dir, "--save", "", "--appendonly", "no", "--daemonize", "no", "--logfile", ""}
	if opts.Password != "" {
		s.args = append(s.args, "--requirepass", opts.Password)
	}
	if opts.UnixSocket {
		s.Socket = filepath.Join(dir, "s")
		s.args = append(s.args, "--unixsocket", s.Socket)
	}
	if opts.TLS {
		s.Authority = NewAuthority(t)
		pair := s.Authority.Server("localhost", "127.0.0.1", "::1")
		s.args = append(s.args, "--tls-cert-file", pair.CertFile, "--tls-key-file", pair.KeyFile,
			"--tls-ca-cert-file", s.Authority.CAFile, "--tls-auth-clients", "optional")
	}
	if opts.ConfigFile {
		s.ConfigFile = filepath.Join(dir, "server.conf")
		if err := os.WriteFile(s.ConfigFile, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s.args = append(s.args, opts.Args...)

	// Between the choice of a port and the server's bind another process can take it: then the server ends, or another one
	// answers in its place, and the next port is tried.
	for attempt := 1; ; attempt++ {
		s.Addr = freeAddr(t)
		if opts.TLS {
			s.TLSAddr = freeAddr(t)
		}
		err := s.launch()
		if err == nil {
			return s
		}
		s.Kill()
		if attempt == 5 {
			t.Fatalf("%s: %v\n%s", s.Name, err, s.Log())
		}
	}
}

func freeAddr(t testing.TB) string {
	t.Helper()
	addr, err := servers.FreeAddr()
	if err != nil {
		t.Fatal(err)
	}
	return addr
}

// launch runs the program on the addresses of s and returns when it answers.
func (s *Server) launch() error {
	_, port, _ := net.SplitHostPort(s.Addr)
	args := append([]string{"--port", port}, s.args...)
	if s.ConfigFile != "" {
		args = append([]string{s.ConfigFile}, args...) // the servers take it in the first place only
	}
	if s.TLSAddr != "" {
		_, port, _ := net.SplitHostPort(s.TLSAddr)
		args = append(args, "--tls-port", port)
	}
	proc, err := s.program.Start(s.dir, args...)
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.proc = proc
	s.mu.Unlock()
	return s.ready(proc)
}

// ready waits until the server answers PING, so has loaded its data; for a process of ours it also makes sure that the answer
// is its own.
func (s *Server) ready(proc *servers.Process) error {
	err := proc.Ready(func() (pid int, err error) {
		info, err := s.tryInfo("server") // answered while loading, too
		if err != nil {
			return 0, err
		}
		pid, _ = strconv.Atoi(info["process_id"])
		return pid, s.tryPing()
	})
	if err != nil {
		return fmt.Errorf("on %s: %w", s.Addr, err)
	}
	return nil
}

func (s *Server) tryPing() error {
	c, err := dialSide("tcp", s.Addr, s.Password)
	if err != nil {
		return err
	}
	defer c.Close()
	reply, err := c.roundTrip("PING")
	if err == nil && reply != "PONG" {
		err = fmt.Errorf("PING answered %v", reply)
	}
	return err
}

func (s *Server) tryInfo(section string) (map[string]string, error) {
	c, err := dialSide("tcp", s.Addr, s.Password)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	reply, err := c.roundTrip("INFO", section)
	if err != nil {
		return nil, err
	}
	text, ok := reply.(string)
	if !ok {
		return nil, fmt.Errorf("INFO answered %v", reply)
	}
	fields := map[string]string{}
	for line := range strings.Lines(text) {
		if key, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
			fields[key] = value
		}
	}
	return fields, nil
}

// running returns the process, and ends the test where there is none to act on.
func (s *Server) running(action string) *servers.Process {
	s.t.Helper()
	if s.program.Path == "" {
		s.t.Skipf("%s needs a server of the test's own; REDIS_TEST_ADDR is set", action)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.proc == nil {
		s.t.Fatalf("%s: the server is not running", action)
	}
	return s.proc
}

// Pid is the process id. On a server that the test did not start, this and all methods below skip the test.
func (s *Server) Pid() int {
	s.t.Helper()
	return s.running("Pid").Pid
}

// Pause stops the process by SIGSTOP and returns when it has stopped: connections stall, new dials still succeed.
func (s *Server) Pause() {
	s.t.Helper()
	p := s.running("Pause")
	if err := p.Pause(); err != nil {
		s.t.Fatalf("Pause: %v", err)
	}
}

// Resume lets a paused process go on by SIGCONT.
func (s *Server) Resume() {
	s.t.Helper()
	p := s.running("Resume")
	if err := p.Resume(); err != nil {
		s.t.Fatalf("Resume: %v", err)
	}
}

// Stop ends the process by SIGTERM, paused or not, and waits for its end.
func (s *Server) Stop() {
	s.t.Helper()
	p := s.running("Stop")
	if err := p.Stop(); err != nil {
		s.Kill()
		s.t.Fatalf("Stop: %v", err)
	}
	s.forget()
}

// Kill ends the process by SIGKILL and waits for its end. It does nothing when the server is not running.
func (s *Server) Kill() {
	s.mu.Lock()
	p := s.proc
	s.mu.Unlock()
	if p == nil {
		return
	}
	p.Kill()
	s.forget()
}

// Restart starts the server again on the same addresses and folder, and waits until it answers. A running one is stopped first.
func (s *Server) Restart() {
	s.t.Helper()
	s.mu.Lock()
	running := s.proc != nil
	s.mu.Unlock()
	if running || s.program.Path == "" {
		s.Stop()
	}
	if err := s.launch(); err != nil {
		s.Kill()
		s.t.Fatalf("Restart: %v\n%s", err, s.Log())
	}
}

func (s *Server) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.proc = nil
}

// Log is the end of what the server printed, at most 4 KiB.
func (s *Server) Log() string { return servers.Log(s.dir) }

func (s *Server) end() {
	s.Kill()
	if s.t.Failed() {
		s.t.Logf("the log of %s on %s ends with:\n%s", s.Name, s.Addr, s.Log())
	}
	os.RemoveAll(s.dir)
}
