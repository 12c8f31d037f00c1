// Package lend lends things that are few and dear, such as connections, to many who want one for a while. The lane of a
// Client and the pool both stand on it; what is lent, how it is made, checked and ended is theirs.
//
// A Stock never has more than Max things, those that are being made or checked included; who finds none waits, and is
// served in the order of asking. Asking does not block: Request calls back, Acquire is built on it. A Stock
// has no goroutine, only a timer for what gets old and for waits that take too long; what it asks its owner to do (Options) must not block.
//
// Why not a pool that exists: golang.org/x/sync/semaphore and jackc/puddle make who waits block, so a command that waits
// for a connection would cost a goroutine each; and puddle makes things on goroutines of its own, keeps no
// minimum, and knows neither idle time nor age.
package lend
