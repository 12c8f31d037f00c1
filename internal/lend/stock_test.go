package lend_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/internal/lend"
)

// thing is what the tests lend.
type thing struct {
	number int
	broken bool
	ready  func(err error)
	check  func(err error)
	ended  []lend.Reason
}

// maker makes things, at once or when the test says so.
type maker struct {
	t      *testing.T
	manual bool // ready and check wait for the test

	mu     sync.Mutex
	things []*thing // all that were made
	alive  int
	most   int
	fail   error // of making
	sick   error // of checking
}

func (m *maker) options(change func(o *lend.Options[*thing])) lend.Options[*thing] {
	o := lend.Options[*thing]{
		Max:     1,
		Closed:  errClosed,
		Retry:   func(failures int) time.Duration { return time.Duration(failures) * time.Second },
		Make:    m.make,
		Destroy: m.destroy,
		Usable: func(th *thing) bool {
			m.mu.Lock()
			defer m.mu.Unlock()
			return !th.broken
		},
		Ready: func(th *thing, done func(error)) {
			m.mu.Lock()
			th.ready = done
			fail, manual := m.fail, m.manual
			m.mu.Unlock()
			if !manual {
				done(fail)
			}
		},
	}
	if change != nil {
		change(&o)
	}
	return o
}

// checked adds a check to the options.
func (m *maker) checked(o *lend.Options[*thing], after time.Duration) {
	o.CheckAfter = after
	o.Check = func(th *thing, done func(error)) {
		m.mu.Lock()
		th.check = done
		sick, manual := m.sick, m.manual
		m.mu.Unlock()
		if !manual {
			done(sick)
		}
	}
}

func (m *maker) make(*lend.Item[*thing]) *thing {
	m.mu.Lock()
	defer m.mu.Unlock()
	th := &thing{number: len(m.things)}
	m.things = append(m.things, th)
	m.alive++
	m.most = max(m.most, m.alive)
	return th
}

func (m *maker) destroy(th *thing, why lend.Reason) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.alive--
	if th.ended = append(th.ended, why); len(th.ended) > 1 {
		m.t.Errorf("thing %d was destroyed twice: %v", th.number, th.ended)
	}
}

var (
	errClosed = errors.New("closed")
	errMake   = errors.New("not to be made")
)

// asker is a request and what came of it.
type asker struct {
	lend.Waiter[*thing]
	told int
	item *lend.Item[*thing]
	err  error
	at   time.Time // when it was told
}

func (a *asker) Take(item *lend.Item[*thing], err error) {
	a.told++
	a.at = time.Now()
	a.item, a.err = item, err
}

func ask(s *lend.Stock[*thing]) *asker { return askFor(s, 0) }

// askFor asks with a limit.
func askFor(s *lend.Stock[*thing], limit time.Duration) *asker {
	a := &asker{}
	a.To = a
	s.Request(&a.Waiter, limit)
	return a
}

// has fails the test unless a has got the thing of the given number.
func (a *asker) has(t *testing.T, number int) {
	t.Helper()
	if a.told != 1 || a.err != nil || a.item.Thing.number != number {
		t.Fatalf("told %d times: %v, %v; want thing %d", a.told, a.item, a.err, number)
	}
}

func (a *asker) failed(t *testing.T, want error) {
	t.Helper()
	if a.told != 1 || a.err != want {
		t.Fatalf("told %d times: %v, %v; want %v", a.told, a.item, a.err, want)
	}
}

func (a *asker) waits(t *testing.T) {
	t.Helper()
	if a.told != 0 {
		t.Fatalf("told: %v, %v; want nothing yet", a.item, a.err)
	}
}

func TestWhoWaitsIsServedInTheOrderOfAsking(t *testing.T) {
	m := &maker{t: t}
	s := lend.New(m.options(nil))
	first := ask(s)
	first.has(t, 0)
	var rest []*asker
	for range 5 {
		rest = append(rest, ask(s))
	}
	if s.TryTake() != nil {
		t.Error("TryTake was served before those who wait")
	}
	if !s.Withdraw(&rest[2].Waiter) || s.Withdraw(&rest[2].Waiter) {
		t.Error("a request could not be withdrawn once")
	}
	give := first.item
	for i, a := range rest {
		a.waits(t)
		if i == 2 {
			continue
		}
		if !s.Release(give, true) {
			t.Fatal("Release = false; want true")
		}
		a.has(t, 0)
		give = a.item
	}
	rest[2].waits(t)
	if s.Withdraw(&rest[4].Waiter) {
		t.Error("a request that was served was withdrawn")
	}
	if m.most != 1 {
		t.Errorf("%d things; want Max at most", m.most)
	}
}

