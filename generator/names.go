package main

import (
	"go/token"
	"strings"
	"unicode"
)

// initialisms are words that Go writes in capitals, and the parts of command
// names that Redis runs together.
var goWords = map[string]string{
	"id": "ID", "ttl": "TTL", "pttl": "PTTL",
	"incrby": "IncrBy", "decrby": "DecrBy", "incrbyfloat": "IncrByFloat",
	"getset": "GetSet", "getdel": "GetDel", "getex": "GetEx", "getrange": "GetRange", "setrange": "SetRange", "setnx": "SetNX",
	"strlen": "StrLen", "mget": "MGet", "mset": "MSet", "msetnx": "MSetNX",
	"expireat": "ExpireAt", "pexpireat": "PExpireAt", "pexpire": "PExpire", "expiretime": "ExpireTime", "pexpiretime": "PExpireTime",
	"renamenx": "RenameNX", "randomkey": "RandomKey", "dbsize": "DBSize", "flushdb": "FlushDB", "flushall": "FlushAll",
	"getname": "GetName",
}

// families are the letters that begin the commands of one data type.
var families = []string{"h", "l", "r", "s", "z"}

var familyWords = map[string]string{
	"get": "Get", "set": "Set", "setnx": "SetNX", "del": "Del", "getall": "GetAll", "mget": "MGet", "exists": "Exists", "incrby": "IncrBy",
	"incrbyfloat": "IncrByFloat", "keys": "Keys", "vals": "Vals", "len": "Len", "strlen": "StrLen", "push": "Push", "pop": "Pop",
	"range": "Range", "index": "Index", "rem": "Rem", "trim": "Trim", "add": "Add", "members": "Members", "ismember": "IsMember",
	"mismember": "MIsMember", "card": "Card", "union": "Union", "inter": "Inter", "diff": "Diff", "score": "Score", "mscore": "MScore",
	"count": "Count", "rank": "Rank", "revrank": "RevRank",
}

// methodName is the Go name of a command: "CLIENT ID" is ClientID, "HGETALL" is
// HGetAll.
func methodName(command string) string {
	var b strings.Builder
	for _, word := range strings.FieldsFunc(strings.ToLower(command), func(r rune) bool { return r == ' ' || r == '-' }) {
		b.WriteString(goWord(word))
	}
	return b.String()
}

func goWord(word string) string {
	if w, ok := goWords[word]; ok {
		return w
	}
	for _, f := range families {
		if rest, ok := strings.CutPrefix(word, f); ok && familyWords[rest] != "" {
			return strings.ToUpper(f) + familyWords[rest]
		}
	}
	return strings.ToUpper(word[:1]) + word[1:]
}

// paramName is the Go name of an argument: "unix-time-seconds" is unixTimeSeconds.
func paramName(arg string, many bool) string {
	words := strings.FieldsFunc(arg, func(r rune) bool { return r == '-' || r == '_' || r == ' ' })
	for i := range words {
		words[i] = strings.ToLower(words[i])
		switch {
		case i > 0 && words[i] == "id":
			words[i] = "ID"
		case i > 0:
			words[i] = strings.ToUpper(words[i][:1]) + words[i][1:]
		}
	}
	name := strings.Join(words, "")
	switch stem, y := strings.CutSuffix(name, "y"); {
	case !many || strings.HasSuffix(name, "s"):
	case y && !strings.HasSuffix(stem, "e"):
		name = stem + "ies"
	case strings.HasSuffix(name, "x"):
		name += "es"
	default:
		name += "s"
	}
	if token.IsKeyword(name) || name == "a" || name == "c" {
		name += "Name"
	}
	return name
}

// optionName is the Go name of a token: short ones stay as they are.
func optionName(tok string) string {
	if len(tok) <= 2 {
		return tok
	}
	return tok[:1] + strings.ToLower(tok[1:])
}

// lowerFirst makes an exported name unexported: "GetEx" is getEx, "TTL" is ttl.
func lowerFirst(name string) string {
	r := []rune(name)
	for i := range r {
		if i > 0 && i+1 < len(r) && unicode.IsLower(r[i+1]) {
			break
		}
		if unicode.IsLower(r[i]) {
			break
		}
		r[i] = unicode.ToLower(r[i])
	}
	return string(r)
}
