package commands

import (
	"time"

	"github.com/futureio/futureio-go/redis/proto"
)

// Library is an element of FUNCTION LIST.
type Library struct {
	Name      string
	Engine    string // such as "LUA"
	Functions []LibraryFunction
	Code      string // only with WITHCODE
}

// LibraryFunction is a function of a library.
type LibraryFunction struct {
	Name        string
	Description string // "" for none
	Flags       []string
}

type asLibraries struct{}

func (asLibraries) read(r *proto.Reader) ([]Library, error) {
	return records(r, readLibrary)
}

func readLibrary(r *proto.Reader) (lib Library, err error) {
	err = fieldsOf(r, func(name string) (err error) {
		switch name {
		case "library_name":
			lib.Name, err = r.String()
		case "engine":
			lib.Engine, err = r.String()
		case "functions":
			lib.Functions, err = records(r, readLibraryFunction)
		case "library_code":
			lib.Code, err = textOrNull(r)
		}
		return err
	})
	return lib, err
}

func readLibraryFunction(r *proto.Reader) (f LibraryFunction, err error) {
	err = fieldsOf(r, func(name string) (err error) {
		switch name {
		case "name":
			f.Name, err = r.String()
		case "description":
			f.Description, err = textOrNull(r)
		case "flags":
			f.Flags, err = asStrings{}.read(r)
		}
		return err
	})
	return f, err
}

// FunctionStats is the reply of FUNCTION STATS.
type FunctionStats struct {
	Running Opt[RunningFunction] // what keeps the server busy at the moment
	Engines map[string]EngineStats
}

// RunningFunction is a function that is being run.
type RunningFunction struct {
	Name    string
	Command []string // the words and arguments it was called with
	Took    time.Duration
}

// EngineStats tells what a scripting engine has loaded.
type EngineStats struct {
	Libraries int64
	Functions int64
}

type asFunctionStats struct{}

func (asFunctionStats) read(r *proto.Reader) (s FunctionStats, err error) {
	err = fieldsOf(r, func(name string) (err error) {
		switch name {
		case "running_script":
			s.Running, err = readRunningFunction(r)
		case "engines":
			s.Engines, err = recordMap(r, readEngineStats)
		}
		return err
	})
	return s, err
}

func readRunningFunction(r *proto.Reader) (Opt[RunningFunction], error) {
	var f RunningFunction
	ok, err := eachField(r, func(name string) (err error) {
		switch name {
		case "name":
			f.Name, err = r.String()
		case "command":
			f.Command, err = asStrings{}.read(r)
		case "duration_ms":
			f.Took, err = readDuration(r, time.Millisecond)
		}
		return err
	})
	if err != nil || !ok {
		return Opt[RunningFunction]{}, err
	}
	return Some(f), nil
}

func readEngineStats(r *proto.Reader) (s EngineStats, err error) {
	err = fieldsOf(r, func(name string) (err error) {
		switch name {
		case "libraries_count":
			s.Libraries, err = r.Int()
		case "functions_count":
			s.Functions, err = r.Int()
		}
		return err
	})
	return s, err
}
