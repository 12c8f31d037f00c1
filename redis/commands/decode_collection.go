package commands

import "github.com/futureio/futureio-go/redis/proto"

// Decoders of arrays, sets and maps. A null where a collection is expected gives
// the empty one: RESP2 servers answer so for what does not exist. Nothing is
// allocated by a length that the server only claims (law G9): proto.Prealloc
// bounds the first allocation, the rest grows with what really arrives.

// list reads an array or a set whose elements are read by one.
func list[T any](r *proto.Reader, one func(*proto.Reader) (T, error)) ([]T, error) {
	n, ok, err := r.ArrayLen()
	if err != nil || !ok {
		return nil, err
	}
	out := make([]T, 0, proto.Prealloc(n))
	for range n {
		v, err := one(r)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

type asStrings struct{}

func (asStrings) read(r *proto.Reader) ([]string, error) {
	n, ok, err := r.ArrayLen()
	if err != nil || !ok {
		return nil, err
	}
	out := make([]string, 0, proto.Prealloc(n))
	for range n {
		s, err := r.String()
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

type asOptStrings struct{}

func (asOptStrings) read(r *proto.Reader) ([]Opt[string], error) {
	n, ok, err := r.ArrayLen()
	if err != nil || !ok {
		return nil, err
	}
	out := make([]Opt[string], 0, proto.Prealloc(n))
	for range n {
		s, ok, err := r.OptString()
		if err != nil {
			return nil, err
		}
		out = append(out, Opt[string]{v: s, ok: ok})
	}
	return out, nil
}

type asInts struct{}

func (asInts) read(r *proto.Reader) ([]int64, error) {
	return list(r, (*proto.Reader).Int)
}

type asBools struct{}

func (asBools) read(r *proto.Reader) ([]bool, error) {
	return list(r, (*proto.Reader).Bool)
}

type asFloats struct{}

func (asFloats) read(r *proto.Reader) ([]float64, error) {
	return list(r, (*proto.Reader).Float)
}

type asOptFloats struct{}

func (asOptFloats) read(r *proto.Reader) ([]Opt[float64], error) {
	return list(r, asOptFloat{}.read)
}

type asOptInts struct{}

func (asOptInts) read(r *proto.Reader) ([]Opt[int64], error) {
	return list(r, asOptInt{}.read)
}

type asByteSlices struct{}

func (asByteSlices) read(r *proto.Reader) ([][]byte, error) {
	return list(r, readBytes)
}

type asValues struct{}

func (asValues) read(r *proto.Reader) ([]proto.Value, error) {
	return list(r, (*proto.Reader).Value)
}

type asStringMap struct{}

func (asStringMap) read(r *proto.Reader) (map[string]string, error) {
	n, ok, err := r.MapLen()
	if err != nil || !ok {
		return nil, err
	}
	out := make(map[string]string, proto.Prealloc(n))
	for range n {
		k, err := r.String()
		if err != nil {
			return nil, err
		}
		v, err := r.String()
		if err != nil {
			return nil, err
		}
		out[k] = v
	}
	return out, nil
}

// asIntMap reads numbers by name.
type asIntMap struct{}

func (asIntMap) read(r *proto.Reader) (map[string]int64, error) {
	n, ok, err := r.MapLen()
	if err != nil || !ok {
		return nil, err
	}
	out := make(map[string]int64, proto.Prealloc(n))
	for range n {
		k, err := r.String()
		if err != nil {
			return nil, err
		}
		if out[k], err = r.Int(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// readBytes reads a string as bytes of its own; a null gives nil.
func readBytes(r *proto.Reader) ([]byte, error) {
	b, _, err := r.OwnedBytes()
	return b, err
}
