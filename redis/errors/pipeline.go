package errors

import (
	"strconv"
	"strings"
)

// maxListed is how many failed commands the text of a PipelineError names.
const maxListed = 3

// PipelineError tells that some commands of a pipeline failed. The others ran
// and their futures have their values.
type PipelineError struct {
	// Failed holds the failed commands in the order they were issued.
	Failed []SlotError
	// Total is how many commands the pipeline had; 0 if that is not known.
	Total int
}

// SlotError is one failed command of a pipeline.
type SlotError struct {
	// Index is the command's place in the pipeline, from 0.
	Index int
	// Command is its name.
	Command string
	// Err is what its future failed with.
	Err error
}

// Error names the place, the command and its error.
func (s SlotError) Error() string {
	text := "command " + strconv.Itoa(s.Index)
	if s.Command != "" {
		text += " (" + s.Command + ")"
	}
	if s.Err == nil {
		return text + " failed"
	}
	// Most errors name the command themselves.
	return text + ": " + strings.TrimPrefix(strings.TrimPrefix(s.Err.Error(), prefix), s.Command+": ")
}

// Unwrap returns Err.
func (s SlotError) Unwrap() error { return s.Err }

// Outcome is NotExecuted if every command of the pipeline failed and none of them
// ran, Rejected if the server refused each of those that failed, else Unknown.
func (e *PipelineError) Outcome() Outcome {
	if e == nil || len(e.Failed) == 0 {
		return Unknown
	}
	unsent, refused := len(e.Failed) == e.Total, true
	for _, s := range e.Failed {
		unsent = unsent && SafeToRetry(s.Err)
		r, ok := s.Err.(Error)
		refused = refused && ok && r.Outcome() == Rejected
	}
	switch {
	case unsent:
		return NotExecuted
	case refused:
		return Rejected
	}
	return Unknown
}

// Error counts the failed commands and names the first few.
func (e *PipelineError) Error() string {
	if e == nil {
		return nilText
	}
	var b strings.Builder
	b.WriteString(prefix + "pipeline: " + strconv.Itoa(len(e.Failed)))
	if e.Total > 0 {
		b.WriteString(" of " + strconv.Itoa(e.Total))
	}
	b.WriteString(" commands failed")
	for i, s := range e.Failed {
		if i == maxListed {
			b.WriteString("; and " + strconv.Itoa(len(e.Failed)-maxListed) + " more")
			break
		}
		b.WriteString("; " + s.Error())
	}
	return b.String()
}

// Unwrap returns the failed slots.
func (e *PipelineError) Unwrap() []error {
	if e == nil {
		return nil
	}
	errs := make([]error, len(e.Failed))
	for i, s := range e.Failed {
		errs[i] = s
	}
	return errs
}

// ErrTxAborted is what a transaction fails with when a watched key was changed by
// somebody else. None of its commands ran. Its outcome is Rejected and not
// NotExecuted: what the transaction would write was worked out from values that
// are old now, so it has to be worked out again and not merely be sent again.
var ErrTxAborted error = txAborted{}

type txAborted struct{}

func (txAborted) Error() string    { return prefix + "transaction aborted: a watched key was changed" }
func (txAborted) Outcome() Outcome { return Rejected }
