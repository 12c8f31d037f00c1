package redis

import (
	"errors"
	"net"
	"strconv"
	"strings"
)

const defaultPort = "6379" // the port assigned to Redis, https://redis.io/docs/latest/operate/oss_and_stack/management/config/

// normalAddr completes an address: a missing one is DefaultAddr, a missing port
// is 6379.
func normalAddr(addr string) string {
	if addr == "" {
		return DefaultAddr
	}
	if networkOf(addr) == "unix" {
		return addr
	}
	if _, _, err := net.SplitHostPort(addr); err == nil {
		return addr
	}
	host := strings.TrimSuffix(strings.TrimPrefix(addr, "["), "]")
	if strings.Contains(host, ":") && net.ParseIP(host) == nil {
		return addr // neither host:port nor an IPv6 address: checkAddr says so
	}
	return net.JoinHostPort(host, defaultPort)
}

// networkOf tells the network of an address: a path, or an abstract name
// beginning with "@", is a unix socket.
func networkOf(addr string) string {
	if strings.HasPrefix(addr, "/") || strings.HasPrefix(addr, "@") || strings.HasPrefix(addr, "./") {
		return "unix"
	}
	return "tcp"
}

// checkAddr refuses what cannot be dialled, after normalAddr.
func checkAddr(addr string) error {
	if networkOf(addr) == "unix" {
		return nil
	}
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		return errors.New("want host:port, [IPv6]:port or the path of a unix socket")
	}
	if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
		return errors.New("the port must be a number from 1 to 65535")
	}
	return nil
}
