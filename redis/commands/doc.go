// Package commands holds every Redis and Valkey command as a typed method.
//
// A method encodes its arguments, hands one Cmd to a Doer and returns the
// future of the typed reply at once:
//
//	visits := client.Incr("visits")   // *future.Future[int64]
//	n, err := visits.Await(ctx)
//
// Commands is embedded by every role that commands can be called on: the
// client, a connection, a pipeline, a transaction, a pool. A role is one method
// long, Do(*Cmd); functions that take "any client" take a Doer and bind the
// typed methods with On.
//
// The way of a command through this package: a generated method (zz_*.go)
// collects the request in an args (args.go), a sender (send.go) puts it in one
// allocation together with the future and the decoder of its reply (call.go),
// and the role's Do takes it from there. Later the reader of the connection
// calls Cmd.Deliver, which decodes straight from the read buffer (decode_*.go)
// and settles the future.
//
// The zz_ files are generated; to add a command see package generator.
//
//go:generate go run ../../generator -root ../..
package commands
