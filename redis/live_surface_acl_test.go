package redis_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// alice is a user that may read some keys and one channel, for the time of a row.
func alice(c *surface) {
	c.t.Helper()
	c.given(c.ACLSetUser("alice", "reset", "on", ">secret", "~user:*", "%R~cache:*", "&news", "+get", "+set", "-@admin", "(~other:* +del)"))
	c.t.Cleanup(func() { c.srv.Do("ACL", "DELUSER", "alice") })
}

// withACLFile starts a server that keeps its users in a file.
func withACLFile(c *surface) (s *surface, file string) {
	c.t.Helper()
	file = filepath.Join(c.t.TempDir(), "users.acl")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		c.t.Fatal(err)
	}
	return c.start("--aclfile", file), file
}

var aclRows = []row{
	{cmd: "ACL CAT", call: func(c *surface) any {
		categories := of(c, c.ACLCat())
		c.holds(slices.Contains(categories, "keyspace") && slices.Contains(categories, "hyperloglog"), "ACL CAT = %q", categories)
		return inOrder(of(c, c.ACLCatCommands("hyperloglog")))
	}, want: hyperLogLogCommands},
	{cmd: "ACL DELUSER", call: func(c *surface) any {
		alice(c)
		return all{of(c, c.ACLDelUser("alice", "nobody")), of(c, c.ACLDelUser("alice")), of(c, c.ACLUsers())}
	}, want: all{1, 0, []string{"default"}}},
	{cmd: "ACL DRYRUN", call: func(c *surface) any {
		alice(c)
		no := of(c, c.ACLDryRun("alice", "LPUSH", "user:1", "x"))
		c.holds(strings.Contains(no, "no permissions to run the 'lpush' command"), "ACL DRYRUN of what is forbidden = %q", no)
		return all{of(c, c.ACLDryRun("alice", "GET", "user:1")), of(c, c.ACLDryRun("default", "PING"))}
	}, want: all{"OK", "OK"}},
	{cmd: "ACL GENPASS", differs: true, call: func(c *surface) any {
		long, short := of(c, c.ACLGenPass()), of(c, c.ACLGenPassBits(20))
		_, err := hex.DecodeString(long)
		c.holds(err == nil && len(long) == 64 && len(short) == 5, "ACL GENPASS = %q, %q; want 64 and 5 digits", long, short)
		return long
	}},
	{cmd: "ACL GETUSER", call: func(c *surface) any {
		alice(c)
		user, ok := of(c, c.ACLGetUser("alice")).Get()
		sum := sha256.Sum256([]byte("secret"))
		c.holds(ok && slices.Contains(user.Flags, "on") && strings.Contains(user.Commands, "+get"), "ACL GETUSER = %+v", user)
		if len(user.Selectors) != 1 {
			c.t.Fatalf("ACL GETUSER = %+v; want one selector", user)
		}
		c.holds(strings.Contains(user.Selectors[0].Commands, "+del"), "the selector is %+v", user.Selectors[0])
		nobody := of(c, c.ACLGetUser("nobody"))
		return all{user.Passwords[0] == hex.EncodeToString(sum[:]), user.Keys, user.Channels, user.Selectors[0].Keys, len(user.Selectors[0].Channels), nobody.Valid()}
	}, want: all{true, []string{"~user:*", "%R~cache:*"}, []string{"&news"}, []string{"~other:*"}, 0, false}},
	{cmd: "ACL HELP", call: func(c *surface) any { return helps(c, "ACL", of(c, c.ACLHelp())) }, want: true},
	{cmd: "ACL LIST", call: func(c *surface) any {
		alice(c)
		lines := of(c, c.ACLList())
		slices.Sort(lines)
		c.holds(len(lines) == 2 && strings.HasPrefix(lines[0], "user alice on ") && strings.HasPrefix(lines[1], "user default on "), "ACL LIST = %q", lines)
		return lines
	}},
	{cmd: "ACL LOAD", call: func(c *surface) any {
		s, file := withACLFile(c)
		if err := os.WriteFile(file, []byte("user default on nopass ~* &* +@all\nuser bob on nopass ~* +@all\n"), 0o600); err != nil {
			c.t.Fatal(err)
		}
		return all{of(s, s.ACLLoad()), inOrder(of(s, s.ACLUsers()))}
	}, want: all{"OK", []string{"bob", "default"}}},
	{cmd: "ACL LOG", call: func(c *surface) any {
		c.given(c.ACLLogReset())
		alice(c)
		c.side("AUTH alice wrong", 1)
		intruder := c.side("AUTH alice secret", 1)
		intruder.send("LPUSH user:1 x")
		intruder.lines(1)
		log := of(c, c.ACLLog())
		if len(log) != 2 {
			c.t.Fatalf("ACL LOG = %+v; want two entries", log)
		}
		facts := all{}
		for _, e := range log {
			c.holds(e.Age >= 0 && e.Age < time.Minute && strings.HasPrefix(e.Client.Addr, "127.0.0.1:"), "an entry is %+v", e)
			c.holds(e.Created.IsZero() || time.Since(e.Created).Abs() < time.Minute, "an entry was made at %v; want now", e.Created)
			facts = append(facts, e.Count, e.Reason, e.Context, strings.ToLower(e.Object), e.Username)
		}
		return append(facts, len(of(c, c.ACLLogN(1))), of(c, c.ACLLogReset()), len(of(c, c.ACLLog())))
	}, want: all{1, "command", "toplevel", "lpush", "alice", 1, "auth", "toplevel", "auth", "alice", 1, "OK", 0}},
	{cmd: "ACL SAVE", call: func(c *surface) any {
		s, file := withACLFile(c)
		c.given(s.ACLSetUser("bob", "on", "nopass"))
		saved := of(s, s.ACLSave())
		content, err := os.ReadFile(file)
		c.holds(err == nil && strings.Contains(string(content), "user bob on "), "the file has %q, %v", content, err)
		return saved
	}, want: "OK"},
	{cmd: "ACL SETUSER", call: func(c *surface) any {
		alice(c)
		changed := of(c, c.ACLSetUser("alice", "off"))
		user, _ := of(c, c.ACLGetUser("alice")).Get()
		return all{changed, slices.Contains(user.Flags, "off")}
	}, want: all{"OK", true}},
	{cmd: "ACL USERS", call: func(c *surface) any {
		alice(c)
		return inOrder(of(c, c.ACLUsers()))
	}, want: []string{"alice", "default"}},
	{cmd: "ACL WHOAMI", call: func(c *surface) any {
		alice(c)
		c.given(c.ACLSetUser("alice", "+@all"))
		opts := surfaceOptions(c.srv.Addr, c.protocol)
		opts.Username, opts.Password = "alice", "secret"
		a := c.as(opts)
		return all{of(c, c.ACLWhoAmI()), of(a, a.ACLWhoAmI())}
	}, want: all{"default", "alice"}},
}
