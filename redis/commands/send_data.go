package commands

import (
	"time"

	"github.com/futureio/futureio-go/future"
)

// The senders for what commands answer about data; see send.go for why each is
// written out.

func (c *Commands) sendFieldValues(a *args) *future.Future[[]FieldValue] {
	x := new(call[[]FieldValue, asFieldValues])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendHashPage(a *args) *future.Future[Page[FieldValue]] {
	x := new(call[Page[FieldValue], asHashPage])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendZPage(a *args) *future.Future[Page[Z]] {
	x := new(call[Page[Z], asZPage])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendClusterPage(a *args) *future.Future[Page[string]] {
	x := new(call[Page[string], asClusterPage])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendIntMap(a *args) *future.Future[map[string]int64] {
	x := new(call[map[string]int64, asIntMap])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendOptInts(a *args) *future.Future[[]Opt[int64]] {
	x := new(call[[]Opt[int64], asOptInts])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendFieldResults(a *args) *future.Future[[]FieldResult] {
	x := new(call[[]FieldResult, asFieldResults])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendExpirySeconds(a *args) *future.Future[Expiry] {
	x := new(call[Expiry, asExpirySeconds])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendExpiryMillis(a *args) *future.Future[Expiry] {
	x := new(call[Expiry, asExpiryMillis])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendExpiriesSeconds(a *args) *future.Future[[]Expiry] {
	x := new(call[[]Expiry, asExpiriesSeconds])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendExpiriesMillis(a *args) *future.Future[[]Expiry] {
	x := new(call[[]Expiry, asExpiriesMillis])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendSecondsList(a *args) *future.Future[[]time.Duration] {
	x := new(call[[]time.Duration, asSecondsList])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendMillisList(a *args) *future.Future[[]time.Duration] {
	x := new(call[[]time.Duration, asMillisList])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendOptSeconds(a *args) *future.Future[Opt[time.Duration]] {
	x := new(call[Opt[time.Duration], asOptSeconds])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendUnixTime(a *args) *future.Future[time.Time] {
	x := new(call[time.Time, asUnixTime])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendAOFAcks(a *args) *future.Future[AOFAcks] {
	x := new(call[AOFAcks, asAOFAcks])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendOptKeyValue(a *args) *future.Future[Opt[KeyValue]] {
	x := new(call[Opt[KeyValue], asOptKeyValue])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendOptKeyValues(a *args) *future.Future[Opt[KeyValues]] {
	x := new(call[Opt[KeyValues], asOptKeyValues])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendOptKeyZ(a *args) *future.Future[Opt[KeyZ]] {
	x := new(call[Opt[KeyZ], asOptKeyZ])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendOptKeyZs(a *args) *future.Future[Opt[KeyZs]] {
	x := new(call[Opt[KeyZs], asOptKeyZs])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendOptZ(a *args) *future.Future[Opt[Z]] {
	x := new(call[Opt[Z], asOptZ])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendOptRank(a *args) *future.Future[Opt[Rank]] {
	x := new(call[Opt[Rank], asOptRank])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendLCSMatches(a *args) *future.Future[LCSMatches] {
	x := new(call[LCSMatches, asLCSMatches])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendGeoPoints(a *args) *future.Future[[]Opt[GeoPoint]] {
	x := new(call[[]Opt[GeoPoint], asGeoPoints])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendGeoLocations(a *args) *future.Future[[]GeoLocation] {
	x := new(call[[]GeoLocation, asGeoLocations])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendEntries(a *args) *future.Future[[]Entry] {
	x := new(call[[]Entry, asEntries])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendStreams(a *args) *future.Future[[]StreamEntries] {
	x := new(call[[]StreamEntries, asStreams])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendAutoClaim(a *args) *future.Future[AutoClaim] {
	x := new(call[AutoClaim, asAutoClaim])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendAutoClaimIDs(a *args) *future.Future[AutoClaimIDs] {
	x := new(call[AutoClaimIDs, asAutoClaimIDs])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendPendingSummary(a *args) *future.Future[PendingSummary] {
	x := new(call[PendingSummary, asPendingSummary])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendPendingEntries(a *args) *future.Future[[]PendingEntry] {
	x := new(call[[]PendingEntry, asPendingEntries])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendStreamInfo(a *args) *future.Future[StreamInfo] {
	x := new(call[StreamInfo, asStreamInfo])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendStreamFullInfo(a *args) *future.Future[StreamFullInfo] {
	x := new(call[StreamFullInfo, asStreamFullInfo])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendStreamGroups(a *args) *future.Future[[]StreamGroup] {
	x := new(call[[]StreamGroup, asStreamGroups])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendStreamConsumers(a *args) *future.Future[[]StreamConsumer] {
	x := new(call[[]StreamConsumer, asStreamConsumers])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendOptVectorInfo(a *args) *future.Future[Opt[VectorInfo]] {
	x := new(call[Opt[VectorInfo], asOptVectorInfo])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendOptFloatList(a *args) *future.Future[Opt[[]float64]] {
	x := new(call[Opt[[]float64], asOptFloatList])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendOptRawVector(a *args) *future.Future[Opt[RawVector]] {
	x := new(call[Opt[RawVector], asOptRawVector])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendVectorLinks(a *args) *future.Future[[][]string] {
	x := new(call[[][]string, asVectorLinks])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendVectorLinkScores(a *args) *future.Future[[][]Z] {
	x := new(call[[][]Z, asVectorLinkScores])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendVectorScores(a *args) *future.Future[[]Z] {
	x := new(call[[]Z, asVectorScores])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}
