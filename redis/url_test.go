package redis_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// Behaviour U1.
func TestParseURL(t *testing.T) {
	for url, want := range map[string]redis.Options{
		"redis://localhost":                     {Addr: "localhost:6379"},
		"redis://":                              {Addr: "localhost:6379"},
		"redis://example.com:7000/5":            {Addr: "example.com:7000", Database: 5},
		"redis://example.com/0":                 {Addr: "example.com:6379"},
		"redis://example.com/5/":                {Addr: "example.com:6379", Database: 5},
		"redis://:secret@host":                  {Addr: "host:6379", Password: "secret"},
		"redis://ann:p%40ss%3Aw%2Frd@host":      {Addr: "host:6379", Username: "ann", Password: "p@ss:w/rd"},
		"redis://:0@host":                       {Addr: "host:6379", Password: "0"},
		"redis://a%40b%3Ac%2Fd:%25%23%3F@host/": {Addr: "host:6379", Username: "a@b:c/d", Password: "%#?"},
		"redis://ann@host/15?db=3":              {Addr: "host:6379", Username: "ann", Database: 3},
		"redis://[::1]:7000/1":                  {Addr: "[::1]:7000", Database: 1},
		"redis://[fe80::1]":                     {Addr: "[fe80::1]:6379"},
		"redis://[::1]":                         {Addr: "[::1]:6379"},
		"redis://ann:pw@[2001:db8::1]:7000/2/":  {Addr: "[2001:db8::1]:7000", Username: "ann", Password: "pw", Database: 2},
		"rediss://:pw@host:7000/5":              {Addr: "host:7000", Password: "pw", Database: 5},
		"unix:///run/redis.sock":                {Addr: "/run/redis.sock"},
		"unix://ann:p%40w@/run/a%20b.sock?db=0": {Addr: "/run/a b.sock", Username: "ann", Password: "p@w"},
		"redis+unix://:pw@/run/redis.sock?db=3": {Addr: "/run/redis.sock", Password: "pw", Database: 3},
		"redis://host?client_name=w&protocol=2&connect_timeout=1.5&read_timeout=250ms&write_timeout=3s&ping_interval=5": {
			Addr: "host:6379", ClientName: "w", Protocol: 2, ConnectTimeout: 1500 * time.Millisecond,
			ReadTimeout: 250 * time.Millisecond, WriteTimeout: 3 * time.Second, PingInterval: 5 * time.Second,
		},
	} {
		got, err := redis.ParseURL(url)
		if err != nil {
			t.Errorf("ParseURL(%q) = %v; want no error", url, err)
			continue
		}
		if g, w := fields(got), fields(want); g != w {
			t.Errorf("ParseURL(%q) = %s; want %s", url, g, w)
		}
	}
}

// fields shows what a URL can set, the password included.
func fields(o redis.Options) string {
	return fmt.Sprint(o.Addr, "|", o.Username, "|", o.Password, "|", o.Database, "|", o.ClientName, "|", o.Protocol, "|",
		o.ConnectTimeout, "|", o.ReadTimeout, "|", o.WriteTimeout, "|", o.PingInterval)
}

// Behaviour U1.
func TestParseURLRefusesWithoutShowingThePassword(t *testing.T) {
	for _, url := range []string{
		"", "localhost:6379", "http://:secret@host", "redis://:secret@host/notanumber", "redis://:secret@host:port",
		"redis://:secret@host/-1", "redis://:secret@host?nonsense=1", "redis://:secret@host?db=x", "redis://:sec ret@host\x7f",
		"redis://:secret@host#x", "unix://:secret@relative/path", "unix://", "redis://:secret@host:99999", "redis://:secret@host?protocol=4",
		"redis://:secret@host?read_timeout=-5s", "redis://:secret%zz@host", "redis://:secret@host?read_timeout=soon",
	} {
		_, err := redis.ParseURL(url)
		e := asErr[*redis.ArgumentError](t, err)
		if strings.Contains(e.Error(), "secret") {
			t.Errorf("ParseURL(%q) = %q, which shows the password", url, err)
		}
	}
}

