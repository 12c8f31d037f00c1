// Package proto turns bytes into values and back: the Redis serialization
// protocol, versions 2 and 3. It knows no network, starts no goroutine and reads no
// clock.
//
// Outward, a request is appended to a byte slice by AppendArrayHeader and
// AppendBulk and its relatives. Inward, a Reader takes replies from a stream:
// typed reads decode straight from its buffer, and Value reads a reply of any
// type as a tree.
//
// Reading is strict: bytes that are not exactly what the specification says end
// the stream with a *errors.ProtocolError, and no value is guessed. It is bounded by
// Limits, and no memory is made available for a length that the peer only claims
// (law G9). A reply of an unexpected shape does no harm to those behind it (law G10).
//
// File by file: type.go and limits.go name things; reader.go has the frame and what
// is counted of it, buffer.go the bytes, header.go and number.go the first line of
// every value, where all of them are judged; scalar.go, text.go and aggregate.go
// the typed reads; skip.go and stream.go what few need; value.go, tree.go, build.go
// and print.go the Value; encode.go requests, append.go replies, command.go
// the server's side of a request.
package proto
