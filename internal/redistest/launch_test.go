package redistest

import (
	"strings"
	"testing"
)

// The race that start retries for: somebody else took the port.
func TestAServerOnATakenPortIsNoticed(t *testing.T) {
	first := Start(t, Options{Args: []string{"--databases", "2"}})
	second := Start(t, Options{Args: []string{"--databases", "2"}})
	second.Stop()
	second.Addr = first.Addr
	err := second.launch()
	second.Kill()
	if err == nil || !strings.Contains(err.Error(), "ended at once") && !strings.Contains(err.Error(), "answers process") {
		t.Errorf("launch on a taken port = %v; want an error", err)
	}
}
