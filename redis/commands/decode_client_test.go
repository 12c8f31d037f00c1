package commands

import (
	"maps"
	"reflect"
	"testing"
	"time"
)

const (
	line70 = "id=5 addr=127.0.0.1:37814 laddr=127.0.0.1:43629 fd=8 name= age=12 idle=3 flags=N db=2 sub=1 psub=0 ssub=4 multi=-1 qbuf=26 qbuf-free=20448 " +
		"argv-mem=10 multi-mem=0 rbs=16384 rbp=16383 obl=0 oll=0 omem=0 tot-mem=37658 events=r cmd=client|info user=default redir=-1 resp=2"
	line91 = "id=409 addr=[::1]:34514 laddr=[::1]:41673 fd=13 name=a=b=c age=0 idle=0 flags=xP capa=r db=0 sub=0 psub=0 ssub=0 multi=3 watch=2 qbuf=7 qbuf-free=0 " +
		"argv-mem=10 multi-mem=41 rbs=16384 rbp=16384 obl=5 oll=6 omem=8 tot-mem=17050 events=rw cmd=set user=alice redir=7 resp=3 lib-name=x lib-ver=1.2.0 " +
		"tot-net-in=48 tot-net-out=216 tot-cmds=1 io-thread=9 brand-new=y="
)

var (
	client70 = ClientInfo{
		ID: 5, Addr: "127.0.0.1:37814", LocalAddr: "127.0.0.1:43629", FileDescriptor: 8, Age: 12 * time.Second, Idle: 3 * time.Second, Flags: "N", Database: 2,
		Channels: 1, ShardChannels: 4, Queued: -1, QueryBuffer: 26, QueryBufferFree: 20448, ArgumentMemory: 10, ReplyBuffer: 16384, ReplyBufferPeak: 16383,
		TotalMemory: 37658, Events: "r", Command: "client|info", User: "default", Redirect: -1, Protocol: 2,
		Fields: map[string]string{
			"id": "5", "addr": "127.0.0.1:37814", "laddr": "127.0.0.1:43629", "fd": "8", "name": "", "age": "12", "idle": "3", "flags": "N", "db": "2",
			"sub": "1", "psub": "0", "ssub": "4", "multi": "-1", "qbuf": "26", "qbuf-free": "20448", "argv-mem": "10", "multi-mem": "0", "rbs": "16384",
			"rbp": "16383", "obl": "0", "oll": "0", "omem": "0", "tot-mem": "37658", "events": "r", "cmd": "client|info", "user": "default", "redir": "-1", "resp": "2",
		},
	}
	client91 = ClientInfo{
		ID: 409, Addr: "[::1]:34514", LocalAddr: "[::1]:41673", FileDescriptor: 13, Name: "a=b=c", Flags: "xP", Capabilities: "r", Queued: 3, Watched: 2,
		QueryBuffer: 7, ArgumentMemory: 10, QueuedMemory: 41, ReplyBuffer: 16384, ReplyBufferPeak: 16384, OutputBuffer: 5, OutputList: 6, OutputMemory: 8,
		TotalMemory: 17050, Events: "rw", Command: "set", User: "alice", Redirect: 7, Protocol: 3, LibraryName: "x", LibraryVersion: "1.2.0",
		BytesIn: 48, BytesOut: 216, Commands: 1, IOThread: 9,
		Fields: map[string]string{
			"id": "409", "addr": "[::1]:34514", "laddr": "[::1]:41673", "fd": "13", "name": "a=b=c", "age": "0", "idle": "0", "flags": "xP", "capa": "r", "db": "0",
			"sub": "0", "psub": "0", "ssub": "0", "multi": "3", "watch": "2", "qbuf": "7", "qbuf-free": "0", "argv-mem": "10", "multi-mem": "41", "rbs": "16384",
			"rbp": "16384", "obl": "5", "oll": "6", "omem": "8", "tot-mem": "17050", "events": "rw", "cmd": "set", "user": "alice", "redir": "7", "resp": "3",
			"lib-name": "x", "lib-ver": "1.2.0", "tot-net-in": "48", "tot-net-out": "216", "tot-cmds": "1", "io-thread": "9", "brand-new": "y=",
		},
	}
)