// Behaviour U1. The error says what is wrong and what would be right.
func TestAURLThatIsRefusedIsToldWhy(t *testing.T) {
	for url, want := range map[string]string{
		"http://:secret@host":             `scheme "http" is not one of redis, rediss, unix, redis+unix`,
		"://:secret@host":                 "not a URL",
		"\x00\xff":                        "not a URL",
		"localhost:6379":                  "redis://host:port",
		"just words":                      "no scheme",
		"redis://:secret@host/five":       "number of a database, such as /5",
		"unix://:secret@host/socket":      "unix:///path/to/socket",
		"redis://:secret@host?nonsense=1": "unknown option nonsense",
		"redis://:secret@host?db=many":    "option db",
	} {
		_, err := redis.ParseURL(url)
		if e := asErr[*redis.ArgumentError](t, err); !strings.Contains(e.Error(), want) || strings.Contains(e.Error(), "secret") {
			t.Errorf("ParseURL(%q) = %v; want %q and no password", url, err, want)
		}
	}
}

// Behaviour U1. What is set after ParseURL counts, down to what the server gets.
func TestExplicitFieldsWinOverTheURL(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.RequireAuth("bob", "explicit")
		client := dialFake(t, srv, func(o *redis.Options) {
			fromURL, err := redis.ParseURL("redis://ann:from-url@elsewhere:7000/5?client_name=a&protocol=2&connect_timeout=1")
			if err != nil {
				t.Fatal(err)
			}
			dialer := o.Dialer
			*o = fromURL
			o.Dialer, o.Addr, o.Username, o.Password, o.Database, o.ClientName, o.Protocol = dialer, "fake:6379", "bob", "explicit", 7, "b", 3
		})
		await(t, client.Ping())
		if got := strings.Join(srv.Received(0), "|"); got != "HELLO 3 AUTH bob explicit|SELECT 7|CLIENT SETNAME b|PING" {
			t.Errorf("the server got %s; want what was set explicitly", got)
		}
		if got := srv.Memory().Dialed(); got[0] != "fake:6379" {
			t.Errorf("dialled %q; want fake:6379", got)
		}
	})
}

// Law G12, for options.
func TestOptionsDoNotShowThePassword(t *testing.T) {
	opts := redis.Options{Addr: "host", Username: "ann", Password: "secret", Database: 2}
	for _, text := range []string{opts.String(), fmt.Sprint(opts), fmt.Sprintf("%+v", opts), fmt.Sprintf("%#v", opts), fmt.Sprintf("%v", &opts)} {
		if strings.Contains(text, "secret") || !strings.Contains(text, "redis://ann:***@host:6379/2") {
			t.Errorf("options show as %q; want redis://ann:***@host:6379/2", text)
		}
	}
}

// Law G12, for clients.
func TestPrintingAClientDoesNotShowThePassword(t *testing.T) {
	client := redis.New(redis.Options{Username: "ann", Password: "secret"})
	defer client.Close()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if text := fmt.Sprintf(verb, client); strings.Contains(text, "secret") || !strings.Contains(text, "localhost:6379") {
			t.Errorf("%s of a client shows %q; want the address and no password", verb, text)
		}
	}
}

func TestParseURLRefusesWhatItWouldMisunderstand(t *testing.T) {
	for _, url := range []string{
		"redis:otherhost:6379", "redis:otherhost", "redis://:12?secret@host", "redis://h?ping_interval=nan",
		"redis://h?read_timeout=inf", "redis://h?read_timeout=1e300",
	} {
		o, err := redis.ParseURL(url)
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("ParseURL(%q) = %v, %v; want an error without the password", url, o, err)
		}
	}
}

// Behaviour U1.
func TestTheURLOfAUnixSocketCanBeReadBack(t *testing.T) {
	want := redis.Options{Addr: "/run/redis.sock", Database: 3}
	got, err := redis.ParseURL(want.String())
	if err != nil || got.Addr != want.Addr || got.Database != want.Database {
		t.Errorf("ParseURL(%s) = %v, %v; want the same socket and database", want, got, err)
	}
}
