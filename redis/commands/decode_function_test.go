package commands

import "time"

func init() {
	addKind(kind{
		name: "Libraries",
		call: sent((*Commands).sendLibraries, "FUNCTION", "LIST"),
		shapes: []shape{
			{[]Library{{Name: "mylib", Engine: "LUA", Functions: []LibraryFunction{
				{Name: "g", Flags: []string{}}, {Name: "f", Description: "answers one", Flags: []string{"no-writes"}},
			}}}, []string{
				"*1 *6 library_name mylib engine LUA functions *2 *6 name g description $-1 flags *0 *6 name f description 'answers one' flags *1 +no-writes",
				"*1 %3 library_name mylib engine LUA functions *2 %3 name g description _ flags ~0 %3 name f description 'answers one' flags ~1 +no-writes",
			}},
			{[]Library{{Name: "mylib", Engine: "LUA", Functions: []LibraryFunction{}, Code: "#!lua name=mylib\n"}}, []string{
				"*1 *8 library_name mylib engine LUA functions *0 library_code '#!lua name=mylib\n'",
				"*1 %4 library_name mylib engine LUA functions *0 library_code '#!lua name=mylib\n'",
			}},
			{[]Library{}, []string{"*0"}},
			{[]Library(nil), []string{"*-1", "_"}},
		},
		bad: []string{":1", "x", "%0", "*1 x", "*1 _", "*1 *1 engine", "*1 %1 engine :1", "*1 %1 functions x", "*1 %1 functions *1 x", "*1 %1 functions *1 %1 name :1", "*1 %1 functions *1 %1 flags x", "*1 %1 library_code *0"},
	})
	addKind(kind{
		name: "FunctionStats",
		call: sent((*Commands).sendFunctionStats, "FUNCTION", "STATS"),
		shapes: []shape{
			{FunctionStats{Engines: map[string]EngineStats{"LUA": {Libraries: 1, Functions: 2}}}, []string{
				"*4 running_script $-1 engines *2 LUA *4 libraries_count :1 functions_count :2",
				"%2 running_script _ engines %1 LUA %2 libraries_count :1 functions_count :2",
			}},
			{FunctionStats{
				Running: Some(RunningFunction{Name: "g", Command: []string{"FCALL", "g", "0"}, Took: 400 * time.Millisecond}),
				Engines: map[string]EngineStats{},
			}, []string{
				"*4 running_script *6 name g command *3 FCALL g 0 duration_ms :400 engines *0",
				"%2 running_script %3 name g command *3 FCALL g 0 duration_ms :400 engines %0",
			}},
		},
		bad: []string{":1", "x", "_", "*-1", "*1 engines", "%1 running_script x", "%1 running_script %1 name :1", "%1 running_script %1 command x", "%1 running_script %1 duration_ms x", "%1 engines x", "%1 engines %1 LUA x", "%1 engines %1 LUA %1 libraries_count x"},
	})
}
