package browser

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"testing"
	"time"
)

// Tab is one page.
type Tab struct {
	browser *Browser
	session string
}

// Open opens a page in a tab of its own.
func (b *Browser) Open(t testing.TB, url string) *Tab {
	t.Helper()
	var target struct{ TargetID string }
	if err := b.call("", "Target.createTarget", map[string]any{"url": url}, &target); err != nil {
		t.Fatal(err)
	}
	var attached struct{ SessionID string }
	if err := b.call("", "Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached); err != nil {
		t.Fatal(err)
	}
	return &Tab{b, attached.SessionID}
}

// Eval evaluates JavaScript, waits for a promise, and returns the value as JSON.
func (tab *Tab) Eval(script string) (string, error) {
	var out struct {
		Result struct {
			Value json.RawMessage
		}
		ExceptionDetails *struct {
			Text      string
			Exception struct{ Description string }
		}
	}
	err := tab.browser.call(tab.session, "Runtime.evaluate", map[string]any{"expression": script, "awaitPromise": true, "returnByValue": true}, &out)
	if err != nil {
		return "", err
	}
	if e := out.ExceptionDetails; e != nil {
		return "", fmt.Errorf("%s %s", e.Text, e.Exception.Description)
	}
	return string(out.Result.Value), nil
}

// Run is Eval that must succeed.
func (tab *Tab) Run(t testing.TB, script string) string {
	t.Helper()
	v, err := tab.Eval(script)
	if err != nil {
		t.Fatalf("%s: %v", script, err)
	}
	return v
}

// WaitFor waits until a condition, an expression of JavaScript, is true on the page. Errors count as false: the page may still be loading.
func (tab *Tab) WaitFor(t testing.TB, condition string) {
	t.Helper()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	var v string
	var err error
	for end := time.Now().Add(waitLimit); time.Now().Before(end); <-again.C {
		if v, err = tab.Eval("!!(" + condition + ")"); v == "true" {
			return
		}
	}
	text, _ := tab.Eval("document.body.innerText")
	t.Fatalf("%s = %s, %v after %v; the page says %s", condition, v, err, waitLimit, text)
}

// Screenshot writes what the page looks like to a PNG file.
func (tab *Tab) Screenshot(t testing.TB, file string) {
	t.Helper()
	var shot struct{ Data string }
	err := tab.browser.call(tab.session, "Page.captureScreenshot", map[string]any{"format": "png"}, &shot)
	var png []byte
	if err == nil {
		png, err = base64.StdEncoding.DecodeString(shot.Data)
	}
	if err == nil {
		err = os.WriteFile(file, png, 0o644)
	}
	if err != nil {
		t.Fatalf("screenshot: %v", err)
	}
}
