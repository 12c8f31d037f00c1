package client

import (
	goredis "github.com/redis/go-redis/v9"
)

var goredisKinds = []Kind{
	{ID: "goredis", Library: "go-redis", Label: "go-redis, pool", Options: "defaults: a pool of 10 connections per CPU", Open: openGoredis(goredisPool)},
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

func openGoredis(with func(*goredisClient, *goredis.Options) error) func(Config) (Client, error) {
	return func(cfg Config) (Client, error) {
		g := &goredisClient{}
		if err := with(g, &goredis.Options{Addr: cfg.Addr}); err != nil {
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

func goredisPool(g *goredisClient, opt *goredis.Options) error {
	g.c = goredis.NewClient(opt)
	g.commands = g.c
	return nil
}

func goredisPool64(g *goredisClient, opt *goredis.Options) error {
	opt.PoolSize = 64
	return goredisPool(g, opt)
}

func goredisAuto(g *goredisClient, opt *goredis.Options) error {
	g.c = goredis.NewClient(opt)
	return g.auto(nil)
}

func goredisParallel(g *goredisClient, opt *goredis.Options) error {
	opt.PipelinePoolSize = 80
	g.c = goredis.NewClient(opt)
	return g.auto(&goredis.AutoPipelineOptions{MaxBatchSize: 300, MaxConcurrentBatches: 80, Unordered: true})
}

func goredisDuplex(g *goredisClient, opt *goredis.Options) error {
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
