package client

import (
	"sync"
	"time"

	"github.com/redis/rueidis"
)

// The client-side cache is off in all: nothing here reads through it, and its tracking would only cost. ForceSingleClient
// saves the question whether the server is a cluster.
var rueidisKinds = []Kind{
	{ID: "rueidis-1", Library: "rueidis", Label: "rueidis, 1 connection", Options: "PipelineMultiplex -1: one connection; transactions and lent ones on dedicated connections", Also: []string{"pipeline", "tx", "poolget", "message"}, Open: openRueidis(rueidis.ClientOption{PipelineMultiplex: -1})},
	{ID: "rueidis", Library: "rueidis", Label: "rueidis, default", Options: "defaults: up to 4 connections, 2 on two CPUs; what blocks has connections of its own", Also: []string{"pipeline", "blpop"}, Open: openRueidis(rueidis.ClientOption{})},
	{ID: "rueidis-tuned", Library: "rueidis", Label: "rueidis, 1 connection, MaxFlushDelay 20 µs", Options: "PipelineMultiplex -1, MaxFlushDelay 20 µs: as its documentation recommends for many callers", Open: openRueidis(rueidis.ClientOption{PipelineMultiplex: -1, MaxFlushDelay: 20 * time.Microsecond})},
	{ID: "rueidis-after", Library: "rueidis", Label: "rueidis, 1 connection, after concurrency", Options: "as rueidis-1, after a burst of 64 callers: from the first concurrent call on it pipelines by two goroutines and never goes back", OneCaller: true, Open: openRueidisAfterConcurrency},
}

type rueidisClient struct{ c rueidis.Client }

func openRueidis(opt rueidis.ClientOption) func(Config) (Client, error) {
	return func(cfg Config) (Client, error) {
		opt := opt
		opt.InitAddress = []string{cfg.Addr}
		opt.ForceSingleClient = true
		opt.DisableCache = true
		c, err := rueidis.NewClient(opt)
		if err != nil {
			return nil, err
		}
		return &rueidisClient{c}, nil
	}
}

func openRueidisAfterConcurrency(cfg Config) (Client, error) {
	c, err := openRueidis(rueidis.ClientOption{PipelineMultiplex: -1})(cfg)
	if err != nil {
		return nil, err
	}
	var burst sync.WaitGroup
	for range 64 {
		burst.Go(func() {
			for range 100 {
				c.(*rueidisClient).c.Do(background, c.(*rueidisClient).c.B().Ping().Build())
			}
		})
	}
	burst.Wait()
	return c, nil
}

func (r *rueidisClient) Close() { r.c.Close() }

// Subscribe counts in the callback of Receive, which is all that there is, and hands over a token for each thousand.
func (r *rueidisClient) Subscribe(channel string) (func(n int) (int, error), error) {
	const each = 1000
	type chunk struct {
		n, bytes int
		err      error
	}
	chunks := make(chan chunk, 64)
	ready := make(chan struct{})
	go func() {
		var c chunk
		ctx := rueidis.WithOnSubscriptionHook(background, func(rueidis.PubSubSubscription) { close(ready) })
		err := r.c.Receive(ctx, r.c.B().Subscribe().Channel(channel).Build(), func(m rueidis.PubSubMessage) {
			c.bytes += len(m.Message)
			if c.n++; c.n == each {
				chunks <- c
				c = chunk{}
			}
		})
		chunks <- chunk{err: err}
	}()
	<-ready
	return func(n int) (total int, err error) {
		for got := 0; got < n; {
			c := <-chunks
			if c.err != nil {
				return total, c.err
			}
			got, total = got+c.n, total+c.bytes
		}
		return total, nil
	}, nil
}

func (r *rueidisClient) Get(key string) (int, error) {
	s, err := r.c.Do(background, r.c.B().Get().Key(key).Build()).ToString()
	return len(s), err
}

func (r *rueidisClient) Set(key, value string) error {
	return r.c.Do(background, r.c.B().Set().Key(key).Value(value).Build()).Error()
}

func (r *rueidisClient) Incr(key string) error {
	_, err := r.c.Do(background, r.c.B().Incr().Key(key).Build()).AsInt64()
	return err
}

func (r *rueidisClient) MGet(keys []string) (int, error) {
	values, err := r.c.Do(background, r.c.B().Mget().Key(keys...).Build()).AsStrSlice()
	return len(values), err
}

func (r *rueidisClient) HGetAll(key string) (int, error) {
	hash, err := r.c.Do(background, r.c.B().Hgetall().Key(key).Build()).AsStrMap()
	return len(hash), err
}

func (r *rueidisClient) LRange(key string) (int, error) {
	list, err := r.c.Do(background, r.c.B().Lrange().Key(key).Start(0).Stop(-1).Build()).AsStrSlice()
	return len(list), err
}

func (r *rueidisClient) Window(keys []string) (int, error) {
	commands := make(rueidis.Commands, 0, len(keys))
	for _, key := range keys {
		commands = append(commands, r.c.B().Get().Key(key).Build())
	}
	total := 0
	for _, result := range r.c.DoMulti(background, commands...) {
		s, err := result.ToString()
		if err != nil {
			return 0, err
		}
		total += len(s)
	}
	return total, nil
}

// Pipeline is DoMulti, as Window is: rueidis has no other.
func (r *rueidisClient) Pipeline(keys []string) (int, error) { return r.Window(keys) }

func (r *rueidisClient) Tx(keys []string) (int, error) {
	results := 0
	err := r.c.Dedicated(func(c rueidis.DedicatedClient) error {
		commands := make(rueidis.Commands, 0, len(keys)+2)
		commands = append(commands, c.B().Multi().Build())
		for _, key := range keys {
			commands = append(commands, c.B().Incr().Key(key).Build())
		}
		replies := c.DoMulti(background, append(commands, c.B().Exec().Build())...)
		counts, err := replies[len(replies)-1].AsIntSlice()
		results = len(counts)
		return err
	})
	return results, err
}

func (r *rueidisClient) Push(key, value string) error {
	return r.c.Do(background, r.c.B().Rpush().Key(key).Element(value).Build()).Error()
}

func (r *rueidisClient) BLPop(key string) (int, error) {
	kv, err := r.c.Do(background, r.c.B().Blpop().Key(key).Timeout(0).Build()).AsStrSlice()
	if err != nil || len(kv) != 2 {
		return 0, err
	}
	return len(kv[1]), nil
}

func (r *rueidisClient) PoolGet(key string) (n int, err error) {
	err = r.c.Dedicated(func(c rueidis.DedicatedClient) error {
		s, err := c.Do(background, c.B().Get().Key(key).Build()).ToString()
		n = len(s)
		return err
	})
	return n, err
}
