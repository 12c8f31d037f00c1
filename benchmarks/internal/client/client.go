// Package client puts every measured library behind one small interface. Each has a file of its own, in which it is used as
// its documentation recommends, with the options that are known to make it fast.
package client

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Client is one library as the load sees it. A method issues its command, awaits the reply, brings it into the form that the
// library's users take (a string, a map, a slice), and tells its size, so that a wrong reply is noticed. All methods are safe
// for concurrent use.
type Client interface {
	Get(key string) (bytes int, err error)
	Set(key, value string) error
	Incr(key string) error
	MGet(keys []string) (values int, err error)
	HGetAll(key string) (fields int, err error)
	LRange(key string) (elements int, err error)
	// Window has one GET for each key in flight at once and awaits them all.
	Window(keys []string) (bytes int, err error)
	Close()
}

// What follows is for rows in which not every library has something to show; Kind.Also says who has.

// Pipeliner sends a batch of GET together, awaits all, and tells the bytes of all values.
type Pipeliner interface {
	Pipeline(keys []string) (bytes int, err error)
}

// Transactor increments the keys between MULTI and EXEC, and tells how many results it got.
type Transactor interface {
	Tx(keys []string) (results int, err error)
}

// Queue has the two ends of a list. BLPop waits until there is an element.
type Queue interface {
	Push(key, value string) error
	BLPop(key string) (bytes int, err error)
}

// Subscriber receives messages.
type Subscriber interface {
	// Subscribe subscribes to a channel. The function that it returns receives n messages, and tells the size of their payloads; it is
	// called by one goroutine. Close ends it.
	Subscribe(channel string) (receive func(n int) (bytes int, err error), err error)
}

// Lender takes a connection out of a pool of 10 per CPU for one GET, and gives it back.
type Lender interface {
	PoolGet(key string) (bytes int, err error)
}

// Config is what a library has to know to be opened.
type Config struct {
	Addr    string // host:port of the server, or of the proxy before it
	Callers int    // how many goroutines will use it at once
	Feeders int    // how many more push what the callers wait for
}

// Kind is one library with one set of options.
type Kind struct {
	ID      string // on command lines and in results
	Library string // whose it is
	Label   string // in tables and charts
	Options string // what is set other than the defaults, and why
	// OneCaller is for a kind that differs from another one only when a single caller is there.
	OneCaller bool
	// Also names the special commands of package workload that it is measured with, and Only that it is with no others.
	Also []string
	Only bool
	Open func(Config) (Client, error)
	// Tool is set instead of Open for a program that makes load by itself; run knows it. Pipeline is how many commands each of
	// its connections has in flight.
	Tool     bool
	Pipeline int
}

// Ours is the ID of this project's client.
const Ours = "futureio"

// Kinds lists all there are, ours first.
func Kinds() []Kind {
	return slices.Concat(futureioKinds, rueidisKinds, goredisKinds, redigoKinds, radixKinds, toolKinds)
}

// Find returns the kind with an ID.
func Find(id string) (Kind, error) {
	var known []string
	for _, k := range Kinds() {
		if k.ID == id {
			return k, nil
		}
		known = append(known, k.ID)
	}
	return Kind{}, fmt.Errorf("client %q is not one of %s", id, strings.Join(known, ", "))
}

// background is given to every call of every library: none pays for a context that could end.
var background = context.Background()

var errMissing = errors.New("the value is missing")
