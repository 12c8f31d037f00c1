package pool

import (
	"math/rand/v2"
	"time"

	"github.com/futureio/futureio-go/redis"
)

// The defaults of Options.
const (
	DefaultMax                = 10
	DefaultAcquireTimeout     = 5 * time.Second
	DefaultIdleTimeout        = 60 * time.Second
	DefaultHealthCheckAfter   = time.Second
	DefaultHealthCheckTimeout = time.Second
)

// lifetimeJitter is by how much of it MaxLifetime may be shorter for a connection.
const lifetimeJitter = 0.1

// Options say what a pool lends. The zero value of every field is its default.
type Options struct {
	// Options are those of the connections, callbacks, Logger and Observer included; these run one after the other for the whole
	// pool. A connection of a pool is not connected again when it is lost, but replaced by another: so
	// DisableReconnect and RetryReadOnly do not count, and ReconnectDelay, ReconnectDelayMax and ReconnectJitter are for the
	// attempts to keep Min.
	Options redis.Options

	// Min is how many connections are kept, made in advance and again after losses. Default 0, at most Max.
	Min int

	// Max is how many there are at most, those that are being made, checked or closed included. Default 10.
	Max int

	// AcquireTimeout bounds the wait for a connection, in Acquire and of commands on the pool. Default 5 s; negative: only
	// the context does, and for commands ReadTimeout.
	AcquireTimeout time.Duration

	// IdleTimeout closes what nobody needed for so long, beyond Min. Default 60 s; negative: never.
	IdleTimeout time.Duration

	// MaxLifetime closes what is older when it is idle or comes back, up to a tenth earlier at random, so that not all end
	// together. Default 0: never.
	MaxLifetime time.Duration

	// HealthCheckAfter is how long a connection must have been idle to be asked by a PING before it is lent, and
	// HealthCheckTimeout how long that may take. One that does not answer is replaced. Defaults 1 s; a negative
	// HealthCheckAfter: never. Idle connections are checked as well, by Options.PingInterval, and a connection that
	// the server has closed is not lent.
	HealthCheckAfter   time.Duration
	HealthCheckTimeout time.Duration

	// CleanOnRelease ends what is open of a transaction when a connection comes back, by DISCARD or UNWATCH, and lends it to the
	// next. Without it such a connection is closed; one with commands that are not answered, or with changed settings, always is.
	CleanOnRelease bool

	// Hooks are told what happens in the pool.
	Hooks Hooks
}

// withDefaults returns a copy with every zero field filled in, or what is wrong with a field.
func (o Options) withDefaults() (Options, error) {
	def(&o.Max, DefaultMax)
	def(&o.AcquireTimeout, DefaultAcquireTimeout)
	def(&o.IdleTimeout, DefaultIdleTimeout)
	def(&o.HealthCheckAfter, DefaultHealthCheckAfter)
	def(&o.HealthCheckTimeout, DefaultHealthCheckTimeout)
	switch {
	case o.Max < 0:
		return o, optionError("Max", "must not be negative")
	case o.Min < 0:
		return o, optionError("Min", "must not be negative")
	case o.Min > o.Max:
		return o, optionError("Min", "must not be above Max")
	case o.MaxLifetime < 0:
		return o, optionError("MaxLifetime", "must not be negative")
	case o.HealthCheckTimeout < 0:
		return o, optionError("HealthCheckTimeout", "must not be negative")
	}
	return o, nil
}

func def[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

func optionError(field, reason string) error {
	return &redis.ArgumentError{Argument: "pool.Options." + field, Reason: reason}
}

// retryDelay is how long to wait after so many failures in a row to make a connection for Min.
func retryDelay(o *redis.Options, failures int) time.Duration {
	delay := o.ReconnectDelayMax
	if shift := failures - 1; shift < 32 && o.ReconnectDelay < o.ReconnectDelayMax>>shift {
		delay = o.ReconnectDelay << shift
	}
	jitter := 1 + o.ReconnectJitter*(2*rand.Float64()-1)
	return min(time.Duration(float64(delay)*jitter), o.ReconnectDelayMax)
}
