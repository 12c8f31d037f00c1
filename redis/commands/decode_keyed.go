package commands

import "github.com/futureio/futureio-go/redis/proto"

// Replies that name the key that an element was taken from: those of the commands
// that look at several keys. Null says that all of them are empty.

// KeyValue is an element with the list it was taken from.
type KeyValue struct{ Key, Value string }

// KeyValues is elements with the list they were taken from.
type KeyValues struct {
	Key    string
	Values []string
}

// KeyZ is a member with the sorted set it was taken from.
type KeyZ struct {
	Key string
	Z
}

// KeyZs is members with the sorted set they were taken from.
type KeyZs struct {
	Key     string
	Members []Z
}

type asOptKeyValue struct{}

func (asOptKeyValue) read(r *proto.Reader) (Opt[KeyValue], error) {
	return optTuple(r, 2, "want a key and a value", func(r *proto.Reader) (kv KeyValue, err error) {
		if kv.Key, err = r.String(); err == nil {
			kv.Value, err = r.String()
		}
		return kv, err
	})
}

type asOptKeyValues struct{}

func (asOptKeyValues) read(r *proto.Reader) (Opt[KeyValues], error) {
	return optTuple(r, 2, "want a key and its values", func(r *proto.Reader) (kv KeyValues, err error) {
		if kv.Key, err = r.String(); err == nil {
			kv.Values, err = asStrings{}.read(r)
		}
		return kv, err
	})
}

type asOptKeyZ struct{}

func (asOptKeyZ) read(r *proto.Reader) (Opt[KeyZ], error) {
	return optTuple(r, 3, "want a key, a member and its score", func(r *proto.Reader) (kz KeyZ, err error) {
		if kz.Key, err = r.String(); err == nil {
			kz.Z, err = readZ(r)
		}
		return kz, err
	})
}

type asOptKeyZs struct{}

func (asOptKeyZs) read(r *proto.Reader) (Opt[KeyZs], error) {
	return optTuple(r, 2, "want a key and its members", func(r *proto.Reader) (kz KeyZs, err error) {
		if kz.Key, err = r.String(); err == nil {
			kz.Members, err = asZs{}.read(r)
		}
		return kz, err
	})
}

// optTuple reads an array of n elements by one, or a null as the missing value.
func optTuple[T any](r *proto.Reader, n int, what misfit, one func(*proto.Reader) (T, error)) (Opt[T], error) {
	m, ok, err := r.ArrayLen()
	if err != nil || !ok {
		return Opt[T]{}, err
	}
	if m != n {
		return Opt[T]{}, what
	}
	v, err := one(r)
	if err != nil {
		return Opt[T]{}, err
	}
	return Some(v), nil
}
