package main

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

func TestAWorkloadWithoutRepliesHangsOutsideOfPausesOnly(t *testing.T) {
	for _, x := range []struct {
		name  string
		reply time.Duration // between two, after the pause; 0: none
		pause time.Duration // from the beginning
		ended bool          // the workload has come to its end
		want  int
	}{
		{"silent", 0, 0, false, exitHang},
		{"slow", 9 * time.Second, 0, false, exitClean},
		{"too slow", 11 * time.Second, 0, false, exitHang},
		{"silent for a pause", 9 * time.Second, 12 * time.Second, false, exitClean},
		{"silent for longer than the pause", 0, 12 * time.Second, false, exitHang},
		{"at its end", 0, 0, true, exitClean},
	} {
		synctest.Test(t, func(t *testing.T) {
			busy, still := newTestTally(), newTestTally()
			busy.running.Store(true)
			still.running.Store(!x.ended)
			w := &watch{tallies: []*tally{busy, still}, windows: &windows{}, patience: 10 * time.Second, verdict: still.verdict}
			ctx, cancel := context.WithTimeout(t.Context(), 31*time.Second)
			defer cancel()
			go func() { // the other workload is well
				for rest(ctx, time.Second) {
					busy.acked.Add(1)
				}
			}()
			if x.reply > 0 {
				go func() {
					rest(ctx, x.pause)
					for rest(ctx, x.reply) {
						still.acked.Add(1)
					}
				}()
			}
			if x.pause > 0 {
				w.windows.begin()
				go func() {
					rest(ctx, x.pause)
					w.windows.end()
				}()
			}
			w.run(ctx)
			if code, findings, _ := still.verdict.result(); code != x.want {
				t.Errorf("%s: verdict %d, %q; want %d", x.name, code, findings, x.want)
			}
			cancel()
			synctest.Wait()
		})
	}
}
