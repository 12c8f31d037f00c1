package commands

import (
	"reflect"
	"strconv"

	"github.com/futureio/futureio-go/redis/errors"
)

// Scan makes a struct of a hash as HGetAll gives it; HSet takes such a struct, or a pointer
// to one, in the place of fields and values. T is the struct itself:
//
//	type User struct {
//		Name    string              `redis:"name"`
//		Visits  int64               `redis:"visits"`
//		Email   redis.Opt[string]   `redis:"email"`
//		Seen    time.Time           `redis:"seen,omitempty"`
//		Session *Session            `redis:"-"`
//	}
//
//	client.HSet("user:7", user)
//	user := future.Map(client.HGetAll("user:7"), redis.Scan[User])   // *future.Future[User]
//
// # Fields
//
// A tag names the field of the hash; without a name it is the Go name, letter by letter.
// Fields with the tag "-" and unexported ones are left out. The fields of an embedded struct, or
// pointer to one, count as fields of the outer struct, unless it has a name in its tag
// or its type has a text or binary form of its own. As in Go, an outer field hides one of the same name
// that is embedded deeper; two of the same name at the same depth are refused.
//
// What is in a hash for what is in a struct:
//
//	string, []byte        the bytes
//	bool                  1 or 0; what strconv.ParseBool knows is read
//	integers, floats      decimal; what does not fit into the type is an error
//	time.Time             RFC 3339 with up to nine decimals: 2026-08-01T12:00:00.5Z
//	time.Duration         as it is printed: 1m30s. A number alone has no unit and is refused
//	text, binary          what MarshalText gives and UnmarshalText takes, else MarshalBinary and
//	                      UnmarshalBinary, for every other type that has both of a pair
//	pointer, Opt          that of the value; nil and the missing value are left out
//
// Named types are written as what they are made of. Anything else (maps, slices, nested structs,
// interfaces, channels) is refused.
//
// # Missing fields
//
// A field that the hash does not have stays zero, so that its Opt is missing and its pointer
// nil. What the struct does not have is ignored. A key that does not exist gives an empty
// hash, and so the zero struct: look at the length of the map where that matters.
//
// With "omitempty" HSet leaves out a field that is zero, and a []byte of no length. It leaves out and does not delete: what
// the hash has already stays there.
//
// # Errors
//
// A value that cannot be read as its field is a *FieldError, a T that is no struct or has a field
// of an unsupported kind an *ArgumentError. With an error the struct is zero.
func Scan[T any](hash map[string]string) (T, error) {
	var v, zero T
	dst := reflect.ValueOf(&v).Elem()
	p, err := readingPlan(dst.Type())
	if err != nil {
		return zero, err
	}
	for i := range p.fields {
		f := &p.fields[i]
		if value, ok := hash[f.name]; ok {
			if err := p.read(dst, f, value); err != nil {
				return zero, err
			}
		}
	}
	return v, nil
}

// ScanFields is Scan for what HMGet gives: fields are the names that were asked for, and
// values those that came. FieldsOf names all fields of a struct:
//
//	fields := redis.FieldsOf[User]()
//	values, err := client.HMGet("user:7", fields...).Await(ctx)
//	user, err := redis.ScanFields[User](fields, values)
//
// There must be as many values as fields.
func ScanFields[T any](fields []string, values []Opt[string]) (T, error) {
	var v, zero T
	dst := reflect.ValueOf(&v).Elem()
	p, err := readingPlan(dst.Type())
	if err != nil {
		return zero, err
	}
	if len(fields) != len(values) {
		return zero, &errors.ArgumentError{
			Argument: "values",
			Reason:   "want one for each of " + strconv.Itoa(len(fields)) + " fields, got " + strconv.Itoa(len(values)),
		}
	}
	for i, name := range fields {
		value, ok := values[i].Get()
		if !ok {
			continue
		}
		if f := p.field(i, name); f != nil {
			if err := p.read(dst, f, value); err != nil {
				return zero, err
			}
		}
	}
	return v, nil
}

// FieldsOf returns the names that the fields of a struct have in a hash, in the order
// of the struct. The slice is the caller's own. It panics with what Scan would return for a T that
// is no struct or has a field of an unsupported kind: that is a mistake in the program.
func FieldsOf[T any]() []string {
	p, err := readingPlan(reflect.TypeFor[T]())
	if err != nil {
		panic(err)
	}
	names := make([]string, len(p.fields))
	for i := range p.fields {
		names[i] = p.fields[i].name
	}
	return names
}

// readingPlan returns the plan of t, or why a t cannot be read from a hash.
func readingPlan(t reflect.Type) (*plan, error) {
	p := planOf(t)
	if p.unreadable != nil {
		return nil, &errors.ArgumentError{Argument: p.unreadable.of, Reason: p.unreadable.reason}
	}
	return p, nil
}
