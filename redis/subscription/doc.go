// Package subscription is publish and subscribe: what was subscribed to, what the server says about it, and the messages on
// their way to those who read them.
//
// Applications get a [Subscription] from a role of package redis (Client.Subscribe, Conn.Subscribe) and need nothing else of
// this package; redis repeats its names.
//
// A [Hub] belongs to one connection, or rather to the one that is there at a time: it keeps the desired state, which topics are
// wanted by which subscriptions, and reconciles the server with it whenever either changes, after every reconnect above all. How
// requests get to the server is the business of its [Link].
//
//	Subscription --join, leave--> Hub --Request--> Link --> server
//	     ^                         |                          |
//	     +--- buffer <-- message --+<---- Hear (the reader) --+
package subscription
