// Package memnet is a network in memory for tests: connections that behave like TCP over a kernel's socket buffers, without
// a socket. Everything in it blocks durably in the sense of [testing/synctest], so that a bubble's virtual time passes while
// a Read waits for bytes, a Write waits for room, a Dial waits to be accepted and a deadline runs.
//
//	client, server := memnet.Pipe(memnet.Options{Buffer: 4096})
//	go server.Write([]byte("+PONG\r\n"))
//	client.SetReadDeadline(time.Now().Add(time.Second))
//	n, err := client.Read(buf)
//
// A listener is dialled by whoever holds it; its DialContext has the shape of [net.Dialer.DialContext]:
//
//	ln := memnet.Listen(memnet.Options{})
//	go serve(ln)
//	conn, err := ln.DialContext(ctx, "tcp", "localhost:6379") // the address is noted, not looked up
//
// What a test can do to a connection that a socket does not let it do:
//
//	conn.AfterWrite(func(n int) { time.Sleep(1) })  // bytes are out, Write has not returned
//	conn.FailWriteAfter(17, syscall.EPIPE)          // a frame cut in the middle
//	conn.Hold(); conn.Release()                     // nothing this end sends arrives, not even its close
//	conn.Reset()                                    // RST instead of FIN
//	conn.Stats().Writes                             // how many calls, how many bytes
//
// A dialled connection reaches the test through [Listener.OnDial], before the dialler has it.
package memnet
