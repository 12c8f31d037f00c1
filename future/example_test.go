package future_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/futureio/futureio-go/future"
)

// A store answers later, like a server.
type store map[string]string

func (s store) get(key string) *future.Future[string] {
	p := future.NewPromise[string]()
	time.AfterFunc(time.Millisecond, func() {
		if v, ok := s[key]; ok {
			p.Complete(v)
		} else {
			p.Fail(&fs.PathError{Op: "get", Path: key, Err: fs.ErrNotExist})
		}
	})
	return p.Future()
}

var library = store{"answer": "42", "name": "Ada", "year": "1815"}

func Example() {
	ctx := context.Background()
	name, year := library.get("name"), library.get("year") // both are on their way

	who, when, err := future.Await2(ctx, name, future.Map(year, strconv.Atoi))
	fmt.Println(who, when, err)
	// Output: Ada 1815 <nil>
}

func ExamplePromise() {
	type call struct {
		key     string
		promise future.Promise[int64] // no allocation of its own
	}
	c := &call{key: "visits"}
	f := c.promise.Future()

	fmt.Println(f.State(), c.promise.Complete(7), c.promise.Complete(8))
	fmt.Println(f.Await(context.Background()))
	// Output:
	// pending true false
	// 7 <nil>
}

func ExampleFuture_Await() {
	p := future.NewPromise[string]()
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	_, err := p.Future().Await(ctx)
	fmt.Println(err, "- the future is", p.Future().State())

	p.Complete("late, but not lost")
	fmt.Println(p.Future().Await(ctx)) // settled beats a dead ctx
	// Output:
	// context deadline exceeded - the future is pending
	// late, but not lost <nil>
}

func ExampleFuture_TryGet() {
	p := future.NewPromise[int]()
	fmt.Println(p.Future().TryGet())
	p.Complete(3)
	fmt.Println(p.Future().TryGet())
	// Output:
	// 0 false <nil>
	// 3 true <nil>
}

func ExampleFuture_OnReady() {
	logged := library.get("name").OnReady(func(f *future.Future[string]) {
		v, _, err := f.TryGet()
		fmt.Println("ready:", v, err)
	})
	_, _ = logged.Await(context.Background())
	// Output: ready: Ada <nil>
}

func ExampleFuture_WithTimeout() {
	never := future.NewPromise[int]()
	_, err := never.Future().WithTimeout(time.Millisecond).Await(context.Background())
	fmt.Println(err, errors.Is(err, context.DeadlineExceeded))
	fmt.Println("the source is", never.Future().State())
	// Output:
	// future: no result within 1ms true
	// the source is cancelled
}

func ExampleFuture_WithoutCancel() {
	p := future.NewPromise[int]()
	f := p.Future().WithoutCancel()
	f.Cancel(nil)
	fmt.Println(f.State(), p.Future().State())
	// Output: cancelled pending
}

func ExampleFuture_Cancel() {
	p := future.NewPromise[int]()
	p.OnCancel(func(cause error) { fmt.Println("stop working:", cause) })
	a := future.Map(p.Future(), func(n int) (int, error) { return n + 1, nil })
	b := future.Map(p.Future(), func(n int) (int, error) { return n + 2, nil })
	a.Cancel(errors.New("not needed"))
	fmt.Println("b still wants it:", p.Future().State())
	b.Cancel(errors.New("not needed either"))
	// Output:
	// b still wants it: pending
	// stop working: not needed either
}

func ExampleGo() {
	f := future.Go(context.Background(), func(ctx context.Context) (int, error) {
		panic("oops")
	})
	_, err := f.Await(context.Background())
	var pe *future.PanicError
	fmt.Println(err, errors.As(err, &pe))
	// Output: future: panic: oops true
}

func ExampleMap() {
	fmt.Println(future.Map(library.get("answer"), strconv.Atoi).Await(context.Background()))
	_, err := future.Map(library.get("name"), strconv.Atoi).Await(context.Background())
	fmt.Println(err)
	// Output:
	// 42 <nil>
	// strconv.Atoi: parsing "Ada": invalid syntax
}

func ExampleThen() {
	f := future.Then(future.Resolved("na"), func(prefix string) *future.Future[string] {
		return library.get(prefix + "me")
	})
	fmt.Println(f.Await(context.Background()))
	// Output: Ada <nil>
}

func ExampleCatchAs() {
	f := future.CatchAs(library.get("colour"), func(e *fs.PathError) (string, error) {
		return "no " + e.Path, nil
	})
	fmt.Println(f.Await(context.Background()))
	// Output: no colour <nil>
}