func TestWhatIsReleasedTwiceIsReleasedOnce(t *testing.T) {
	m := &maker{t: t}
	s := lend.New(m.options(nil))
	a := ask(s)
	if !s.Release(a.item, true) || s.Release(a.item, true) || s.Release(a.item, false) {
		t.Error("the second Release was accepted, or the first was not")
	}
	if got := s.Stats(); got.Idle != 1 || got.Lent != 0 || got.Released != 1 {
		t.Errorf("Stats = %+v; want one idle thing, released once", got)
	}
}

// An error reaches the waiter that the thing was made for, also when that one has changed places with another.
func TestAnErrorOfMakingReachesTheWaiterItBelongsTo(t *testing.T) {
	m := &maker{t: t, manual: true}
	s := lend.New(m.options(func(o *lend.Options[*thing]) { o.Max = 3 }))
	a, b, c := ask(s), ask(s), ask(s)
	m.things[1].ready(nil) // made for b, but a stands first: b gets what was meant for a
	a.has(t, 1)
	m.things[2].ready(errMake)
	c.failed(t, errMake)
	b.waits(t)
	m.things[0].ready(errMake)
	b.failed(t, errMake)
	m.things[0].ready(nil) // too late
	if got := s.Stats(); got.Lent != 1 || got.Total() != 1 || got.Refused != 2 || got.Destroyed[lend.NotMade] != 2 {
		t.Errorf("Stats = %+v; want one thing lent, two refused", got)
	}
}

// What was being made for somebody who has left goes to the next, and a place that a failure leaves is used at once.
func TestNobodyWaitsWhileThereIsAPlace(t *testing.T) {
	m := &maker{t: t, manual: true}
	s := lend.New(m.options(func(o *lend.Options[*thing]) { o.Max = 2 }))
	a, b, c, d := ask(s), ask(s), ask(s), ask(s)
	s.Withdraw(&a.Waiter)
	if got := s.Stats(); got.Making != 2 || got.Waiting != 3 {
		t.Errorf("Stats = %+v; want two in the making for three", got)
	}
	m.things[0].ready(errMake) // c's now
	c.failed(t, errMake)
	if len(m.things) != 3 {
		t.Fatalf("%d things were begun; want a third for d", len(m.things))
	}
	m.things[2].ready(nil)
	b.has(t, 2)
	m.things[1].ready(nil)
	d.has(t, 1)
	if m.most > 2 {
		t.Errorf("%d things; want 2 at most", m.most)
	}
}

// A thing that is made when nobody waits any more is kept for later.
func TestAThingForNobodyIsKept(t *testing.T) {
	m := &maker{t: t, manual: true}
	s := lend.New(m.options(nil))
	a := ask(s)
	s.Withdraw(&a.Waiter)
	m.things[0].ready(nil)
	if item := s.TryTake(); item == nil || item.Thing.number != 0 {
		t.Errorf("TryTake = %v; want thing 0", item)
	}
	a.waits(t)
}

func TestWhatWasIdleIsCheckedBeforeItIsLent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &maker{t: t, manual: true}
		s := lend.New(m.options(func(o *lend.Options[*thing]) {
			o.Max = 2
			m.checked(o, time.Second)
		}))
		a, b := ask(s), ask(s)
		m.things[0].ready(nil)
		m.things[1].ready(nil)
		s.Release(a.item, true)
		s.Release(b.item, true)
		if item := s.TryTake(); item == nil {
			t.Fatal("TryTake = nil; want what was used a moment ago")
		} else {
			s.Release(item, true)
		}
		time.Sleep(time.Second)
		if s.TryTake() != nil {
			t.Error("TryTake gave what has to be checked")
		}
		c := ask(s)
		c.waits(t)
		m.things[1].check(errors.New("dead"))
		c.waits(t)
		m.things[0].check(errors.New("dead"))
		c.waits(t)
		m.things[2].ready(nil)
		c.has(t, 2)
		if got := s.Stats(); got.Destroyed[lend.CheckFailed] != 2 || got.Total() != 1 {
			t.Errorf("Stats = %+v; want two that failed their check", got)
		}
		s.Release(c.item, true)
		time.Sleep(time.Second)
		d := ask(s)
		m.things[2].check(nil)
		d.has(t, 2)
	})
}

