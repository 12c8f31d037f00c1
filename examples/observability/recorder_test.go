package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/redis"
	"github.com/futureio/futureio-go/redis/redistest"
)

func TestASecondHoldsWhatTheObserverWasTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := redistest.NewServer(t)
		rec := newRecorder()
		opts := srv.Options()
		opts.Observer = rec.observer()
		client := redis.New(opts)
		defer client.Close()
		if err := client.Connect(t.Context()); err != nil {
			t.Fatal(err)
		}
		srv.Reply("LPUSH", redistest.Error("WRONGTYPE no list"))
		srv.Reply("GET", redistest.Bulk("v").After(40*time.Millisecond))
		srv.Reply("ECHO", redistest.Disconnect)
		client.Set("k", "v")
		client.LPush("k", "x")
		client.Get("k")
		_, _ = client.Echo("x").Await(t.Context())
		ctx, cancel := context.WithTimeout(t.Context(), 0)
		defer cancel()
		_, _ = client.With(ctx).Incr("n").Await(t.Context())
		time.Sleep(time.Second) // it is connected again
		synctest.Wait()
		at := time.Now()
		rec.close(at, client.Stats())
		rec.close(at.Add(time.Second), client.Stats())

		all := rec.since(0)
		if len(all) != 2 {
			t.Fatalf("%d seconds; want 2", len(all))
		}
		got := all[0]
		if got.P50 > 10 || got.P99 != 40_000 || got.Max != 40_000 {
			t.Errorf("p50 %d, p99 %d, max %d; want next to nothing, and 40 ms twice", got.P50, got.P99, got.Max)
		}
		got.P50, got.P99, got.Max, got.Writes = 0, 0, 0, 0
		want := second{Number: 1, At: at, Commands: 5, Unknown: 1, NotExecuted: 1, Rejected: 1, Losses: 1, Reconnects: 1, Connected: true}
		if got != want {
			t.Errorf("first second = %+v; want %+v", got, want)
		}
		if want := (second{Number: 2, At: at.Add(time.Second), Connected: true}); all[1] != want {
			t.Errorf("second second = %+v; want %+v", all[1], want)
		}
	})
}

func TestOnlySoManySecondsAreKept(t *testing.T) {
	rec := newRecorder()
	for range kept + 10 {
		rec.close(time.Time{}, redis.Stats{})
	}
	all := rec.since(0)
	if len(all) != kept || all[0].Number != 11 || all[kept-1].Number != kept+10 {
		t.Errorf("%d seconds from %d on; want %d from 11 on", len(all), all[0].Number, kept)
	}
}

func TestQuantilesAreAQuarterTooLongAtMost(t *testing.T) {
	for _, d := range []time.Duration{time.Microsecond, 3 * time.Microsecond, 777 * time.Microsecond, 40 * time.Millisecond, 12 * time.Second} {
		var l latencies
		for range 98 {
			l.observe(d)
		}
		l.observe(time.Hour)
		l.observe(time.Hour)
		if got := l.quantile(0.5); got < d || got > d+d/4+time.Microsecond {
			t.Errorf("median of %v = %v", d, got)
		}
		if got := l.quantile(0.99); got != time.Hour {
			t.Errorf("99th percentile = %v; want 1 h", got)
		}
	}
	var none latencies
	if got := none.quantile(0.99); got != 0 {
		t.Errorf("99th percentile of nothing = %v; want 0", got)
	}
	none.observe(0)
	none.observe(10_000 * time.Hour)
	if got := none.quantile(1); got > 10_000*time.Hour {
		t.Errorf("the longest = %v; want it in the last bucket, and not beyond", got)
	}
}

func TestThePageAndItsSecondsAreServed(t *testing.T) {
	rec := newRecorder()
	rec.command(redis.CommandEvent{Name: "GET", Duration: time.Millisecond, Err: errors.New("not of the library")})
	rec.close(time.Unix(1, 0), redis.Stats{InFlight: 7})
	rec.close(time.Unix(2, 0), redis.Stats{})
	h := handler(rec)
	get := func(path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		return w
	}
	if w := get("/"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Commands per second") {
		t.Errorf("GET / = %d; want the page", w.Code)
	}
	for path, want := range map[string][]int{"/seconds": {1, 2}, "/seconds?since=1": {2}, "/seconds?since=2": {}} {
		w := get(path)
		var list []second
		if err := json.Unmarshal(w.Body.Bytes(), &list); err != nil || list == nil || len(list) != len(want) {
			t.Errorf("GET %s = %d, %s, %v; want the seconds %v", path, w.Code, w.Body, err, want)
			continue
		}
		for i, s := range list {
			if s.Number != want[i] {
				t.Errorf("GET %s gives second %d; want %d", path, s.Number, want[i])
			}
		}
		if path == "/seconds" && (list[0].InFlight != 7 || list[0].Commands != 1) {
			t.Errorf("GET %s = %+v; want one command, 7 in flight", path, list[0])
		}
	}
	for path, want := range map[string]int{"/seconds?since=x": http.StatusBadRequest, "/seconds?since=-1": http.StatusBadRequest, "/other": http.StatusNotFound} {
		if w := get(path); w.Code != want {
			t.Errorf("GET %s = %d; want %d", path, w.Code, want)
		}
	}
}
