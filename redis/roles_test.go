package redis_test

import (
	"reflect"
	"testing"

	"github.com/futureio/futureio-go/redis"
	"github.com/futureio/futureio-go/redis/commands"
	"github.com/futureio/futureio-go/redis/pool"
)

// roles are the types that commands can be called on.
var roles = []reflect.Type{
	reflect.TypeFor[*redis.Client](),
	reflect.TypeFor[*redis.Conn](),
	reflect.TypeFor[*redis.Pipeline](),
	reflect.TypeFor[*redis.Tx](),
	reflect.TypeFor[*pool.Pool](),
}

// Behaviour G2. Every command of the spec is a method of every role, by one and the same name and type; a role hides none
// of them with a method of its own.
func TestEveryRoleHasEveryCommand(t *testing.T) {
	all := reflect.TypeFor[*commands.Commands]()
	for _, role := range roles {
		n := 0
		for i := range all.NumMethod() {
			want := all.Method(i)
			if want.Name == "Do" {
				continue // what makes a role one
			}
			got, ok := role.MethodByName(want.Name)
			if !ok || !sameCall(got.Type, want.Type) {
				t.Errorf("%s has no method %s, or another one: %v; want %v", role, want.Name, got.Type, want.Type)
				continue
			}
			n++
		}
		if n < 430 {
			t.Errorf("%s has %d commands; want all", role, n)
		}
	}
}

// sameCall tells whether two methods have the same parameters, the receiver apart, and results.
func sameCall(a, b reflect.Type) bool {
	if a.NumIn() != b.NumIn() || a.NumOut() != b.NumOut() || a.IsVariadic() != b.IsVariadic() {
		return false
	}
	for i := 1; i < a.NumIn(); i++ {
		if a.In(i) != b.In(i) {
			return false
		}
	}
	for i := range a.NumOut() {
		if a.Out(i) != b.Out(i) {
			return false
		}
	}
	return true
}
