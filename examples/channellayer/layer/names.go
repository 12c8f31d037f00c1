package layer

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// Errors of calls. Those of the connection come as package redis has them.
var (
	// ErrChannelFull tells that a channel has no room: nobody receives from it, or too slowly. The message was dropped.
	ErrChannelFull = errors.New("layer: the channel is full")
	// ErrClosed tells that the Layer was closed.
	ErrClosed = errors.New("layer: closed")
	// ErrTooLarge tells that a message is larger than Options.MaxMessage.
	ErrTooLarge = errors.New("layer: the message is too large")
)

// maxName is the most bytes of the name of a channel or group.
const maxName = 200

// checkName refuses names that would be something else in a key, a wake-up or a glob.
func checkName(what, name string) error {
	if name == "" || len(name) > maxName {
		return fmt.Errorf("layer: the name of a %s has 1 to %d bytes; this one has %d", what, maxName, len(name))
	}
	for _, c := range []byte(name) {
		if c <= ' ' || c >= 0x7f || strings.IndexByte("*?[]\\{}", c) >= 0 {
			return fmt.Errorf("layer: the name of a %s holds %q; want printable ASCII without blanks and *?[]\\{}", what, c)
		}
	}
	return nil
}

// randomName is a name that nobody else has.
func randomName() string {
	var b [10]byte
	_, _ = rand.Read(b[:]) // never fails, as its documentation says
	return hex.EncodeToString(b[:])
}

// NewChannel makes the name of a channel that only this process receives from: "chat.5f1c…!a03b…". The channel comes into being
// with its first message.
func (l *Layer) NewChannel(prefix string) string {
	return prefix + "." + l.process + "!" + randomName()
}

// wakeChannel is where the wake-ups for a channel are published: to the one process that it belongs to, or to all.
func (l *Layer) wakeChannel(channel string) string {
	before, _, specific := strings.Cut(channel, "!")
	if !specific {
		return l.opts.Prefix + ":wake"
	}
	return l.opts.Prefix + ":wake:" + before[strings.LastIndexByte(before, '.')+1:]
}

func (l *Layer) channelKey(channel string) string { return l.opts.Prefix + ":c:" + channel }
func (l *Layer) groupKey(group string) string     { return l.opts.Prefix + ":g:" + group }
func (l *Layer) presenceKey(group string) string  { return l.opts.Prefix + ":p:" + group }
func (l *Layer) infoKey(group string) string      { return l.opts.Prefix + ":i:" + group }
func (l *Layer) historyKey(group string) string   { return l.opts.Prefix + ":h:" + group }
func (l *Layer) delayedKey() string               { return l.opts.Prefix + ":delayed" }
func (l *Layer) feedChannel(group string) string  { return l.opts.Prefix + ":feed:" + group }
