package redis_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/futureio/futureio-go/future"
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

// Behaviours X2, X4. Many goroutines move money between accounts, each transfer depends on what it has read: what it is told has
// become of the two accounts is what it wanted, the sum stays, and each account holds what its transfers come to.
func TestConflictingTransactionsConverge(t *testing.T) {
	workers, rounds := 64, 1000
	if testing.Short() {
		workers, rounds = 16, 20
	}
	srv := redistest.Start(t, redistest.Options{})
	client := redis.New(redis.Options{Addr: srv.Addr})
	defer client.Close()
	const accounts, deposit = 256, 1000
	var keys [accounts]string
	var moved [accounts]atomic.Int64
	for i := range keys {
		keys[i] = fmt.Sprint("account", i)
		await(t, client.Set(keys[i], deposit))
	}
	ctx, cancel := context.WithTimeout(context.Background(), 90*time.Second)
	defer cancel()
	var tries, transfers atomic.Int64
	transfer := func(from, to int, amount int64) error {
		var have [2]int64
		var less, more *future.Future[int64]
		err := client.Transact(ctx, []string{keys[from], keys[to]}, func(tx *redis.Tx) error {
			tries.Add(1)
			less = nil
			values, err := tx.Now().MGet(keys[from], keys[to]).Await(ctx)
			if err != nil {
				return err
			}
			for i, v := range values {
				if have[i], err = strconv.ParseInt(v.Or(""), 10, 64); err != nil {
					return err
				}
			}
			if have[0] >= amount {
				less, more = tx.DecrBy(keys[from], amount), tx.IncrBy(keys[to], amount)
			}
			return nil
		}, redis.TransactOptions{Attempts: 100_000})
		transfers.Add(1)
		if err != nil || less == nil {
			return err
		}
		moved[from].Add(-amount)
		moved[to].Add(amount)
		l, errLess := less.Await(ctx)
		m, errMore := more.Await(ctx)
		if l != have[0]-amount || m != have[1]+amount || errLess != nil || errMore != nil {
			return fmt.Errorf("%d from %d to %d gave %d, %v and %d, %v", amount, have[0], have[1], l, errLess, m, errMore)
		}
		return nil
	}
	done := make(chan error, workers)
	for range workers {
		go func() {
			for range rounds {
				from := rand.N(accounts)
				if err := transfer(from, (from+1+rand.N(accounts-1))%accounts, 1+rand.N[int64](100)); err != nil {
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
	var sum int64
	for i, key := range keys {
		n, err := strconv.ParseInt(await(t, client.Get(key)).Or(""), 10, 64)
		if want := deposit + moved[i].Load(); err != nil || n != want {
			t.Errorf("%s holds %d, %v; want %d", key, n, err, want)
		}
		sum += n
	}
	if sum != accounts*deposit {
		t.Errorf("the accounts hold %d; want %d", sum, accounts*deposit)
	}
	if tries.Load() == transfers.Load() && !testing.Short() {
		t.Error("no transfer met another one")
	}
	t.Logf("%d transfers, %d conflicts", transfers.Load(), tries.Load()-transfers.Load())
}
