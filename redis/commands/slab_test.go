package commands

import (
	"fmt"
	"slices"
	"testing"
)

// keeping is a role that has another goroutine release each request when the next one has come.
type keeping struct {
	last *Cmd
	out  chan *Cmd
}

func (k *keeping) Do(cmd *Cmd) {
	if k.last != nil {
		k.out <- k.last
	}
	k.last = cmd
}

// The requests of a batch that its role does not copy at once are released by others while it collects the next ones. No two have the same memory.
func TestABatchWhoseRequestsAreReleasedLater(t *testing.T) {
	role := &keeping{out: make(chan *Cmd, 8)}
	batch := InBatch(role, "")
	done := make(chan error)
	go func() {
		var err error
		n := 0
		for cmd := range role.out {
			if want := []string{"GET", fmt.Sprint("key:", n)}; !slices.Equal(cmd.Args(), want) && err == nil {
				err = fmt.Errorf("a request is %q; want %q", cmd.Args(), want)
			}
			cmd.Release()
			n++
		}
		done <- err
	}()
	for i := range 2000 {
		batch.Get(fmt.Sprint("key:", i))
	}
	close(role.out)
	if err := <-done; err != nil {
		t.Error(err)
	}
}
