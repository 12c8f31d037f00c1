package servers

import "errors"

var errNoSignals = errors.New("this system has no signals")

func pause(int) error     { return errNoSignals }
func resume(int) error    { return errNoSignals }
func terminate(int) error { return errNoSignals }
