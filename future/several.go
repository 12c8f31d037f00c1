package future

import (
	"context"
	"fmt"
)

// awaitSeveral waits until all cores are done, or one has failed or was cancelled, and returns the error of that
// one: among several the first in the order of the arguments. Otherwise it fails like core.wait: settled cores beat
// ctx. name is for complaints.
func awaitSeveral(ctx context.Context, name string, cs ...*core) error {
	for i, c := range cs {
		if c == nil {
			panic(fmt.Sprintf("future: %s: future %d is nil", name, i))
		}
	}
	left, pending, err := survey(cs)
	if err != nil || left == 0 {
		return err
	}
	if left == 1 {
		if err := pending.wait(ctx); err != nil {
			return err
		}
		return pending.err()
	}

	for _, c := range cs {
		if c.held() && !c.settled() {
			return ErrNotFlushed
		}
	}
	if ctx.Err() != nil {
		for _, c := range cs {
			c.urge()
		}
		return surveyOr(cs, context.Cause(ctx))
	}

	// One waiter for each core, because each may be in a list of its own, but one channel for all: a token says look
	// again, and one that finds the channel full has nothing to add. Several tokens may come, also late ones through
	// a Batch, so none of this goes to the pool.
	ch := make(chan struct{}, 1)
	ws := make([]waiter, len(cs))
	attached := 0
	defer func() {
		for i := range attached {
			cs[i].detach(&ws[i])
		}
	}()
	for i, c := range cs {
		ws[i].ch = ch
		c.attach(&ws[i])
		attached++
	}
	for {
		// Looked at after attaching and after each token, so nothing that settles is missed.
		if left, _, err := survey(cs); err != nil || left == 0 {
			return err
		}
		select {
		case <-ch:
		case <-ctx.Done():
			return surveyOr(cs, context.Cause(ctx))
		}
	}
}

// survey counts the pending cores, names one of them, and returns the first error among the settled.
func survey(cs []*core) (left int, pending *core, err error) {
	for _, c := range cs {
		if !c.settled() {
			left++
			pending = c
		} else if err == nil {
			err = c.err()
		}
	}
	return left, pending, err
}

// surveyOr returns what the cores say if they decide by themselves, else err.
func surveyOr(cs []*core, err error) error {
	if left, _, failure := survey(cs); failure != nil || left == 0 {
		return failure
	}
	return err
}
