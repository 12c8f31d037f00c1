package faultnet_test

import (
	"errors"
	"net"
	"testing"
	"time"

	"github.com/futureio/futureio-go/internal/faultnet"
	"github.com/futureio/futureio-go/internal/redistest"
)

func TestAConnectToAnUnansweredAddressDoesNotComplete(t *testing.T) {
	redistest.NoLeaks(t)
	addr := faultnet.Unanswered(t)
	for range 2 {
		var timeout net.Error
		if conn, err := net.DialTimeout("tcp", addr, 50*time.Millisecond); !errors.As(err, &timeout) || !timeout.Timeout() {
			t.Errorf("dial = %v, %v; want a timeout", conn, err)
		}
	}
}
