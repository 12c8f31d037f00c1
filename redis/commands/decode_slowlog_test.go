package commands

import (
	"testing"
	"time"
)

func init() {
	addKind(kind{
		name: "SlowLog",
		call: sent((*Commands).sendSlowLog, "SLOWLOG", "GET"),
		shapes: []shape{
			{[]SlowLogEntry{
				{ID: 28, At: time.Unix(1795459727, 0), Took: 14 * time.Microsecond, Args: []string{"MEMORY", "STATS"}, ClientAddr: "127.0.0.1:34466"},
				{ID: 0, At: time.Unix(1795459726, 0), Took: 2 * time.Second, Args: []string{"KEYS", "*"}, ClientAddr: "127.0.0.1:34467", ClientName: "main"},
			}, []string{"*2 *6 :28 :1795459727 :14 *2 MEMORY STATS 127.0.0.1:34466 '' *6 :0 :1795459726 :2000000 *2 KEYS '*' 127.0.0.1:34467 main"}},
			{[]SlowLogEntry{{ID: 14, At: time.Unix(1309448221, 0), Took: 15 * time.Microsecond, Args: []string{"ping"}}}, []string{"*1 *4 :14 :1309448221 :15 *1 ping"}},
			{[]SlowLogEntry{{ID: 14, At: time.Unix(1309448221, 0), Took: 15 * time.Microsecond, Args: []string{"ping"}, ClientAddr: "a"}}, []string{"*1 *5 :14 :1309448221 :15 *1 ping a"}},
			{[]SlowLogEntry{}, []string{"*0"}},
			{[]SlowLogEntry(nil), []string{"*-1", "_"}},
		},
		bad: []string{":1", "x", "%0", "*1 :1", "*1 _", "*1 *3 :1 :2 :3", "*1 *4 x :2 :3 *0", "*1 *4 :1 x :3 *0", "*1 *4 :1 :2 x *0", "*1 *4 :1 :2 :3 x", "*1 *5 :1 :2 :3 *0 :1", "*1 *4 :1 :2 :9223372036854775807 *0"},
	})
}

func TestTheSizeOfALargeRequestIsInThePlaceOfTheTime(t *testing.T) {
	c := On(canned{t, wireOf("*1 *6 :18 :1795459701 :1048576 *3 SET k '... (1048566 more bytes)' 127.0.0.1:36702 ''")})
	log, err := c.sendSlowLog(c.raw([]any{"COMMANDLOG", "GET", 1, "large-request"})).Await(bg)
	if err != nil || len(log) != 1 || log[0].Size() != 1048576 {
		t.Errorf("COMMANDLOG GET = %+v, %v; want one entry of 1048576 bytes", log, err)
	}
}
