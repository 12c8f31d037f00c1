package client

import (
	"time"

	"github.com/mediocregopher/radix/v4"
)

var radixKinds = []Kind{
	{ID: "radix", Library: "radix", Label: "radix, default", Options: "defaults: a pool of 4 connections that callers share", Open: openRadix(0)},
	{ID: "radix-tuned", Library: "radix", Label: "radix, flush every 150 µs", Options: "WriteFlushInterval 150 µs, which was the default of version 3: commands of concurrent callers share writes", Open: openRadix(150 * time.Microsecond)},
}

type radixClient struct{ c radix.Client }

func openRadix(flush time.Duration) func(Config) (Client, error) {
	return func(cfg Config) (Client, error) {
		pool := radix.PoolConfig{Dialer: radix.Dialer{WriteFlushInterval: flush}}
		c, err := pool.New(background, "tcp", cfg.Addr)
		if err != nil {
			return nil, err
		}
		return &radixClient{c}, nil
	}
}

func (r *radixClient) Close() { r.c.Close() }

func (r *radixClient) Get(key string) (int, error) {
	var s string
	err := r.c.Do(background, radix.Cmd(&s, "GET", key))
	return len(s), err
}

func (r *radixClient) Set(key, value string) error {
	return r.c.Do(background, radix.Cmd(nil, "SET", key, value))
}

func (r *radixClient) Incr(key string) error {
	var n int64
	return r.c.Do(background, radix.Cmd(&n, "INCR", key))
}

func (r *radixClient) MGet(keys []string) (int, error) {
	var values []string
	err := r.c.Do(background, radix.Cmd(&values, "MGET", keys...))
	return len(values), err
}

func (r *radixClient) HGetAll(key string) (int, error) {
	var hash map[string]string
	err := r.c.Do(background, radix.Cmd(&hash, "HGETALL", key))
	return len(hash), err
}

func (r *radixClient) LRange(key string) (int, error) {
	var list []string
	err := r.c.Do(background, radix.Cmd(&list, "LRANGE", key, "0", "-1"))
	return len(list), err
}

func (r *radixClient) Window(keys []string) (int, error) {
	values := make([]string, len(keys))
	pipeline := radix.NewPipeline()
	for i, key := range keys {
		pipeline.Append(radix.Cmd(&values[i], "GET", key))
	}
	if err := r.c.Do(background, pipeline); err != nil {
		return 0, err
	}
	total := 0
	for _, s := range values {
		total += len(s)
	}
	return total, nil
}
