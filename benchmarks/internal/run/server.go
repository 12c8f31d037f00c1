package run

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/gomodule/redigo/redis"

	"github.com/futureio/futureio-go/benchmarks/internal/workload"
)

// Server is the one real server of a run.
type Server struct {
	Addr string
	Path string // of the program

	dir  string
	log  bytes.Buffer
	cmd  *exec.Cmd
	side redis.Conn // the runner's own connection
}

// FindServer finds a server program: name is a path, a name on PATH ("valkey-server"), a version under .servers ("valkey-8.1", see
// internal/redistest/servers.sh), or "" for redis-server on PATH, else the newest Redis under .servers, else a Valkey.
func FindServer(name string) (string, error) {
	if strings.ContainsRune(name, filepath.Separator) {
		return name, nil
	}
	names := []string{name}
	if name == "" {
		names = []string{"redis-server", "valkey-server"}
	}
	for _, n := range names {
		if path, err := exec.LookPath(n); err == nil {
			return path, nil
		}
	}
	pattern := name
	if name == "" {
		pattern = "redis-*"
	}
	for _, pattern := range []string{pattern, "valkey-*"} {
		found, _ := filepath.Glob(filepath.Join(serversDir(), pattern, "bin", strings.Split(pattern, "-")[0]+"-server"))
		slices.Sort(found)
		if len(found) > 0 {
			return found[len(found)-1], nil
		}
		if name != "" {
			break
		}
	}
	return "", fmt.Errorf("no server %q on PATH or under .servers: run make servers, or name one by -server", name)
}

// serversDir is SERVERS_DIR, or .servers at the root of the repository, looked for upwards.
func serversDir() string {
	if dir := os.Getenv("SERVERS_DIR"); dir != "" {
		return dir
	}
	dir, err := os.Getwd()
	for err == nil {
		if found := filepath.Join(dir, ".servers"); isDir(found) {
			return found
		}
		if parent := filepath.Dir(dir); parent != dir {
			dir = parent
			continue
		}
		break
	}
	return ".servers"
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// StartServer starts the program on a free port of 127.0.0.1 without persistence and waits until it answers.
func StartServer(path string) (*Server, error) {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return nil, err
	}
	s := &Server{Path: path, dir: dir}
	for attempt := 1; ; attempt++ {
		if err = s.launch(); err == nil {
			return s, nil
		}
		// Another process may have taken the port between its choice and the server's bind.
		s.kill()
		if attempt == 3 {
			os.RemoveAll(dir)
			return nil, fmt.Errorf("%s: %w\n%s", filepath.Base(path), err, s.log.String())
		}
	}
}

func (s *Server) launch() error {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.Addr = ln.Addr().String()
	ln.Close()
	_, port, _ := net.SplitHostPort(s.Addr)
	s.cmd = exec.Command(s.Path, "--port", port, "--bind", "127.0.0.1", "--dir", s.dir, "--save", "", "--appendonly", "no", "--daemonize", "no", "--logfile", "")
	s.cmd.Dir, s.cmd.Stdout, s.cmd.Stderr = s.dir, &s.log, &s.log
	if err := startBound(s.cmd); err != nil {
		return err
	}
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for giveUp := time.Now().Add(10 * time.Second); time.Now().Before(giveUp); <-again.C {
		if err = s.greet(); err == nil {
			return nil
		}
	}
	return err
}

// greet opens the side connection, provided that it is our process that answers.
func (s *Server) greet() error {
	c, err := redis.Dial("tcp", s.Addr, redis.DialReadTimeout(20*time.Second))
	if err != nil {
		return err
	}
	s.side = c
	info, err := s.Info("server")
	if err == nil && info["process_id"] != strconv.Itoa(s.Pid()) {
		err = fmt.Errorf("another server answers on %s", s.Addr)
	}
	if err != nil {
		c.Close()
	}
	return err
}

// Pid is the server's process.
func (s *Server) Pid() int { return s.cmd.Process.Pid }

// Info is INFO as a map.
func (s *Server) Info(section string) (map[string]string, error) {
	text, err := redis.String(s.side.Do("INFO", section))
	if err != nil {
		return nil, err
	}
	fields := map[string]string{}
	for line := range strings.Lines(text) {
		if key, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
			fields[key] = value
		}
	}
	return fields, nil
}

// Fill makes the data of rows.
func (s *Server) Fill(rows []workload.Row) error {
	commands := workload.Fill(rows)
	for len(commands) > 0 {
		n := min(100, len(commands))
		for _, command := range commands[:n] {
			if err := s.side.Send(command[0].(string), command[1:]...); err != nil {
				return err
			}
		}
		if err := s.side.Flush(); err != nil {
			return err
		}
		for range n {
			if _, err := s.side.Receive(); err != nil {
				return err
			}
		}
		commands = commands[n:]
	}
	return nil
}

// Stop ends the server.
func (s *Server) Stop() {
	s.kill()
	os.RemoveAll(s.dir)
}

func (s *Server) kill() {
	if s.side != nil {
		s.side.Close()
	}
	if s.cmd != nil && s.cmd.Process != nil {
		s.cmd.Process.Kill()
		var exit *exec.ExitError
		if err := s.cmd.Wait(); err != nil && !errors.As(err, &exit) {
			fmt.Fprintln(os.Stderr, err)
		}
	}
}

// startBound starts a process that the kernel kills when the thread that started it ends. The runner's main goroutine is locked to
// the main thread, so that is when the runner ends, however it ends.
func startBound(cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return cmd.Start()
}
