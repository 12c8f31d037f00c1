package redis_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/internal/memnet"
	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// Behaviour S3. Laws G2 and G11. Whatever is subscribed to and unsubscribed from, in whatever order, while the connection is lost again
// and again: in the end the server has what is wanted, every call has been settled, and a message that is missing was announced by a gap.
func TestTheServerHasWhatIsWantedInTheEnd(t *testing.T) {
	for seed := range uint64(60) {
		protocol := 2 + int(seed%2)
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			bubble(t, func(t *testing.T, srv *redistest.Fake) {
				dice := rand.New(rand.NewPCG(seed, 7))
				b := serveBroker(srv, protocol)
				client := dialFake(t, srv, func(o *redis.Options) { o.Protocol = protocol })
				ledger := new(redistest.Ledger)
				type holder struct {
					sub    *redis.Subscription
					wanted map[string]bool
				}
				var holders []*holder
				name := func() string { return string(rune('a' + dice.IntN(6))) }
				open := func() {
					n := name()
					if sub, err := entered(ledger, "subscribe", client.Subscribe(n)).Await(limit(t)); err == nil {
						holders = append(holders, &holder{sub, map[string]bool{n: true}})
					}
				}
				open()
				for range 120 {
					var h *holder
					if len(holders) > 0 {
						h = holders[dice.IntN(len(holders))]
					}
					n := name()
					switch what := dice.IntN(14); {
					case h == nil || what == 0 && len(holders) < 5:
						open()
					case what <= 4:
						h.wanted[n] = true
						entered(ledger, "more", h.sub.Subscribe(n))
					case what <= 8:
						if !h.wanted[n] {
							continue
						}
						delete(h.wanted, n)
						entered(ledger, "less", h.sub.Unsubscribe(n))
						if len(h.wanted) == 0 {
							holders = slices.DeleteFunc(holders, func(other *holder) bool { return other == h })
						}
					case what == 9:
						_ = h.sub.Close()
						holders = slices.DeleteFunc(holders, func(other *holder) bool { return other == h })
					case what == 10:
						b.cut()
					case what == 11:
						b.mu.Lock()
						b.delay = time.Duration(dice.IntN(200)) * time.Millisecond
						b.mu.Unlock()
					case what == 12:
						synctest.Wait()
					default:
						time.Sleep(time.Duration(dice.IntN(400)) * time.Millisecond)
					}
				}
				time.Sleep(5 * time.Minute)
				ledger.Check(t)
				want := map[string]bool{}
				for _, h := range holders {
					for n := range h.wanted {
						want["SUBSCRIBE "+n] = true
					}
					if s := h.sub.Stats(); !s.Live {
						t.Errorf("a subscription of %v has Stats %+v; want it live", h.wanted, s)
					}
				}
				var list []string
				for n := range want {
					list = append(list, n)
				}
				slices.Sort(list)
				if got := b.subscribed(); !slices.Equal(got, list) {
					t.Errorf("the server has %q; want %q", got, list)
				}
			})
		})
	}
}

// Behaviour S3. Calls that are cancelled leave nothing behind, wherever they were.
func TestACancelledSubscribeLeavesNothingBehind(t *testing.T) {
	withBroker(t, func(t *testing.T, b *broker, client *redis.Client) {
		b.delay = time.Second
		kept := await(t, client.Subscribe("kept"))
		var calls []*future.Future[*redis.Subscription]
		for i := range 10 {
			calls = append(calls, client.Subscribe("a", fmt.Sprint("b", i)))
			time.Sleep(300 * time.Millisecond)
		}
		for i, f := range calls {
			if f.Cancel(errEnough) != (f.Err() == errEnough) {
				t.Errorf("call %d was cancelled and has %v", i, f.Err())
			}
			if sub, ok, err := f.TryGet(); ok && err == nil {
				_ = sub.Close()
			}
		}
		more := kept.Subscribe("more")
		more.Cancel(errEnough)
		time.Sleep(time.Minute)
		if got, want := b.subscribed(), []string{"SUBSCRIBE kept"}; !slices.Equal(got, want) {
			t.Errorf("the server has %q; want %q", got, want)
		}
	})
}

// Behaviour S3. Law G4. What was asked for and not sent when the connection was lost is asked for once on the next one.
func TestARequestThatWasNotSentIsNotSentBesideTheReplay(t *testing.T) {
	overBoth(t, func(t *testing.T, protocol int) {
		bubble(t, func(t *testing.T, _ *redistest.Fake) {
			srv := redistest.NewFakeOn(t, memnet.Listen(memnet.Options{Buffer: 512}))
			b := serveBroker(srv, protocol)
			client := dialFake(t, srv, func(o *redis.Options) { o.Protocol = protocol })
			sub := await(t, client.Subscribe("a"))
			time.Sleep(2 * time.Second)
			srv.Pause()
			sub.Subscribe(strings.Repeat("long", 1000)) // its write blocks, and what comes after it waits
			synctest.Wait()
			sub.Subscribe("b")
			sub.Unsubscribe("a")
			synctest.Wait()
			b.cut()
			srv.Resume()
			time.Sleep(10 * time.Second)
			if s := sub.Stats(); !s.Live || s.Gaps != 0 { // nothing that is left had been confirmed
				t.Errorf("Stats = %+v; want live without a gap", s)
			}
			if got := b.subscribed(); len(got) != 2 || got[0] != "SUBSCRIBE b" {
				t.Errorf("the server has %q; want b and the long one", got)
			}
			var last []string
			for _, r := range srv.History() {
				if r.Conn == 1 && strings.HasSuffix(r.Args[0], "SUBSCRIBE") {
					last = append(last, r.Args[0])
				}
			}
			if len(last) != 1 {
				t.Errorf("the second connection got %d requests; want one SUBSCRIBE", len(last))
			}
		})
	})
}
