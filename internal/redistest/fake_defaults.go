package redistest

import (
	"fmt"
	"strconv"
	"strings"
)

// defaultAnswer is the small server behind a Fake. Texts of errors are those of Redis 7.
func (c *Conn) defaultAnswer(args []string) string {
	name, rest := strings.ToUpper(args[0]), args[1:]
	switch name {
	case "HELLO":
		return c.hello(rest)
	case "AUTH":
		return c.auth(rest)
	case "QUIT":
		c.Send(Simple("OK"))
		c.Close()
		return ""
	case "RESET":
		c.protocol, c.db, c.name, c.authed = 2, 0, "", false
		return Simple("RESET")
	}
	if !c.mayRun() {
		return Error("NOAUTH Authentication required.")
	}

	want, known := map[string]int{"PING": -1, "ECHO": 1, "SELECT": 1, "CLIENT": -1, "GET": 1, "SET": 2, "MGET": -2, "INCR": 1}[name]
	switch {
	case !known:
		return unknownCommand(args)
	case want >= 0 && len(rest) != want, want == -2 && len(rest) == 0:
		return wrongArity(args[0])
	}
	switch name {
	case "PING":
		if len(rest) > 0 {
			return Bulk(rest[0])
		}
		return Simple("PONG")
	case "ECHO":
		return Bulk(rest[0])
	case "CLIENT":
		return c.client(rest)
	}

	c.fake.mu.Lock()
	defer c.fake.mu.Unlock()
	if name == "SELECT" {
		db, err := strconv.Atoi(rest[0])
		switch {
		case err != nil:
			return Error("ERR value is not an integer or out of range")
		case db < 0 || db >= len(c.fake.databases):
			return Error("ERR DB index is out of range")
		}
		c.db = db
		return Simple("OK")
	}
	values := c.fake.databases[c.db]
	if values == nil {
		values = map[string]string{}
		c.fake.databases[c.db] = values
	}
	get := func(key string) string {
		if v, ok := values[key]; ok {
			return Bulk(v)
		}
		return c.null()
	}
	switch name {
	case "GET":
		return get(rest[0])
	case "SET":
		values[rest[0]] = rest[1]
		return Simple("OK")
	case "INCR":
		old := values[rest[0]]
		if old == "" {
			old = "0"
		}
		n, err := strconv.ParseInt(old, 10, 64)
		if err != nil {
			return Error("ERR value is not an integer or out of range")
		}
		values[rest[0]] = strconv.FormatInt(n+1, 10)
		return Int(n + 1)
	default: // MGET
		elements := make([]string, len(rest))
		for i, key := range rest {
			elements[i] = get(key)
		}
		return Array(elements...)
	}
}

func (c *Conn) hello(args []string) string {
	protocol := c.protocol
	if len(args) > 0 {
		n, err := strconv.Atoi(args[0])
		switch {
		case err != nil:
			return Error("ERR Protocol version is not an integer or out of range")
		case n != 2 && n != 3:
			return Error("NOPROTO unsupported protocol version")
		}
		protocol, args = n, args[1:]
	}
	name := c.name
	for len(args) > 0 {
		switch option := strings.ToUpper(args[0]); {
		case option == "AUTH" && len(args) >= 3:
			if reply := c.auth(args[1:3]); reply != Simple("OK") {
				return reply
			}
			args = args[3:]
		case option == "SETNAME" && len(args) >= 2:
			name, args = args[1], args[2:]
		default:
			return Error(fmt.Sprintf("ERR Syntax error in HELLO option '%s'", args[0]))
		}
	}
	if !c.mayRun() {
		return Error("NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time")
	}
	c.protocol, c.name = protocol, name
	fields := []string{
		Bulk("server"), Bulk("redis"),
		Bulk("version"), Bulk("7.0.15"),
		Bulk("proto"), Int(int64(protocol)),
		Bulk("id"), Int(int64(c.number) + 1),
		Bulk("mode"), Bulk("standalone"),
		Bulk("role"), Bulk("master"),
		Bulk("modules"), Array(),
	}
	if protocol == 3 {
		return Map(fields...)
	}
	return Array(fields...)
}

func (c *Conn) auth(args []string) string {
	user, pass := "default", ""
	switch len(args) {
	case 1:
		pass = args[0]
	case 2:
		user, pass = args[0], args[1]
	default:
		return wrongArity("auth")
	}
	c.fake.mu.Lock()
	defer c.fake.mu.Unlock()
	switch {
	case c.fake.pass == "" && len(args) == 1:
		return Error("ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?")
	case c.fake.pass == "" && user == "default":
		c.authed = true
		return Simple("OK")
	case c.fake.pass == "" || user != c.fake.user || pass != c.fake.pass:
		return Error("WRONGPASS invalid username-password pair or user is disabled.")
	}
	c.authed = true
	return Simple("OK")
}

func (c *Conn) mayRun() bool {
	c.fake.mu.Lock()
	defer c.fake.mu.Unlock()
	return c.authed || c.fake.pass == ""
}

func (c *Conn) client(args []string) string {
	if len(args) == 0 {
		return wrongArity("client")
	}
	switch sub := strings.ToUpper(args[0]); {
	case sub == "ID" && len(args) == 1:
		return Int(int64(c.number) + 1)
	case sub == "GETNAME" && len(args) == 1:
		if c.name == "" {
			return c.null()
		}
		return Bulk(c.name)
	case sub == "SETNAME" && len(args) == 2:
		if strings.ContainsFunc(args[1], func(r rune) bool { return r < '!' || r > '~' }) {
			return Error("ERR Client names cannot contain spaces, newlines or special characters.")
		}
		c.name = args[1]
		return Simple("OK")
	case sub == "SETINFO" && len(args) == 3:
		return Simple("OK")
	}
	return Error(fmt.Sprintf("ERR unknown subcommand %s. Try CLIENT HELP.", quoted(args[0])))
}

// null is the missing value in the protocol of the connection.
func (c *Conn) null() string {
	if c.protocol == 3 {
		return Null
	}
	return NullBulk
}

func unknownCommand(args []string) string {
	var b strings.Builder
	for _, arg := range args[1:] {
		if b.Len() > 128 {
			break
		}
		b.WriteString(quoted(arg) + " ")
	}
	return Error(fmt.Sprintf("ERR unknown command %s, with args beginning with: %s", quoted(args[0]), b.String()))
}

func wrongArity(name string) string {
	return Error(fmt.Sprintf("ERR wrong number of arguments for '%s' command", strings.ToLower(name)))
}

// quoted cuts an argument to a length fit for an error, which must stay one line.
func quoted(arg string) string {
	arg = strings.NewReplacer("\r", " ", "\n", " ").Replace(arg)
	return "'" + arg[:min(len(arg), 128)] + "'"
}