func TestWhatIsUnusableIsNotLent(t *testing.T) {
	m := &maker{t: t}
	s := lend.New(m.options(func(o *lend.Options[*thing]) { o.Max, o.Min = 2, 2 }))
	a := ask(s)
	waiting := []*asker{ask(s), ask(s)}
	waiting[0].has(t, 0)
	m.things[a.item.Thing.number].broken = true
	s.Release(a.item, true)
	waiting[1].has(t, 2)
	s.Release(waiting[0].item, false)
	s.Release(waiting[1].item, true)
	if got := s.Stats(); got.Destroyed[lend.Unusable] != 1 || got.Destroyed[lend.Returned] != 1 || got.Idle != 2 {
		t.Errorf("Stats = %+v; want one unusable, one returned, two idle", got)
	}
	item := s.TryTake()
	other := s.TryTake()
	s.Release(item, true)
	s.Lost(other) // while it is lent nothing happens
	s.Lost(item)
	if got := s.Stats(); got.Destroyed[lend.Unusable] != 2 || got.Total() != 2 || got.Idle != 1 {
		t.Errorf("Stats = %+v; want the lost one replaced, since Min is 2", got)
	}
}

func TestWhatNobodyWantsEndsAfterIdleTimeoutDownToMin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &maker{t: t}
		s := lend.New(m.options(func(o *lend.Options[*thing]) { o.Max, o.Min, o.IdleTimeout = 5, 2, time.Minute }))
		var items []*lend.Item[*thing]
		for range 5 {
			items = append(items, ask(s).item)
		}
		for _, item := range items {
			s.Release(item, true)
			time.Sleep(10 * time.Second)
		}
		time.Sleep(9 * time.Second)
		synctest.Wait()
		if got := s.Stats(); got.Idle != 5 {
			t.Errorf("Stats = %+v; want five idle", got)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if got := s.Stats(); got.Idle != 4 || len(items[0].Thing.ended) != 1 {
			t.Errorf("Stats = %+v; want the one that was idle for a minute ended", got)
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if got := s.Stats(); got.Idle != 2 || got.Destroyed[lend.IdleTooLong] != 3 {
			t.Errorf("Stats = %+v; want Min left", got)
		}
	})
}

func TestWhatIsTooOldEndsAndMinIsMadeAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &maker{t: t}
		s := lend.New(m.options(func(o *lend.Options[*thing]) {
			o.Max, o.Min, o.MaxLifetime, o.Jitter = 20, 20, time.Hour, 0.5
		}))
		time.Sleep(29 * time.Minute)
		out := s.TryTake()
		time.Sleep(15 * time.Minute)
		synctest.Wait()
		half := s.Stats()
		if n := half.Destroyed[lend.TooOld]; n == 0 || n >= 19 || half.Total() != 20 {
			t.Errorf("Stats = %+v; want some of twenty ended, not all at once, and replaced", half)
		}
		time.Sleep(20 * time.Minute)
		if s.Release(out, true); len(out.Thing.ended) != 1 || out.Thing.ended[0] != lend.TooOld {
			t.Errorf("ended = %v; want too old, when it comes back", out.Thing.ended)
		}
		s.Close()
		synctest.Wait()
	})
}

func TestMinIsSeenToAgainAfterAFailureNotAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &maker{t: t, fail: errMake}
		s := lend.New(m.options(func(o *lend.Options[*thing]) { o.Max, o.Min = 3, 1 }))
		time.Sleep(10*time.Second - 1) // 1 + 2 + 3 + 4
		synctest.Wait()
		if len(m.things) != 4 {
			t.Errorf("%d attempts in 10s; want 4, a second later each time", len(m.things))
		}
		ask(s).failed(t, errMake) // who asks does not wait for that
		m.mu.Lock()
		m.fail = nil
		m.mu.Unlock()
		time.Sleep(time.Second)
		synctest.Wait()
		if got := s.Stats(); got.Idle != 1 {
			t.Errorf("Stats = %+v; want Min", got)
		}
		s.Close()
	})
}

