// Package future has typed values that may be still on their way, and what one wants to do with many of them.
//
// A *Future[T] is the reading end: Await it, look at it with TryGet, select on its Done channel, derive other
// futures from it, cancel it. A Promise[T] is the writing end and belongs to whoever produces the value. A future
// is settled exactly once: with a value (Done), with an error (Failed), or by Cancel (Cancelled).
//
//	visits := client.Incr("visits")           // on its way
//	name := client.Get("user:7:name")         // also on its way
//	n, who, err := future.Await2(ctx, visits, name)
//
// # Waiting
//
// A settled future beats a dead context: waiting for it returns its outcome whatever the context says. When the
// context ends first, only that wait ends, with context.Cause; the future goes on, and other waiters are not
// disturbed. A wait that was given up leaves nothing behind.
//
// # Callbacks
//
// The function given to Go, Map, Then, Catch, CatchAs, Transform or OnReady runs on a goroutine of its own, never
// on the one that settles the future. It may block, and may start other work and await it; one that never returns
// delays nobody but those who wait for its result. If it panics, the derived future fails with a *PanicError that
// has the stack; if it ends its goroutine, with ErrGoexit. A panic after the derived future was cancelled has
// nobody left to tell and is dropped. Only OnSettle and OnCancel, which are for owners of promises, run inline.
//
// All the combinators (All, AllSettled, Any, Race, Join2 to Join6), AsCompleted, InOrder, MapN and WaitAll use no
// goroutine.
//
// # Cancellation and interest
//
// Cancel on a future settles it at once, and its producer is told and may stop. Cancellation also travels upwards,
// by counting interests:
//
//   - A derived future holds one interest in each of its sources, and withdraws it when it is settled before they
//     are: by Cancel, by a timeout, because another source has decided the outcome.
//   - A source whose last interest is withdrawn is cancelled.
//   - WithoutCancel pins its source: no withdrawal cancels it any more.
//   - Plain waiting holds no interest: Await, Done, WaitAll, Await2 to Await6, AsCompleted, InOrder. It neither cancels nor
//     protects from cancellation by others.
//   - A producer that has said so (Owner.DecideCancel, Owner.Oversee) is asked first, and settles its future itself: as cancelled, or with
//     the value that was on its way. What is derived from it and cancelled itself settles at once all the same.
//
// So of two futures derived from one, either can be cancelled without harm to the other, and when both are, the
// work stops. Downwards it is simple: what is derived from a cancelled future is cancelled with the same cause,
// except where Catch, Transform, AllSettled or Any take the cause as an error like others.
//
// # Cost
//
// A Future[T] is 24 bytes and T, and NewPromise or a Promise inside a bigger struct costs no other allocation.
// Channels, lists and errors live in a side struct that is made when they are first needed. Await allocates only if
// it has to park, and not even then where the owner called Owner.ReuseWaiters.
//
// # Names in other places
//
// Those who come from Perl's Future know All as needs_all, AllSettled as wait_all, Any as needs_any, Race as
// wait_any, Catch as else, OnReady as on_ready, WithoutCancel as without_cancel, and MapN as fmap.
package future
