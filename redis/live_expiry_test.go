package redis_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// Behaviour G3. The time to live is read back from the server: what was asked for is what the key has, to the
// millisecond, less what has passed since.
func TestATimeToLiveIsExactOrRefused(t *testing.T) {
	type failing interface{ Err() error }
	eachProtocol(t, func(t *testing.T, client *redis.Client, _ *redistest.Server) {
		// Each sets a time to live on the key k.
		calls := map[string]func(ttl time.Duration) failing{
			"Set EX":       func(ttl time.Duration) failing { return client.Set("k", "v", redis.EX(ttl)) },
			"Set PX":       func(ttl time.Duration) failing { return client.Set("k", "v", redis.PX(ttl)) },
			"SetGet EX":    func(ttl time.Duration) failing { return client.SetGet("k", "v", redis.EX(ttl)) },
			"GetEx EX":     func(ttl time.Duration) failing { return client.GetEx("k", redis.EX(ttl)) },
			"GetEx PX":     func(ttl time.Duration) failing { return client.GetEx("k", redis.PX(ttl)) },
			"SetEx":        func(ttl time.Duration) failing { return client.SetEx("k", ttl, "v") },
			"PSetEx":       func(ttl time.Duration) failing { return client.PSetEx("k", ttl, "v") },
			"Expire":       func(ttl time.Duration) failing { return client.Expire("k", ttl) },
			"PExpire":      func(ttl time.Duration) failing { return client.PExpire("k", ttl) },
			"ExpireAt":     func(ttl time.Duration) failing { return client.ExpireAt("k", time.Now().Add(ttl)) },
			"PExpireAt":    func(ttl time.Duration) failing { return client.PExpireAt("k", time.Now().Add(ttl)) },
			"Set EXAt":     func(ttl time.Duration) failing { return client.Set("k", "v", redis.EXAt(time.Now().Add(ttl))) },
			"Set PXAt":     func(ttl time.Duration) failing { return client.Set("k", "v", redis.PXAt(time.Now().Add(ttl))) },
			"Restore":      func(ttl time.Duration) failing { return client.Restore("k", ttl, dumped(t, client), redis.Replace) },
			"Expire bound": func(ttl time.Duration) failing { return client.With(t.Context()).Expire("k", ttl) },
		}
		for name, call := range calls {
			for _, ttl := range []time.Duration{1500 * time.Millisecond, 500 * time.Millisecond, time.Hour, 36*time.Hour + time.Millisecond} {
				await(t, client.Set("k", "v"))
				before := time.Now()
				f := call(ttl)
				left := await(t, client.PTTL("k"))
				spent := time.Since(before)
				// The clock of the server is that of the test, in whole milliseconds, and a moment is rounded up.
				if err := f.Err(); err != nil || left > ttl+2*time.Millisecond || left < ttl-spent-2*time.Millisecond {
					t.Errorf("%s(%v) = %v, and the key lives %v; want that, less at most %v", name, ttl, err, left, spent)
				}
			}
			if strings.HasSuffix(name, "At") {
				continue // a moment that has passed, or one that is finer, is none of these: see below
			}
			for _, ttl := range []time.Duration{0, -5 * time.Second, -1, -1500 * time.Millisecond, time.Microsecond, 1500 * time.Microsecond, time.Second + 1} {
				if name == "Restore" && ttl == 0 {
					continue // no expiry is what zero is for RESTORE
				}
				await(t, client.Set("k", "v", redis.EX(time.Hour)))
				var refused *redis.ArgumentError
				if err := call(ttl).Err(); !errors.As(err, &refused) {
					t.Errorf("%s(%v) = %v; want an *ArgumentError", name, ttl, err)
				}
				if left := await(t, client.PTTL("k")); left <= 59*time.Minute {
					t.Errorf("%s(%v) was refused, and yet the key lives %v; want the hour that it had", name, ttl, left)
				}
			}
		}

		// A moment that has passed deletes the key; it does not live for ever.
		await(t, client.Set("k", "v"))
		if done := await(t, client.ExpireAt("k", time.Now().Add(-time.Minute))); !done || await(t, client.Exists("k")) != 0 {
			t.Errorf("ExpireAt of a moment that has passed = %v, and the key is there; want it deleted", done)
		}
		var refused *redis.ArgumentError
		await(t, client.Set("k", "v"))
		if err := client.ExpireAt("k", time.Time{}).Err(); !errors.As(err, &refused) {
			t.Errorf("ExpireAt of the zero time = %v; want an *ArgumentError", err)
		}
	})
}

// Behaviour G3, for fields of a hash.
func TestATimeToLiveOfAFieldIsExactOrRefused(t *testing.T) {
	eachProtocol(t, func(t *testing.T, client *redis.Client, srv *redistest.Server) {
		if commandMissing(t, client.HPTTL("h", "f")) {
			t.Skip("this server has no HEXPIRE")
		}
		for _, ttl := range []time.Duration{1500 * time.Millisecond, time.Hour} {
			await(t, client.HSet("h", "f", "v", "g", "v"))
			before := time.Now()
			set := await(t, client.HExpire("h", ttl, []string{"f", "missing"}))
			left := await(t, client.HPTTL("h", "f", "g", "missing"))
			spent := time.Since(before)
			if !reflect.DeepEqual(set, []redis.FieldResult{redis.FieldSet, redis.FieldMissing}) {
				t.Errorf("HExpire(%v) = %v; want set, missing", ttl, set)
			}
			if left[0] > ttl || left[0] < ttl-spent-2*time.Millisecond || left[1] != redis.NoExpiry || left[2] != redis.NoKey {
				t.Errorf("after HExpire(%v) HPTTL = %v; want that less %v, none, no field", ttl, left, spent)
			}
		}
		for _, ttl := range []time.Duration{0, -5 * time.Second, 1500 * time.Microsecond} {
			var refused *redis.ArgumentError
			if err := client.HExpire("h", ttl, []string{"f"}).Err(); !errors.As(err, &refused) {
				t.Errorf("HExpire(%v) = %v; want an *ArgumentError", ttl, err)
			}
		}
		if left := await(t, client.HPTTL("h", "f")); left[0] <= 59*time.Minute {
			t.Errorf("after refusals the field lives %v; want the hour that it had", left[0])
		}
	})
}

// commandMissing tells whether a server does not know a command.
func commandMissing[T any](t *testing.T, f *future.Future[T]) bool {
	t.Helper()
	_, err := f.Await(limit(t))
	var e *redis.RedisError
	return errors.As(err, &e) && e.Code == "ERR"
}

// dumped is a value as DUMP gives it.
func dumped(t *testing.T, client *redis.Client) string {
	t.Helper()
	await(t, client.Set("d", "v"))
	return await(t, client.Dump("d")).Or("")
}
