package commands

import "github.com/futureio/futureio-go/future"

// The senders for what servers tell about themselves; see send.go for why each is
// written out.

func (c *Commands) sendClientInfo(a *args) *future.Future[ClientInfo] {
	x := new(call[ClientInfo, asClientInfo])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendClientInfos(a *args) *future.Future[[]ClientInfo] {
	x := new(call[[]ClientInfo, asClientInfos])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendTrackingInfo(a *args) *future.Future[TrackingInfo] {
	x := new(call[TrackingInfo, asTrackingInfo])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendServerHello(a *args) *future.Future[ServerHello] {
	x := new(call[ServerHello, asServerHello])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendInfoFields(a *args) *future.Future[map[string]string] {
	x := new(call[map[string]string, asInfoFields])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendClusterNodes(a *args) *future.Future[[]ClusterNode] {
	x := new(call[[]ClusterNode, asClusterNodes])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendClusterNodeLines(a *args) *future.Future[[]ClusterNode] {
	x := new(call[[]ClusterNode, asClusterNodeLines])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendClusterSlots(a *args) *future.Future[[]ClusterSlots] {
	x := new(call[[]ClusterSlots, asClusterSlots])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendClusterShards(a *args) *future.Future[[]ClusterShard] {
	x := new(call[[]ClusterShard, asClusterShards])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendClusterLinks(a *args) *future.Future[[]ClusterLink] {
	x := new(call[[]ClusterLink, asClusterLinks])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendSlotStats(a *args) *future.Future[[]SlotStat] {
	x := new(call[[]SlotStat, asSlotStats])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendSlotMigrations(a *args) *future.Future[[]SlotMigration] {
	x := new(call[[]SlotMigration, asSlotMigrations])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendCommandInfos(a *args) *future.Future[[]Opt[CommandInfo]] {
	x := new(call[[]Opt[CommandInfo], asCommandInfos])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendCommandDocs(a *args) *future.Future[map[string]CommandDoc] {
	x := new(call[map[string]CommandDoc, asCommandDocs])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendKeysAndFlags(a *args) *future.Future[[]KeyAndFlags] {
	x := new(call[[]KeyAndFlags, asKeysAndFlags])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendLatencies(a *args) *future.Future[[]LatencyEvent] {
	x := new(call[[]LatencyEvent, asLatencies])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendLatencySamples(a *args) *future.Future[[]LatencySample] {
	x := new(call[[]LatencySample, asLatencySamples])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendLatencyHistograms(a *args) *future.Future[map[string]LatencyHistogram] {
	x := new(call[map[string]LatencyHistogram, asLatencyHistograms])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendMemoryStats(a *args) *future.Future[MemoryStats] {
	x := new(call[MemoryStats, asMemoryStats])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendSlowLog(a *args) *future.Future[[]SlowLogEntry] {
	x := new(call[[]SlowLogEntry, asSlowLog])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendModules(a *args) *future.Future[[]Module] {
	x := new(call[[]Module, asModules])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendRole(a *args) *future.Future[Role] {
	x := new(call[Role, asRole])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendOptACLUser(a *args) *future.Future[Opt[ACLUser]] {
	x := new(call[Opt[ACLUser], asOptACLUser])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendACLLog(a *args) *future.Future[[]ACLLogEntry] {
	x := new(call[[]ACLLogEntry, asACLLog])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendLibraries(a *args) *future.Future[[]Library] {
	x := new(call[[]Library, asLibraries])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendFunctionStats(a *args) *future.Future[FunctionStats] {
	x := new(call[FunctionStats, asFunctionStats])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}
