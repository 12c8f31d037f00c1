package commands

import "time"

func init() {
	const ms, us = time.Millisecond, time.Microsecond
	addKind(kind{
		name: "Latencies",
		call: sent((*Commands).sendLatencies, "LATENCY", "LATEST"),
		shapes: []shape{
			{[]LatencyEvent{{Name: "command", At: time.Unix(1795459652, 0), Latest: 10 * ms, Max: 401 * ms}}, []string{"*1 *4 command :1795459652 :10 :401"}},
			{[]LatencyEvent{{Name: "command", At: time.Unix(1795459701, 0), Latest: 10 * ms, Max: 11 * ms, Sum: 12 * ms, Count: 2}}, []string{"*1 *6 command :1795459701 :10 :11 :12 :2"}},
			{[]LatencyEvent{}, []string{"*0"}},
			{[]LatencyEvent(nil), []string{"*-1", "_"}},
		},
		bad: []string{":1", "x", "%0", "*1 x", "*1 _", "*1 *3 command :1 :2", "*1 *4 :1 :2 :3 :4", "*1 *4 command x :1 :1", "*1 *4 command :1 :1 x", "*1 *6 command :1 :1 :1 x :1", "*1 *4 command :1 :9223372036854775807 :1"},
	})
	addKind(kind{
		name: "LatencySamples",
		call: sent((*Commands).sendLatencySamples, "LATENCY", "HISTORY", "command"),
		shapes: []shape{
			{[]LatencySample{{time.Unix(1795459651, 0), 10 * ms}, {time.Unix(1795459652, 0), 401 * ms}}, []string{"*2 *2 :1795459651 :10 *2 :1795459652 :401"}},
			{[]LatencySample{}, []string{"*0"}},
			{[]LatencySample(nil), []string{"*-1", "_"}},
		},
		bad: []string{":1", "x", "%0", "*2 :1 :2", "*1 *1 :1", "*1 *2 x :1", "*1 *2 :1 x", "*1 %1 :1 :2"},
	})
	addKind(kind{
		name: "LatencyHistograms",
		call: sent((*Commands).sendLatencyHistograms, "LATENCY", "HISTOGRAM"),
		shapes: []shape{
			{map[string]LatencyHistogram{
				"set":        {Calls: 1, Buckets: []LatencyBucket{{33 * us, 1}}},
				"config|get": {Calls: 2, Buckets: []LatencyBucket{{4 * us, 1}, {16 * us, 2}}},
			}, []string{
				"*4 set *4 calls :1 histogram_usec *2 :33 :1 config|get *4 calls :2 histogram_usec *4 :4 :1 :16 :2",
				"%2 set %2 calls :1 histogram_usec %1 :33 :1 config|get %2 calls :2 histogram_usec %2 :4 :1 :16 :2",
			}},
			{map[string]LatencyHistogram{}, []string{"*0", "%0"}},
			{map[string]LatencyHistogram(nil), []string{"*-1", "_"}},
		},
		bad: []string{":1", "x", "*1 set", "%1 set x", "%1 set _", "%1 set %1 calls x", "%1 set %1 histogram_usec x", "%1 set %1 histogram_usec *1 :1", "%1 set %1 histogram_usec %1 x :1", "%1 set %1 histogram_usec %1 :1 x", "%1 :1 %0"},
	})
}