func TestAClosedStockRefusesAndEndsEverything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &maker{t: t, manual: true}
		s := lend.New(m.options(func(o *lend.Options[*thing]) {
			o.Max, o.IdleTimeout = 4, time.Minute
			m.checked(o, 0)
		}))
		a, b, c := ask(s), ask(s), ask(s)
		for _, th := range m.things {
			th.ready(nil)
		}
		s.Release(b.item, true)
		s.Release(c.item, true)
		d := ask(s) // waits for a check
		e, f := ask(s), ask(s)
		if out := s.Close(); len(out) != 1 || out[0] != a.item.Thing {
			t.Errorf("Close = %v; want what is lent", out)
		}
		for _, w := range []*asker{d, e, f, ask(s)} {
			w.failed(t, errClosed)
		}
		m.things[c.item.Thing.number].check(nil) // too late
		if s.TryTake() != nil {
			t.Error("a closed stock lends")
		}
		if _, err := s.Acquire(context.Background(), 0); err != errClosed {
			t.Errorf("Acquire = %v; want closed", err)
		}
		if m.alive != 1 {
			t.Errorf("%d things are left; want the one that is lent", m.alive)
		}
		s.Release(a.item, true)
		if m.alive != 0 || a.item.Thing.ended[0] != lend.Closed {
			t.Errorf("%d things are left, ended %v; want none", m.alive, a.item.Thing.ended)
		}
		s.Close()
	})
}

func TestAcquireEndsWithItsContextOrItsLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &maker{t: t}
		s := lend.New(m.options(nil))
		item, err := s.Acquire(context.Background(), 0)
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		if _, err := s.Acquire(context.Background(), 5*time.Second); err != lend.ErrLimit || time.Since(start) != 5*time.Second {
			t.Errorf("Acquire = %v after %v; want ErrLimit after 5s", err, time.Since(start))
		}
		why := errors.New("enough")
		ctx, cancel := context.WithCancelCause(context.Background())
		time.AfterFunc(time.Second, func() { cancel(why) })
		if _, err := s.Acquire(ctx, time.Minute); err != why {
			t.Errorf("Acquire = %v; want the cause", err)
		}
		time.AfterFunc(time.Second, func() { s.Release(item, true) })
		if got, err := s.Acquire(context.Background(), time.Minute); got != item {
			t.Errorf("Acquire = %v, %v; want what was released", got, err)
		}
		s.Release(item, true)
		if _, err := s.Acquire(ctx, 0); err != why {
			t.Errorf("Acquire with a dead context = %v; want its cause", err)
		}
	})
}

func TestEachWaitEndsWithItsOwnLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &maker{t: t}
		s := lend.New(m.options(func(o *lend.Options[*thing]) { o.IdleTimeout = time.Hour }))
		held, start := ask(s), time.Now()
		long, forever, short, next := askFor(s, 5*time.Second), ask(s), askFor(s, 2*time.Second), askFor(s, 9*time.Second)
		time.Sleep(6 * time.Second)
		synctest.Wait()
		short.failed(t, lend.ErrLimit)
		long.failed(t, lend.ErrLimit)
		if after, then := short.at.Sub(start), long.at.Sub(start); after != 2*time.Second || then != 5*time.Second {
			t.Errorf("they were told after %v and %v; want 2s and 5s", after, then)
		}
		if s.Withdraw(&long.Waiter) {
			t.Error("who was told can still withdraw")
		}
		s.Release(held.item, true)
		forever.has(t, 0)
		s.Release(forever.item, true)
		next.has(t, 0)
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := s.Stats(); next.told != 1 || got.Withdrawn != 2 || got.Given != 3 || got.Waiting != 0 {
			t.Errorf("%+v, told %d times; want two withdrawn, three given", got, next.told)
		}
	})
}

// What was coming for somebody whose time is up comes for the next.
func TestWhatComesForALateOneGoesToTheNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &maker{t: t, manual: true}
		s := lend.New(m.options(nil))
		late, next := askFor(s, time.Second), ask(s)
		time.Sleep(time.Second)
		synctest.Wait()
		late.failed(t, lend.ErrLimit)
		m.things[0].ready(errMake)
		next.failed(t, errMake)
	})
}

func TestWaitingAllocatesNothing(t *testing.T) {
	if raceEnabled {
		t.Skip("costs are measured without the race detector")
	}
	const callers, turns = 8, 2000
	m := &maker{t: t}
	s := lend.New(m.options(func(o *lend.Options[*thing]) { o.IdleTimeout = time.Hour }))
	ctx := context.Background()
	all := func() {
		var wg sync.WaitGroup
		for range callers {
			wg.Go(func() {
				for range turns {
					item, err := s.Acquire(ctx, time.Minute)
					if err != nil {
						t.Error(err)
						return
					}
					runtime.Gosched() // so that the others come to wait
					s.Release(item, true)
				}
			})
		}
		wg.Wait()
	}
	all()
	if n := testing.AllocsPerRun(1, all); n > callers*turns/20 {
		t.Errorf("%v allocations in %d waits; want next to none", n, callers*turns)
	}
}

