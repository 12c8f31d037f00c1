package errors_test

import (
	stderrors "errors"
	"fmt"

	"github.com/futureio/futureio-go/redis/errors"
)

// What a failure means for the command: may it be sent again?
func ExampleSafeToRetry() {
	for _, err := range []error{
		&errors.DisconnectedError{Reason: errors.ReasonQueueFull},
		&errors.ConnectionError{Op: errors.OpRead, Effect: errors.Unknown},
		errors.ParseRedisError("OOM command not allowed when used memory > 'maxmemory'."),
	} {
		var e errors.Error
		if stderrors.As(fmt.Errorf("saving: %w", err), &e) {
			fmt.Println(e.Outcome(), errors.SafeToRetry(err))
		}
	}
	// Output:
	// not executed true
	// unknown false
	// rejected false
}

// The code of an error is for programs, its text for people.
func ExampleRedisError() {
	err := errors.ParseRedisError("READONLY You can't write against a read only replica.")
	fmt.Println(err.Code, err.IsReadOnly())
	fmt.Println(err)
	// Output:
	// READONLY true
	// redis: READONLY You can't write against a read only replica.
}
