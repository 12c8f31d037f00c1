package redis

import (
	"testing"
	"testing/synctest"

	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis/commands"
)

// Who hears from a command that its connection was lost may give the connection back at once. It must not be lent again.
func TestALineIsUnusableBeforeItsCommandsFail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := redistest.NewFake(t)
		srv.Handle("GET", redistest.Silent)
		lines := NewLines(Options{Addr: "fake:6379", Dialer: srv.DialContext})
		ended := make(chan struct{})
		line := lines.New(func() { close(ended) })
		connected := make(chan error, 1)
		line.Connect(func(err error) { connected <- err })
		if err := <-connected; err != nil || !line.Usable() {
			t.Fatalf("Connect = %v, Usable = %v; want a connection", err, line.Usable())
		}
		usable := make(chan bool, 1)
		c := commands.On(doer(func(cmd *commands.Cmd) {
			cmd.OnSettle(func() { usable <- line.Usable() })
			line.Do(cmd)
		}))
		f := c.Get("k")
		srv.WaitFor("GET", 1)
		srv.Conn(0).Close()
		if _, err := f.Await(t.Context()); err == nil {
			t.Error("GET = nil; want an error")
		}
		if <-usable {
			t.Error("the line was usable when its command failed")
		}
		<-ended
		line.Wait()
	})
}
