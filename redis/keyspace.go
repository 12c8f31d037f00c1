package redis

import (
	"context"
	stderrors "errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/futureio/futureio-go/redis/errors"
)

// KeyEvent is something that has happened to a key.
type KeyEvent struct {
	Database int
	Key      string
	Event    string // as the server calls it: "set", "del", "expired", …
	Dropped  int    // see Message.Dropped; messages of events that were not asked for count too
	AfterGap bool   // see Message.AfterGap
}

// KeyEvents is a subscription to what happens to keys; see KeyspaceEvents. It is safe for any number of goroutines.
type KeyEvents struct {
	sub      *Subscription
	database int
	events   []string // nil: all
	prefix   string   // of the channels, with the key behind it
}

// KeyspaceEvents subscribes to what happens to keys of the client's database that match a glob pattern ("*": all of them): to the
// given events ("set", "expired", …), or to all. Options.KeyPrefix does not apply to the pattern, and keys come as the
// server has them.
//
// A server tells only what its configuration notify-keyspace-events says, by default nothing. It is looked at, and where it
// does not cover what is asked for, the call fails with an *ArgumentError that says what is missing; it is never changed.
// A user who may not read the configuration gets the server's refusal: subscribe to the channels "__keyspace@0__:…"
// then, see Client.PSubscribe.
//
// Events are messages, and can be missed as those can: KeyEvent tells so. An event "expired" comes when the server removes the
// key, which may be later than its time.
func KeyspaceEvents(ctx context.Context, client *Client, pattern string, events ...string) (*KeyEvents, error) {
	if pattern == "" {
		return nil, &errors.ArgumentError{Argument: "pattern", Reason: "is empty; \"*\" stands for every key"}
	}
	if client.broken != nil {
		return nil, client.broken
	}
	config, err := client.ConfigGet("notify-keyspace-events").Await(ctx)
	if err != nil {
		return nil, err
	}
	if lacks := lackingFlags(config["notify-keyspace-events"], events); lacks != "" {
		return nil, &errors.ArgumentError{
			Argument: "events",
			Reason:   fmt.Sprintf("the server does not tell them: its notify-keyspace-events is %q and lacks %q", config["notify-keyspace-events"], lacks),
		}
	}
	k := &KeyEvents{database: client.opts.Database, events: events}
	k.prefix = fmt.Sprintf("__keyspace@%d__:", k.database)
	if k.sub, err = client.PSubscribe(k.prefix + pattern).Await(ctx); err != nil {
		return nil, err
	}
	return k, nil
}

// eventFlags are the classes of events of notify-keyspace-events, from the documentation of the servers' keyspace
// notifications. Those that are in no class here are in one of the type's own: see lackingFlags.
var eventFlags = map[string]byte{
	"expired": 'x', "evicted": 'e', "new": 'n', "keymiss": 'm', "overwritten": 'o', "type_changed": 'c',
	"del": 'g', "rename_from": 'g', "rename_to": 'g', "move_from": 'g', "move_to": 'g', "copy_to": 'g', "restore": 'g',
	"expire": 'g', "persist": 'g', "sortstore": 'l', "set": '$', "setrange": '$', "incrby": '$', "incrbyfloat": '$', "append": '$',
}

// typeFlags are further classes, by how the names of their events begin.
var typeFlags = []struct {
	prefix string
	flag   byte
}{
	{"hdel", 'h'}, {"hset", 'h'}, {"hincr", 'h'}, {"hexpire", 'h'}, {"hpersist", 'h'}, {"z", 'z'}, {"geosearchstore", 'z'},
	{"sadd", 's'}, {"srem", 's'}, {"spop", 's'}, {"sinterstore", 's'}, {"sunionstore", 's'}, {"sdiffstore", 's'},
	{"lpush", 'l'}, {"rpush", 'l'}, {"lpop", 'l'}, {"rpop", 'l'}, {"linsert", 'l'}, {"lset", 'l'}, {"lrem", 'l'}, {"ltrim", 'l'},
	{"x", 't'},
}

// allClasses is what the flag "A" stands for.
const allClasses = "g$lshzxetd"

// lackingFlags tells which flags a configuration lacks for the given events, none given being all those of "A".
func lackingFlags(config string, events []string) string {
	if strings.Contains(config, "A") {
		config += allClasses
	}
	need := []byte{'K'} // the channels that are named by the keys
	if len(events) == 0 {
		need = append(need, allClasses[:8]...) // neither streams nor modules: older servers do not have both
	}
	for _, event := range events {
		if flag := eventFlag(event); flag != 0 {
			need = append(need, flag)
		}
	}
	var lacks []byte
	for _, flag := range need {
		if !strings.Contains(config, string(flag)) && !slices.Contains(lacks, flag) {
			lacks = append(lacks, flag)
		}
	}
	if len(need) == 1 && len(events) > 0 && strings.Trim(config, "KE") == "" {
		lacks = append(lacks, 'A') // events that are not known here, and the server tells none at all
	}
	return string(lacks)
}

func eventFlag(event string) byte {
	if flag := eventFlags[event]; flag != 0 {
		return flag
	}
	for _, class := range typeFlags {
		if strings.HasPrefix(event, class.prefix) {
			return class.flag
		}
	}
	return 0
}

// Next returns the next event; its errors are those of Subscription.Next.
func (k *KeyEvents) Next(ctx context.Context) (KeyEvent, error) {
	e := KeyEvent{Database: k.database}
	for {
		m, err := k.sub.Next(ctx)
		if err != nil {
			return KeyEvent{}, err
		}
		// What a message tells of losses holds also when the event is of none of the kinds that were asked for.
		e.Dropped += m.Dropped
		e.AfterGap = e.AfterGap || m.AfterGap
		if k.events == nil || slices.Contains(k.events, m.Payload) {
			e.Key, e.Event = strings.TrimPrefix(m.Channel, k.prefix), m.Payload
			return e, nil
		}
	}
}

// Events iterates over the events until the subscription ends; see Subscription.Messages.
func (k *KeyEvents) Events(ctx context.Context) iter.Seq2[KeyEvent, error] {
	return func(yield func(KeyEvent, error) bool) {
		for {
			e, err := k.Next(ctx)
			if stderrors.Is(err, io.EOF) {
				return
			}
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}

// Subscription is what the events come by, for its Stats and OnGap. Its messages are not to be taken.
func (k *KeyEvents) Subscription() *Subscription { return k.sub }

// Close ends the subscription.
func (k *KeyEvents) Close() error { return k.sub.Close() }
