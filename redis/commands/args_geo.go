package commands

// GeoMember is a member with its position in degrees, for GeoAdd.
type GeoMember struct {
	Member              string
	Longitude, Latitude float64
}

func (a *args) geoMembers(members []GeoMember) {
	for _, m := range members {
		a.float(m.Longitude, "longitude")
		a.float(m.Latitude, "latitude")
		a.str(m.Member)
	}
}

// GeoOrigin is where a search begins, made by FromMember or FromLonLat. The zero
// value is no origin, which goes with ByPolygon alone.
type GeoOrigin struct {
	word                string
	member              string
	longitude, latitude float64
}

// FromMember searches around a member of the set.
func FromMember(member string) GeoOrigin { return GeoOrigin{word: "FROMMEMBER", member: member} }

// FromLonLat searches around a position in degrees.
func FromLonLat(longitude, latitude float64) GeoOrigin {
	return GeoOrigin{word: "FROMLONLAT", longitude: longitude, latitude: latitude}
}

func (a *args) geoOrigin(o GeoOrigin) {
	switch o.word {
	case "":
		return
	case "FROMMEMBER":
		a.str(o.word)
		a.str(o.member)
	default:
		a.str(o.word)
		a.float(o.longitude, "longitude")
		a.float(o.latitude, "latitude")
	}
}

// GeoShape is what a search covers, made by ByRadius, ByBox or ByPolygon.
type GeoShape struct {
	word          string
	width, height float64
	unit          GeoUnit
	corners       []GeoCorner
}

// GeoCorner is a corner of a polygon, in degrees.
type GeoCorner struct{ Longitude, Latitude float64 }

// ByRadius covers a circle around the origin.
func ByRadius(radius float64, unit GeoUnit) GeoShape {
	return GeoShape{word: "BYRADIUS", width: radius, unit: unit}
}

// ByBox covers a rectangle around the origin, along the meridians.
func ByBox(width, height float64, unit GeoUnit) GeoShape {
	return GeoShape{word: "BYBOX", width: width, height: height, unit: unit}
}

// ByPolygon covers what lies within its corners, of which there must be three at
// least; there is no origin then. Valkey 9.0 and later.
func ByPolygon(corners ...GeoCorner) GeoShape { return GeoShape{word: "BYPOLYGON", corners: corners} }

func (a *args) geoShape(s GeoShape) {
	switch s.word {
	case "":
		a.refuse("shape", "use ByRadius, ByBox or ByPolygon")
		return
	case "BYPOLYGON":
		a.str(s.word)
		a.int(int64(len(s.corners)))
		for _, c := range s.corners {
			a.float(c.Longitude, "longitude")
			a.float(c.Latitude, "latitude")
		}
		return
	}
	a.str(s.word)
	a.float(s.width, "width")
	if s.word == "BYBOX" {
		a.float(s.height, "height")
	}
	a.word(string(s.unit), "unit", "FT", "KM", "M", "MI")
}
