package commands

import (
	"math"
	"time"

	"github.com/futureio/futureio-go/redis/proto"
)

// Expiries are exact or refused. What is a whole number of seconds goes in
// seconds, which every server understands; anything finer in milliseconds; what is
// finer still, zero or negative is refused. Nothing is ever cut off: 1.5 s must not
// become 1 s, nor a negative time "for ever".

// spanSpec chooses between the command that takes seconds and the one that takes
// milliseconds.
func spanSpec(d time.Duration, seconds, millis *Spec) *Spec {
	if d%time.Second == 0 {
		return seconds
	}
	return millis
}

// span adds a duration in the unit that spanSpec chose.
func (a *args) span(d time.Duration, name string) {
	if d > 0 && d%time.Second == 0 {
		a.int(int64(d / time.Second))
		return
	}
	a.millis(d, name)
}

// spanToken adds a duration behind the token of its unit.
func (a *args) spanToken(d time.Duration, seconds, millis string) {
	if d%time.Second == 0 {
		a.str(seconds)
	} else {
		a.str(millis)
	}
	a.span(d, seconds)
}

// millis adds a duration in milliseconds.
func (a *args) millis(d time.Duration, name string) {
	if d%time.Millisecond != 0 || d <= 0 {
		a.refuse(name, "want a positive whole number of milliseconds, got "+d.String())
		return
	}
	a.int(int64(d / time.Millisecond))
}

// waitSeconds adds how long a blocking command waits, in seconds with up to three
// decimals. Zero is for ever. What is finer than a millisecond is refused: the server would
// cut it off, and nothing would become for ever.
func (a *args) waitSeconds(d time.Duration, name string) {
	if !a.wholeFrom0(d, time.Millisecond, name, "milliseconds") {
		return
	}
	a.buf = proto.AppendBulkFloat(a.buf, float64(d.Milliseconds())/1000)
	a.n++
}

// waitMillis adds a duration that may be zero, in milliseconds.
func (a *args) waitMillis(d time.Duration, name string) {
	if a.wholeFrom0(d, time.Millisecond, name, "milliseconds") {
		a.int(d.Milliseconds())
	}
}

// ageMillis is waitMillis for an age or a time to live.
func (a *args) ageMillis(d time.Duration, name string) { a.waitMillis(d, name) }

// ageSeconds adds a duration that may be zero, in seconds.
func (a *args) ageSeconds(d time.Duration, name string) {
	if a.wholeFrom0(d, time.Second, name, "seconds") {
		a.int(int64(d / time.Second))
	}
}

// wholeFrom0 refuses what is negative or no whole number of units.
func (a *args) wholeFrom0(d, unit time.Duration, name, units string) bool {
	if d < 0 || d%unit != 0 {
		a.refuse(name, "want zero or a positive whole number of "+units+", got "+d.String())
		return false
	}
	return true
}

// momentSpec is spanSpec for a point in time.
func momentSpec(t time.Time, seconds, millis *Spec) *Spec {
	if t.Nanosecond() == 0 {
		return seconds
	}
	return millis
}

// moment adds a point in time as seconds since 1970, or milliseconds if it is none
// of whole seconds.
func (a *args) moment(t time.Time, name string) {
	if t.Nanosecond() == 0 && t.Unix() > 0 {
		a.int(t.Unix())
		return
	}
	a.momentMillis(t, name)
}

// momentToken adds a point in time behind the token of its unit.
func (a *args) momentToken(t time.Time, seconds, millis string) {
	if t.Nanosecond() == 0 {
		a.str(seconds)
	} else {
		a.str(millis)
	}
	a.moment(t, seconds)
}

// momentMillis adds a point in time as milliseconds since 1970. What is finer is
// rounded up, and not refused as it is with durations: every time.Now has
// nanoseconds, and a key that lives a part of a millisecond longer was not cut short.
func (a *args) momentMillis(t time.Time, name string) {
	switch {
	case t.Unix() > math.MaxInt64/1000-1: // would wrap around, to any moment
		a.refuse(name, "want a time that can be counted in milliseconds")
		return
	case t.Unix() < 0 || t.UnixMilli() <= 0:
		a.refuse(name, "want a time after 1970")
		return
	}
	a.int(t.Add(time.Millisecond - 1).UnixMilli())
}
