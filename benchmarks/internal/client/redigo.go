package client

import (
	"runtime"

	"github.com/gomodule/redigo/redis"
)

var redigoKinds = []Kind{
	{ID: "redigo", Library: "redigo", Label: "redigo, pool", Options: "a pool of 10 connections per CPU, all kept, callers wait for one", Also: []string{"poolget"}, Open: openRedigo},
}

type redigoClient struct{ pool *redis.Pool }

func openRedigo(cfg Config) (Client, error) {
	size := 10 * runtime.GOMAXPROCS(0)
	r := &redigoClient{&redis.Pool{
		MaxIdle: size, MaxActive: size, Wait: true,
		Dial: func() (redis.Conn, error) { return redis.Dial("tcp", cfg.Addr) },
	}}
	if _, err := r.do("PING"); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

func (r *redigoClient) Close() { r.pool.Close() }

// do is what redigo's documentation shows: a connection for the length of one command.
func (r *redigoClient) do(command string, args ...any) (any, error) {
	c := r.pool.Get()
	defer c.Close()
	return c.Do(command, args...)
}

func (r *redigoClient) Get(key string) (int, error) {
	s, err := redis.String(r.do("GET", key))
	return len(s), err
}

func (r *redigoClient) Set(key, value string) error {
	_, err := r.do("SET", key, value)
	return err
}

func (r *redigoClient) Incr(key string) error {
	_, err := redis.Int64(r.do("INCR", key))
	return err
}

func (r *redigoClient) MGet(keys []string) (int, error) {
	values, err := redis.Strings(r.do("MGET", redis.Args{}.AddFlat(keys)...))
	return len(values), err
}

func (r *redigoClient) HGetAll(key string) (int, error) {
	hash, err := redis.StringMap(r.do("HGETALL", key))
	return len(hash), err
}

func (r *redigoClient) LRange(key string) (int, error) {
	list, err := redis.Strings(r.do("LRANGE", key, 0, -1))
	return len(list), err
}

func (r *redigoClient) Window(keys []string) (int, error) {
	c := r.pool.Get()
	defer c.Close()
	for _, key := range keys {
		if err := c.Send("GET", key); err != nil {
			return 0, err
		}
	}
	if err := c.Flush(); err != nil {
		return 0, err
	}
	total := 0
	for range keys {
		s, err := redis.String(c.Receive())
		if err != nil {
			return 0, err
		}
		total += len(s)
	}
	return total, nil
}

// PoolGet is Get: do takes a connection out of the pool for each command.
func (r *redigoClient) PoolGet(key string) (int, error) { return r.Get(key) }
