package commands

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestOptionsThatExcludeEachOtherAreRefused(t *testing.T) {
	type future = interface{ Err() error }
	key, m := "k", []Z{{"m", 1}}
	for call, do := range map[string]func(c *Commands) future{
		"Set NX XX":         func(c *Commands) future { return c.Set(key, 1, NX, XX) },
		"Set NX IfEq":       func(c *Commands) future { return c.Set(key, 1, NX, IfEq(1)) },
		"Set XX IfEq":       func(c *Commands) future { return c.Set(key, 1, XX, IfEq(1)) },
		"Set EX PX":         func(c *Commands) future { return c.Set(key, 1, EX(time.Minute), PX(time.Minute)) },
		"Set EX EXAt":       func(c *Commands) future { return c.Set(key, 1, EX(time.Minute), EXAt(at)) },
		"Set EX PXAt":       func(c *Commands) future { return c.Set(key, 1, EX(time.Minute), PXAt(at)) },
		"Set EX KeepTTL":    func(c *Commands) future { return c.Set(key, 1, EX(time.Minute), KeepTTL) },
		"Set NX twice":      func(c *Commands) future { return c.Set(key, 1, NX, NX) },
		"SetGet NX XX":      func(c *Commands) future { return c.SetGet(key, 1, NX, XX) },
		"SetGet KeepTTL PX": func(c *Commands) future { return c.SetGet(key, 1, KeepTTL, PX(time.Minute)) },
		"GetEx EX Persist":  func(c *Commands) future { return c.GetEx(key, EX(time.Minute), Persist) },
		"GetEx EXAt PXAt":   func(c *Commands) future { return c.GetEx(key, EXAt(at), PXAt(at)) },
		"Expire NX XX":      func(c *Commands) future { return c.Expire(key, time.Minute, NX, XX) },
		"PExpire GT LT":     func(c *Commands) future { return c.PExpire(key, time.Minute, GT, LT) },
		"ExpireAt NX GT":    func(c *Commands) future { return c.ExpireAt(key, at, NX, GT) },
		"PExpireAt XX NX":   func(c *Commands) future { return c.PExpireAt(key, at, XX, NX) },
		"Scan Match twice":  func(c *Commands) future { return c.Scan("0", Match("a"), Match("b")) },
		"Scan Count twice":  func(c *Commands) future { return c.Scan("0", Count(1), Count(1)) },
		"FlushDB both":      func(c *Commands) future { return c.FlushDB(Async, Sync) },
		"FlushAll both":     func(c *Commands) future { return c.FlushAll(Async, Sync) },
		"ZAdd NX XX":        func(c *Commands) future { return c.ZAdd(key, m, NX, XX) },
		"ZAdd GT LT":        func(c *Commands) future { return c.ZAdd(key, m, GT, LT) },
		"ZAdd NX GT":        func(c *Commands) future { return c.ZAdd(key, m, NX, GT) },
		"ZAdd LT NX":        func(c *Commands) future { return c.ZAdd(key, m, LT, NX) },
		"ZAddIncr NX LT":    func(c *Commands) future { return c.ZAddIncr(key, m[0], NX, LT) },
		"ZAdd CH twice":     func(c *Commands) future { return c.ZAdd(key, m, CH, CH) },
		"ZRange both":       func(c *Commands) future { return c.ZRange(key, 0, 1, ByScore, ByLex) },
		"ZRange Rev twice":  func(c *Commands) future { return c.ZRange(key, 0, 1, Rev, Rev) },
		"ZRangeWithScores":  func(c *Commands) future { return c.ZRangeWithScores(key, 0, 1, ByScore, ByScore) },
	} {
		c, r := record()
		refused(t, call, r, do(c))
	}
}

// Behaviour G3.
func TestAnExpiryIsExactOrRefused(t *testing.T) {
	type future = interface{ Err() error }
	key := "k"
	for _, d := range []time.Duration{
		0, -1, -5 * time.Second, -time.Millisecond, 1, time.Microsecond, 500 * time.Microsecond,
		time.Second + time.Microsecond, 1<<63 - 1, -1 << 63,
	} {
		for call, do := range map[string]func(c *Commands) future{
			"Expire":    func(c *Commands) future { return c.Expire(key, d) },
			"PExpire":   func(c *Commands) future { return c.PExpire(key, d) },
			"Set EX":    func(c *Commands) future { return c.Set(key, 1, EX(d)) },
			"Set PX":    func(c *Commands) future { return c.Set(key, 1, PX(d)) },
			"SetGet EX": func(c *Commands) future { return c.SetGet(key, 1, EX(d)) },
			"GetEx EX":  func(c *Commands) future { return c.GetEx(key, EX(d)) },
			"GetEx PX":  func(c *Commands) future { return c.GetEx(key, PX(d)) },
		} {
			c, r := record()
			refused(t, call+" "+d.String(), r, do(c))
		}
	}
	for _, bad := range []time.Time{
		{}, time.Unix(0, 0), time.Unix(-1, 0), time.UnixMilli(-1), time.Unix(0, 1),
		// In milliseconds these wrap around, to the year 2106.
		time.Unix(1<<61+1<<32, 1), time.Unix(-1<<61+1<<32, 1),
	} {
		for call, do := range map[string]func(c *Commands) future{
			"ExpireAt":    func(c *Commands) future { return c.ExpireAt(key, bad) },
			"PExpireAt":   func(c *Commands) future { return c.PExpireAt(key, bad) },
			"Set EXAt":    func(c *Commands) future { return c.Set(key, 1, EXAt(bad)) },
			"Set PXAt":    func(c *Commands) future { return c.Set(key, 1, PXAt(bad)) },
			"SetGet EXAt": func(c *Commands) future { return c.SetGet(key, 1, EXAt(bad)) },
			"SetGet PXAt": func(c *Commands) future { return c.SetGet(key, 1, PXAt(bad)) },
			"GetEx PXAt":  func(c *Commands) future { return c.GetEx(key, PXAt(bad)) },
			"GetEx EXAt":  func(c *Commands) future { return c.GetEx(key, EXAt(bad)) },
		} {
			c, r := record()
			refused(t, call+" "+bad.String(), r, do(c))
		}
	}
}

