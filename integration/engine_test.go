package integration

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/ory/dockertest/v3"
	"github.com/ory/dockertest/v3/docker"

	"github.com/futureio/futureio-go/redis"
)

// images are what containers are made of: the name and the major version that the server must tell, and what the image may be
// called. The first one that the engine has is taken; where it has none, the first is pulled.
var images = []struct {
	server string
	names  []string
}{
	{"redis-7", []string{"redis:7"}},
	{"redis-8", []string{"redis:8"}},
	{"valkey-8", []string{"valkey/valkey:8", "valkey:8"}},
	{"valkey-9", []string{"valkey/valkey:9", "valkey:9"}},
}

// engine gives the Docker engine, by DOCKER_HOST or where the system has it. Where none answers, the test is skipped, or fails
// with REQUIRE_DOCKER=1.
func engine(t *testing.T) *dockertest.Pool {
	t.Helper()
	pool, err := dockertest.NewPool("")
	if err == nil {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err = pool.Client.PingWithContext(ctx); err == nil {
			return pool
		}
	}
	if os.Getenv("REQUIRE_DOCKER") == "1" {
		t.Fatalf("no Docker engine answers (%v), and REQUIRE_DOCKER=1", err)
	}
	t.Skipf("no Docker engine answers (%v); make integration starts one where it can", err)
	return nil
}

// container is one server in a container of its own, under one address for as long as the test takes.
type container struct {
	t    *testing.T
	pool *dockertest.Pool
	id   string
	addr string // host:port
}

// startContainer runs a server of an image with the arguments, and waits until it answers the login's default user. It is
// removed with the test; where the test process dies, the engine stops it after ten minutes.
func startContainer(t *testing.T, server string, names []string, l login, args ...string) *container {
	t.Helper()
	pool := engine(t)
	repository, tag, _ := strings.Cut(present(pool, names), ":")
	family, _, _ := strings.Cut(server, "-")
	cmd := []string{family + "-server", "--protected-mode", "no", "--save", ""}
	if p := l.defaultPassword(); p != "" {
		cmd = append(cmd, "--requirepass", p)
	}
	c := &container{t: t, pool: pool}
	for attempt := 1; ; attempt++ {
		// A port chosen here, since one that the engine chooses is another after every start. Somebody may take it meanwhile.
		host, port := c.freePort()
		name := "futureio-integration-" + rand.Text()
		resource, err := pool.RunWithOptions(&dockertest.RunOptions{
			Name: name, Repository: repository, Tag: tag, Cmd: append(cmd, args...),
			PortBindings: map[docker.Port][]docker.PortBinding{"6379/tcp": {{HostIP: host, HostPort: port}}},
		})
		if err != nil {
			_ = pool.RemoveContainerByName(name) // it may have been made, and not started
			if attempt == 3 {
				t.Fatalf("a container of %s:%s: %v", repository, tag, err)
			}
			continue
		}
		c.id, c.addr = resource.Container.ID, resource.GetHostPort("6379/tcp")
		if h := engineHost(); h != "" {
			c.addr = net.JoinHostPort(h, port)
		}
		t.Cleanup(c.remove)
		_ = resource.Expire(600)
		break
	}
	c.ready(l)
	return c
}

// present gives the first of the names that the engine has an image for, or the first.
func present(pool *dockertest.Pool, names []string) string {
	for _, name := range names {
		if _, err := pool.Client.InspectImage(name); err == nil {
			return name
		}
	}
	return names[0]
}

// freePort gives a port to publish on, and the address to bind it to: every one where the engine is on another machine.
func (c *container) freePort() (host, port string) {
	c.t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		c.t.Fatal(err)
	}
	defer ln.Close()
	host, port, _ = net.SplitHostPort(ln.Addr().String())
	if engineHost() != "" {
		host = ""
	}
	return host, port
}

// engineHost is the machine of an engine that is reached over the network, or "".
func engineHost() string {
	if u, err := url.Parse(os.Getenv("DOCKER_HOST")); err == nil && u.Scheme == "tcp" {
		return u.Hostname()
	}
	return ""
}

// ready waits until the server answers. Before that the engine's proxy takes connections and closes them.
func (c *container) ready(l login) {
	c.t.Helper()
	client := redis.New(redis.Options{Addr: c.addr, Password: l.defaultPassword()})
	defer client.Close()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	ctx := limit(c.t)
	for {
		err := client.Connect(ctx)
		if err == nil {
			return
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			c.t.Fatalf("no answer from the container on %s: %v\n%s", c.addr, err, c.log())
		}
	}
}

// stop ends the server by SIGTERM and returns when its container has ended.
func (c *container) stop() {
	c.t.Helper()
	// Not StopContainer: dockertest's containers are stopped by a signal that servers ignore, then killed.
	if err := c.pool.Client.KillContainer(docker.KillContainerOptions{ID: c.id, Signal: docker.SIGTERM}); err != nil {
		c.t.Fatalf("SIGTERM to the container: %v", err)
	}
	if code, err := c.pool.Client.WaitContainer(c.id); err != nil || code != 0 {
		c.t.Fatalf("the container ended with %d, %v; want 0\n%s", code, err, c.log())
	}
}

// start starts a stopped container again, under the same address.
func (c *container) start() {
	c.t.Helper()
	if err := c.pool.Client.StartContainer(c.id, nil); err != nil {
		c.t.Fatalf("start of the container: %v", err)
	}
}

// pause freezes the container: it is alive and silent.
func (c *container) pause() {
	c.t.Helper()
	if err := c.pool.Client.PauseContainer(c.id); err != nil {
		c.t.Fatalf("pause of the container: %v", err)
	}
}

// unpause lets it go on.
func (c *container) unpause() {
	c.t.Helper()
	if err := c.pool.Client.UnpauseContainer(c.id); err != nil {
		c.t.Fatalf("unpause of the container: %v", err)
	}
}

// log is the end of what the server printed.
func (c *container) log() string {
	var out bytes.Buffer
	err := c.pool.Client.Logs(docker.LogsOptions{Container: c.id, OutputStream: &out, ErrorStream: &out, Stdout: true, Stderr: true, Tail: "20"})
	if err != nil {
		return fmt.Sprintf("no log: %v", err)
	}
	return out.String()
}

func (c *container) remove() {
	if c.t.Failed() {
		c.t.Logf("the log of the container on %s ends with:\n%s", c.addr, c.log())
	}
	_ = c.pool.Client.UnpauseContainer(c.id) // some engines do not remove what is frozen
	if err := c.pool.Client.RemoveContainer(docker.RemoveContainerOptions{ID: c.id, Force: true, RemoveVolumes: true}); err != nil {
		c.t.Errorf("removing the container: %v", err)
	}
}
