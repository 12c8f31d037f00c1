package run

import (
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/futureio/futureio-go/benchmarks/internal/client"
	"github.com/futureio/futureio-go/benchmarks/internal/workload"
)

// benchmarkProgram finds the redis-benchmark that belongs to a server program, else the one on PATH.
func benchmarkProgram(server string) (string, error) {
	beside := strings.TrimSuffix(server, "-server") + "-benchmark"
	if path, err := exec.LookPath(beside); err == nil {
		return path, nil
	}
	for _, name := range []string{filepath.Base(beside), "redis-benchmark", "valkey-benchmark"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("no redis-benchmark beside %s or on PATH", filepath.Base(server))
}

// toolCommand is a redis-benchmark that makes the load of a row until it is killed.
func toolCommand(program string, kind client.Kind, row workload.Row, addr string) (*exec.Cmd, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	args := []string{
		"-h", host, "-p", port, "-c", strconv.Itoa(row.Callers), "-P", strconv.Itoa(max(kind.Pipeline, row.Window)),
		"-n", "2000000000", "-q",
	}
	return exec.Command(program, append(args, toolWords(row)...)...), nil
}

// toolWords is one command of a row; the tool repeats it on the same key, which favours it a little.
func toolWords(row workload.Row) []string {
	keys := row.Keys()
	switch row.Command {
	case workload.Set:
		return []string{"SET", keys[0], workload.Value(row.Size)}
	case workload.Incr:
		return []string{"INCR", keys[0]}
	case workload.MGet:
		return append([]string{"MGET"}, keys[:min(row.Size, len(keys))]...)
	case workload.HGetAll:
		return []string{"HGETALL", keys[0]}
	case workload.LRange:
		return []string{"LRANGE", keys[0], "0", "-1"}
	}
	return []string{"GET", keys[0]}
}

// toolLook is a look at the tool from outside: what it has done is what the server has done.
type toolLook struct {
	counters
	cpu time.Duration
}

func (s *Server) lookAtTool(pid int) (toolLook, error) {
	c, err := s.counters()
	if err != nil {
		return toolLook{}, err
	}
	used, ok := threadTime(pid)
	if !ok {
		return toolLook{}, fmt.Errorf("redis-benchmark has ended, or the kernel has no schedstat")
	}
	return toolLook{c, used}, nil
}

// awaitTool waits until each connection of the tool has had a reply: it opens a thousand one after the other, which takes it a
// second.
func (s *Server) awaitTool(row workload.Row) error {
	before, err := s.counters()
	if err != nil {
		return err
	}
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for giveUp := time.Now().Add(reportLimit); time.Now().Before(giveUp); <-again.C {
		now, err := s.counters()
		if err != nil {
			return err
		}
		before.commands++ // the question itself
		if now.commands-before.commands >= int64(2*row.Callers) {
			return nil
		}
	}
	return fmt.Errorf("redis-benchmark has not started within %v", reportLimit)
}
