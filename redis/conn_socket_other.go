//go:build !unix

package redis

import "net"

// socketOf returns nil: how to look at a socket is known for Unix.
func socketOf(net.Conn) socket { return nil }
