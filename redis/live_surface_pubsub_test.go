package redis_test

import "strings"

var pubSubRows = []row{
	{cmd: "PUBLISH", call: func(c *surface) any {
		sub := c.side("SUBSCRIBE news", 6)
		n := of(c, c.Publish("news", "hello"))
		got := strings.Join(sub.lines(7), " ")
		c.holds(got == "*3 $7 message $4 news $5 hello", "the subscriber got %q", got)
		return all{n, of(c, c.Publish("nobody", []byte("hears")))}
	}, want: all{1, 0}},
	{cmd: "PUBSUB CHANNELS", call: func(c *surface) any {
		c.side("SUBSCRIBE news nature", 12)
		return all{inOrder(of(c, c.PubSubChannels())), of(c, c.PubSubChannelsLike("new?")), len(of(c, c.PubSubChannelsLike("x*")))}
	}, want: all{[]string{"nature", "news"}, []string{"news"}, 0}},
	{cmd: "PUBSUB HELP", call: func(c *surface) any { return helps(c, "PUBSUB", of(c, c.PubSubHelp())) }, want: true},
	{cmd: "PUBSUB NUMPAT", call: func(c *surface) any {
		before := of(c, c.PubSubNumPat())
		c.side("PSUBSCRIBE a* b*", 12)
		return all{before, of(c, c.PubSubNumPat())}
	}, want: all{0, 2}},
	{cmd: "PUBSUB NUMSUB", call: func(c *surface) any {
		c.side("SUBSCRIBE news", 6)
		c.side("SUBSCRIBE news", 6)
		return all{of(c, c.PubSubNumSub("news", "nobody")), len(of(c, c.PubSubNumSub()))}
	}, want: all{map[string]int64{"news": 2, "nobody": 0}, 0}},
	{cmd: "PUBSUB SHARDCHANNELS", call: func(c *surface) any {
		c.side("SSUBSCRIBE news nature", 12)
		return all{inOrder(of(c, c.PubSubShardChannels())), of(c, c.PubSubShardChannelsLike("new?")), len(of(c, c.PubSubChannels()))}
	}, want: all{[]string{"nature", "news"}, []string{"news"}, 0}},
	{cmd: "PUBSUB SHARDNUMSUB", call: func(c *surface) any {
		c.side("SSUBSCRIBE news", 6)
		return all{of(c, c.PubSubShardNumSub("news", "nobody")), len(of(c, c.PubSubShardNumSub()))}
	}, want: all{map[string]int64{"news": 1, "nobody": 0}, 0}},
	{cmd: "SPUBLISH", call: func(c *surface) any {
		sub := c.side("SSUBSCRIBE news", 6)
		n := of(c, c.SPublish("news", "hello"))
		got := strings.Join(sub.lines(7), " ")
		c.holds(got == "*3 $8 smessage $4 news $5 hello", "the subscriber got %q", got)
		return all{n, of(c, c.SPublish("nobody", "hears"))}
	}, want: all{1, 0}},
}
