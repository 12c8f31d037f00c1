package errors_test

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"testing"

	rerrors "github.com/futureio/futureio-go/redis/errors"
)

func TestTheCodeIsTheFirstWordInCapitals(t *testing.T) {
	for line, code := range map[string]string{
		"ERR unknown command":                   "ERR",
		"WRONGTYPE Operation against a key":     "WRONGTYPE",
		"NOAUTH":                                "NOAUTH",
		"MOVED 3999 127.0.0.1:6381":             "MOVED",
		"MY_CODE-2 text":                        "MY_CODE-2",
		"Err something":                         "",
		"something went wrong":                  "",
		"I am a sentence":                       "",
		"ERR: colon":                            "",
		"2ND place":                             "",
		"":                                      "",
		" ERR":                                  "",
		"ÄRGER mit Umlaut":                      "",
		"ERR\ttab":                              "",
		"-ERR wrapped":                          "",
		"UNBLOCKED client unblocked via CLIENT": "UNBLOCKED",
	} {
		e := rerrors.ParseRedisError(line)
		if e.Code != code || e.Message != line {
			t.Errorf("ParseRedisError(%q) = code %q, message %q; want code %q and the line as it is", line, e.Code, e.Message, code)
		}
	}
}

func TestPredicatesLookAtTheCode(t *testing.T) {
	for line, method := range map[string]string{
		"MOVED 1 a:1":     "IsMoved",
		"ASK 1 a:1":       "IsAsk",
		"TRYAGAIN x":      "IsTryAgain",
		"CLUSTERDOWN x":   "IsClusterDown",
		"CROSSSLOT x":     "IsCrossSlot",
		"LOADING x":       "IsLoading",
		"READONLY x":      "IsReadOnly",
		"MASTERDOWN x":    "IsMasterDown",
		"NOREPLICAS x":    "IsNoReplicas",
		"NOSCRIPT x":      "IsNoScript",
		"BUSY x":          "IsBusy",
		"NOAUTH x":        "IsAuth",
		"WRONGPASS x":     "IsAuth",
		"NOPERM x":        "IsNoPerm",
		"OOM x":           "IsOOM",
		"MISCONF x":       "IsMisconf",
		"WRONGTYPE x":     "IsWrongType",
		"EXECABORT x":     "IsExecAbort",
		"NOPROTO x":       "IsNoProto",
		"UNBLOCKED x":     "IsUnblocked",
		"ERR other thing": "",

		"ERR max number of clients reached":         "IsMaxClients",
		"ERR max number of clients + cluster nodes": "IsMaxClients",
		"ERR unknown command 'X'":                   "IsUnknownCommand",
		"moved 1 a:1":                               "",
	} {
		v := reflect.ValueOf(rerrors.ParseRedisError(line))
		none := reflect.ValueOf((*rerrors.RedisError)(nil))
		for i := range v.NumMethod() {
			name := v.Type().Method(i).Name
			if !strings.HasPrefix(name, "Is") {
				continue
			}
			if got := v.Method(i).Call(nil)[0].Bool(); got != (name == method) {
				t.Errorf("%q: %s = %v; want %v", line, name, got, name == method)
			}
			if none.Method(i).Call(nil)[0].Bool() {
				t.Errorf("%s of a nil error = true; want false", name)
			}
		}
	}
}

// Law G12: an old server that does not know HELLO repeats its arguments, the
// password among them.
func TestSecretsRepeatedByTheServerAreNotInTheText(t *testing.T) {
	for message, want := range map[string]string{
		"ERR unknown command `HELLO`, with args beginning with: `3`, `AUTH`, `default`, `s3cret`, ": "redis: ERR unknown command `HELLO`",
		"ERR unknown command 'AUHT', with args beginning with: 's3cret' ":                           "redis: ERR unknown command 'AUHT'",
		"ERR Error in ACL SETUSER modifier '<s3c': ret': The password does not exist":               "redis: ERR Error in ACL SETUSER modifier '<***': The password does not exist",
		"ERR Error in ACL SETUSER modifier '#s3cret":                                                "redis: ERR Error in ACL SETUSER modifier '#***",
		"ERR Error in ACL SETUSER modifier '+@nope': Unknown command or category name in ACL":       "redis: ERR Error in ACL SETUSER modifier '+@nope': Unknown command or category name in ACL",
		"ERR Error in ACL SETUSER modifier '":                                                       "redis: ERR Error in ACL SETUSER modifier '",
	} {
		e := rerrors.ParseRedisError(message)
		if got := e.Error(); got != want {
			t.Errorf("Error() = %q; want %q", got, want)
		}
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d"} {
			if got := fmt.Sprintf(verb, e); got != want {
				t.Errorf("%s = %q; want %q", verb, got, want)
			}
		}
		if got := fmt.Sprintf("%q", e); got != strconv.Quote(want) {
			t.Errorf("%%q = %s; want %q", got, want)
		}
	}
}

func TestControlCharactersOfTheServerAreEscapedInTheText(t *testing.T) {
	e := rerrors.ParseRedisError("ERR one\r\n2026-01-01 forged line\x1b[31m größer")
	if got, want := e.Error(), `redis: ERR one\r\n2026-01-01 forged line\x1b[31m größer`; got != want {
		t.Errorf("Error() = %q; want %q", got, want)
	}
}
