package redis

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"sync"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/redis/commands"
	"github.com/futureio/futureio-go/redis/errors"
)

// Script is a Lua script that the server keeps by its hash. It is called by its hash, and sent whole only where the server
// does not know it:
//
//	var take = redis.NewScript(`
//		local n = redis.call("LLEN", KEYS[1])
//		redis.call("LTRIM", KEYS[1], ARGV[1], -1)
//		return n`)
//
//	n := redis.Run[int64](client, take, []string{"jobs"}, 10)     // *future.Future[int64]
//
// A Script never changes and is safe for any number of goroutines.
type Script struct {
	source   string
	sha      string
	readOnly bool
}

// NewScript makes a script of its source. Nothing is sent.
func NewScript(source string) *Script {
	// The servers name scripts by SHA-1: https://redis.io/docs/latest/commands/evalsha/
	sum := sha1.Sum([]byte(source))
	return &Script{source: source, sha: hex.EncodeToString(sum[:])}
}

// ReadOnly returns the same script, called by EVALSHA_RO and EVAL_RO: the server refuses it to write, and it may run on a
// replica.
func (s *Script) ReadOnly() *Script {
	return &Script{source: s.source, sha: s.sha, readOnly: true}
}

// SHA is the hash of the script in hexadecimal.
func (s *Script) SHA() string { return s.sha }

// Source is the script itself.
func (s *Script) Source() string { return s.source }

// Load sends the script for later calls, for example at the start of a program. It is not needed.
func (s *Script) Load(d Doer) *future.Future[string] {
	return Do[string](d, "SCRIPT", "LOAD", s.source)
}

// Run is Run with a reply of any type.
func (s *Script) Run(d Doer, keys []string, args ...any) *future.Future[Value] {
	return Run[Value](d, s, keys, args...)
}

// Run runs a script on a role with the given keys (KEYS, with the role's prefix) and arguments (ARGV), and reads its reply
// as a T, which may be what Do allows. A script that the server has forgotten, by SCRIPT FLUSH or a restart, is sent again.
// In a pipeline and a transaction, where nobody can wait for that answer, it is always sent whole.
//
// A script that raises an error fails with a *RedisError; what it wrote before stays written.
func Run[T any](d Doer, s *Script, keys []string, args ...any) *future.Future[T] {
	if collects(d) {
		return eval[T](d, s, keys, args)
	}
	f := callWithKeys[T](d, s.verb("EVALSHA"), s.sha, keys, args)
	return future.CatchAs(f, func(e *errors.RedisError) (T, error) {
		if !e.IsNoScript() {
			var none T
			return none, e
		}
		// Bounded as every command is; a script that is unknown did nothing.
		return eval[T](d, s, keys, args).Await(context.Background())
	})
}

func eval[T any](d Doer, s *Script, keys []string, args []any) *future.Future[T] {
	return callWithKeys[T](d, s.verb("EVAL"), s.source, keys, args)
}

func (s *Script) verb(name string) string {
	if s.readOnly {
		return name + "_RO"
	}
	return name
}

// Call calls a function of a library that was loaded by FunctionLoad, with keys and arguments as in Run.
func Call[T any](d Doer, function string, keys []string, args ...any) *future.Future[T] {
	return callWithKeys[T](d, "FCALL", function, keys, args)
}

// CallReadOnly is Call for functions that are declared with the flag no-writes: it may run on a replica.
func CallReadOnly[T any](d Doer, function string, keys []string, args ...any) *future.Future[T] {
	return callWithKeys[T](d, "FCALL_RO", function, keys, args)
}

// callWithKeys calls one of the commands that take the number of their keys.
func callWithKeys[T any](d Doer, verb, what string, keys []string, args []any) *future.Future[T] {
	words := make([]any, 0, 3+len(keys)+len(args))
	words = append(words, verb, what, len(keys))
	for _, k := range keys {
		words = append(words, k)
	}
	return Do[T](d, append(words, args...)...)
}

// collects tells whether a role keeps its commands until somebody executes it.
func collects(d Doer) bool {
	if c, ok := d.(*commands.Commands); ok {
		d = commands.Behind(c) // what With returns
	}
	_, ok := d.(interface{ Discard() })
	return ok
}

// Scripts is a register of scripts by name. It is safe for any number of goroutines; the zero value is empty.
type Scripts struct {
	mu     sync.RWMutex
	byName map[string]*Script // guarded by mu
}

// Define names a script, and returns it. A name may be defined anew.
func (r *Scripts) Define(name, source string) *Script {
	s := NewScript(source)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.byName == nil {
		r.byName = map[string]*Script{}
	}
	r.byName[name] = s
	return s
}

// Get returns the script of that name, or nil.
func (r *Scripts) Get(name string) *Script {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.byName[name]
}

// Run runs the script of that name with a reply of any type. A name that is not defined fails with an *ArgumentError.
func (r *Scripts) Run(d Doer, name string, keys []string, args ...any) *future.Future[Value] {
	return RunNamed[Value](d, r, name, keys, args...)
}

// RunNamed is Run for a script of a register.
func RunNamed[T any](d Doer, r *Scripts, name string, keys []string, args ...any) *future.Future[T] {
	s := r.Get(name)
	if s == nil {
		return future.Rejected[T](&ArgumentError{Argument: "name", Reason: "no script of this name is defined"})
	}
	return Run[T](d, s, keys, args...)
}

// Load loads all scripts of the register, and waits for it.
func (r *Scripts) Load(ctx context.Context, d Doer) error {
	r.mu.RLock()
	var loads []future.Awaitable
	for _, s := range r.byName {
		loads = append(loads, s.Load(d))
	}
	r.mu.RUnlock()
	return future.WaitAll(ctx, loads...)
}
