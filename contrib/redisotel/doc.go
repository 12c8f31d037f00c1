// Package redisotel makes OpenTelemetry spans and metrics of what a client of package redis does, by the semantic conventions
// for database clients.
//
//	opts := redis.Options{Addr: "localhost:6379"}
//	if err := redisotel.Instrument(&opts, redisotel.Options{}); err != nil { … }
//	client := redis.New(opts)
//	gauges, err := redisotel.Gauges(client, opts, redisotel.Options{})
//
//	client.With(ctx).Get("k")   // a span "GET localhost:6379", child of the span in ctx
//
// The same works for the connections of a pool: Instrument(&poolOptions.Options, …).
//
// # Spans
//
// A command that is bound by With to a context with a span gets a child of that, of kind client, from the call to the settling of the future: also when
// nobody awaits it, or when it waits for a connection. With Options.Roots every other command gets a span of its own, too. Attributes:
//
//	db.system.name            "redis"
//	db.operation.name         "GET", "CLIENT SETNAME"
//	db.namespace              the database of redis.Options; a Select at run time does not change it
//	server.address, .port     of redis.Options; the path alone for a unix socket
//	db.query.text             with Options.QueryText only, cut, secrets masked
//	db.response.status_code   the code of the server's error: "WRONGTYPE"
//	error.type                that code, or "timeout", "connection", "disconnected", "protocol", "argument", "aborted", "cancelled", "_OTHER"
//	futureio.outcome          what is known of a failed command: "not_executed", "unknown", "rejected"
//
// The status of a failed command is Error, described by error.type, or by the text of the error with Options.QueryText. A missing value is no error.
//
// # Metrics
//
//	db.client.operation.duration            s           as above, of every command
//	db.client.connection.create_time        s           attempts to connect that have succeeded
//	futureio.client.connection.failures     {attempt}   those that have not
//	futureio.client.connection.losses       {connection} by futureio.reason; the program's own Close is one of them
//	futureio.client.reconnects              {attempt}
//	futureio.client.batch.commands          {command}   in one write
//	futureio.client.batch.bytes             By
//	futureio.client.subscription.gaps       s           stretches in which a subscription was not connected
//	futureio.client.observations.dropped    {event}     since the exporter was too slow
//
// and by Gauges:
//
//	futureio.client.commands                {command}   by futureio.state: in_flight, backlog, waiting
//	futureio.client.backlog.bytes           By
//	futureio.client.lane                    {connection} by futureio.state: idle, used; and waiting commands as futureio.client.lane.waiting
package redisotel
