package commands

func init() {
	addKind(kind{
		name: "Role",
		call: sent((*Commands).sendRole, "ROLE"),
		shapes: []shape{
			{Role{Name: "master", Offset: 0, Replicas: []RoleReplica{}}, []string{"*3 master :0 *0"}},
			{Role{Name: "master", Offset: 28, Replicas: []RoleReplica{{"127.0.0.1", 45161, 14}, {"10.0.0.1", 6379, 28}}}, []string{
				"*3 master :28 *2 *3 127.0.0.1 45161 14 *3 10.0.0.1 6379 28",
			}},
			{Role{Name: "slave", MasterHost: "127.0.0.1", MasterPort: 43629, State: "handshake", Offset: -1}, []string{"*5 slave 127.0.0.1 :43629 handshake :-1"}},
			{Role{Name: "sentinel", Masters: []string{"mymaster"}}, []string{"*2 sentinel *1 mymaster"}},
		},
		bad: []string{
			":1", "master", "_", "*0", "*-1", "*1 master", "*2 master :1", "*3 master x *0", "*3 master :1 :1", "*3 master :1 *1 x", "*3 master :1 *1 *2 h 1",
			"*3 master :1 *1 *3 h x 1", "*3 master :1 *1 *3 h :1 1", "*4 slave h :1 connected", "*5 slave :1 :1 connected :1", "*5 slave h x connected :1",
			"*5 slave h :1 connected x", "*1 sentinel", "*2 sentinel :1", "*3 chief :1 *0", "*3 :1 :1 :1", "%1 master :0",
		},
	})
}