func ExampleCatch() {
	f := future.Catch(library.get("colour"), func(err error) (string, error) {
		return "", fmt.Errorf("loading the page: %w", err)
	})
	_, err := f.Await(context.Background())
	fmt.Println(err)
	// Output: loading the page: get colour: file does not exist
}

func ExampleTransform() {
	describe := func(f *future.Future[string]) *future.Future[string] {
		return future.Transform(f,
			func(v string) (string, error) { return "found " + strings.ToUpper(v), nil },
			func(err error) (string, error) { return "not found", nil })
	}
	fmt.Println(describe(library.get("name")).Await(context.Background()))
	fmt.Println(describe(library.get("colour")).Await(context.Background()))
	// Output:
	// found ADA <nil>
	// not found <nil>
}

func ExampleAll() {
	fmt.Println(future.All(library.get("name"), library.get("year")).Await(context.Background()))
	_, err := future.All(library.get("name"), library.get("colour")).Await(context.Background())
	fmt.Println(err)
	// Output:
	// [Ada 1815] <nil>
	// get colour: file does not exist
}

func ExampleAllSettled() {
	rs, _ := future.AllSettled(library.get("name"), library.get("colour")).Await(context.Background())
	for _, r := range rs {
		fmt.Println(r.Get())
	}
	// Output:
	// Ada <nil>
	//  get colour: file does not exist
}

func ExampleAny() {
	fmt.Println(future.Any(library.get("colour"), library.get("name")).Await(context.Background()))
	// Output: Ada <nil>
}

func ExampleRace() {
	never := future.NewPromise[string]().Future()
	fmt.Println(future.Race(never, library.get("name")).Await(context.Background()))
	fmt.Println(never.State())
	// Output:
	// Ada <nil>
	// cancelled
}

func ExampleAsCompleted() {
	slow := future.NewPromise[string]()
	for i, r := range future.AsCompleted(context.Background(), slow.Future(), future.Resolved("quick")) {
		fmt.Println(i, r.Value, r.Err)
		slow.Complete("slow")
	}
	// Output:
	// 1 quick <nil>
	// 0 slow <nil>
}

func ExampleInOrder() {
	for v, err := range future.InOrder(context.Background(), library.get("name"), library.get("colour"), library.get("year")) {
		fmt.Printf("%q %v\n", v, err)
	}
	// Output:
	// "Ada" <nil>
	// "" get colour: file does not exist
	// "1815" <nil>
}

func ExampleMapN() {
	keys := slices.Values([]string{"answer", "name", "year"})
	for v, err := range future.MapN(context.Background(), 2, keys, library.get) {
		fmt.Println(v, err)
	}
	// Output:
	// 42 <nil>
	// Ada <nil>
	// 1815 <nil>
}

// A function that blocks becomes one that returns a future with Go.
func ExampleMapN_blocking() {
	ctx := context.Background()
	square := func(n int) *future.Future[int] {
		return future.Go(ctx, func(context.Context) (int, error) { return n * n, nil })
	}
	for v, err := range future.MapN(ctx, 8, slices.Values([]int{1, 2, 3}), square) {
		fmt.Println(v, err)
	}
	// Output:
	// 1 <nil>
	// 4 <nil>
	// 9 <nil>
}

func ExampleWaitAll() {
	name, answer := library.get("name"), future.Map(library.get("answer"), strconv.Atoi)
	if err := future.WaitAll(context.Background(), name, answer); err != nil {
		fmt.Println(err)
	}
	fmt.Println(name.State(), answer.State())
	// Output: done done
}

func ExampleJoin2() {
	both := future.Join2(library.get("name"), future.Map(library.get("year"), strconv.Atoi))
	sentence := future.Map(both, func(p future.Pair[string, int]) (string, error) {
		return fmt.Sprintf("%s, born in %d", p.First, p.Second), nil
	})
	fmt.Println(sentence.Await(context.Background()))
	// Output: Ada, born in 1815 <nil>
}

// Whoever settles many futures in a row wakes their waiters afterwards.
func ExampleBatch() {
	var batch future.Batch
	promises := make([]future.Promise[int], 3)
	for i := range promises {
		promises[i].CompleteIn(&batch, i*i)
	}
	batch.Wake()
	for i := range promises {
		fmt.Println(promises[i].Future().Await(context.Background()))
	}
	// Output:
	// 0 <nil>
	// 1 <nil>
	// 4 <nil>
}
