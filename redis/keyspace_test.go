package redis

import "testing"

func TestWhatAConfigurationOfKeyEventsLacks(t *testing.T) {
	for _, row := range []struct {
		config string
		events []string
		want   string
	}{
		{"", nil, "Kg$lshzxe"},
		{"KEA", nil, ""},
		{"AK", []string{"set", "zadd", "xadd", "expired", "hset", "lpush", "sadd"}, ""},
		{"Kg", []string{"del", "expire", "set", "set"}, "$"},
		{"Ex", []string{"expired"}, "K"},
		{"Kx", []string{"expired"}, ""},
		{"KEA", []string{"keymiss", "new"}, "mn"},
		{"K", []string{"something.else"}, "A"},
		{"Kd", []string{"something.else"}, ""},
	} {
		if got := lackingFlags(row.config, row.events); got != row.want {
			t.Errorf("lackingFlags(%q, %q) = %q; want %q", row.config, row.events, got, row.want)
		}
	}
}
