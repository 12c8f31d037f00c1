package commands

import "github.com/futureio/futureio-go/redis/proto"

// GeoPoint is a position in degrees.
type GeoPoint struct{ Longitude, Latitude float64 }

// GeoLocation is a member that a search found, with what was asked for.
type GeoLocation struct {
	Member   string
	Distance Opt[float64]  // from the origin, in the unit of the search: WithDist
	Hash     Opt[int64]    // the position as one number of 52 bits: WithHash
	Point    Opt[GeoPoint] // WithCoord
}

type asGeoPoints struct{}

func (asGeoPoints) read(r *proto.Reader) ([]Opt[GeoPoint], error) {
	return list(r, readGeoPoint)
}

func readGeoPoint(r *proto.Reader) (Opt[GeoPoint], error) {
	return optTuple(r, 2, "want longitude and latitude", func(r *proto.Reader) (p GeoPoint, err error) {
		if p.Longitude, err = r.Float(); err == nil {
			p.Latitude, err = r.Float()
		}
		return p, err
	})
}

type asGeoLocations struct{}

func (asGeoLocations) read(r *proto.Reader) ([]GeoLocation, error) {
	return list(r, readGeoLocation)
}

// readGeoLocation reads a member, or an array of it and what was asked for. The
// reply does not say which was; but each is of another type.
func readGeoLocation(r *proto.Reader) (g GeoLocation, err error) {
	t, err := r.Peek()
	if err != nil {
		return g, err
	}
	if t != proto.Array {
		g.Member, err = r.String()
		return g, err
	}
	more, err := tuple(r, 1, "want a member")
	if err != nil {
		return g, err
	}
	if g.Member, err = r.String(); err != nil {
		return g, err
	}
	for range more {
		switch t, err = r.Peek(); {
		case err != nil:
		case t == proto.Integer:
			g.Hash, err = asOptInt{}.read(r)
		case t == proto.Array:
			g.Point, err = readGeoPoint(r)
		default:
			g.Distance, err = asOptFloat{}.read(r)
		}
		if err != nil {
			return g, err
		}
	}
	return g, nil
}
