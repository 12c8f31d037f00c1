// Package servers finds the Redis and Valkey programs of this machine and runs them, for tests (see package redistest) and for
// examples that bring their own server.
//
//	p := servers.Find("valkey")[0]
//	proc, err := p.Start(dir, "--port", "7000", "--save", "")
//	err = proc.Ready(func() (pid int, err error) { … })
//	err = proc.Pause()     // SIGSTOP
//	err = proc.Resume()
//	err = proc.Stop()      // SIGTERM
package servers
