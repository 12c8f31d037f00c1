package client

import (
	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/redis"
)

var futureioKinds = []Kind{
	{ID: Ours, Library: "futureio", Label: "futureio", Options: "defaults: one connection, timeouts, reconnect and every promise on", Open: openFutureio},
}

type futureio struct{ c *redis.Client }

func openFutureio(cfg Config) (Client, error) {
	c := redis.New(redis.Options{Addr: cfg.Addr})
	if err := c.Connect(background); err != nil {
		c.Close()
		return nil, err
	}
	return &futureio{c}, nil
}

func (f *futureio) Close() { f.c.Close() }

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
