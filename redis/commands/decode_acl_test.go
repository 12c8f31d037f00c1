package commands

import "time"

func init() {
	const hash = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"
	rules := ACLRules{Commands: "-@all +@read -get +config|get", Keys: []string{"~a:*", "%R~b:*"}, Channels: []string{"&ch*"}}
	selector := ACLRules{Commands: "-@all +set", Keys: []string{"~x"}, Channels: []string{}}
	everywhere := func(r ACLRules) ACLRules { r.Databases = "alldbs"; return r }
	addKind(kind{
		name: "OptACLUser",
		call: sent((*Commands).sendOptACLUser, "ACL", "GETUSER", "alice"),
		shapes: []shape{
			{Some(ACLUser{Flags: []string{"on", "sanitize-payload"}, Passwords: []string{hash}, ACLRules: rules, Selectors: []ACLRules{selector}}), []string{
				"*12 flags *2 on sanitize-payload passwords *1 " + hash + " commands '-@all +@read -get +config|get' keys '~a:* %R~b:*' channels &ch* selectors *1 *6 commands '-@all +set' keys '~x' channels ''",
				"%6 flags ~2 on sanitize-payload passwords *1 " + hash + " commands '-@all +@read -get +config|get' keys '~a:* %R~b:*' channels &ch* selectors *1 %3 commands '-@all +set' keys '~x' channels ''",
			}},
			{Some(ACLUser{Flags: []string{"on"}, Passwords: []string{}, ACLRules: everywhere(rules), Selectors: []ACLRules{everywhere(selector)}}), []string{
				"*14 flags *1 on passwords *0 commands '-@all +@read -get +config|get' keys '~a:* %R~b:*' channels &ch* databases alldbs selectors *1 *8 commands '-@all +set' keys '~x' channels '' databases alldbs",
				"%7 flags ~1 on passwords *0 commands '-@all +@read -get +config|get' keys '~a:* %R~b:*' channels &ch* databases alldbs selectors *1 %4 commands '-@all +set' keys '~x' channels '' databases alldbs",
			}},
			// The servers before 7.0 have arrays of bare patterns.
			{Some(ACLUser{Flags: []string{"on", "allkeys"}, Passwords: []string{}, ACLRules: ACLRules{Commands: "+@all", Keys: []string{"~*", "~b"}, Channels: []string{"&*"}}}), []string{
				"*10 flags *2 on allkeys passwords *0 commands '+@all' keys *2 '*' '~b' channels *1 '*'",
				"%5 flags ~2 on allkeys passwords *0 commands '+@all' keys *2 '*' b channels ~1 '*'",
				"%5 flags ~2 on allkeys passwords *0 commands '+@all' keys '~* ~b' channels &*",
			}},
			{None[ACLUser](), []string{"$-1", "*-1", "_"}},
		},
		bad: []string{":1", "x", "*1 flags", "%1 flags x", "%1 passwords :1", "%1 commands :1", "%1 keys :1", "%1 keys *1 :1", "%1 channels *1 _", "%1 selectors x", "%1 selectors *1 _", "%1 selectors *1 %1 keys :1"},
	})

	created := time.UnixMilli(1795459677569)
	entry := ACLLogEntry{Count: 3, Reason: "auth", Context: "toplevel", Object: "AUTH", Username: "nobody", Age: 5911 * time.Millisecond, Client: client70}
	dated := entry
	dated.ID, dated.Created, dated.Updated = 6, created, created.Add(time.Second)
	addKind(kind{
		name: "ACLLog",
		call: sent((*Commands).sendACLLog, "ACL", "LOG"),
		shapes: []shape{
			{[]ACLLogEntry{entry}, []string{
				"*1 *14 count :3 reason auth context toplevel object AUTH username nobody age-seconds 5.9109999999999996 client-info '" + line70 + "'",
				"*1 %7 count :3 reason auth context toplevel object AUTH username nobody age-seconds ,5.9109999999999996 client-info '" + line70 + "'",
			}},
			{[]ACLLogEntry{dated}, []string{
				"*1 *20 count :3 reason auth context toplevel object AUTH username nobody age-seconds 5.911 client-info '" + line70 + "' entry-id :6 timestamp-created :1795459677569 timestamp-last-updated :1795459678569",
				"*1 %10 count :3 reason auth context toplevel object AUTH username nobody age-seconds ,5.911 client-info '" + line70 + "' entry-id :6 timestamp-created :1795459677569 timestamp-last-updated :1795459678569",
			}},
			{[]ACLLogEntry{}, []string{"*0"}},
			{[]ACLLogEntry(nil), []string{"*-1", "_"}},
		},
		bad: []string{":1", "x", "%0", "*1 x", "*1 _", "*1 *1 count", "*1 %1 count x", "*1 %1 reason :1", "*1 %1 age-seconds x", "*1 %1 age-seconds ,nan", "*1 %1 age-seconds ,-inf", "*1 %1 age-seconds ,1e300", "*1 %1 client-info x", "*1 %1 timestamp-created x"},
	})
}
