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
			return nil, misfit("a member without a score")
		}
		n /= 2
	}
	out := make([]Z, 0, proto.Prealloc(n))
	for range n {
		if pairs {
			if m, _, err := r.ArrayLen(); err != nil {
				return nil, err
			} else if m != 2 {
				return nil, misfit("want pairs of member and score")
			}
		}
		var z Z
		if z.Member, err = r.String(); err != nil {
			return nil, err
		}
		if z.Score, err = r.Float(); err != nil {
			return nil, err
		}
		out = append(out, z)
	}
	return out, nil
}