func TestLendingWhatIsIdleAllocatesNothing(t *testing.T) {
	m := &maker{t: t}
	s := lend.New(m.options(func(o *lend.Options[*thing]) { o.IdleTimeout = time.Hour }))
	s.Release(ask(s).item, true)
	ctx := context.Background()
	if n := testing.AllocsPerRun(100, func() {
		item, _ := s.Acquire(ctx, time.Second)
		s.Release(item, true)
	}); n != 0 {
		t.Errorf("%v allocations; want none", n)
	}
}

// Whatever happens in whatever order: never more than Max, nobody is told twice or forgotten, and the books add up.
func TestTheBooksAddUp(t *testing.T) {
	for seed := range uint64(20) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { playAtRandom(t, rand.New(rand.NewPCG(seed, 1))) })
		})
	}
}

func playAtRandom(t *testing.T, random *rand.Rand) {
	m := &maker{t: t, manual: true}
	limit := 1 + random.IntN(5)
	s := lend.New(m.options(func(o *lend.Options[*thing]) {
		o.Max, o.Min = limit, random.IntN(limit+1)
		o.IdleTimeout, o.MaxLifetime, o.Jitter = 3*time.Second, 20*time.Second, 0.5
		m.checked(o, time.Second)
	}))
	var asked []*asker
	ends := map[*asker]time.Time{} // of those who wait with a limit
	given := map[*asker]bool{}     // and not given back
	released := 0
	settle := func() { // lets what is under way end somehow
		for i := 0; i < len(m.things); i++ {
			th := m.things[i]
			for _, done := range []*func(error){&th.ready, &th.check} {
				if *done != nil && random.IntN(2) == 0 {
					fn := *done
					*done = nil
					var err error
					if random.IntN(5) == 0 {
						err = errMake
					}
					fn(err)
				}
			}
		}
	}
	for range 2000 {
		switch random.IntN(8) {
		case 0, 1:
			asked = append(asked, ask(s))
		case 2:
			limit := time.Duration(1+random.IntN(3000)) * time.Millisecond
			a := askFor(s, limit)
			asked, ends[a] = append(asked, a), time.Now().Add(limit)
		case 3:
			if n := len(asked); n > 0 {
				if a := asked[random.IntN(n)]; s.Withdraw(&a.Waiter) {
					delete(ends, a)
				}
			}
		case 4, 5:
			for a := range given {
				if s.Release(a.item, random.IntN(5) > 0) {
					released++
				}
				delete(given, a)
				a.item = nil
				break
			}
		case 6:
			settle()
		case 7:
			m.mu.Lock()
			if n := len(m.things); n > 0 && random.IntN(4) == 0 {
				m.things[random.IntN(n)].broken = true
			}
			m.mu.Unlock()
			time.Sleep(time.Duration(random.IntN(2000)) * time.Millisecond)
			synctest.Wait()
		}
		for _, a := range asked {
			if a.told > 1 {
				t.Fatal("somebody was told twice")
			}
			if a.told == 1 && a.err == nil && a.item != nil {
				given[a] = true
			}
			if a.told == 1 && a.err == lend.ErrLimit && (ends[a].IsZero() || time.Now().Before(ends[a])) {
				t.Fatal("somebody's time was up too early")
			}
			if end := ends[a]; a.told == 0 && !end.IsZero() && time.Now().After(end) {
				t.Fatalf("somebody waits for %v too long", time.Since(end))
			}
		}
		got := s.Stats()
		var ended uint64
		for why, n := range got.Destroyed {
			if lend.Reason(why) != lend.NotMade {
				ended += n
			}
		}
		switch {
		case got.Total() > limit, m.most > limit:
			t.Fatalf("%d things; want %d at most", m.most, limit)
		case got.Requests != got.Given+got.Withdrawn+got.Refused+uint64(got.Waiting),
			got.Given != got.Released+uint64(got.Lent), got.Released != uint64(released), got.Lent != len(given),
			got.Made != ended+uint64(got.Idle+got.Checking+got.Lent), m.alive != got.Total():
			t.Fatalf("the books do not add up: %+v, %d given out, %d alive", got, len(given), m.alive)
		case got.Waiting > got.Making+got.Checking && (got.Total() < limit || got.Idle > 0):
			t.Fatalf("somebody waits though there is a place: %+v", got)
		}
	}
	s.Close()
	for a := range given {
		s.Release(a.item, true)
	}
	for _, a := range asked {
		if a.told == 0 && s.Withdraw(&a.Waiter) {
			t.Fatal("somebody still waits in a closed stock")
		}
	}
	if m.alive != 0 {
		t.Errorf("%d things are left", m.alive)
	}
}
