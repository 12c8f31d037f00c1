package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync/atomic"

	"github.com/futureio/futureio-go/redis"
)

const (
	accounts = 8
	deposit  = 100 // what each account holds in the beginning
)

var errNoMoney = errors.New("the account does not hold that much")

// bank is accounts at a server, for any number of tellers.
type bank struct {
	client *redis.Client

	tries, transfers, refused atomic.Int64
}

func account(i int) string { return "transaction:account:" + strconv.Itoa(i) }

func (b *bank) keys() []string {
	keys := make([]string, accounts)
	for i := range keys {
		keys[i] = account(i)
	}
	return keys
}

// open fills the accounts: all of them or none. It depends on nothing that was read, so a Tx will do.
func (b *bank) open(ctx context.Context) error {
	tx := b.client.Tx()
	for _, key := range b.keys() {
		tx.Set(key, deposit)
	}
	return tx.Exec(ctx)
}

// transfer moves money, if it is there.
func (b *bank) transfer(ctx context.Context, from, to string, amount int64) error {
	// The function is called again when somebody else has changed one of the two accounts between its reading and
	// its EXEC. So it has no effects but on its tx.
	return b.client.Transact(ctx, []string{from, to}, func(tx *redis.Tx) error {
		b.tries.Add(1)
		balance, err := tx.Now().Get(from).Await(ctx) // read at once
		if err != nil {
			return err
		}
		held, err := strconv.ParseInt(balance.Or("0"), 10, 64)
		if err != nil {
			return err
		}
		if held < amount {
			return errNoMoney // nothing is executed, and the error comes out of Transact
		}
		tx.DecrBy(from, amount) // collected, and executed together when the function returns
		tx.IncrBy(to, amount)
		return nil
	}, redis.TransactOptions{Attempts: 10_000})
}

// serve is the day of a teller.
func (b *bank) serve(ctx context.Context, transfers int) error {
	for range transfers {
		from := rand.N(accounts)
		to := (from + 1 + rand.N(accounts-1)) % accounts // another one
		switch err := b.transfer(ctx, account(from), account(to), 1+rand.N[int64](deposit)); {
		case err == nil:
			b.transfers.Add(1)
		case errors.Is(err, errNoMoney):
			b.refused.Add(1)
		default:
			return err
		}
	}
	return nil
}

// sum is what all accounts hold at one moment: MGET is one command, and no transaction is ever seen half done.
func (b *bank) sum(ctx context.Context) (int64, error) {
	balances, err := b.client.MGet(b.keys()...).Await(ctx)
	if err != nil {
		return 0, err
	}
	var sum int64
	for i, balance := range balances {
		held, err := strconv.ParseInt(balance.Or("0"), 10, 64)
		if err != nil {
			return 0, err
		}
		if held < 0 {
			return 0, fmt.Errorf("%s holds %d", account(i), held)
		}
		sum += held
	}
	return sum, nil
}

// audit adds up until ctx ends, and tells how often.
func (b *bank) audit(ctx context.Context) (times int, err error) {
	for ctx.Err() == nil {
		sum, err := b.sum(ctx)
		switch {
		case ctx.Err() != nil:
		case err != nil:
			return times, err
		case sum != accounts*deposit:
			return times, fmt.Errorf("the accounts hold %d while tellers are at work; want %d", sum, accounts*deposit)
		default:
			times++
		}
	}
	return times, nil
}
