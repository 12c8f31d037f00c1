package redis

import "github.com/futureio/futureio-go/redis/commands"

// Some returns an Opt that holds v.
func Some[T any](v T) Opt[T] { return commands.Some(v) }

// None returns the missing value, which is also the zero Opt.
func None[T any]() Opt[T] { return commands.None[T]() }

// FromMember searches around a member of the set.
func FromMember(member string) GeoOrigin { return commands.FromMember(member) }

// FromLonLat searches around a position in degrees.
func FromLonLat(longitude, latitude float64) GeoOrigin {
	return commands.FromLonLat(longitude, latitude)
}

// ByRadius covers a circle around the origin.
func ByRadius(radius float64, unit GeoUnit) GeoShape { return commands.ByRadius(radius, unit) }

// ByBox covers a rectangle around the origin, along the meridians.
func ByBox(width, height float64, unit GeoUnit) GeoShape { return commands.ByBox(width, height, unit) }

// ByPolygon covers what lies within its corners, of which there must be three at
// least; there is no origin then. Valkey 9.0 and later.
func ByPolygon(corners ...GeoCorner) GeoShape { return commands.ByPolygon(corners...) }

// BitFieldGet reads an integer.
func BitFieldGet(encoding, offset string) BitFieldOp { return commands.BitFieldGet(encoding, offset) }

// BitFieldSet writes an integer and gives the one before.
func BitFieldSet(encoding, offset string, value int64) BitFieldOp {
	return commands.BitFieldSet(encoding, offset, value)
}

// BitFieldIncrBy adds to an integer and gives the new one.
func BitFieldIncrBy(encoding, offset string, increment int64) BitFieldOp {
	return commands.BitFieldIncrBy(encoding, offset, increment)
}

// BitFieldOverflow tells what the operations behind it do when a value does not
// fit: "WRAP", "SAT" or "FAIL".
func BitFieldOverflow(mode string) BitFieldOp { return commands.BitFieldOverflow(mode) }

// Scan fills a struct from the fields of a hash, as HGetAll gives them, by the
// struct's redis tags. See commands.Scan for the tags and the types of fields.
func Scan[T any](hash map[string]string) (T, error) { return commands.Scan[T](hash) }

// ScanFields is Scan for what HMGet gave for these fields.
func ScanFields[T any](fields []string, values []Opt[string]) (T, error) {
	return commands.ScanFields[T](fields, values)
}

// FieldsOf lists the fields of a hash that Scan reads into a T, to ask for
// exactly those.
func FieldsOf[T any]() []string { return commands.FieldsOf[T]() }

// What became of a field of a hash in HExpire, HPersist and their relatives.
const (
	FieldMissing  = commands.FieldMissing  // there is no such field, or no such key
	FieldNoExpiry = commands.FieldNoExpiry // it has no expiry that could be removed
	FieldNotSet   = commands.FieldNotSet   // the condition was not met
	FieldSet      = commands.FieldSet      // the expiry was set, or removed
	FieldDeleted  = commands.FieldDeleted  // the moment had passed: the field was deleted
)
