package redis

import (
	"net"
	"syscall"
	"time"
)

// newDialer is the default of Options.Dialer. Names are looked up anew at each attempt. What keeps a wait of any length from
// being for ever when the server's machine is gone are keep-alive probes, which ask an idle connection, and on Linux
// TCP_USER_TIMEOUT, which ends one whose bytes nobody acknowledges.
func newDialer(o *Options) *net.Dialer {
	d := &net.Dialer{KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: keepAliveIdle, Interval: keepAliveInterval, Count: keepAliveCount}}
	limit := o.ReadTimeout
	d.Control = func(network, _ string, c syscall.RawConn) error {
		if network == "unix" {
			return nil
		}
		var err error
		if cerr := c.Control(func(fd uintptr) { err = setUserTimeout(fd, limit) }); cerr != nil {
			return cerr
		}
		return err
	}
	return d
}

// A dead peer is noticed after 15 + 3·15 s of silence, where no PING is due.
const (
	keepAliveIdle     = 15 * time.Second
	keepAliveInterval = 15 * time.Second
	keepAliveCount    = 3
)
