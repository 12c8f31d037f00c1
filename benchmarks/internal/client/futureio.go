package client

import (
	"errors"
	"runtime"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/redis"
	"github.com/futureio/futureio-go/redis/pool"
)

var futureioKinds = []Kind{
	{ID: Ours, Library: "futureio", Label: "futureio", Options: "defaults: one connection, timeouts, reconnect and every promise on", Also: []string{"pipeline", "tx", "blpop", "poolget", "message"}, Open: openFutureio},
}

type futureio struct {
	c    *redis.Client
	pool *pool.Pool // which connects when something is asked of it
}

func openFutureio(cfg Config) (Client, error) {
	c := redis.New(redis.Options{Addr: cfg.Addr})
	if err := c.Connect(background); err != nil {
		c.Close()
		return nil, err
	}
	return &futureio{c, pool.New(pool.Options{Options: redis.Options{Addr: cfg.Addr}, Max: 10 * runtime.GOMAXPROCS(0)})}, nil
}

func (f *futureio) Close() {
	f.c.Close()
	f.pool.Close()
}

func (f *futureio) Get(key string) (int, error) { return size(f.c.Get(key)) }

func size(value *future.Future[redis.Opt[string]]) (int, error) {
	v, err := value.Await(background)
	if err != nil {
		return 0, err
	}
	s, ok := v.Get()
	if !ok {
		return 0, errMissing
	}
	return len(s), nil
}

func (f *futureio) Set(key, value string) error {
	_, err := f.c.Set(key, value).Await(background)
	return err
}

func (f *futureio) Incr(key string) error {
	_, err := f.c.Incr(key).Await(background)
	return err
}

func (f *futureio) MGet(keys []string) (int, error) {
	values, err := f.c.MGet(keys...).Await(background)
	return len(values), err
}

func (f *futureio) HGetAll(key string) (int, error) {
	hash, err := f.c.HGetAll(key).Await(background)
	return len(hash), err
}

func (f *futureio) LRange(key string) (int, error) {
	list, err := f.c.LRange(key, 0, -1).Await(background)
	return len(list), err
}

// Subscribe reads by Next, as most programs do.
func (f *futureio) Subscribe(channel string) (func(n int) (int, error), error) {
	sub, err := f.c.Subscribe(channel).Await(background)
	if err != nil {
		return nil, err
	}
	return func(n int) (total int, err error) {
		for range n {
			m, err := sub.Next(background)
			if err != nil {
				return total, err
			}
			total += len(m.Payload)
		}
		return total, nil
	}, nil
}

func (f *futureio) Window(keys []string) (int, error) {
	values := make([]*future.Future[redis.Opt[string]], len(keys))
	for i, key := range keys {
		values[i] = f.c.Get(key)
	}
	total := 0
	for _, value := range values {
		n, err := size(value)
		if err != nil {
			return 0, err
		}
		total += n
	}
	return total, nil
}

func (f *futureio) Pipeline(keys []string) (int, error) {
	p := f.c.Pipeline()
	values := make([]*future.Future[redis.Opt[string]], len(keys))
	for i, key := range keys {
		values[i] = p.Get(key)
	}
	if err := p.Exec(background); err != nil {
		return 0, err
	}
	total := 0
	for _, value := range values {
		n, err := size(value)
		if err != nil {
			return 0, err
		}
		total += n
	}
	return total, nil
}

func (f *futureio) Tx(keys []string) (int, error) {
	tx := f.c.Tx()
	counts := make([]*future.Future[int64], len(keys))
	for i, key := range keys {
		counts[i] = tx.Incr(key)
	}
	if err := tx.Exec(background); err != nil {
		return 0, err
	}
	for _, count := range counts {
		if _, err := count.Await(background); err != nil {
			return 0, err
		}
	}
	return len(counts), nil
}

func (f *futureio) Push(key, value string) error {
	_, err := f.c.RPush(key, value).Await(background)
	return err
}

func (f *futureio) BLPop(key string) (int, error) {
	element, err := f.c.BLPop([]string{key}, 0).Await(background)
	if err != nil {
		return 0, err
	}
	kv, ok := element.Get()
	if !ok {
		return 0, errMissing
	}
	return len(kv.Value), nil
}

func (f *futureio) PoolGet(key string) (int, error) {
	c, err := f.pool.Acquire(background)
	if err != nil {
		return 0, err
	}
	n, err := size(c.Get(key))
	return n, errors.Join(err, f.pool.Release(c))
}
