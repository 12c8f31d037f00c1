package run

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/gomodule/redigo/redis"

	"github.com/futureio/futureio-go/benchmarks/internal/workload"
	"github.com/futureio/futureio-go/internal/servers"
)

// Server is the one real server of a run.
type Server struct {
	Addr string
	Path string // of the program

	dir  string
	proc *servers.Process
	side redis.Conn // the runner's own connection
}

// FindServer finds a server program: name is a path, a family ("valkey"), a version under .servers ("valkey-8.1"), or "" for any,
// Redis first. One on PATH comes before those under .servers, and of these the newest one of a family.
func FindServer(name string) (string, error) {
	if strings.ContainsRune(name, filepath.Separator) {
		return name, nil
	}
	found := servers.Find(name)
	if len(found) == 0 {
		return "", fmt.Errorf("no server %q on PATH or under .servers: run make servers, or name one by -server", name)
	}
	best := found[0]
	for _, p := range found {
		// Without a version in its name it is the one on PATH.
		if best.Name != best.Family() && p.Family() == best.Family() {
			best = p
		}
	}
	return best.Path, nil
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
		err = fmt.Errorf("%s: %w\n%s", filepath.Base(path), err, servers.Log(dir))
		// Another process may have taken the port between its choice and the server's bind.
		s.end()
		if attempt == 3 {
			os.RemoveAll(dir)
			return nil, err
		}
	}
}

func (s *Server) launch() (err error) {
	if s.Addr, err = servers.FreeAddr(); err != nil {
		return err
	}
	_, port, _ := net.SplitHostPort(s.Addr)
	program := servers.Program{Path: s.Path}
	s.proc, err = program.Start(s.dir, "--port", port, "--bind", "127.0.0.1", "--dir", s.dir, "--save", "", "--appendonly", "no", "--daemonize", "no", "--logfile", "")
	if err != nil {
		return err
	}
	return s.proc.Ready(s.greet)
}

// greet opens the side connection and tells which process answers.
func (s *Server) greet() (pid int, err error) {
	s.side, err = redis.Dial("tcp", s.Addr, redis.DialReadTimeout(reportLimit))
	if err != nil {
		s.side = nil
		return 0, err
	}
	info, err := s.Info("server")
	if err != nil {
		s.side.Close()
		return 0, err
	}
	return int(number(info["process_id"])), nil
}

// Pid is the server's process.
func (s *Server) Pid() int { return s.proc.Pid }

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
	s.end()
	os.RemoveAll(s.dir)
}

func (s *Server) end() {
	if s.side != nil {
		s.side.Close()
		s.side = nil
	}
	if s.proc != nil {
		s.proc.Kill()
		s.proc = nil
	}
}

// startBound starts a process that the kernel kills when the thread that started it ends. The runner's main goroutine is locked to
// the main thread, so that is when the runner ends, however it ends.
func startBound(cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return cmd.Start()
}
