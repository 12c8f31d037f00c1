package commands

import (
	"strings"

	"github.com/futureio/futureio-go/redis/proto"
)

// Info is the reply of INFO: section name to field name to value, such as
// info["Server"]["redis_version"]. A server that has no sections for a field puts
// it under "".
type Info map[string]map[string]string

// Field finds a field in whatever section has it, and "" if none has.
func (in Info) Field(name string) string {
	for _, fields := range in {
		if v, ok := fields[name]; ok {
			return v
		}
	}
	return ""
}

type asInfo struct{}

func (asInfo) read(r *proto.Reader) (Info, error) {
	text, err := r.String()
	if err != nil {
		return nil, err
	}
	info := Info{}
	var section map[string]string
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSuffix(line, "\r")
		if name, ok := strings.CutPrefix(line, "# "); ok {
			section = info.section(name)
			continue
		}
		k, v, ok := strings.Cut(line, ":")
		if !ok {
			continue
		}
		if section == nil {
			section = info.section("")
		}
		section[k] = v
	}
	return info, nil
}

func (in Info) section(name string) map[string]string {
	s := in[name]
	if s == nil {
		s = map[string]string{}
		in[name] = s
	}
	return s
}
