package commands

import "github.com/futureio/futureio-go/redis/errors"

// FieldError tells that the value of a field in a hash cannot be read as the field
// of the struct that it is for. The command has succeeded: only Scan and ScanFields
// return it.
type FieldError struct {
	// Struct is the type of the struct, such as "app.User".
	Struct string
	// Field is the Go name of the field, "Address.Street" if it is in an embedded struct.
	Field string
	// Name is the name of the field in the hash.
	Name string
	// Type is the type of the field: "int8".
	Type string
	// Reason says what is wrong with the value.
	Reason string
	// Value shows the beginning of the value, as written by errors.Escape: at most 64 bytes.
	Value string
	// Err is strconv.ErrSyntax or strconv.ErrRange for numbers and bools, else what the type's own method returned. Its
	// text may hold the whole value and is not part of Error.
	Err error
}

// Unwrap returns Err.
func (e *FieldError) Unwrap() error { return e.Err }

// Error names the struct, the field, what is wrong with the value, and its beginning.
func (e *FieldError) Error() string {
	return "redis: " + e.Struct + "." + e.Field + " (" + e.Type + `), from the field "` + errors.Escape([]byte(e.Name)) + `" of a hash: ` +
		e.Reason + `: got "` + e.Value + `"`
}
