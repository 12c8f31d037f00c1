package redis_test

import (
	"math"

	"github.com/futureio/futureio-go/redis"
)

// sicily prepares g with Palermo and Catania, which are 166274.1516 m apart.
func sicily(c *surface) {
	c.t.Helper()
	c.given(c.GeoAdd("g", []redis.GeoMember{{Member: "Palermo", Longitude: 13.361389, Latitude: 38.115556}, {Member: "Catania", Longitude: 15.087269, Latitude: 37.502669}}))
}

// Where the servers say the two lie, as the cells of 52 bits have it, and how far they are from 15° E 37° N in kilometers.
var (
	palermo = redis.GeoLocation{Member: "Palermo", Distance: some(190.4424), Hash: some[int64](3479099956230698), Point: some(redis.GeoPoint{Longitude: 13.361389338970184, Latitude: 38.1155563954963})}
	catania = redis.GeoLocation{Member: "Catania", Distance: some(56.4413), Hash: some[int64](3479447370796909), Point: some(redis.GeoPoint{Longitude: 15.087267458438873, Latitude: 37.50266842333162})}
)

// near rounds distances to four decimals, as most servers do, and positions to 12, so that it does not matter how many
// digits a server tells.
func near(list []redis.GeoLocation) []redis.GeoLocation {
	round := func(f, unit float64) float64 { return math.Round(f*unit) / unit }
	for i, l := range list {
		if d, ok := l.Distance.Get(); ok {
			list[i].Distance = some(round(d, 1e4))
		}
		if p, ok := l.Point.Get(); ok {
			list[i].Point = some(redis.GeoPoint{Longitude: round(p.Longitude, 1e12), Latitude: round(p.Latitude, 1e12)})
		}
	}
	return list
}

// places are locations without anything else.
func places(list ...string) []redis.GeoLocation {
	out := make([]redis.GeoLocation, len(list))
	for i, name := range list {
		out[i].Member = name
	}
	return out
}

// everything is what a search tells of both, the nearest first.
func everything() []redis.GeoLocation { return near([]redis.GeoLocation{catania, palermo}) }

var fromSicily = redis.FromLonLat(15, 37)

