package redis

import (
	"testing"
	"testing/synctest"

	"github.com/futureio/futureio-go/internal/redistest"
)

// A command that is queued in the moment in which the client gives up fails by that, and its demand for a connection comes
// late. A connection that was made for it would refuse every command, and Connect would find it and do nothing.
func TestADemandThatComesLateDoesNotConnectAClientThatHasGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := redistest.NewFake(t)
		client := New(Options{Addr: "fake:6379", Dialer: srv.DialContext, DisableReconnect: true})
		defer client.Close()
		if err := client.Connect(t.Context()); err != nil {
			t.Fatal(err)
		}
		srv.Conn(0).Close()
		synctest.Wait()
		client.keeper.demand()
		synctest.Wait()
		if got := client.State(); got != StateGivenUp {
			t.Errorf("State = %v; want %v", got, StateGivenUp)
		}
		if err := client.Connect(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := client.Ping().Await(t.Context()); err != nil {
			t.Errorf("Ping after Connect = %v; want none", err)
		}
	})
}
