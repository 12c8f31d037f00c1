package commands

import "github.com/futureio/futureio-go/redis/proto"

// maxCommandDepth is how deep commands may be nested in commands, and arguments in
// arguments. Servers need four; without a limit each level would cost stack.
const maxCommandDepth = 32

// CommandInfo is what COMMAND INFO tells of a command. What servers before 7.0 do
// not tell is nil.
type CommandInfo struct {
	Name        string   // in lower case; "config|get" for a subcommand
	Arity       int64    // words of a call; -n means at least n
	Flags       []string // such as "readonly"
	FirstKey    int64    // place of the first key among the words; 0 for none
	LastKey     int64    // counted from the end if negative
	KeyStep     int64
	Categories  []string // for ACL rules, such as "@read"
	Tips        []string // for clients, such as "request_policy:all_shards"
	KeySpecs    []KeySpec
	Subcommands []CommandInfo
}

// KeySpec tells where a command has keys, and what it does to them: where the
// search for them begins, and which arguments are keys from there on.
type KeySpec struct {
	Notes string
	Flags []string // such as "RO", "access"
	Begin KeySearch
	Find  KeyRange
}

// KeySearch tells where the search for keys begins: at the word Index, or behind
// the word Keyword, which is looked for from StartFrom on.
type KeySearch struct {
	Type      string // "index", "keyword" or "unknown", which says that no rule tells
	Index     int64
	Keyword   string
	StartFrom int64 // counted from the end if negative
}

// KeyRange tells which arguments are keys, counted from where the search began: every
// KeyStep'th one up to LastKey, or as many as the argument CountIndex says from FirstKey on.
type KeyRange struct {
	Type       string // "range", "keynum" or "unknown", which says that no rule tells
	LastKey    int64  // counted from the end of the call if negative
	KeyStep    int64
	Limit      int64 // with a LastKey of -1 only the n-th part of what is left is keys; 0 and 1 mean all
	CountIndex int64
	FirstKey   int64
}

type asCommandInfos struct{}

func (asCommandInfos) read(r *proto.Reader) ([]Opt[CommandInfo], error) {
	return records(r, func(r *proto.Reader) (Opt[CommandInfo], error) {
		null, err := r.Null()
		if err != nil || null {
			return Opt[CommandInfo]{}, err
		}
		info, err := readCommandInfo(r, 0)
		if err != nil {
			return Opt[CommandInfo]{}, err
		}
		return Some(info), nil
	})
}

func readCommandInfo(r *proto.Reader, depth int) (c CommandInfo, err error) {
	if depth > maxCommandDepth {
		return c, misfit("commands nested too deep")
	}
	more, err := tuple(r, 6, "want a command with its arity, flags and keys")
	if err != nil {
		return c, err
	}
	if c.Name, err = r.String(); err != nil {
		return c, err
	}
	if c.Arity, err = r.Int(); err != nil {
		return c, err
	}
	if c.Flags, err = (asStrings{}).read(r); err != nil {
		return c, err
	}
	for _, n := range []*int64{&c.FirstKey, &c.LastKey, &c.KeyStep} {
		if *n, err = r.Int(); err != nil {
			return c, err
		}
	}
	for i := range more {
		switch i {
		case 0:
			c.Categories, err = asStrings{}.read(r)
		case 1:
			c.Tips, err = asStrings{}.read(r)
		case 2:
			c.KeySpecs, err = records(r, readKeySpec)
		case 3:
			c.Subcommands, err = records(r, func(r *proto.Reader) (CommandInfo, error) {
				return readCommandInfo(r, depth+1)
			})
		default:
			err = r.Skip()
		}
		if err != nil {
			return c, err
		}
	}
	return c, nil
}

func readKeySpec(r *proto.Reader) (s KeySpec, err error) {
	err = fieldsOf(r, func(name string) (err error) {
		switch name {
		case "notes":
			s.Notes, err = textOrNull(r)
		case "flags":
			s.Flags, err = asStrings{}.read(r)
		case "begin_search":
			s.Begin, err = readKeySearch(r)
		case "find_keys":
			s.Find, err = readKeyRange(r)
		}
		return err
	})
	return s, err
}

func readKeySearch(r *proto.Reader) (s KeySearch, err error) {
	err = readKeyRule(r, &s.Type, func(name string) (err error) {
		switch name {
		case "index":
			s.Index, err = r.Int()
		case "keyword":
			s.Keyword, err = r.String()
		case "startfrom":
			s.StartFrom, err = r.Int()
		}
		return err
	})
	return s, err
}

func readKeyRange(r *proto.Reader) (k KeyRange, err error) {
	err = readKeyRule(r, &k.Type, func(name string) (err error) {
		switch name {
		case "lastkey":
			k.LastKey, err = r.Int()
		case "keystep":
			k.KeyStep, err = r.Int()
		case "limit":
			k.Limit, err = r.Int()
		case "keynumidx":
			k.CountIndex, err = r.Int()
		case "firstkey":
			k.FirstKey, err = r.Int()
		}
		return err
	})
	return k, err
}