var geoRows = []row{
	{cmd: "GEOADD", call: func(c *surface) any {
		sicily(c)
		enna := redis.GeoMember{Member: "Enna", Longitude: 14.2, Latitude: 37.5}
		moved := enna
		moved.Longitude = 14.3
		return all{of(c, c.GeoAdd("g", []redis.GeoMember{enna, {Member: "Catania", Longitude: 15, Latitude: 37}})), of(c, c.GeoAdd("g", []redis.GeoMember{moved}, redis.CH)),
			of(c, c.GeoAdd("g", []redis.GeoMember{enna}, redis.NX, redis.CH)), of(c, c.GeoAdd("g", []redis.GeoMember{{Member: "Noto", Longitude: 15, Latitude: 36.9}}, redis.XX)), of(c, c.ZCard("g"))}
	}, want: all{1, 1, 0, 0, 3}},
	{cmd: "GEODIST", call: func(c *surface) any {
		sicily(c)
		return all{of(c, c.GeoDist("g", "Palermo", "Catania", redis.Meters)), of(c, c.GeoDist("g", "Palermo", "Catania", redis.Kilometers)), of(c, c.GeoDist("g", "Palermo", "Catania", redis.Miles)),
			of(c, c.GeoDist("g", "Palermo", "Palermo", redis.Feet)), of(c, c.GeoDist("g", "Palermo", "missing", redis.Meters)), of(c, c.GeoDist("missing", "a", "b", redis.Meters))}
	}, want: all{some(166274.1516), some(166.2742), some(103.3182), some(0.0), none[float64](), none[float64]()}},
	{cmd: "GEOHASH", call: func(c *surface) any {
		sicily(c)
		return all{of(c, c.GeoHash("g", "Palermo", "missing", "Catania")), of(c, c.GeoHash("missing", "a"))}
	}, want: all{[]redis.Opt[string]{some("sqc8b49rny0"), none[string](), some("sqdtr74hyu0")}, []redis.Opt[string]{none[string]()}}},
	{cmd: "GEOPOS", call: func(c *surface) any {
		sicily(c)
		got := of(c, c.GeoPos("g", "Palermo", "missing", "Catania"))
		at := near([]redis.GeoLocation{{Point: got[0]}, {Point: got[2]}})
		want := near([]redis.GeoLocation{{Point: palermo.Point}, {Point: catania.Point}})
		return all{at[0] == want[0], at[1] == want[1], got[1], of(c, c.GeoPos("missing", "a"))}
	}, want: all{true, true, none[redis.GeoPoint](), []redis.Opt[redis.GeoPoint]{none[redis.GeoPoint]()}}},
	{cmd: "GEORADIUS", call: func(c *surface) any {
		sicily(c)
		return all{of(c, c.GeoRadius("g", 15, 37, 100, redis.Kilometers)), near(of(c, c.GeoRadius("g", 15, 37, 200, redis.Kilometers, redis.WithCoord, redis.WithDist, redis.WithHash, redis.Asc))),
			of(c, c.GeoRadius("g", 15, 37, 200, redis.Kilometers, redis.Count(1), redis.Desc)), len(of(c, c.GeoRadius("missing", 15, 37, 200, redis.Kilometers)))}
	}, want: all{places("Catania"), everything(), places("Palermo"), 0}},
	{cmd: "GEORADIUS", name: "STORE", call: func(c *surface) any {
		sicily(c)
		stored := all{of(c, c.GeoRadiusStore("g", 15, 37, 100, redis.Kilometers, "d")), of(c, c.ZScore("d", "Catania"))}
		dist := of(c, c.GeoRadiusStoreDist("g", 15, 37, 200, redis.Kilometers, "e"))
		far := of(c, c.ZScore("e", "Palermo")).Or(0)
		c.holds(math.Abs(far-190.4424) < 1e-3, "the distance stored for Palermo is %v", far)
		return append(stored, dist)
	}, want: all{1, some(3479447370796909.0), 2}},
	{cmd: "GEORADIUSBYMEMBER", call: func(c *surface) any {
		sicily(c)
		got := near(of(c, c.GeoRadiusByMember("g", "Palermo", 200, redis.Kilometers, redis.WithDist, redis.Desc)))
		return all{got[0].Member, got[0].Distance, got[0].Point.Valid(), got[1].Member, got[1].Distance, of(c, c.GeoRadiusByMember("g", "Palermo", 1, redis.Miles))}
	}, want: all{"Catania", some(166.2742), false, "Palermo", some(0.0), places("Palermo")}},
	{cmd: "GEORADIUSBYMEMBER", name: "STORE", call: func(c *surface) any {
		sicily(c)
		stored := all{of(c, c.GeoRadiusByMemberStore("g", "Palermo", 1, redis.Kilometers, "d")), of(c, c.ZScore("d", "Palermo")), of(c, c.GeoRadiusByMemberStoreDist("g", "Palermo", 200, redis.Kilometers, "e"))}
		far := of(c, c.ZScore("e", "Catania")).Or(0)
		c.holds(math.Abs(far-166.2742) < 1e-3, "the distance stored for Catania is %v", far)
		return append(stored, of(c, c.ZScore("e", "Palermo")))
	}, want: all{1, some(3479099956230698.0), 2, some(0.0)}},
	{cmd: "GEORADIUSBYMEMBER_RO", call: func(c *surface) any {
		sicily(c)
		return all{of(c, c.GeoRadiusByMemberRO("g", "Catania", 200, redis.Kilometers, redis.Asc)), of(c, c.GeoRadiusByMemberRO("g", "Catania", 200, redis.Kilometers, redis.CountAny(1), redis.WithHash))[0].Hash.Valid()}
	}, want: all{places("Catania", "Palermo"), true}},
	{cmd: "GEORADIUS_RO", call: func(c *surface) any {
		sicily(c)
		return all{near(of(c, c.GeoRadiusRO("g", 15, 37, 200, redis.Kilometers, redis.WithDist, redis.WithHash, redis.WithCoord, redis.Asc))), of(c, c.GeoRadiusRO("g", 15, 37, 100, redis.Kilometers)), len(of(c, c.GeoRadiusRO("g", 0, 0, 1, redis.Meters)))}
	}, want: all{everything(), places("Catania"), 0}},
	{cmd: "GEOSEARCH", call: func(c *surface) any {
		sicily(c)
		return all{of(c, c.GeoSearch("g", fromSicily, redis.ByRadius(200, redis.Kilometers), redis.Asc)), of(c, c.GeoSearch("g", fromSicily, redis.ByBox(400, 400, redis.Kilometers), redis.Desc, redis.Count(1))),
			of(c, c.GeoSearch("g", redis.FromMember("Palermo"), redis.ByRadius(1, redis.Miles))), len(of(c, c.GeoSearch("missing", fromSicily, redis.ByRadius(1, redis.Feet)))),
			near(of(c, c.GeoSearchWith("g", fromSicily, redis.ByRadius(200, redis.Kilometers), redis.WithCoord, redis.WithDist, redis.WithHash, redis.Asc))),
			of(c, c.GeoSearchWith("g", fromSicily, redis.ByRadius(200, redis.Kilometers), redis.WithHash, redis.Count(1)))[0]}
	}, want: all{[]string{"Catania", "Palermo"}, []string{"Palermo"}, []string{"Palermo"}, 0, everything(), redis.GeoLocation{Member: "Catania", Hash: catania.Hash}}},
	{cmd: "GEOSEARCH", name: "BYPOLYGON", only: "valkey-9", call: func(c *surface) any {
		sicily(c)
		return of(c, c.GeoSearch("g", redis.GeoOrigin{}, redis.ByPolygon(redis.GeoCorner{Longitude: 14.5, Latitude: 37}, redis.GeoCorner{Longitude: 15.5, Latitude: 37}, redis.GeoCorner{Longitude: 15, Latitude: 38})))
	}, want: []string{"Catania"}},
	{cmd: "GEOSEARCHSTORE", call: func(c *surface) any {
		sicily(c)
		stored := all{of(c, c.GeoSearchStore("d", "g", fromSicily, redis.ByRadius(100, redis.Kilometers))), of(c, c.ZScore("d", "Catania")), of(c, c.GeoSearchStore("e", "g", fromSicily, redis.ByBox(400, 400, redis.Kilometers), redis.StoreDist))}
		far := of(c, c.ZScore("e", "Palermo")).Or(0)
		c.holds(math.Abs(far-190.4424) < 1e-3, "the distance stored for Palermo is %v", far)
		return append(stored, of(c, c.GeoSearchStore("e", "missing", fromSicily, redis.ByRadius(1, redis.Meters))), of(c, c.Exists("e")))
	}, want: all{1, some(3479447370796909.0), 2, 0, 0}},
}
