package integration

import (
	"errors"
	"testing"

	"github.com/futureio/futureio-go/redis"
)

// batches sends what belongs together: a pipeline with an error in it, a transaction, a script by its hash. Behaviours L1, PL2, X1.
func (c *cell) batches(t *testing.T) {
	client := c.client(t)
	await(t, client.HSet("cell:batch", "a", 1))
	pipeline := client.Pipeline()
	first, wrong, last := pipeline.Echo("first"), pipeline.Incr("cell:batch"), pipeline.Echo("last")
	e := asError[*redis.PipelineError](t, pipeline.Exec(limit(t)))
	if len(e.Failed) != 1 || e.Failed[0].Index != 1 || e.Total != 3 {
		t.Errorf("Exec = %v; want the second of three failed", e)
	}
	expect(t, "ECHO", first, "first")
	expect(t, "ECHO", last, "last")
	if e := failure[*redis.RedisError](t, wrong); !e.IsWrongType() {
		t.Errorf("INCR of a hash = %v; want WRONGTYPE", e)
	}

	tx := client.Tx()
	n, h := tx.IncrBy("cell:tx", 5), tx.HGetAll("cell:batch")
	if err := tx.Exec(limit(t)); err != nil {
		t.Errorf("Exec = %v", err)
	}
	expect(t, "INCRBY", n, 5)
	if got := await(t, h); len(got) != 1 || got["a"] != "1" {
		t.Errorf("HGETALL = %v; want a: 1", got)
	}

	await(t, c.admin.ScriptFlush())
	script := redis.NewScript("return {KEYS[1], ARGV[1], redis.call('INCR', KEYS[1])}")
	for want := int64(6); want < 8; want++ { // sent whole, then by its hash
		v, err := redis.Run[redis.Value](client, script, []string{"cell:tx"}, "x").Await(limit(t))
		if err != nil || v.Len() != 3 {
			t.Fatalf("script = %v, %v; want three values", v, err)
		}
		if got, err := v.Array()[2].Int(); got != want || err != nil {
			t.Errorf("INCR in the script = %d, %v; want %d", got, err, want)
		}
	}
}

// transaction runs one by hand that commits, and one whose key another client changes. Behaviours X1, X2.
func transaction(t *testing.T, conn *redis.Conn, other *redis.Client) {
	await(t, other.Del("cell:tx"))
	conn.Watch("cell:tx")
	conn.Multi()
	conn.Command("INCR", "cell:tx")
	conn.Command("HGETALL", "cell:batch")
	replies := await(t, conn.Exec())
	if len(replies) != 2 {
		t.Fatalf("EXEC = %v; want two replies", replies)
	}
	if n, err := replies[0].Int(); n != 1 || err != nil {
		t.Errorf("INCR inside of MULTI = %v, %v; want 1", n, err)
	}

	await(t, conn.Watch("cell:tx"))
	await(t, other.Set("cell:tx", "theirs"))
	conn.Multi()
	conn.Command("SET", "cell:tx", "ours")
	if v, err := conn.Exec().Await(limit(t)); !errors.Is(err, redis.ErrTxAborted) {
		t.Errorf("EXEC after a change = %v, %v; want ErrTxAborted", v, err)
	}
	if v := await(t, conn.Get("cell:tx")); v.Or("") != "theirs" {
		t.Errorf("GET = %v; want theirs", v)
	}
}
