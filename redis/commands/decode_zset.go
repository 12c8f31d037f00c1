package commands

import "github.com/futureio/futureio-go/redis/proto"

// Z is a member of a sorted set with its score.
type Z struct {
	Member string
	Score  float64
}

// asZs reads members with scores: pairs in RESP3, one flat array of members and
// scores in RESP2.
type asZs struct{}

func (asZs) read(r *proto.Reader) ([]Z, error) {
	return pairList(r, "want pairs of member and score", readZ)
}

func readZ(r *proto.Reader) (z Z, err error) {
	if z.Member, err = r.String(); err == nil {
		z.Score, err = r.Float()
	}
	return z, err
}

// pairList reads pairs that come as arrays of two, or one behind the other in one
// array. one reads the two parts of a pair.
func pairList[T any](r *proto.Reader, what misfit, one func(*proto.Reader) (T, error)) ([]T, error) {
	n, ok, err := r.ArrayLen()
	if err != nil || !ok || n == 0 {
		return nil, err
	}
	t, err := r.Peek()
	if err != nil {
		return nil, err
	}
	pairs := t == proto.Array
	if !pairs {
		if n%2 != 0 {
			return nil, what
		}
		n /= 2
	}
	out := make([]T, 0, proto.Prealloc(n))
	for range n {
		if pairs {
			if m, _, err := r.ArrayLen(); err != nil {
				return nil, err
			} else if m != 2 {
				return nil, what
			}
		}
		v, err := one(r)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// asVectorScores reads elements with scores: a map in RESP3, a flat array in RESP2.
type asVectorScores struct{}

func (asVectorScores) read(r *proto.Reader) ([]Z, error) {
	n, ok, err := r.MapLen()
	if err != nil || !ok {
		return nil, err
	}
	out := make([]Z, 0, proto.Prealloc(n))
	for range n {
		z, err := readZ(r)
		if err != nil {
			return nil, err
		}
		out = append(out, z)
	}
	return out, nil
}

// asOptZ reads one member with its score; a set without members answers with an
// empty array, a missing one with null where it is not empty.
type asOptZ struct{}

func (asOptZ) read(r *proto.Reader) (Opt[Z], error) {
	n, ok, err := r.ArrayLen()
	if err != nil || !ok || n == 0 {
		return Opt[Z]{}, err
	}
	if n != 2 {
		return Opt[Z]{}, misfit("want a member and its score")
	}
	z, err := readZ(r)
	if err != nil {
		return Opt[Z]{}, err
	}
	return Some(z), nil
}

// Rank is the place of a member in a sorted set, from 0, with its score.
type Rank struct {
	Rank  int64
	Score float64
}

type asOptRank struct{}

func (asOptRank) read(r *proto.Reader) (Opt[Rank], error) {
	return optTuple(r, 2, "want a rank and a score", func(r *proto.Reader) (p Rank, err error) {
		if p.Rank, err = r.Int(); err == nil {
			p.Score, err = r.Float()
		}
		return p, err
	})
}
