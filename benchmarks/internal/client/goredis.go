package client

import (
	goredis "github.com/redis/go-redis/v9"
)

var goredisKinds = []Kind{
	{ID: "goredis", Library: "go-redis", Label: "go-redis, pool", Options: "defaults: a pool of 10 connections per CPU", Also: []string{"pipeline", "tx", "poolget", "message"}, Open: openGoredis(goredisPool)},
	{ID: "goredis-wide", Library: "go-redis", Label: "go-redis, a connection for each", Options: "PoolSize as many as there are callers and feeders: each that waits in BLPOP takes one", Also: []string{"blpop"}, Only: true, Open: openGoredis(goredisWide)},
	{ID: "goredis-pool64", Library: "go-redis", Label: "go-redis, pool of 64", Options: "PoolSize 64", Open: openGoredis(goredisPool64)},
	{ID: "goredis-auto", Library: "go-redis", Label: "go-redis, AutoPipeline", Options: "AutoPipeline() at its defaults; a window goes by AsyncAutoPipeline()", Open: openGoredis(goredisAuto)},
	{ID: "goredis-auto-parallel", Library: "go-redis", Label: "go-redis, AutoPipeline, parallel", Options: "MaxBatchSize 300, MaxConcurrentBatches 80, Unordered: what its own benchmarks use", Open: openGoredis(goredisParallel)},
	{ID: "goredis-duplex", Library: "go-redis", Label: "go-redis, async full duplex", Options: "AsyncAutoPipeline with FullDuplex; every call awaits its own result", Open: openGoredis(goredisDuplex)},
}

// goredisClient issues single commands by commands, which is the client itself or one of its pipeliners.
type goredisClient struct {
	c        *goredis.Client
	commands goredis.Cmdable
	// window issues commands without waiting for their replies; nil: an explicit Pipeline is used.
	window goredis.Cmdable
}

func openGoredis(with func(*goredisClient, *goredis.Options, Config) error) func(Config) (Client, error) {
	return func(cfg Config) (Client, error) {
		g := &goredisClient{}
		if err := with(g, &goredis.Options{Addr: cfg.Addr}, cfg); err != nil {
			if g.c != nil {
				g.c.Close()
			}
			return nil, err
		}
		if err := g.c.Ping(background).Err(); err != nil {
			g.c.Close()
			return nil, err
		}
		return g, nil
	}
}

// Subscribe reads by ReceiveMessage, which is faster than Channel.
func (g *goredisClient) Subscribe(channel string) (func(n int) (int, error), error) {
	sub := g.c.Subscribe(background, channel)
	if _, err := sub.Receive(background); err != nil {
		return nil, err
	}
	return func(n int) (total int, err error) {
		for range n {
			m, err := sub.ReceiveMessage(background)
			if err != nil {
				return total, err
			}
			total += len(m.Payload)
		}
		return total, nil
	}, nil
}

func goredisPool(g *goredisClient, opt *goredis.Options, _ Config) error {
	g.c = goredis.NewClient(opt)
	g.commands = g.c
	return nil
}

func goredisPool64(g *goredisClient, opt *goredis.Options, _ Config) error {
	opt.PoolSize = 64
	return goredisPool(g, opt, Config{})
}

func goredisWide(g *goredisClient, opt *goredis.Options, cfg Config) error {
	opt.PoolSize = cfg.Callers + cfg.Feeders
	return goredisPool(g, opt, cfg)
}

func goredisAuto(g *goredisClient, opt *goredis.Options, _ Config) error {
	g.c = goredis.NewClient(opt)
	return g.auto(nil)
}

func goredisParallel(g *goredisClient, opt *goredis.Options, _ Config) error {
	opt.PipelinePoolSize = 80
	g.c = goredis.NewClient(opt)
	return g.auto(&goredis.AutoPipelineOptions{MaxBatchSize: 300, MaxConcurrentBatches: 80, Unordered: true})
}

func goredisDuplex(g *goredisClient, opt *goredis.Options, _ Config) error {
	g.c = goredis.NewClient(opt)
	async, err := g.c.AsyncAutoPipelineWithOptions(&goredis.AutoPipelineOptions{FullDuplex: true})
	if err != nil {
		return err
	}
	g.commands, g.window = async, async
	return nil
}

func (g *goredisClient) auto(opt *goredis.AutoPipelineOptions) error {
	blocking, err := g.c.AutoPipelineWithOptions(opt)
	if err != nil {
		return err
	}
	async, err := g.c.AsyncAutoPipelineWithOptions(opt)
	if err != nil {
		return err
	}
	g.commands, g.window = blocking, async
	return nil
}

func (g *goredisClient) Close() { g.c.Close() }

func (g *goredisClient) Get(key string) (int, error) {
	s, err := g.commands.Get(background, key).Result()
	return len(s), err
}

func (g *goredisClient) Set(key, value string) error {
	return g.commands.Set(background, key, value, 0).Err()
}

func (g *goredisClient) Incr(key string) error {
	return g.commands.Incr(background, key).Err()
}

func (g *goredisClient) MGet(keys []string) (int, error) {
	values, err := g.commands.MGet(background, keys...).Result()
	return len(values), err
}

func (g *goredisClient) HGetAll(key string) (int, error) {
	hash, err := g.commands.HGetAll(background, key).Result()
	return len(hash), err
}

func (g *goredisClient) LRange(key string) (int, error) {
	list, err := g.commands.LRange(background, key, 0, -1).Result()
	return len(list), err
}

func (g *goredisClient) Window(keys []string) (int, error) {
	commands := g.window
	var pipeline goredis.Pipeliner
	if commands == nil {
		pipeline = g.c.Pipeline()
		commands = pipeline
	}
	values := make([]*goredis.StringCmd, len(keys))
	for i, key := range keys {
		values[i] = commands.Get(background, key)
	}
	if pipeline != nil {
		if _, err := pipeline.Exec(background); err != nil {
			return 0, err
		}
	}
	total := 0
	for _, value := range values {
		s, err := value.Result()
		if err != nil {
			return 0, err
		}
		total += len(s)
	}
	return total, nil
}

// Pipeline is Window of a client without AutoPipeline.
func (g *goredisClient) Pipeline(keys []string) (int, error) { return g.Window(keys) }

func (g *goredisClient) Tx(keys []string) (int, error) {
	tx := g.c.TxPipeline()
	counts := make([]*goredis.IntCmd, len(keys))
	for i, key := range keys {
		counts[i] = tx.Incr(background, key)
	}
	if _, err := tx.Exec(background); err != nil {
		return 0, err
	}
	for _, count := range counts {
		if _, err := count.Result(); err != nil {
			return 0, err
		}
	}
	return len(counts), nil
}

func (g *goredisClient) Push(key, value string) error {
	return g.c.RPush(background, key, value).Err()
}

func (g *goredisClient) BLPop(key string) (int, error) {
	kv, err := g.c.BLPop(background, 0, key).Result()
	if err != nil || len(kv) != 2 {
		return 0, err
	}
	return len(kv[1]), nil
}

// PoolGet is Get: every command of go-redis takes a connection out of the pool.
func (g *goredisClient) PoolGet(key string) (int, error) { return g.Get(key) }
