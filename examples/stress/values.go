package main

import (
	"context"
	"errors"
	"fmt"
	"hash/crc64"
	"math"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/futureio/futureio-go/redis"
)

// values writes random bytes, from 1 byte to 1 MiB and as many small ones as large ones, and reads them back. What is read
// has the length and the checksum of the last write, or of one whose outcome is Unknown.
type values struct {
	rig   *rig
	tally *tally
	keys  []*bigValue
}

// bigValue is one key; owned by its writer, then by check. Its register holds versions.
type bigValue struct {
	key      string
	next     uint64
	register register
	sums     map[uint64]checksum // of the versions that the register may hold
	random   *rand.Rand
}

type checksum struct {
	length int
	crc    uint64
}

var crcTable = crc64.MakeTable(crc64.ECMA)

func sumOf(value []byte) checksum { return checksum{len(value), crc64.Checksum(value, crcTable)} }

const (
	valueKeys    = 16
	valueLargest = 1 << 20
	// valueRate is how many bytes a second are written, by all keys together: enough to have some megabytes on their way,
	// and not so many that the disk of the server decides what the other workloads get done.
	valueRate = 8 << 20
)

func newValues(r *rig, t *tally) workload {
	w := &values{rig: r, tally: t}
	for i := range valueKeys {
		w.keys = append(w.keys, &bigValue{key: fmt.Sprintf("value:%d", i), sums: map[uint64]checksum{}, random: r.random("values", i)})
	}
	return w
}

func (w *values) prepare(ctx context.Context) error {
	for _, v := range w.keys {
		version, value := v.compose()
		if _, err := w.rig.client.Set(v.key, value).Await(ctx); err != nil {
			return err
		}
		v.register.wrote(version, nil, time.Now())
	}
	return nil
}

func (w *values) run(ctx context.Context) {
	var writers sync.WaitGroup
	for _, v := range w.keys {
		writers.Go(func() {
			for ctx.Err() == nil {
				size, err := w.turn(v)
				if err != nil {
					rest(ctx, afterError)
				}
				rest(ctx, time.Duration(size)*time.Second*valueKeys/valueRate)
			}
		})
	}
	writers.Wait()
}

// compose makes the next version: bytes of all values, and a length whose logarithm is evenly distributed.
func (v *bigValue) compose() (version uint64, value []byte) {
	v.next++
	value = make([]byte, min(valueLargest, int(math.Exp(v.random.Float64()*math.Log(valueLargest+1)))))
	for i := 0; i < len(value); i += 8 {
		word := v.random.Uint64()
		for j := i; j < min(i+8, len(value)); j++ {
			value[j] = byte(word)
			word >>= 8
		}
	}
	v.sums[v.next] = sumOf(value)
	return v.next, value
}

func (w *values) turn(v *bigValue) (size int, err error) {
	version, value := v.compose()
	write := w.tally.issue("SET", v.key)
	_, err = settle(write, w.rig.client.Set(v.key, value))
	v.register.wrote(version, err, time.Now())

	read := w.tally.issue("GET", v.key)
	got, readErr := settle(read, w.rig.client.Get(v.key))
	if readErr == nil {
		w.compare(v, got, read.at)
	}
	return len(value), errors.Join(err, readErr)
}

func (w *values) compare(v *bigValue, got redis.Opt[string], asked time.Time) {
	text, ok := got.Get()
	if err := v.read(text, ok, asked, w.rig.fence.raised()); err != nil {
		w.rig.verdict.integrity("values: key %s: %v", v.key, err)
	}
}

// read finds out which version was read, and what is wrong with it.
func (v *bigValue) read(text string, ok bool, asked, fenced time.Time) error {
	if !ok {
		return fmt.Errorf("is missing; want version %s", v.register.want())
	}
	sum := sumOf([]byte(text))
	version := v.register.current
	for candidate := range v.sums {
		// Values of one byte are often equal; then it is the one that was written for certain.
		if v.sums[candidate] == sum && v.sums[version] != sum && v.register.holds(candidate) {
			version = candidate
		}
	}
	if v.sums[version] != sum {
		return fmt.Errorf("holds %d bytes with the checksum %016x; want version %s, %d bytes, %016x",
			sum.length, sum.crc, v.register.want(), v.sums[version].length, v.sums[version].crc)
	}
	if err := v.register.read(version, asked, fenced); err != nil {
		return err
	}
	for old := range v.sums {
		if !v.register.holds(old) {
			delete(v.sums, old)
		}
	}
	return nil
}

func (w *values) check(ctx context.Context) {
	for _, v := range w.keys {
		asked := time.Now()
		got, err := w.rig.client.Get(v.key).Await(ctx)
		if err != nil {
			w.rig.verdict.integrity("values: key %s cannot be read at the end: %v", v.key, err)
			return
		}
		w.compare(v, got, asked)
	}
}
