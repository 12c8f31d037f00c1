package run

import (
	"bytes"
	"os"
	"strconv"
	"strings"
	"time"
)

// counters is what the server has done so far.
type counters struct {
	at       time.Time
	commands int64
	reads    int64
	cpu      time.Duration
}

// counters asks the server, by one question, so that all numbers are of one moment.
func (s *Server) counters() (counters, error) {
	info, err := s.Info("default")
	if err != nil {
		return counters{}, err
	}
	c := counters{at: time.Now(), commands: number(info["total_commands_processed"]), reads: number(info["total_reads_processed"])}
	for _, field := range []string{"used_cpu_sys", "used_cpu_user"} {
		seconds, err := strconv.ParseFloat(info[field], 64)
		if err != nil {
			return counters{}, err
		}
		c.cpu += time.Duration(seconds * float64(time.Second))
	}
	return c, nil
}

// asked is what counters itself adds from one call to the next: one command, read alone.
const asked = 1

// since gives what the server did from one look to the next, without being asked.
func (c counters) since(before counters) (commands, reads int64, cpu time.Duration) {
	return c.commands - before.commands - asked, c.reads - before.reads - asked, c.cpu - before.cpu
}

func number(text string) int64 {
	n, _ := strconv.ParseInt(text, 10, 64) // a field that a server does not have counts as 0
	return n
}

// tick is the unit of CPU times in /proc: USER_HZ is 100 on every Linux there is.
const tick = 10 * time.Millisecond

// others is the CPU time used so far by every process but those given and their threads, with what their ended children have
// used, and what the hypervisor has taken away.
func others(own map[int]bool) time.Duration {
	total := int64(0)
	entries, _ := os.ReadDir("/proc")
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil || own[pid] {
			continue
		}
		ticks, _ := cpuTicks(pid, true) // a process that has ended meanwhile is counted by its parent
		total += ticks
	}
	stat, _ := os.ReadFile("/proc/stat")
	if line, _, ok := strings.Cut(string(stat), "\n"); ok {
		if fields := strings.Fields(line); len(fields) > 8 {
			total += number(fields[8])
		}
	}
	return time.Duration(total) * tick
}

// cpuTicks is the user and system time of a process, with that of its ended children if asked for.
func cpuTicks(pid int, children bool) (int64, error) {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0, err
	}
	// The name, in parentheses, may hold spaces; what follows starts with the third field.
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if len(fields) < 15 {
		return 0, os.ErrInvalid
	}
	ticks := number(fields[11]) + number(fields[12])
	if children {
		ticks += number(fields[13]) + number(fields[14])
	}
	return ticks, nil
}

// threadTime is the CPU time of a process to the nanosecond, from its scheduler statistics; ok is false without them.
func threadTime(pid int) (used time.Duration, ok bool) {
	dir := "/proc/" + strconv.Itoa(pid) + "/task"
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		raw, err := os.ReadFile(dir + "/" + e.Name() + "/schedstat")
		if fields := strings.Fields(string(raw)); err == nil && len(fields) == 3 {
			used += time.Duration(number(fields[0]))
			ok = true
		}
	}
	return used, ok
}
