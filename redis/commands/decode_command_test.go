package commands

import (
	stderrors "errors"
	"strings"
	"testing"

	"github.com/futureio/futureio-go/redis/errors"
)

func init() {
	none := []string{}
	addKind(kind{
		name: "CommandInfos",
		call: sent((*Commands).sendCommandInfos, "COMMAND", "INFO"),
		shapes: []shape{
			{[]Opt[CommandInfo]{
				Some(CommandInfo{
					Name: "config", Arity: -2, Flags: none, Categories: []string{"@slow"}, Tips: none, KeySpecs: []KeySpec{},
					Subcommands: []CommandInfo{{
						Name: "config|get", Arity: -3, Flags: []string{"admin", "stale"}, Categories: []string{"@admin"}, Tips: []string{"request_policy:x"}, KeySpecs: []KeySpec{}, Subcommands: []CommandInfo{},
					}},
				}),
				None[CommandInfo](),
				Some(CommandInfo{
					Name: "blmpop", Arity: 6, Flags: []string{"write"}, FirstKey: 1, LastKey: 2, KeyStep: 3, Categories: none, Tips: none, Subcommands: []CommandInfo{},
					KeySpecs: []KeySpec{
						{Flags: []string{"RW", "access"}, Begin: KeySearch{Type: "index", Index: 1}, Find: KeyRange{Type: "range", LastKey: -1, KeyStep: 2, Limit: 3}},
						{Flags: none, Begin: KeySearch{Type: "keyword", Keyword: "STREAMS", StartFrom: -4}, Find: KeyRange{Type: "keynum", CountIndex: 5, FirstKey: 6, KeyStep: 7}},
						{Notes: "a note", Flags: none, Begin: KeySearch{Type: "unknown"}, Find: KeyRange{Type: "unknown"}},
					},
				}),
			}, []string{
				"*3 *10 config :-2 *0 :0 :0 :0 *1 +@slow *0 *0 *1 *10 config|get :-3 *2 +admin +stale :0 :0 :0 *1 +@admin *1 request_policy:x *0 *0 $-1 *10 blmpop :6 *1 +write :1 :2 :3 *0 *0 *3 " +
					"*6 flags *2 +RW +access begin_search *4 type index spec *2 index :1 find_keys *4 type range spec *6 lastkey :-1 keystep :2 limit :3 " +
					"*6 flags *0 begin_search *4 type keyword spec *4 keyword STREAMS startfrom :-4 find_keys *4 type keynum spec *6 keynumidx :5 firstkey :6 keystep :7 " +
					"*8 notes 'a note' flags *0 begin_search *4 type unknown spec *0 find_keys *4 type unknown spec *0 *0",
				"*3 *10 config :-2 ~0 :0 :0 :0 ~1 +@slow ~0 ~0 *1 *10 config|get :-3 ~2 +admin +stale :0 :0 :0 ~1 +@admin ~1 request_policy:x ~0 ~0 _ *10 blmpop :6 ~1 +write :1 :2 :3 ~0 ~0 ~3 " +
					"%3 flags ~2 +RW +access begin_search %2 type index spec %1 index :1 find_keys %2 type range spec %3 lastkey :-1 keystep :2 limit :3 " +
					"%3 flags ~0 begin_search %2 type keyword spec %2 keyword STREAMS startfrom :-4 find_keys %2 type keynum spec %3 keynumidx :5 firstkey :6 keystep :7 " +
					"%4 notes 'a note' flags ~0 begin_search %2 type unknown spec %0 find_keys %2 type unknown spec %0 ~0",
			}},
			{[]Opt[CommandInfo]{Some(CommandInfo{Name: "get", Arity: 2, Flags: []string{"fast"}, FirstKey: 1, LastKey: 1, KeyStep: 1})}, []string{"*1 *6 get :2 *1 +fast :1 :1 :1"}},
			{[]Opt[CommandInfo]{Some(CommandInfo{Name: "get", Arity: 2, Flags: []string{"fast"}, FirstKey: 1, LastKey: 1, KeyStep: 1, Categories: none})}, []string{"*1 *7 get :2 *1 +fast :1 :1 :1 *0"}},
			{[]Opt[CommandInfo]{}, []string{"*0"}},
			{[]Opt[CommandInfo](nil), []string{"*-1", "_"}},
		},
		bad: []string{
			":1", "x", "%0", "*1 x", "*1 *5 get :2 *0 :1 :1", "*1 *6 :1 :2 *0 :1 :1 :1", "*1 *6 get x *0 :1 :1 :1", "*1 *6 get :2 x :1 :1 :1", "*1 *6 get :2 *0 :1 x :1", "*1 *7 get :2 *0 :1 :1 :1 x",
			"*1 *9 get :2 *0 :1 :1 :1 *0 *0 x", "*1 *9 get :2 *0 :1 :1 :1 *0 *0 *1 x", "*1 *9 get :2 *0 :1 :1 :1 *0 *0 *1 %1 begin_search x", "*1 *9 get :2 *0 :1 :1 :1 *0 *0 *1 %1 find_keys %1 spec %1 limit x",
			"*1 *10 get :2 *0 :1 :1 :1 *0 *0 *0 x", "*1 *10 get :2 *0 :1 :1 :1 *0 *0 *0 *1 $-1",
		},
	})
	create := CommandDoc{
		Summary: "Makes one", Since: "5.0.0", Group: "stream", Complexity: "O(1)", History: []CommandChange{{"7.0.0", "Now with words"}},
		Arguments: []CommandArgument{
			{Name: "key", DisplayText: "key", Type: "key", KeySpec: Some(int64(0))},
			{Name: "id", Type: "oneof", Arguments: []CommandArgument{{Name: "id", Type: "string"}, {Name: "new_id", Type: "pure-token", Token: "$"}}},
			{Name: "mkstream", Type: "pure-token", Token: "MKSTREAM", Since: "7.0.0", DeprecatedSince: "8.0.0", Summary: "why", Flags: []string{"optional", "multiple"}},
		},
	}
	addKind(kind{
		name: "CommandDocs",
		call: sent((*Commands).sendCommandDocs, "COMMAND", "DOCS"),
		shapes: []shape{
			{map[string]CommandDoc{
				"getset": {Summary: "Sets it", Since: "1.0.0", Group: "string", Complexity: "O(1)", Module: "m", Flags: []string{"deprecated"}, DeprecatedSince: "6.2.0", ReplacedBy: "`SET`"},
				"xgroup": {Summary: "A container", Since: "5.0.0", Group: "stream", Subcommands: map[string]CommandDoc{"xgroup|create": create}},
			}, []string{
				"*4 getset *16 summary 'Sets it' since 1.0.0 group string complexity O(1) module m doc_flags *1 +deprecated deprecated_since 6.2.0 replaced_by `SET` " +
					"xgroup *8 summary 'A container' since 5.0.0 group stream subcommands *2 xgroup|create *12 summary 'Makes one' since 5.0.0 group stream complexity O(1) history *1 *2 7.0.0 'Now with words' arguments *3 " +
					"*8 name key type key display_text key key_spec_index :0 *6 name id type oneof arguments *2 *4 name id type string *6 name new_id type pure-token token '$' " +
					"*14 name mkstream type pure-token token MKSTREAM summary why since 7.0.0 deprecated_since 8.0.0 flags *2 +optional +multiple",
				"%2 getset %8 summary 'Sets it' since 1.0.0 group string complexity O(1) module m doc_flags ~1 +deprecated deprecated_since 6.2.0 replaced_by `SET` " +
					"xgroup %4 summary 'A container' since 5.0.0 group stream subcommands %1 xgroup|create %6 summary 'Makes one' since 5.0.0 group stream complexity O(1) history ~1 *2 7.0.0 'Now with words' arguments *3 " +
					"%4 name key type key display_text key key_spec_index :0 %3 name id type oneof arguments *2 %2 name id type string %3 name new_id type pure-token token '$' " +
					"%7 name mkstream type pure-token token MKSTREAM summary why since 7.0.0 deprecated_since 8.0.0 flags ~2 +optional +multiple",
			}},
			{map[string]CommandDoc{}, []string{"*0", "%0"}},
			{map[string]CommandDoc(nil), []string{"*-1", "_"}},
		},
		bad: []string{
			":1", "x", "*1 get", "%1 get x", "%1 get _", "%1 :1 %0", "%1 get %1 summary :1", "%1 get %1 doc_flags x", "%1 get %1 history x", "%1 get %1 history *1 *1 x", "%1 get %1 history *1 *2 x :1",
			"%1 get %1 arguments x", "%1 get %1 arguments *1 x", "%1 get %1 arguments *1 %1 name :1", "%1 get %1 arguments *1 %1 key_spec_index x", "%1 get %1 arguments *1 %1 arguments x",
			"%1 get %1 subcommands x", "%1 get %1 subcommands %1 a x",
		},
	})
	addKind(kind{
		name: "KeysAndFlags",
		call: sent((*Commands).sendKeysAndFlags, "COMMAND", "GETKEYSANDFLAGS", "LMOVE", "a", "b", "LEFT", "RIGHT"),
		shapes: []shape{
			{[]KeyAndFlags{{"a", []string{"RW", "access", "delete"}}, {"b", []string{"RW", "insert"}}}, []string{
				"*2 *2 a *3 +RW +access +delete *2 b *2 +RW +insert", "*2 *2 a ~3 +RW +access +delete *2 b ~2 +RW +insert",
			}},
			{[]KeyAndFlags{}, []string{"*0"}},
			{[]KeyAndFlags(nil), []string{"*-1", "_"}},
		},
		bad: []string{":1", "x", "%0", "*1 x", "*1 _", "*1 *1 a", "*1 *2 :1 *0", "*1 *2 a x", "*1 *2 a *1 :1"},
	})
}

// Each level costs stack, and running out of that ends the program.
func TestWhatIsNestedTooDeepIsRefused(t *testing.T) {
	for name, level := range map[string]string{
		"CommandInfos": "*1 *10 a :1 *0 :0 :0 :0 *0 *0 *0 ",
		"CommandDocs":  "%1 a %1 subcommands ",
	} {
		for depth, want := range map[int]bool{20: true, 200: false} {
			c := On(canned{t, wireOf(strings.Repeat(level, depth) + "*0")})
			got, err := decodings[name](&c)
			var bad *errors.ProtocolError
			if want && err != nil || !want && (!stderrors.As(err, &bad) || !strings.Contains(err.Error(), "too deep")) {
				t.Errorf("%s with %d levels = %v, %v; want it %v", name, depth, got, err, map[bool]string{true: "read", false: "refused"}[want])
			}
		}
	}
	c := On(canned{t, wireOf("%1 a " + strings.Repeat("%1 arguments *1 ", 200) + "%0")})
	if got, err := decodings["CommandDocs"](&c); err == nil || !strings.Contains(err.Error(), "too deep") {
		t.Errorf("CommandDocs with 200 levels of arguments = %v, %v; want it refused", got, err)
	}
}
