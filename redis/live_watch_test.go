package redis_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// Behaviour X2. A conflict executes nothing, and the other client's value stays.
func TestAWatchedKeyThatChangesAbortsTheTransaction(t *testing.T) {
	eachServer(t, func(t *testing.T, srv *redistest.Server, client *redis.Client) {
		var set interface {
			Await(context.Context) (bool, error)
		}
		err := client.Watch(limit(t), []string{"k"}, func(tx *redis.Tx) error {
			if v := await(t, tx.Now().Get("k")); v.Valid() {
				t.Errorf("k = %v before; want none", v)
			}
			set = tx.Set("k", "ours")
			srv.Do("SET", "k", "theirs")
			return nil
		})
		if !errors.Is(err, redis.ErrTxAborted) {
			t.Errorf("Watch = %v; want ErrTxAborted", err)
		}
		if _, err := set.Await(limit(t)); !errors.Is(err, redis.ErrTxAborted) {
			t.Errorf("SET = %v; want ErrTxAborted", err)
		}
		if v := srv.Do("GET", "k"); v != "theirs" {
			t.Errorf("k = %v; want theirs", v)
		}
		calls := 0
		err = client.Transact(limit(t), []string{"k"}, func(tx *redis.Tx) error {
			calls++
			srv.Do("SET", "k", "theirs")
			tx.Set("k", "ours")
			return nil
		}, redis.TransactOptions{Attempts: 3})
		if !errors.Is(err, redis.ErrTxAborted) || calls != 3 {
			t.Errorf("Transact = %v after %d calls; want ErrTxAborted after 3", err, calls)
		}
		err = client.Transact(limit(t), []string{"k"}, func(tx *redis.Tx) error {
			calls++
			if calls == 4 {
				srv.Do("SET", "k", "theirs")
			}
			tx.Set("k", "ours")
			return nil
		}, redis.TransactOptions{})
		if v := srv.Do("GET", "k"); err != nil || calls != 5 || v != "ours" {
			t.Errorf("Transact = %v after %d calls, k = %v; want ours at the second", err, calls-3, v)
		}
	})
}

// Behaviour X3. An error, a panic, or nothing to do: nothing is executed, nothing stays watched, and the connection is lent
// again.
func TestAWatchThatIsGivenUpLeavesNothingBehind(t *testing.T) {
	eachServer(t, func(t *testing.T, srv *redistest.Server, client *redis.Client) {
		watched := func() (n int) {
			list := await(t, client.ClientList())
			for _, c := range list {
				n += int(max(c.Watched, 0))
				if strings.Contains(c.Flags, "x") {
					t.Errorf("connection %d is in MULTI", c.ID)
				}
			}
			return n
		}
		keys := []string{"k"}
		failure := errors.New("no")
		var gone interface {
			Await(context.Context) (int64, error)
		}
		if err := client.Watch(limit(t), keys, func(tx *redis.Tx) error { gone = tx.Incr("k"); return failure }); err != failure {
			t.Errorf("Watch = %v; want the error of the function", err)
		}
		if _, err := gone.Await(limit(t)); !errors.Is(err, redis.ErrDiscarded) {
			t.Errorf("INCR = %v; want ErrDiscarded", err)
		}
		func() {
			defer func() {
				if p := recover(); p != "a fault" {
					t.Errorf("recovered %v; want the panic of the function", p)
				}
			}()
			_ = client.Watch(limit(t), keys, func(tx *redis.Tx) error { tx.Incr("k"); panic("a fault") })
		}()
		if err := client.Watch(limit(t), keys, func(tx *redis.Tx) error { return nil }); err != nil {
			t.Errorf("Watch = %v; want nil", err)
		}
		if n := watched(); n != 0 {
			t.Errorf("%d keys are watched", n)
		}
		if v := srv.Do("EXISTS", "k"); v != int64(0) {
			t.Error("k was written")
		}
		ended, cancel := context.WithCancel(limit(t))
		err := client.Watch(ended, keys, func(tx *redis.Tx) error { tx.Incr("k"); cancel(); return nil })
		if err == nil {
			t.Error("Watch = nil, though its context had ended")
		}
		if err := client.Watch(limit(t), keys, func(tx *redis.Tx) error { tx.Incr("n"); return tx.Exec(limit(t)) }); err != nil {
			t.Errorf("Watch with Exec = %v", err)
		}
		if n := watched(); n != 0 {
			t.Errorf("%d keys are watched", n)
		}
	})
}

// Behaviours X2, X4. Many goroutines move money between accounts, each transfer depends on what it has read: the sum stays, and none
// is lost.
func TestConflictingTransactionsConverge(t *testing.T) {
	workers, rounds := 64, 100
	if testing.Short() {
		workers, rounds = 16, 20
	}
	srv := redistest.Start(t, redistest.Options{})
	client := redis.New(redis.Options{Addr: srv.Addr})
	defer client.Close()
	const accounts = 8
	for i := range accounts {
		await(t, client.Set(fmt.Sprint("account", i), 1000))
	}
	ctx, cancel := context.WithTimeout(context.Background(), 90*time.Second)
	defer cancel()
	done := make(chan error, workers)
	for w := range workers {
		go func() {
			for r := range rounds {
				from, to := fmt.Sprint("account", (w+r)%accounts), fmt.Sprint("account", (w*3+r*5+1)%accounts)
				if from == to {
					continue
				}
				err := client.Transact(ctx, []string{from, to}, func(tx *redis.Tx) error {
					have, err := tx.Now().Get(from).Await(ctx)
					if err != nil {
						return err
					}
					n, _ := strconv.Atoi(have.Or("0"))
					if n == 0 {
						return nil
					}
					tx.Set(from, n-1)
					tx.Incr(to)
					return nil
				}, redis.TransactOptions{Attempts: 100_000})
				if err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	for range workers {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	sum := 0
	for i := range accounts {
		n, _ := strconv.Atoi(await(t, client.Get(fmt.Sprint("account", i))).Or(""))
		sum += n
	}
	if sum != 1000*accounts {
		t.Errorf("the accounts hold %d; want %d", sum, 1000*accounts)
	}
}
