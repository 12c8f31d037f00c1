package redis

import (
	"context"
	"iter"
	"slices"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/redis/commands"
	"github.com/futureio/futureio-go/redis/errors"
)

// ScanAll goes through the keys of a database, page after page:
//
//	for key, err := range redis.ScanAll(ctx, client, redis.Match("user:*"), redis.Count(1000)) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(key)
//	}
//
// While the loop works on one page the next one is on its way, one page ahead and no more.
//
// Every key that is there from the beginning of the loop to its end is given at least once. The
// server promises no more than that: a key may come twice, and one that is added or removed
// meanwhile may come or not. Keys have their prefix, and Match must name it: see
// Commands.KeyPrefix.
//
// An error is given once, as ("", err), and ends the loop. The elements that came before it hold. To go on is to
// begin anew.
//
// ctx ends a wait for a page, with its cause, and nothing else: no command is bound to it
// and no connection is harmed. After it has ended no page is asked for any more. To
// leave the loop early costs nothing either: a page that was asked for is cancelled,
// which takes it back if it was not sent yet.
//
// The sequence can be ranged over several times, each time from the beginning, and by
// several goroutines at once.
//
// d is a role that sends commands at once: on a pipeline the first page fails with ErrNotFlushed.
func ScanAll(ctx context.Context, d Doer, opts ...commands.ScanOption) iter.Seq2[string, error] {
	c := commands.On(d)
	opts = slices.Clone(opts)
	return pages(ctx, "SCAN", func(cursor string) *future.Future[Page[string]] {
		return c.Scan(cursor, opts...)
	})
}

// HScanAll goes through the fields of a hash with their values, page after page, as ScanAll does
// through keys. A field that is there from the beginning to the end is given at least
// once, with a value that it had meanwhile.
func HScanAll(ctx context.Context, d Doer, key string, opts ...commands.HScanOption) iter.Seq2[FieldValue, error] {
	c := commands.On(d)
	opts = slices.Clone(opts)
	return pages(ctx, "HSCAN", func(cursor string) *future.Future[Page[FieldValue]] {
		return c.HScan(key, cursor, opts...)
	})
}

// SScanAll goes through the members of a set, page after page, as ScanAll does through keys.
func SScanAll(ctx context.Context, d Doer, key string, opts ...commands.SScanOption) iter.Seq2[string, error] {
	c := commands.On(d)
	opts = slices.Clone(opts)
	return pages(ctx, "SSCAN", func(cursor string) *future.Future[Page[string]] {
		return c.SScan(key, cursor, opts...)
	})
}

// ZScanAll goes through the members of a sorted set with their scores, page after page, as ScanAll
// does through keys. They come in no order.
func ZScanAll(ctx context.Context, d Doer, key string, opts ...commands.ZScanOption) iter.Seq2[Z, error] {
	c := commands.On(d)
	opts = slices.Clone(opts)
	return pages(ctx, "ZSCAN", func(cursor string) *future.Future[Page[Z]] {
		return c.ZScan(key, cursor, opts...)
	})
}

// pages goes through what fetch finds, from the cursor "0" until the server gives it back.
func pages[T any](ctx context.Context, command string, fetch func(cursor string) *future.Future[Page[T]]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var zero T
		if ctx.Err() != nil {
			yield(zero, context.Cause(ctx))
			return
		}
		next := fetch("0")
		// Whatever ends the loop, a break, a panic in its body or an error: nobody will
		// read the page that is on its way. A settled future takes no notice.
		defer func() { next.Cancel(nil) }()
		var circle circle
		for {
			page, err := next.Await(ctx)
			if err != nil {
				yield(zero, err)
				return
			}
			switch {
			case !page.More():
			case circle.closes(page.Cursor):
				err = &errors.ProtocolError{
					Command: command,
					Reason:  "the scan comes back to where it was",
					Detail:  errors.Escape([]byte(page.Cursor)),
				}
			case ctx.Err() != nil:
				err = context.Cause(ctx)
			default:
				next = fetch(page.Cursor)
			}
			for _, item := range page.Items {
				if !yield(item, nil) {
					return
				}
			}
			if err != nil {
				yield(zero, err)
			}
			if err != nil || !page.More() {
				return
			}
		}
	}
}

// circle notices when a server sends a scan round in circles: the end is the cursor
// "0", and one that is never given would mean a loop that never ends. The cursors of
// Redis and Valkey only go forwards, so no scan meets one twice.
//
// It keeps one cursor, and replaces it after 1, 2, 4, … pages: sooner or later it holds one of
// the circle, for longer than the circle is.
type circle struct {
	kept        string
	pages, room int
}

// closes tells whether cursor is the one that was kept.
func (c *circle) closes(cursor string) bool {
	if cursor == c.kept {
		return true
	}
	c.pages++
	if c.pages >= c.room {
		c.kept, c.pages, c.room = cursor, 0, max(1, 2*c.room)
	}
	return false
}