// Behaviour G3. Every time.Now has nanoseconds: a moment is rounded up to the
// millisecond, so that nothing expires before it.
func TestAMomentOfExpiryIsRoundedUpToTheMillisecond(t *testing.T) {
	for _, row := range []struct {
		at   time.Time
		want string
	}{
		{time.Unix(1700000000, 0), "EXPIREAT k 1700000000"},
		{time.Unix(1700000000, 1_000_000), "PEXPIREAT k 1700000000001"},
		{time.Unix(1700000000, 1), "PEXPIREAT k 1700000000001"},
		{time.Unix(1700000000, 999_999_999), "PEXPIREAT k 1700000001000"},
	} {
		c, r := record()
		c.ExpireAt("k", row.at)
		if got := strings.Join(r.cmd.Args(), " "); got != row.want {
			t.Errorf("ExpireAt(%v) sent %q; want %q", row.at, got, row.want)
		}
	}
}

func TestANilOptionIsRefusedAndDoesNotPanic(t *testing.T) {
	taking := 0
	methods := reflect.TypeFor[*Commands]()
	for i := range methods.NumMethod() {
		m := methods.Method(i)
		last := m.Type.In(m.Type.NumIn() - 1)
		if !m.Type.IsVariadic() || !isOption(last.Elem()) {
			continue
		}
		taking++
		c, r := record()
		in := []reflect.Value{reflect.ValueOf(c)}
		for i := 1; i < m.Type.NumIn()-1; i++ {
			in = append(in, sampleOf(m, i))
		}
		in = append(in, reflect.Zero(last.Elem()), reflect.Zero(last.Elem()))
		err := refused(t, m.Name+" with nil", r, m.Func.Call(in)[0].Interface().(interface{ Err() error }))
		if err.Argument != "opts" || err.Reason != "an option is nil" {
			t.Errorf("%s with nil: %v; want it to tell of the option", m.Name, err)
		}
	}
	if taking < 10 {
		t.Errorf("found %d methods that take options", taking)
	}
	c, r := record()
	refused(t, "Set with NX and nil", r, c.Set("k", "v", NX, nil))
	c.Set("k", "v", []SetOption(nil)...) // no option at all is fine
	if got := r.cmd.Args(); !slices.Equal(got, []string{"SET", "k", "v"}) {
		t.Errorf("Set with no options sent %q", got)
	}
}

func TestAnOptionCanBeUsedAgain(t *testing.T) {
	minute, page := EX(time.Minute), Limit(2, 3)
	opts := []SetOption{NX, minute}
	c, r := record()
	for range 2 {
		for call, row := range map[string]struct {
			do   func()
			want string
		}{
			"Set":              {func() { c.Set("k", "v", opts...) }, "SET k v NX EX 60"},
			"SetGet":           {func() { c.SetGet("k", "v", NX, minute) }, "SET k v NX EX 60 GET"},
			"GetEx":            {func() { c.GetEx("k", minute) }, "GETEX k EX 60"},
			"ZRange":           {func() { c.ZRange("k", 0, 9, ByScore, page) }, "ZRANGE k 0 9 BYSCORE LIMIT 2 3"},
			"ZRangeWithScores": {func() { c.ZRangeWithScores("k", 0, 9, ByScore, page) }, "ZRANGE k 0 9 BYSCORE LIMIT 2 3 WITHSCORES"},
		} {
			row.do()
			if got := strings.Join(r.cmd.Args(), " "); got != row.want {
				t.Errorf("%s sent %q; want %q", call, got, row.want)
			}
		}
	}
}

// Behaviour F8.
func TestAValueOfAnOptionIsCheckedLikeAnyOther(t *testing.T) {
	c, r := record()
	err := refused(t, "Set IfEq(chan)", r, c.Set("k", "v", IfEq(make(chan int))))
	if err.Argument != "IFEQ" {
		t.Errorf("the error names %q; want IFEQ", err.Argument)
	}
	refused(t, "Set of an EXOption that is zero", r, c.Set("k", "v", EXOption{}))
	refused(t, "Set of an EXAtOption that is zero", r, c.Set("k", "v", EXAtOption{}))
}

func TestTheFirstReasonIsTheOneThatIsTold(t *testing.T) {
	c, r := record()
	err := refused(t, "Set", r, c.Set("k", make(chan int), NX, XX, EX(0), nil))
	if err.Argument != "value" {
		t.Errorf("the error names %q; want value, which came first", err.Argument)
	}
}
