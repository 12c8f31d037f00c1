package commands

import (
	"math"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// at is a moment of whole seconds, and atMillis one that is not.
var (
	at       = time.Unix(1_700_000_000, 0)
	atMillis = time.UnixMilli(1_700_000_000_250)
)

// wireCalls has every method, and every option of each method, with the words that
// must go out. A word with a blank in it is not among them, so that a row can be
// one string; "”" stands for the empty word.
var wireCalls = []struct {
	method string
	call   func(c *Commands)
	wire   string
}{
	// Strings.
	{"Append", func(c *Commands) { c.Append("k", "v") }, "APPEND k v"},
	{"Decr", func(c *Commands) { c.Decr("k") }, "DECR k"},
	{"DecrBy", func(c *Commands) { c.DecrBy("k", -7) }, "DECRBY k -7"},
	{"Get", func(c *Commands) { c.Get("k") }, "GET k"},
	{"GetDel", func(c *Commands) { c.GetDel("k") }, "GETDEL k"},
	{"GetEx", func(c *Commands) { c.GetEx("k") }, "GETEX k"},
	{"GetEx", func(c *Commands) { c.GetEx("k", EX(time.Minute)) }, "GETEX k EX 60"},
	{"GetEx", func(c *Commands) { c.GetEx("k", EX(1500*time.Millisecond)) }, "GETEX k PX 1500"},
	{"GetEx", func(c *Commands) { c.GetEx("k", PX(time.Minute)) }, "GETEX k PX 60000"},
	{"GetEx", func(c *Commands) { c.GetEx("k", EXAt(at)) }, "GETEX k EXAT 1700000000"},
	{"GetEx", func(c *Commands) { c.GetEx("k", EXAt(atMillis)) }, "GETEX k PXAT 1700000000250"},
	{"GetEx", func(c *Commands) { c.GetEx("k", PXAt(at)) }, "GETEX k PXAT 1700000000000"},
	{"GetEx", func(c *Commands) { c.GetEx("k", Persist) }, "GETEX k PERSIST"},
	{"GetRange", func(c *Commands) { c.GetRange("k", 0, -1) }, "GETRANGE k 0 -1"},
	{"Incr", func(c *Commands) { c.Incr("k") }, "INCR k"},
	{"IncrBy", func(c *Commands) { c.IncrBy("k", 1<<62) }, "INCRBY k 4611686018427387904"},
	{"IncrByFloat", func(c *Commands) { c.IncrByFloat("k", 0.1) }, "INCRBYFLOAT k 0.1"},
	{"MGet", func(c *Commands) { c.MGet("a", "b") }, "MGET a b"},
	{"MSet", func(c *Commands) { c.MSet("a", 1, "b", "two") }, "MSET a 1 b two"},
	{"MSet", func(c *Commands) { c.MSet(map[string]string{"b": "2", "a": "1", "c": "3"}) }, "MSET a 1 b 2 c 3"},
	{"MSetNX", func(c *Commands) { c.MSetNX(map[string]any{"b": 2.5, "a": true}) }, "MSETNX a 1 b 2.5"},
	{"Set", func(c *Commands) { c.Set("k", "v") }, "SET k v"},
	{"Set", func(c *Commands) { c.Set("", []byte{}) }, "SET '' ''"},
	{"Set", func(c *Commands) { c.Set("k", "v", NX, EX(time.Hour)) }, "SET k v NX EX 3600"},
	{"Set", func(c *Commands) { c.Set("k", "v", XX, PX(time.Second)) }, "SET k v XX PX 1000"},
	{"Set", func(c *Commands) { c.Set("k", "v", IfEq("old"), KeepTTL) }, "SET k v IFEQ old KEEPTTL"},
	{"Set", func(c *Commands) { c.Set("k", "v", EX(500*time.Millisecond)) }, "SET k v PX 500"},
	{"Set", func(c *Commands) { c.Set("k", "v", EXAt(at)) }, "SET k v EXAT 1700000000"},
	{"Set", func(c *Commands) { c.Set("k", "v", EXAt(atMillis)) }, "SET k v PXAT 1700000000250"},
	{"Set", func(c *Commands) { c.Set("k", "v", PXAt(atMillis)) }, "SET k v PXAT 1700000000250"},
	{"SetGet", func(c *Commands) { c.SetGet("k", "v") }, "SET k v GET"},
	{"SetGet", func(c *Commands) { c.SetGet("k", "v", NX, EX(time.Minute)) }, "SET k v NX EX 60 GET"},
	{"SetGet", func(c *Commands) { c.SetGet("k", "v", XX, PX(time.Minute)) }, "SET k v XX PX 60000 GET"},
	{"SetGet", func(c *Commands) { c.SetGet("k", "v", IfEq(7), EXAt(at)) }, "SET k v IFEQ 7 EXAT 1700000000 GET"},
	{"SetGet", func(c *Commands) { c.SetGet("k", "v", PXAt(at)) }, "SET k v PXAT 1700000000000 GET"},
	{"SetGet", func(c *Commands) { c.SetGet("k", "v", KeepTTL) }, "SET k v KEEPTTL GET"},
	{"SetNX", func(c *Commands) { c.SetNX("k", "v") }, "SETNX k v"},
	{"SetRange", func(c *Commands) { c.SetRange("k", 5, "v") }, "SETRANGE k 5 v"},
	{"StrLen", func(c *Commands) { c.StrLen("k") }, "STRLEN k"},

	// Keys.
	{"Del", func(c *Commands) { c.Del("a", "b") }, "DEL a b"},
	{"Exists", func(c *Commands) { c.Exists("a", "a") }, "EXISTS a a"},
	{"Expire", func(c *Commands) { c.Expire("k", time.Minute) }, "EXPIRE k 60"},
	{"Expire", func(c *Commands) { c.Expire("k", 1500*time.Millisecond) }, "PEXPIRE k 1500"},
	{"Expire", func(c *Commands) { c.Expire("k", time.Minute, NX) }, "EXPIRE k 60 NX"},
	{"Expire", func(c *Commands) { c.Expire("k", time.Minute, XX) }, "EXPIRE k 60 XX"},
	{"Expire", func(c *Commands) { c.Expire("k", time.Minute, GT) }, "EXPIRE k 60 GT"},
	{"Expire", func(c *Commands) { c.Expire("k", time.Millisecond, LT) }, "PEXPIRE k 1 LT"},
	{"ExpireAt", func(c *Commands) { c.ExpireAt("k", at) }, "EXPIREAT k 1700000000"},
	{"ExpireAt", func(c *Commands) { c.ExpireAt("k", atMillis, NX) }, "PEXPIREAT k 1700000000250 NX"},
	{"ExpireAt", func(c *Commands) { c.ExpireAt("k", at, XX) }, "EXPIREAT k 1700000000 XX"},
	{"ExpireAt", func(c *Commands) { c.ExpireAt("k", at, GT) }, "EXPIREAT k 1700000000 GT"},
	{"ExpireAt", func(c *Commands) { c.ExpireAt("k", at, LT) }, "EXPIREAT k 1700000000 LT"},
	{"PExpire", func(c *Commands) { c.PExpire("k", time.Second) }, "PEXPIRE k 1000"},
	{"PExpire", func(c *Commands) { c.PExpire("k", time.Second, NX) }, "PEXPIRE k 1000 NX"},
	{"PExpire", func(c *Commands) { c.PExpire("k", time.Second, XX) }, "PEXPIRE k 1000 XX"},
	{"PExpire", func(c *Commands) { c.PExpire("k", time.Second, GT) }, "PEXPIRE k 1000 GT"},
	{"PExpire", func(c *Commands) { c.PExpire("k", time.Second, LT) }, "PEXPIRE k 1000 LT"},
	{"PExpireAt", func(c *Commands) { c.PExpireAt("k", atMillis) }, "PEXPIREAT k 1700000000250"},
	{"PExpireAt", func(c *Commands) { c.PExpireAt("k", at, NX) }, "PEXPIREAT k 1700000000000 NX"},
	{"PExpireAt", func(c *Commands) { c.PExpireAt("k", at, XX) }, "PEXPIREAT k 1700000000000 XX"},
	{"PExpireAt", func(c *Commands) { c.PExpireAt("k", at, GT) }, "PEXPIREAT k 1700000000000 GT"},
	{"PExpireAt", func(c *Commands) { c.PExpireAt("k", at, LT) }, "PEXPIREAT k 1700000000000 LT"},
	{"Keys", func(c *Commands) { c.Keys("a*") }, "KEYS a*"},
	{"ObjectEncoding", func(c *Commands) { c.ObjectEncoding("k") }, "OBJECT ENCODING k"},
	{"PTTL", func(c *Commands) { c.PTTL("k") }, "PTTL k"},
	{"Persist", func(c *Commands) { c.Persist("k") }, "PERSIST k"},
	{"RandomKey", func(c *Commands) { c.RandomKey() }, "RANDOMKEY"},
	{"Rename", func(c *Commands) { c.Rename("a", "b") }, "RENAME a b"},
	{"RenameNX", func(c *Commands) { c.RenameNX("a", "b") }, "RENAMENX a b"},
	{"Scan", func(c *Commands) { c.Scan("0") }, "SCAN 0"},
	{"Scan", func(c *Commands) { c.Scan("17", Match("a*"), Count(100), OfType("hash")) }, "SCAN 17 MATCH a* COUNT 100 TYPE hash"},
	{"TTL", func(c *Commands) { c.TTL("k") }, "TTL k"},
	{"Type", func(c *Commands) { c.Type("k") }, "TYPE k"},
	{"Unlink", func(c *Commands) { c.Unlink("a", "b") }, "UNLINK a b"},

	// Hashes.
	{"HDel", func(c *Commands) { c.HDel("k", "f", "g") }, "HDEL k f g"},
	{"HExists", func(c *Commands) { c.HExists("k", "f") }, "HEXISTS k f"},
	{"HGet", func(c *Commands) { c.HGet("k", "f") }, "HGET k f"},
	{"HGetAll", func(c *Commands) { c.HGetAll("k") }, "HGETALL k"},
	{"HIncrBy", func(c *Commands) { c.HIncrBy("k", "f", 3) }, "HINCRBY k f 3"},
	{"HIncrByFloat", func(c *Commands) { c.HIncrByFloat("k", "f", -1.5) }, "HINCRBYFLOAT k f -1.5"},
	{"HKeys", func(c *Commands) { c.HKeys("k") }, "HKEYS k"},
	{"HLen", func(c *Commands) { c.HLen("k") }, "HLEN k"},
	{"HMGet", func(c *Commands) { c.HMGet("k", "f", "g") }, "HMGET k f g"},
	{"HSet", func(c *Commands) { c.HSet("k", "f", "v", "g", 2) }, "HSET k f v g 2"},
	{"HSet", func(c *Commands) { c.HSet("k", map[string]any{"g": 2, "f": []byte("v")}) }, "HSET k f v g 2"},
	{"HSetNX", func(c *Commands) { c.HSetNX("k", "f", "v") }, "HSETNX k f v"},
	{"HStrLen", func(c *Commands) { c.HStrLen("k", "f") }, "HSTRLEN k f"},
	{"HVals", func(c *Commands) { c.HVals("k") }, "HVALS k"},

	// Lists.
	{"LIndex", func(c *Commands) { c.LIndex("k", -1) }, "LINDEX k -1"},
	{"LLen", func(c *Commands) { c.LLen("k") }, "LLEN k"},
	{"LPop", func(c *Commands) { c.LPop("k") }, "LPOP k"},
	{"LPopN", func(c *Commands) { c.LPopN("k", 3) }, "LPOP k 3"},
	{"LPush", func(c *Commands) { c.LPush("k", "a", 2) }, "LPUSH k a 2"},
	{"LRange", func(c *Commands) { c.LRange("k", 0, -1) }, "LRANGE k 0 -1"},
	{"LRem", func(c *Commands) { c.LRem("k", -2, "v") }, "LREM k -2 v"},
	{"LSet", func(c *Commands) { c.LSet("k", 4, "v") }, "LSET k 4 v"},
	{"LTrim", func(c *Commands) { c.LTrim("k", 1, 2) }, "LTRIM k 1 2"},
	{"RPop", func(c *Commands) { c.RPop("k") }, "RPOP k"},
	{"RPopN", func(c *Commands) { c.RPopN("k", 3) }, "RPOP k 3"},
	{"RPush", func(c *Commands) { c.RPush("k", "a") }, "RPUSH k a"},

	// Sets.
	{"SAdd", func(c *Commands) { c.SAdd("k", "a", int8(-3)) }, "SADD k a -3"},
	{"SCard", func(c *Commands) { c.SCard("k") }, "SCARD k"},
	{"SDiff", func(c *Commands) { c.SDiff("a", "b") }, "SDIFF a b"},
	{"SInter", func(c *Commands) { c.SInter("a", "b") }, "SINTER a b"},
	{"SIsMember", func(c *Commands) { c.SIsMember("k", "m") }, "SISMEMBER k m"},
	{"SMIsMember", func(c *Commands) { c.SMIsMember("k", "m", 1) }, "SMISMEMBER k m 1"},
	{"SMembers", func(c *Commands) { c.SMembers("k") }, "SMEMBERS k"},
	{"SPop", func(c *Commands) { c.SPop("k") }, "SPOP k"},
	{"SPopN", func(c *Commands) { c.SPopN("k", 2) }, "SPOP k 2"},
	{"SRem", func(c *Commands) { c.SRem("k", "m") }, "SREM k m"},
	{"SUnion", func(c *Commands) { c.SUnion("a") }, "SUNION a"},

	// Sorted sets.
	{"ZAdd", func(c *Commands) { c.ZAdd("k", []Z{{"a", 1}, {"b", -2.5}}) }, "ZADD k 1 a -2.5 b"},
	{"ZAdd", func(c *Commands) { c.ZAdd("k", []Z{{"a", 1}}, NX, CH) }, "ZADD k NX CH 1 a"},
	{"ZAdd", func(c *Commands) { c.ZAdd("k", []Z{{"a", 1}}, XX, GT) }, "ZADD k XX GT 1 a"},
	{"ZAdd", func(c *Commands) { c.ZAdd("k", []Z{{"a", 1}}, LT) }, "ZADD k LT 1 a"},
	{"ZAddIncr", func(c *Commands) { c.ZAddIncr("k", Z{"a", 1}) }, "ZADD k INCR 1 a"},
	{"ZAddIncr", func(c *Commands) { c.ZAddIncr("k", Z{"a", 1}, NX, CH) }, "ZADD k NX CH INCR 1 a"},
	{"ZAddIncr", func(c *Commands) { c.ZAddIncr("k", Z{"a", 1}, XX, GT) }, "ZADD k XX GT INCR 1 a"},
	{"ZAddIncr", func(c *Commands) { c.ZAddIncr("k", Z{"a", 1}, LT) }, "ZADD k LT INCR 1 a"},
	{"ZCard", func(c *Commands) { c.ZCard("k") }, "ZCARD k"},
	{"ZCount", func(c *Commands) { c.ZCount("k", "-inf", "(5") }, "ZCOUNT k -inf (5"},
	{"ZIncrBy", func(c *Commands) { c.ZIncrBy("k", 0.5, "m") }, "ZINCRBY k 0.5 m"},
	{"ZMScore", func(c *Commands) { c.ZMScore("k", "m", "n") }, "ZMSCORE k m n"},
	{"ZRange", func(c *Commands) { c.ZRange("k", 0, -1) }, "ZRANGE k 0 -1"},
	{"ZRange", func(c *Commands) { c.ZRange("k", "(1", "+inf", ByScore, Rev, Limit(5, 10)) }, "ZRANGE k (1 +inf BYSCORE REV LIMIT 5 10"},
	{"ZRange", func(c *Commands) { c.ZRange("k", "-", "[b", ByLex) }, "ZRANGE k - [b BYLEX"},
	{"ZRangeWithScores", func(c *Commands) { c.ZRangeWithScores("k", 0, -1) }, "ZRANGE k 0 -1 WITHSCORES"},
	{"ZRangeWithScores", func(c *Commands) { c.ZRangeWithScores("k", 1, 2.5, ByScore, Rev, Limit(0, 1)) }, "ZRANGE k 1 2.5 BYSCORE REV LIMIT 0 1 WITHSCORES"},
	{"ZRank", func(c *Commands) { c.ZRank("k", "m") }, "ZRANK k m"},
	{"ZRem", func(c *Commands) { c.ZRem("k", "m", "n") }, "ZREM k m n"},
	{"ZRevRank", func(c *Commands) { c.ZRevRank("k", "m") }, "ZREVRANK k m"},
	{"ZScore", func(c *Commands) { c.ZScore("k", "m") }, "ZSCORE k m"},

	// Connection, server, publishing.
	{"ClientGetName", func(c *Commands) { c.ClientGetName() }, "CLIENT GETNAME"},
	{"ClientID", func(c *Commands) { c.ClientID() }, "CLIENT ID"},
	{"DBSize", func(c *Commands) { c.DBSize() }, "DBSIZE"},
	{"Echo", func(c *Commands) { c.Echo("hello") }, "ECHO hello"},
	{"FlushAll", func(c *Commands) { c.FlushAll() }, "FLUSHALL"},
	{"FlushAll", func(c *Commands) { c.FlushAll(Async) }, "FLUSHALL ASYNC"},
	{"FlushAll", func(c *Commands) { c.FlushAll(Sync) }, "FLUSHALL SYNC"},
	{"FlushDB", func(c *Commands) { c.FlushDB(Async) }, "FLUSHDB ASYNC"},
	{"FlushDB", func(c *Commands) { c.FlushDB(Sync) }, "FLUSHDB SYNC"},
	{"Info", func(c *Commands) { c.Info() }, "INFO"},
	{"Info", func(c *Commands) { c.Info("server", "memory") }, "INFO server memory"},
	{"Ping", func(c *Commands) { c.Ping() }, "PING"},
	{"Publish", func(c *Commands) { c.Publish("ch", 42) }, "PUBLISH ch 42"},
	{"Time", func(c *Commands) { c.Time() }, "TIME"},
}

func TestEveryMethodSendsExactlyItsWords(t *testing.T) {
	for _, row := range wireCalls {
		c, r := record()
		row.call(c)
		if r.cmd == nil {
			t.Errorf("%s: nothing reached the Doer; want %s", row.method, row.wire)
			continue
		}
		want := strings.Fields(row.wire)
		for i := range want {
			if want[i] == "''" {
				want[i] = ""
			}
		}
		if got := r.cmd.Args(); !slices.Equal(got, want) {
			t.Errorf("%s sent %q; want %q", row.method, got, want)
		}
		if name := r.cmd.Name(); !strings.HasPrefix(row.wire, name) {
			t.Errorf("%s is a command of name %q; want that of %s", row.method, name, row.wire)
		}
	}
}

func TestTheWireBytesAreOneArrayOfBulkStrings(t *testing.T) {
	c, r := record()
	c.Set("key", "a\r\nb\x00\xff", EX(time.Minute))
	want := "*5\r\n$3\r\nSET\r\n$3\r\nkey\r\n$6\r\na\r\nb\x00\xff\r\n$2\r\nEX\r\n$2\r\n60\r\n"
	if got := string(r.cmd.Wire()); got != want {
		t.Errorf("Set sent %q; want %q", got, want)
	}
}

// Behaviour G2. Whoever adds a command adds its bytes.
func TestNoMethodIsWithoutItsWireBytes(t *testing.T) {
	seen := map[string]bool{"Command": true, "Do": true, "With": true} // not commands
	for _, row := range wireCalls {
		seen[row.method] = true
	}
	commands := reflect.TypeFor[*Commands]()
	for i := range commands.NumMethod() {
		if name := commands.Method(i).Name; !seen[name] {
			t.Errorf("%s has no row in wireCalls", name)
		}
	}
}

// The generated options tell which methods take them: each must be in a row of each of those.
func TestNoOptionIsWithoutItsWireBytes(t *testing.T) {
	options, err := os.ReadFile("zz_options.go")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := os.ReadFile("wire_test.go")
	if err != nil {
		t.Fatal(err)
	}
	takers := regexp.MustCompile(`(?m)^// An option of (.*)\.\n(?:var|func) (\w+)`).FindAllStringSubmatch(string(options), -1)
	if len(takers) < 15 {
		t.Fatalf("found %d options in zz_options.go; the pattern does not fit any more", len(takers))
	}
	for _, taker := range takers {
		for _, method := range strings.Split(taker[1], ", ") {
			row := regexp.MustCompile(`(?m)^\t\{"` + method + `", .*[ (]` + taker[2] + `[,()]`)
			if !row.Match(rows) {
				t.Errorf("%s with the option %s has no row in wireCalls", method, taker[2])
			}
		}
	}
}

func TestArgumentsThatMayNotBeEmptyAreRefused(t *testing.T) {
	for call, do := range map[string]func(c *Commands) interface{ Err() error }{
		"Del()":               func(c *Commands) interface{ Err() error } { return c.Del() },
		"MGet()":              func(c *Commands) interface{ Err() error } { return c.MGet() },
		"SAdd(k)":             func(c *Commands) interface{ Err() error } { return c.SAdd("k") },
		"HDel(k)":             func(c *Commands) interface{ Err() error } { return c.HDel("k") },
		"ZAdd(k, nil)":        func(c *Commands) interface{ Err() error } { return c.ZAdd("k", nil) },
		"ZAdd(k, nil, NX)":    func(c *Commands) interface{ Err() error } { return c.ZAdd("k", nil, NX) },
		"MSet()":              func(c *Commands) interface{ Err() error } { return c.MSet() },
		"MSet(empty map)":     func(c *Commands) interface{ Err() error } { return c.MSet(map[string]string{}) },
		"HSet(k)":             func(c *Commands) interface{ Err() error } { return c.HSet("k") },
		"HSet(k, f)":          func(c *Commands) interface{ Err() error } { return c.HSet("k", "f") },
		"HSet(k, f, 1, g)":    func(c *Commands) interface{ Err() error } { return c.HSet("k", "f", 1, "g") },
		"HSet(k, 1, f)":       func(c *Commands) interface{ Err() error } { return c.HSet("k", 1, "f") },
		"HSet(k, f, nil)":     func(c *Commands) interface{ Err() error } { return c.HSet("k", "f", nil) },
		"MSet(nil)":           func(c *Commands) interface{ Err() error } { return c.MSet(nil) },
		"MSet(nil map)":       func(c *Commands) interface{ Err() error } { return c.MSet(map[string]any(nil)) },
		"MSet(map of ints)":   func(c *Commands) interface{ Err() error } { return c.MSet(map[string]int{"a": 1}) },
		"MSet(map, map)":      func(c *Commands) interface{ Err() error } { return c.MSet(map[string]any{}, map[string]any{}) },
		"MSet([]byte, 1)":     func(c *Commands) interface{ Err() error } { return c.MSet([]byte("a"), 1) },
		"HSet(k, map of nil)": func(c *Commands) interface{ Err() error } { return c.HSet("k", map[string]any{"f": nil}) },
		"HSet(k, struct{}{})": func(c *Commands) interface{ Err() error } { return c.HSet("k", struct{}{}) },
	} {
		c, r := record()
		refused(t, call, r, do(c))
	}
}

// Whatever takes several refuses none of them; INFO alone has a meaning without.
func TestNoMethodSendsAnEmptyList(t *testing.T) {
	mayBeEmpty := map[string]bool{"Info": true}
	lists := 0
	methods := reflect.TypeFor[*Commands]()
	for i := range methods.NumMethod() {
		m := methods.Method(i)
		last := m.Type.In(m.Type.NumIn() - 1)
		if last.Kind() != reflect.Slice || m.Type.IsVariadic() && isOption(last.Elem()) || mayBeEmpty[m.Name] {
			continue
		}
		lists++
		c, r := record()
		in := []reflect.Value{reflect.ValueOf(c)}
		for i := 1; i < m.Type.NumIn()-1; i++ {
			in = append(in, sample(m.Type.In(i)))
		}
		in = append(in, reflect.Zero(last))
		refused(t, m.Name+" of none", r, m.Func.CallSlice(in)[0].Interface().(interface{ Err() error }))
	}
	if lists < 15 {
		t.Errorf("found %d methods that take several", lists)
	}
}

func TestWhatIsNotANumberIsRefused(t *testing.T) {
	nan := math.NaN()
	for call, do := range map[string]func(c *Commands) interface{ Err() error }{
		"IncrByFloat":  func(c *Commands) interface{ Err() error } { return c.IncrByFloat("k", nan) },
		"HIncrByFloat": func(c *Commands) interface{ Err() error } { return c.HIncrByFloat("k", "f", nan) },
		"ZIncrBy":      func(c *Commands) interface{ Err() error } { return c.ZIncrBy("k", nan, "m") },
		"ZAdd":         func(c *Commands) interface{ Err() error } { return c.ZAdd("k", []Z{{"a", 1}, {"b", nan}}) },
		"ZAddIncr":     func(c *Commands) interface{ Err() error } { return c.ZAddIncr("k", Z{"m", nan}) },
		"Set":          func(c *Commands) interface{ Err() error } { return c.Set("k", nan) },
		"Set float32":  func(c *Commands) interface{ Err() error } { return c.Set("k", float32(nan)) },
		"ZCount":       func(c *Commands) interface{ Err() error } { return c.ZCount("k", nan, 1) },
		"ZRange":       func(c *Commands) interface{ Err() error } { return c.ZRange("k", 0, nan) },
	} {
		c, r := record()
		refused(t, call+" of NaN", r, do(c))
	}
	c, r := record()
	c.ZAdd("k", []Z{{"a", math.Inf(1)}, {"b", math.Inf(-1)}})
	if got := strings.Join(r.cmd.Args(), " "); got != "ZADD k inf a -inf b" {
		t.Errorf("ZAdd of the infinities sent %q; want ZADD k inf a -inf b", got)
	}
}

// Behaviour F8.
func TestAValueWithoutAnEncodingFailsThatCallAlone(t *testing.T) {
	c, r := record()
	err := refused(t, "Set(k, chan)", r, c.Set("k", make(chan int)))
	if err.Command != "SET" || err.Argument != "value" {
		t.Errorf("the error names %q and %q; want SET and value", err.Command, err.Argument)
	}
	c.Set("k", "v")
	if r.cmd == nil || !slices.Equal(r.cmd.Args(), []string{"SET", "k", "v"}) {
		t.Errorf("the next call did not go out as it should: %v", r.cmd)
	}
}