// readKeyRule reads the type of a rule and its fields, one by one.
func readKeyRule(r *proto.Reader, typ *string, one func(name string) error) error {
	return fieldsOf(r, func(name string) (err error) {
		switch name {
		case "type":
			*typ, err = r.String()
		case "spec":
			err = fieldsOf(r, one)
		}
		return err
	})
}

// CommandDoc is what COMMAND DOCS tells of a command.
type CommandDoc struct {
	Summary         string
	Since           string // version of the server
	Group           string
	Complexity      string
	Module          string   // it comes from; "" for none
	Flags           []string // "deprecated", "syscmd"
	DeprecatedSince string
	ReplacedBy      string
	History         []CommandChange
	Arguments       []CommandArgument
	Subcommands     map[string]CommandDoc // "config|get"
}

// CommandChange tells what a version of the server has changed of a command.
type CommandChange struct {
	Version string
	Text    string
}

// CommandArgument is an argument of a command, or a group of them.
type CommandArgument struct {
	Name            string
	DisplayText     string // how to show it, where the server tells it
	Type            string // "string", "key", "integer", "double", "pattern", "unix-time", "pure-token", "oneof", "block"
	Token           string // the word that stands before it, or is it
	Summary         string
	Since           string
	DeprecatedSince string
	KeySpec         Opt[int64]        // of a key: index in CommandInfo.KeySpecs
	Flags           []string          // "optional", "multiple", "multiple_token"
	Arguments       []CommandArgument // of "oneof" and "block"
}

type asCommandDocs struct{}

func (asCommandDocs) read(r *proto.Reader) (map[string]CommandDoc, error) {
	return readCommandDocs(r, 0)
}

func readCommandDocs(r *proto.Reader, depth int) (map[string]CommandDoc, error) {
	if depth > maxCommandDepth {
		return nil, misfit("commands nested too deep")
	}
	return recordMap(r, func(r *proto.Reader) (CommandDoc, error) { return readCommandDoc(r, depth) })
}

func readCommandDoc(r *proto.Reader, depth int) (d CommandDoc, err error) {
	err = fieldsOf(r, func(name string) (err error) {
		switch name {
		case "summary":
			d.Summary, err = textOrNull(r)
		case "since":
			d.Since, err = textOrNull(r)
		case "group":
			d.Group, err = textOrNull(r)
		case "complexity":
			d.Complexity, err = textOrNull(r)
		case "module":
			d.Module, err = textOrNull(r)
		case "doc_flags":
			d.Flags, err = asStrings{}.read(r)
		case "deprecated_since":
			d.DeprecatedSince, err = textOrNull(r)
		case "replaced_by":
			d.ReplacedBy, err = textOrNull(r)
		case "history":
			d.History, err = records(r, readCommandChange)
		case "arguments":
			d.Arguments, err = readCommandArguments(r, 0)
		case "subcommands":
			d.Subcommands, err = readCommandDocs(r, depth+1)
		}
		return err
	})
	return d, err
}

func readCommandChange(r *proto.Reader) (c CommandChange, err error) {
	more, err := tuple(r, 2, "want pairs of version and change")
	if err != nil {
		return c, err
	}
	if c.Version, err = r.String(); err != nil {
		return c, err
	}
	if c.Text, err = r.String(); err != nil {
		return c, err
	}
	return c, skipMore(r, more)
}

func readCommandArguments(r *proto.Reader, depth int) ([]CommandArgument, error) {
	if depth > maxCommandDepth {
		return nil, misfit("arguments nested too deep")
	}
	return records(r, func(r *proto.Reader) (CommandArgument, error) { return readCommandArgument(r, depth) })
}

func readCommandArgument(r *proto.Reader, depth int) (a CommandArgument, err error) {
	err = fieldsOf(r, func(name string) (err error) {
		switch name {
		case "name":
			a.Name, err = r.String()
		case "display_text":
			a.DisplayText, err = textOrNull(r)
		case "type":
			a.Type, err = r.String()
		case "token":
			a.Token, err = textOrNull(r)
		case "summary":
			a.Summary, err = textOrNull(r)
		case "since":
			a.Since, err = textOrNull(r)
		case "deprecated_since":
			a.DeprecatedSince, err = textOrNull(r)
		case "key_spec_index":
			a.KeySpec, err = asOptInt{}.read(r)
		case "flags":
			a.Flags, err = asStrings{}.read(r)
		case "arguments":
			a.Arguments, err = readCommandArguments(r, depth+1)
		}
		return err
	})
	return a, err
}

// KeyAndFlags is an element of COMMAND GETKEYSANDFLAGS.
type KeyAndFlags struct {
	Key   string
	Flags []string // such as "RW", "insert"
}

type asKeysAndFlags struct{}

func (asKeysAndFlags) read(r *proto.Reader) ([]KeyAndFlags, error) {
	return records(r, readKeyAndFlags)
}

func readKeyAndFlags(r *proto.Reader) (k KeyAndFlags, err error) {
	more, err := tuple(r, 2, "want pairs of key and flags")
	if err != nil {
		return k, err
	}
	if k.Key, err = r.String(); err != nil {
		return k, err
	}
	if k.Flags, err = (asStrings{}).read(r); err != nil {
		return k, err
	}
	return k, skipMore(r, more)
}
