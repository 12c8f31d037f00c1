package integration

import (
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// TestMatrix runs every cell of servers × logins × protocols × transports, on the server programs that are there: all that
// internal/redistest/servers.sh has unpacked, and those on PATH. Behaviours C1, C7, D7, G4.
func TestMatrix(t *testing.T) {
	cells := 0
	for _, l := range []login{noLogin, password, aclUser} {
		t.Run(l.name, func(t *testing.T) {
			// TLS on a port of its own, which lets nobody in without a certificate.
			opts := redistest.Options{Password: l.defaultPassword(), UnixSocket: true, TLS: true, Args: []string{"--tls-auth-clients", "yes"}}
			redistest.EachWith(t, opts, func(t *testing.T, srv *redistest.Server) {
				for _, protocol := range []int{2, 3} {
					for _, way := range []string{"TCP", "unix", "TLS"} {
						t.Run(fmt.Sprintf("RESP%d/%s", protocol, way), func(t *testing.T) {
							redistest.NoLeaks(t)
							newCell(t, srv, l, protocol, way).run(t)
						})
						cells++
					}
				}
			})
		})
	}
	t.Logf("%d cells", cells)
}

func newCell(t *testing.T, srv *redistest.Server, l login, protocol int, way string) *cell {
	t.Helper()
	c := &cell{
		server: srv.Name,
		login:  l,
		opts:   redis.Options{Addr: srv.Addr, Username: l.user, Password: l.password, Protocol: protocol, Database: 5, ClientName: "cell"},
		admin:  newAdmin(t, srv.Addr, l),
	}
	switch way {
	case "unix":
		// "path:0", and in Valkey 9 "[path:0]:0".
		c.opts.Addr, c.local = srv.Socket, func(laddr string) bool { return strings.Contains(laddr, srv.Socket+":0") }
		return c
	case "TLS":
		c.opts.Addr, c.tlsWay = srv.TLSAddr, tlsWay{srv.Authority, srv.Authority.Client("worker")}
		files := redis.TLSFiles{CA: srv.Authority.CAFile, Cert: c.tlsWay.client.CertFile, Key: c.tlsWay.client.KeyFile}
		config, err := files.Config()
		if err != nil {
			t.Fatal(err)
		}
		c.opts.TLS = config
	}
	_, port, err := net.SplitHostPort(c.opts.Addr)
	if err != nil {
		t.Fatal(err)
	}
	// The port tells TLS from TCP: each has its own.
	c.local = func(laddr string) bool { return strings.HasSuffix(laddr, ":"+port) }
	return c
}
