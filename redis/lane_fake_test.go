package redis_test

import (
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/futureio/futureio-go/internal/redistest"
)

// blockingList is a list on a scripted server that can be waited for, as BLPOP does, and CLIENT UNBLOCK.
type blockingList struct {
	srv  *redistest.Fake
	done chan struct{} // closed with the test

	mu      sync.Mutex
	blocked []*popper // in the order of their coming
	list    []string
}

// popper is a connection that is blocked.
type popper struct {
	id    string
	reply chan string // capacity 1
}

// serveList makes the server answer BLPOP key timeout, RPUSH key element and CLIENT UNBLOCK.
func serveList(t *testing.T, srv *redistest.Fake) *blockingList {
	b := &blockingList{srv: srv, done: make(chan struct{})}
	t.Cleanup(func() { close(b.done) })
	srv.Handle("BLPOP", b.pop)
	srv.Handle("RPUSH", func(_ *redistest.Conn, args []string) string {
		b.push(args[2])
		return ":1\r\n"
	})
	srv.Handle("CLIENT UNBLOCK", b.unblock)
	return b
}

func popped(element string) string {
	return redistest.Array(redistest.Bulk("k"), redistest.Bulk(element))
}

func (b *blockingList) pop(c *redistest.Conn, args []string) string {
	b.mu.Lock()
	if len(b.list) > 0 {
		element := b.list[0]
		b.list = b.list[1:]
		b.mu.Unlock()
		return popped(element)
	}
	p := &popper{id: strconv.Itoa(c.Number() + 1), reply: make(chan string, 1)}
	b.blocked = append(b.blocked, p)
	b.mu.Unlock()
	var late <-chan time.Time
	if seconds, _ := strconv.ParseFloat(args[len(args)-1], 64); seconds > 0 {
		timer := time.NewTimer(time.Duration(seconds * float64(time.Second)))
		defer timer.Stop()
		late = timer.C
	}
	select {
	case reply := <-p.reply:
		return reply
	case <-late:
	case <-b.done:
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.removeLocked(p)
	return "*-1\r\n"
}

func (b *blockingList) removeLocked(p *popper) {
	for i, q := range b.blocked {
		if q == p {
			b.blocked = append(b.blocked[:i:i], b.blocked[i+1:]...)
			return
		}
	}
}

// push gives an element to who is blocked longest, or keeps it.
func (b *blockingList) push(element string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.blocked) == 0 {
		b.list = append(b.list, element)
		return
	}
	b.blocked[0].reply <- popped(element)
	b.blocked = b.blocked[1:]
}

func (b *blockingList) unblock(_ *redistest.Conn, args []string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, p := range b.blocked {
		if p.id != args[2] {
			continue
		}
		reply := "*-1\r\n"
		if len(args) > 3 && strings.EqualFold(args[3], "ERROR") {
			reply = "-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n"
		}
		p.reply <- reply
		b.removeLocked(p)
		return ":1\r\n"
	}
	return ":0\r\n"
}

// waiting counts who is blocked.
func (b *blockingList) waiting() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.blocked)
}

// unblocks lists the CLIENT UNBLOCK that the server has got.
func (b *blockingList) unblocks() (list []string) {
	for _, r := range b.srv.History() {
		if strings.HasPrefix(strings.ToUpper(r.String()), "CLIENT UNBLOCK") {
			list = append(list, r.String())
		}
	}
	return list
}
