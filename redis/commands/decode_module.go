package commands

import "github.com/futureio/futureio-go/redis/proto"

// Module is a module that a server has loaded: an element of MODULE LIST and of the
// modules in HELLO.
type Module struct {
	Name    string
	Version int64
	Path    string   // of its file; some that come with the server have none
	Args    []string // it was loaded with
}

type asModules struct{}

func (asModules) read(r *proto.Reader) ([]Module, error) {
	return records(r, readModule)
}

func readModule(r *proto.Reader) (m Module, err error) {
	err = fieldsOf(r, func(name string) (err error) {
		switch name {
		case "name":
			m.Name, err = r.String()
		case "ver":
			m.Version, err = r.Int()
		case "path":
			m.Path, err = textOrNull(r)
		case "args":
			m.Args, err = asStrings{}.read(r)
		}
		return err
	})
	return m, err
}
