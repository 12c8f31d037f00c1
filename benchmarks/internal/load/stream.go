package load

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"

	"github.com/futureio/futureio-go/benchmarks/internal/client"
	"github.com/futureio/futureio-go/benchmarks/internal/workload"
)

// stream is messages for one subscriber. A script makes the server publish them, so that the publisher costs the process of the
// client next to nothing: a request and a reply for each thousand.
type stream struct {
	take    func(n int) (bytes int, err error)
	conn    net.Conn
	replies *bufio.Reader
	request string
}

// messages is how many the script publishes, aheadOf how many of its runs are under way, so that the server always has the next one.
const (
	messages = 1000
	aheadOf  = 8
)

func openStream(c client.Client, addr string, size int) (*stream, error) {
	subscriber, ok := c.(client.Subscriber)
	if !ok {
		return nil, errors.New("it does not subscribe")
	}
	// A channel of its own: clients that take turns do not hear each other's messages.
	channel := fmt.Sprintf("bench:messages:%d:%d", os.Getpid(), time.Now().UnixNano())
	s := &stream{}
	var err error
	if s.take, err = subscriber.Subscribe(channel); err != nil {
		return nil, err
	}
	if s.conn, err = net.Dial("tcp", addr); err != nil {
		return nil, err
	}
	s.replies = bufio.NewReader(s.conn)
	script := fmt.Sprintf("local m = ARGV[1]; for i = 1, %d do redis.call('PUBLISH', '%s', m) end", messages, channel)
	var request strings.Builder
	words := []string{"EVAL", script, "0", workload.Value(size)}
	fmt.Fprintf(&request, "*%d\r\n", len(words))
	for _, word := range words {
		fmt.Fprintf(&request, "$%d\r\n%s\r\n", len(word), word)
	}
	s.request = request.String()
	return s, nil
}

// begin has the first runs of the script begin.
func (s *stream) begin() error {
	_, err := io.WriteString(s.conn, strings.Repeat(s.request, aheadOf))
	return err
}

// receive receives the messages of one run of the script, and has another one begin.
func (s *stream) receive() (bytes int, err error) {
	if bytes, err = s.one(); err != nil {
		return bytes, err
	}
	_, err = io.WriteString(s.conn, s.request)
	return bytes, err
}

// one receives the messages of one run.
func (s *stream) one() (bytes int, err error) {
	if bytes, err = s.take(messages); err != nil {
		return bytes, err
	}
	reply, err := s.replies.ReadString('\n')
	if err == nil && strings.HasPrefix(reply, "-") {
		err = errors.New(strings.TrimSpace(reply))
	}
	return bytes, err
}

// end receives the runs that are under way.
func (s *stream) end() error {
	for range aheadOf {
		if _, err := s.one(); err != nil {
			return err
		}
	}
	return nil
}

func (s *stream) close() { s.conn.Close() }
