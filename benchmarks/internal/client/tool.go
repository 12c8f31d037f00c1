package client

var toolKinds = []Kind{
	{ID: "redis-benchmark", Library: "redis-benchmark", Label: "redis-benchmark", Options: "one connection per caller, no pipelining: the server's limit with a round trip per command", Tool: true, Pipeline: 1},
	{ID: "redis-benchmark-p16", Library: "redis-benchmark", Label: "redis-benchmark -P 16", Options: "16 commands in flight on each connection", Tool: true, Pipeline: 16},
}
