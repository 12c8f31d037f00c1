package commands

import "github.com/futureio/futureio-go/redis/proto"

// LCSMatches is the reply of LCS with IDX: where the longest common subsequence of
// two strings lies in them.
type LCSMatches struct {
	Matches []LCSMatch // from the end of the strings to their beginning
	Len     int64      // of the subsequence
}

// LCSMatch is a stretch that is the same in both strings.
type LCSMatch struct {
	A, B LCSRange   // where it lies in the first string and in the second
	Len  Opt[int64] // with WithMatchLen
}

// LCSRange is a range of bytes: the first and the last, counted from 0.
type LCSRange struct{ Start, End int64 }

type asLCSMatches struct{}

func (asLCSMatches) read(r *proto.Reader) (m LCSMatches, err error) {
	err = fieldsOf(r, func(name string) (err error) {
		switch name {
		case "matches":
			m.Matches, err = records(r, readLCSMatch)
		case "len":
			m.Len, err = r.Int()
		}
		return err
	})
	return m, err
}

func readLCSMatch(r *proto.Reader) (m LCSMatch, err error) {
	more, err := tuple(r, 2, "want a range in each string")
	if err != nil {
		return m, err
	}
	if m.A, err = readLCSRange(r); err != nil {
		return m, err
	}
	if m.B, err = readLCSRange(r); err != nil {
		return m, err
	}
	if more > 0 {
		more--
		if m.Len, err = (asOptInt{}).read(r); err != nil {
			return m, err
		}
	}
	return m, skipMore(r, more)
}

func readLCSRange(r *proto.Reader) (g LCSRange, err error) {
	more, err := tuple(r, 2, "want the first and the last byte")
	if err != nil {
		return g, err
	}
	if g.Start, err = r.Int(); err != nil {
		return g, err
	}
	if g.End, err = r.Int(); err != nil {
		return g, err
	}
	return g, skipMore(r, more)
}