func init() {
	addKind(kind{
		name: "ClientInfo",
		call: sent((*Commands).sendClientInfo, "CLIENT", "INFO"),
		shapes: []shape{
			{client70, []string{"'" + line70 + "\n'", "='" + line70 + "\n'"}},
			{client91, []string{"'" + line91 + "\n'", "='" + line91 + "\n'"}},
		},
		bad: []string{":1", "_", "$-1", "*0", "''", "x", "'name=x'", "'id= name='", "'id=x'", "'id=1 age=9223372037'", "'id=1 idle=x'", "'id=1 db='", "'id=9223372036854775808'"},
	})
	addKind(kind{
		name: "ClientInfos",
		call: sent((*Commands).sendClientInfos, "CLIENT", "LIST"),
		shapes: []shape{
			{[]ClientInfo{client70, client91}, []string{"'" + line70 + "\n" + line91 + "\n'", "='" + line70 + "\n" + line91 + "\n'"}},
			{[]ClientInfo{}, []string{"''", "=''"}},
			{[]ClientInfo(nil), []string{"$-1", "_"}},
		},
		bad: []string{":1", "*0", "*1 'id=1'", "x", "'id=1\nname=x\n'", "'id=1 db=x\n'"},
	})
	addKind(kind{
		name: "TrackingInfo",
		call: sent((*Commands).sendTrackingInfo, "CLIENT", "TRACKINGINFO"),
		shapes: []shape{
			{TrackingInfo{Flags: []string{"off"}, Redirect: -1, Prefixes: []string{}}, []string{
				"*6 flags *1 off redirect :-1 prefixes *0", "%3 flags ~1 off redirect :-1 prefixes *0",
			}},
			{TrackingInfo{Flags: []string{"on", "bcast"}, Redirect: 4, Prefixes: []string{"a", "b"}}, []string{
				"*6 flags *2 on bcast redirect :4 prefixes *2 a b", "%3 flags ~2 on bcast redirect :4 prefixes *2 a b",
			}},
		},
		bad: []string{":1", "x", "_", "*-1", "*1 flags", "*2 :1 :1", "*2 flags x", "%1 flags *1 :1", "%1 redirect x", "*2 prefixes :1", "~2 flags *0"},
	})
	addKind(kind{
		name: "ServerHello",
		call: sent((*Commands).sendServerHello, "HELLO", "3"),
		shapes: []shape{
			{ServerHello{Server: "redis", Version: "7.0.15", Protocol: 2, ID: 5, Mode: "standalone", Role: "master", Modules: []Module{}}, []string{
				"*14 server redis version 7.0.15 proto :2 id :5 mode standalone role master modules *0",
				"%7 server redis version 7.0.15 proto :2 id :5 mode standalone role master modules *0",
			}},
			{ServerHello{
				Server: "valkey", Version: "9.1.2", Protocol: 3, ID: 7, Mode: "cluster", Role: "replica", AvailabilityZone: "az-1",
				Modules: []Module{{Name: "lua", Version: 1, Path: "lua", Args: []string{}}},
			}, []string{
				"*16 server valkey version 9.1.2 proto :3 id :7 mode cluster role replica modules *1 *8 name lua ver :1 path lua args *0 availability_zone az-1",
				"%8 server valkey version 9.1.2 proto :3 id :7 mode cluster role replica modules *1 %4 name lua ver :1 path lua args *0 availability_zone az-1",
			}},
		},
		bad: []string{":1", "+OK", "_", "*1 server", "%1 server :1", "%1 proto x", "%1 id _", "%1 modules x", "%1 modules *1 :1"},
	})
}

// The path of a unix socket may hold spaces.
func TestAnAddressWithSpacesIsOneValue(t *testing.T) {
	c, err := parseClient("id=3 addr=/var/run/my redis/s ock:0 laddr=x name=")
	want := ClientInfo{ID: 3, Addr: "/var/run/my redis/s ock:0", LocalAddr: "x", Fields: map[string]string{"id": "3", "addr": "/var/run/my redis/s ock:0", "laddr": "x", "name": ""}}
	if err != nil || !reflect.DeepEqual(c, want) {
		t.Errorf("parseClient = %+v, %v; want %+v", c, err, want)
	}
}

// Nothing that a server tells is lost, also where it has no field of its own.
func TestFieldsOfAClientHasEverything(t *testing.T) {
	c, err := parseClient("id=3 qwertz=1 name= x-y=z=")
	if want := map[string]string{"id": "3", "qwertz": "1", "name": "", "x-y": "z="}; err != nil || !maps.Equal(c.Fields, want) {
		t.Errorf("Fields = %v, %v; want %v", c.Fields, err, want)
	}
}
