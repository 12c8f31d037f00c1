package browser

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"
)

// programs are the names under which Chromium is found on PATH.
var programs = []string{"chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"}

// waitLimit bounds every wait.
const waitLimit = 30 * time.Second

// Browser is one process of Chromium with an empty profile. It ends with the test.
type Browser struct {
	cmd *exec.Cmd
	in  io.WriteCloser

	mu      sync.Mutex
	last    int                   // number of the last request
	waiting map[int]chan<- answer // by number
	ended   error                 // the pipe is closed
}

// answer is what comes for a request.
type answer struct {
	ID     int             `json:"id"`
	Result json.RawMessage `json:"result"`
	Error  *struct {
		Message string `json:"message"`
	} `json:"error"`
}

// Start starts Chromium. Where there is none on PATH the test is skipped, or fails with E2E=1, which promises one.
func Start(t testing.TB) *Browser {
	t.Helper()
	path := ""
	for _, name := range programs {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		if os.Getenv("E2E") == "1" {
			t.Fatalf("no Chromium on PATH: make e2e installs one on Debian and Ubuntu")
		}
		t.Skip("no Chromium on PATH; make e2e installs one on Debian and Ubuntu")
	}
	// Not t.TempDir, whose removal fails the test when a child of the browser is slow to end.
	profile, err := os.MkdirTemp("", "browser-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(profile) })
	b, err := start(path, profile)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	t.Cleanup(b.end)
	return b
}

func start(path, profile string) (*Browser, error) {
	theirs, ours, err := os.Pipe() // requests
	if err != nil {
		return nil, err
	}
	answers, sends, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	b := &Browser{in: ours, waiting: map[int]chan<- answer{}}
	// No sandbox: it needs rights that a container or root does not have, and the pages are our own.
	b.cmd = exec.Command(path, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
		"--window-size=900,700", "--remote-debugging-pipe", "--user-data-dir="+profile, "about:blank")
	b.cmd.ExtraFiles = []*os.File{theirs, sends} // as 3 and 4, where Chromium looks for them
	err = b.cmd.Start()
	_, _ = theirs.Close(), sends.Close()
	if err != nil {
		_, _ = ours.Close(), answers.Close()
		return nil, err
	}
	go b.readLoop(answers)
	return b, nil
}

// endLimit is how long the browser may take to end in good order, its children with it.
const endLimit = 5 * time.Second

// end closes the browser, or kills it.
func (b *Browser) end() {
	_ = b.call("", "Browser.close", struct{}{}, nil) // it may be gone before it answers
	late := time.AfterFunc(endLimit, func() { _ = b.cmd.Process.Kill() })
	_ = b.cmd.Wait()
	late.Stop()
	_ = b.in.Close()
}

// readLoop hands answers to those who wait for them. Events, which nobody has asked for, are dropped.
func (b *Browser) readLoop(from io.ReadCloser) {
	defer from.Close()
	r := bufio.NewReader(from)
	for {
		raw, err := r.ReadBytes(0)
		if err != nil {
			b.mu.Lock()
			b.ended = fmt.Errorf("the browser is gone: %w", err)
			for id, to := range b.waiting {
				delete(b.waiting, id)
				close(to)
			}
			b.mu.Unlock()
			return
		}
		var a answer
		if json.Unmarshal(bytes.TrimSuffix(raw, []byte{0}), &a) != nil || a.ID == 0 {
			continue
		}
		b.mu.Lock()
		to := b.waiting[a.ID]
		delete(b.waiting, a.ID)
		b.mu.Unlock()
		if to != nil {
			to <- a
		}
	}
}

// call makes a request of the protocol, for a session or, where that is "", for the browser.
func (b *Browser) call(session, method string, params, result any) error {
	to := make(chan answer, 1)
	b.mu.Lock()
	if b.ended != nil {
		b.mu.Unlock()
		return b.ended
	}
	b.last++
	id := b.last
	b.waiting[id] = to
	request := map[string]any{"id": id, "method": method, "params": params}
	if session != "" {
		request["sessionId"] = session
	}
	raw, err := json.Marshal(request)
	if err == nil {
		_, err = b.in.Write(append(raw, 0))
	}
	b.mu.Unlock()
	if err != nil {
		return err
	}
	limit := time.NewTimer(waitLimit)
	defer limit.Stop()
	select {
	case a, ok := <-to:
		switch {
		case !ok:
			return errors.New("the browser is gone")
		case a.Error != nil:
			return fmt.Errorf("%s: %s", method, a.Error.Message)
		case result == nil:
			return nil
		}
		return json.Unmarshal(a.Result, result)
	case <-limit.C:
		return fmt.Errorf("%s: no answer within %v", method, waitLimit)
	}
}
