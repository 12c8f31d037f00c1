package commands

func init() {
	addKind(kind{
		name: "Modules",
		call: sent((*Commands).sendModules, "MODULE", "LIST"),
		shapes: []shape{
			{[]Module{{Name: "vectorset", Version: 1, Args: []string{}}, {Name: "lua", Version: 10203, Path: "lua", Args: []string{"a", "b"}}}, []string{
				"*2 *8 name vectorset ver :1 path '' args *0 *8 name lua ver :10203 path lua args *2 a b",
				"*2 %4 name vectorset ver :1 path '' args *0 %4 name lua ver :10203 path lua args *2 a b",
			}},
			{[]Module{}, []string{"*0"}},
			{[]Module(nil), []string{"*-1", "_"}},
		},
		bad: []string{":1", "x", "%0", "*1 x", "*1 _", "*1 *1 name", "*1 *2 name :1", "*1 %1 ver x", "*1 %1 args x", "*1 %1 args *1 *0"},
	})
}
