package commands

import "github.com/futureio/futureio-go/redis/proto"

// FieldValue is a field with its value, of a hash or of an entry of a stream.
type FieldValue struct{ Field, Value string }

// asFieldValues reads fields with values in their order: a flat array, or pairs.
type asFieldValues struct{}

func (asFieldValues) read(r *proto.Reader) ([]FieldValue, error) {
	return pairList(r, "want a value for every field", readFieldValue)
}

func readFieldValue(r *proto.Reader) (f FieldValue, err error) {
	if f.Field, err = r.String(); err == nil {
		f.Value, err = r.String()
	}
	return f, err
}

// FieldResult is what became of one field of a hash in HExpire, HPersist and their
// relatives.
type FieldResult int64

const (
	FieldMissing  FieldResult = -2 // there is no such field, or no such key
	FieldNoExpiry FieldResult = -1 // it has no expiry that could be removed
	FieldNotSet   FieldResult = 0  // the condition was not met
	FieldSet      FieldResult = 1  // the expiry was set, or removed
	FieldDeleted  FieldResult = 2  // the moment had passed: the field was deleted
)

// String names the result: "missing", "no expiry", "not set", "set", "deleted".
func (f FieldResult) String() string {
	switch f {
	case FieldMissing:
		return "missing"
	case FieldNoExpiry:
		return "no expiry"
	case FieldNotSet:
		return "not set"
	case FieldSet:
		return "set"
	case FieldDeleted:
		return "deleted"
	}
	return "unknown"
}

type asFieldResults struct{}

func (asFieldResults) read(r *proto.Reader) ([]FieldResult, error) {
	return list(r, func(r *proto.Reader) (FieldResult, error) {
		n, err := r.Int()
		return FieldResult(n), err
	})
}
