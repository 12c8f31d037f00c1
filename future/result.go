package future

// Result is the outcome of one future among several: Value if Err is nil.
type Result[T any] struct {
	Value T
	Err   error
}

// Get returns both fields, for use where a call gives a value and an error.
func (r Result[T]) Get() (T, error) { return r.Value, r.Err }
