package redis

import (
	"net"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/futureio/futureio-go/redis/proto"
)

// chunks is a connection whose bytes come in chunks. It notes how often others could run between two reads.
type chunks struct {
	net.Conn
	rest  string
	reads int
	first int // others ran before
	ran   atomic.Bool
}

func (c *chunks) Read(p []byte) (int, error) {
	if c.reads++; c.ran.Swap(false) {
		c.first++
	}
	go c.ran.Store(true)
	n := copy(p[:min(len(p), 4<<10)], c.rest)
	c.rest = c.rest[n:]
	return n, nil
}

// In the midst of a large reply the reader lets others run before it reads on; not where replies are small, and not between two of
// them.
func TestTheReaderLetsOthersRunInTheMidstOfALargeReply(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // what is made runnable runs only when others let it
	large := "$65536\r\n" + strings.Repeat("v", 65536) + "\r\n"
	whole := "$4087\r\n" + strings.Repeat("v", 4087) + "\r\n" // 4 KiB with its ends, one chunk
	for _, c := range []struct {
		name   string
		mean   float64
		stream string
		frames int
		always bool
	}{
		{"large replies", 65536, strings.Repeat(large, 3), 3, true},
		{"small replies, and a large one", 1000, large, 1, false},
		{"between two replies", 65536, strings.Repeat(whole, 16), 16, false},
	} {
		conn := &chunks{rest: c.stream}
		g := &generation{conn: conn, window: window{mean: c.mean}}
		g.reader = proto.NewReader(source{g}, proto.Limits{})
		for range c.frames {
			if _, err := g.reader.Next(); err != nil {
				t.Fatal(err)
			}
			if _, err := g.reader.String(); err != nil {
				t.Fatal(err)
			}
		}
		if least := conn.reads - c.frames - 2; c.always && conn.first < least {
			t.Errorf("%s: others ran before %d of %d reads; want at least %d", c.name, conn.first, conn.reads, least)
		}
		if !c.always && conn.first > 2 {
			t.Errorf("%s: others ran before %d of %d reads; want hardly any", c.name, conn.first, conn.reads)
		}
		if conn.reads < 16 {
			t.Errorf("%s: %d reads; want enough to tell", c.name, conn.reads)
		}
	}
}
