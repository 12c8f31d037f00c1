package redis_test

import (
	"errors"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// Behaviour Q3. Laws G2, G6. Ten minutes without a server at 50 000 commands a second. The queue is at its limit after
// 200 ms and stays there: what expires makes room for what comes. The excess is refused at once, memory is flat, and what is in
// the queue at the end runs.
//
// Commands come at that rate for one second out of every thirty, as long as a command may wait: all thirty million would only be
// refused thirty million times, and take half a minute.
func TestTenMinutesOfOutageAtFiftyThousandCommandsASecond(t *testing.T) {
	const rate, queueSize, period, outage = 50_000, 10_000, 30 * time.Second, 10 * time.Minute
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		client := dialFake(t, srv, func(o *redis.Options) { o.ReadTimeout, o.ReconnectDelayMax = period-time.Second, time.Second })
		await(t, client.Ping())
		cutOff(srv)
		var queued []*future.Future[int64]
		issued, refused, expired := 0, 0, 0
		var inUse []uint64 // bytes, a sample for each period, when the queue is full
		before := heapInUseNow()
		for start := time.Now(); time.Since(start) < outage; time.Sleep(time.Until(start.Add(time.Duration(len(inUse)) * period))) {
			expired += expire(t, queued)
			queued = queued[:0]
			for range 1000 {
				for range rate / 1000 {
					f := client.Incr("n")
					issued++
					var full *redis.DisconnectedError
					switch err := f.Err(); {
					case err == nil:
						queued = append(queued, f)
					case errors.As(err, &full) && full.QueueSize == queueSize:
						refused++
					default:
						t.Fatalf("INCR = %v; want it queued, or refused by a full queue of %d", err, queueSize)
					}
				}
				time.Sleep(time.Millisecond)
			}
			if len(queued) != queueSize {
				t.Errorf("%d commands are in the queue; want %d", len(queued), queueSize)
			}
			inUse = append(inUse, heapInUseNow())
		}
		half := len(inUse) / 2
		early, late := slices.Max(inUse[:half]), slices.Max(inUse[half:])
		t.Logf("%d issued, %d refused, %d expired; heap in use %d KiB before, at most %d KiB in the first half, %d KiB in the second", issued, refused, expired, before>>10, early>>10, late>>10)
		if late > before+16<<20 || late > early+early/4+1<<20 {
			t.Errorf("heap in use: %d bytes before, at most %d in the first half of the outage, %d in the second; want it flat", before, early, late)
		}
		expired += expire(t, queued)
		if issued != refused+expired {
			t.Errorf("%d issued: %d refused, %d expired; want each of them one or the other", issued, refused, expired)
		}
		queued = queued[:0]
		for range queueSize {
			queued = append(queued, client.Incr("n"))
		}
		srv.Memory().RefuseDials(nil)
		for i, f := range queued {
			if n := await(t, f); n != int64(i+1) {
				t.Fatalf("INCR = %d after the outage; want %d: what was queued, in order, and nothing that had failed", n, i+1)
			}
		}
	})
}

// expire checks that commands have run out of time, and counts them.
func expire(t *testing.T, fs []*future.Future[int64]) int {
	t.Helper()
	for _, f := range fs {
		var late *redis.TimeoutError
		if err := f.Err(); !errors.As(err, &late) || late.Outcome() != redis.NotExecuted {
			t.Fatalf("INCR in the queue = %v; want it out of time, not executed", err)
		}
	}
	return len(fs)
}

// heapInUseNow counts the bytes of heap spans in use after a collection.
func heapInUseNow() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse
}
