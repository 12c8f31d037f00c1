package errors

// Outcome tells what is known about a failed command.
type Outcome int

const (
	// Unknown: the command may have run, once. It is the zero value, so that what
	// nobody thought about counts as possibly executed.
	Unknown Outcome = iota
	// NotExecuted: the command certainly did not run; it is safe to send again.
	NotExecuted
	// Rejected: the server read the command and said no. The same command will
	// most likely be rejected again.
	Rejected
)

// String returns "unknown", "not executed" or "rejected".
func (o Outcome) String() string {
	switch o {
	case NotExecuted:
		return "not executed"
	case Rejected:
		return "rejected"
	default:
		return "unknown"
	}
}

// Error is what all errors of this package have in common.
type Error interface {
	error
	// Outcome tells what is known about the command that failed with this error.
	Outcome() Outcome
}

// SafeToRetry tells whether what failed with err certainly did not run, so that
// it may be sent again without running twice. It is true only if err holds an
// Error with outcome NotExecuted and none with another outcome. What an Error
// wraps does not count: the outermost one knows the whole story. It is false for
// nil and for errors that are not of this package, such as a panic in a callback.
func SafeToRetry(err error) bool {
	found, safe := survey(err)
	return found && safe
}

// survey goes through the tree of wrapped errors. found: there is an Error in it;
// safe: all of them are NotExecuted. errors.As would not do, since it stops at
// the first of several joined errors.
func survey(err error) (found, safe bool) {
	if err == nil {
		return false, true
	}
	if e, ok := err.(Error); ok {
		return true, e.Outcome() == NotExecuted
	}
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		return survey(e.Unwrap())
	case interface{ Unwrap() []error }:
		safe = true
		for _, inner := range e.Unwrap() {
			f, s := survey(inner)
			found, safe = found || f, safe && s
		}
		return found, safe
	}
	return false, true
}
