package commands

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/futureio/futureio-go/redis/errors"
)

// A schema describes the replies of a command over RESP3, in the part of JSON Schema that the spec uses.
type schema struct {
	Type                 string
	Const                any
	OneOf, AnyOf         []schema
	Pattern              string
	Minimum              *int64
	MinItems             int
	Items                json.RawMessage // of each element, or a list: of the first, the second, …
	Properties           map[string]schema
	PatternProperties    map[string]schema
	AdditionalProperties json.RawMessage
}

// patternExamples has a string for each pattern of the spec.
var patternExamples = map[string]string{
	"": "1", "[0-9]+": "1", "[0-9]+-[0-9]+": "1-1", "^([0-9]+-[0-9]+)( [0-9]+-[0-9]+)*$": "1-1 3-4", "^[0-9]*(.[0-9]*)?$": "1.5",
	"OK*": "OK", "^[0-9a-fA-F]{40}$": strings.Repeat("0", 40), "^BUMPED [0-9]*$": "BUMPED 1", "^STILL [0-9]*$": "STILL 1",
}

// replyTexts has, for the commands whose strings mean something that their schemas do not tell, one that does.
var replyTexts = map[string]string{
	"ACL LOG": "id=1", "CLIENT INFO": "id=1", "CLIENT LIST": "id=1\nid=2", "CLUSTER NODES": nodeText, "CLUSTER REPLICAS": nodeText, "CLUSTER SLAVES": nodeText,
}

var nodeText = strings.Repeat("0", 40) + " 127.0.0.1:1@2 myself,master - 0 0 1 connected 0-5"

// looseSchemas are commands that never answer all that their schemas allow; the live tests have what they do answer.
var looseSchemas = map[string]string{
	"COMMAND DOCS":       "the schema says nothing of subcommands, which are maps like the one around them",
	"COMMAND INFO":       "the schema says nothing of subcommands, which are arrays like the one around them",
	"LATENCY HISTOGRAM":  "the schema does not tell that the keys of a histogram are integers",
	"PUBSUB NUMSUB":      "the schema does not tell that every second element is an integer",
	"PUBSUB SHARDNUMSUB": "the schema does not tell that every second element is an integer",
	"TYPE":               "the schema has a null for a missing key, where servers answer none",
	"WAITAOF":            "the schema has numbers where servers give integers",
}

// frames gives replies that fit: one for each alternative, wherever in the reply it stands.
func (s *schema) frames(t *testing.T, command string) []string {
	t.Helper()
	if alternatives := slices.Concat(s.OneOf, s.AnyOf); len(alternatives) > 0 {
		var all []string
		for i := range alternatives {
			all = append(all, alternatives[i].frames(t, command)...)
		}
		return all
	}
	if s.Const != nil && s.Type == "" {
		switch s.Const.(type) {
		case float64:
			return []string{fmt.Sprintf(":%v\r\n", s.Const)}
		default:
			return []string{fmt.Sprintf("+%v\r\n", s.Const)}
		}
	}
	switch s.Type {
	case "null":
		return []string{"_\r\n"}
	case "integer":
		n := int64(1)
		if s.Minimum != nil {
			n = max(n, *s.Minimum)
		}
		return []string{fmt.Sprintf(":%d\r\n", n)}
	case "number":
		return []string{",1.5\r\n"}
	case "boolean":
		return []string{"#t\r\n"}
	case "string":
		text, known := patternExamples[s.Pattern]
		if !known {
			t.Errorf("%s: no string in patternExamples fits %s", command, s.Pattern)
		}
		if own := replyTexts[command]; own != "" {
			text = own
		}
		return []string{fmt.Sprintf("$%d\r\n%s\r\n", len(text), text)}
	case "array":
		return s.arrays(t, command)
	case "object":
		return s.maps(t, command)
	}
	if s.Type != "" {
		t.Errorf("%s: a schema of type %s is not known", command, s.Type)
	}
	return []string{"$1\r\n1\r\n"} // anything
}

func (s *schema) arrays(t *testing.T, command string) []string {
	t.Helper()
	var tuple []schema
	if json.Unmarshal(s.Items, &tuple) == nil && len(tuple) > 0 {
		parts := make([][]string, len(tuple))
		for i := range tuple {
			parts[i] = tuple[i].frames(t, command)
		}
		return oneAtATime(fmt.Sprintf("*%d\r\n", len(tuple)), parts)
	}
	var all []string
	if s.MinItems == 0 {
		all = append(all, "*0\r\n")
	}
	var each schema
	if len(s.Items) > 0 {
		if err := json.Unmarshal(s.Items, &each); err != nil {
			t.Errorf("%s: items: %v", command, err)
		}
	}
	n := max(s.MinItems, 2) // lists of pairs have no other schema
	for _, element := range each.frames(t, command) {
		all = append(all, fmt.Sprintf("*%d\r\n", n)+strings.Repeat(element, n))
	}
	return all
}

func (s *schema) maps(t *testing.T, command string) []string {
	t.Helper()
	properties := maps.Clone(s.Properties)
	if properties == nil {
		properties = map[string]schema{}
	}
	for pattern, value := range s.PatternProperties {
		properties[map[string]string{"^.*$": "any", `^db\.\d+$`: "db.0"}[pattern]] = value
	}
	var rest schema
	if len(s.AdditionalProperties) > 0 && s.AdditionalProperties[0] == '{' && json.Unmarshal(s.AdditionalProperties, &rest) == nil {
		properties["another"] = rest
	}
	var parts [][]string
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		value := properties[name]
		var pairs []string
		for _, frame := range value.frames(t, command) {
			pairs = append(pairs, fmt.Sprintf("$%d\r\n%s\r\n", len(name), name)+frame)
		}
		parts = append(parts, pairs)
	}
	return oneAtATime(fmt.Sprintf("%%%d\r\n", len(parts)), parts)
}

// oneAtATime puts an aggregate together from its parts: with the first form of each, and then with each other form of one part.
func oneAtATime(header string, parts [][]string) []string {
	var first strings.Builder
	first.WriteString(header)
	for i := range parts {
		first.WriteString(parts[i][0])
	}
	all := []string{first.String()}
	for i := range parts {
		for _, form := range parts[i][1:] {
			other := header
			for j := range parts {
				if i == j {
					other += form
				} else {
					other += parts[j][0]
				}
			}
			all = append(all, other)
		}
	}
	return all
}

// Behaviour G4. Whatever a server says that it may answer, a null here and there among it, is taken by a method of the command.
func TestEveryReplyOfTheSchemasFitsAMethod(t *testing.T) {
	raw, err := os.ReadFile("../../spec/commands.json")
	if err != nil {
		t.Fatal(err)
	}
	var spec struct {
		Commands []struct {
			Name  string
			Reply struct{ Schema *schema }
		}
	}
	if err := json.Unmarshal(raw, &spec); err != nil {
		t.Fatal(err)
	}
	methods := methodsByCommand(t)
	refused := map[string]bool{}
	checked, nulls := 0, 0
	for _, command := range spec.Commands {
		if command.Reply.Schema == nil || len(methods[command.Name]) == 0 {
			continue
		}
		loose := looseSchemas[command.Name]
		for _, frame := range command.Reply.Schema.frames(t, command.Name) {
			checked++
			if strings.Contains(frame, "_\r\n") {
				nulls++
			}
			var failures []string
			for _, m := range methods[command.Name] {
				c := On(canned{t, frame})
				if err := callPlain(&c, m).Err(); err != nil && err != errors.ErrTxAborted { // which the null of EXEC is
					failures = append(failures, fmt.Sprintf("%s: %v", m.Name, err))
				}
			}
			if len(failures) == len(methods[command.Name]) {
				if loose != "" {
					refused[command.Name] = true
					continue
				}
				t.Errorf("no method of %s takes %q, which its schema allows: %s", command.Name, frame, strings.Join(failures, "; "))
			}
		}
	}
	for name, reason := range looseSchemas {
		if !refused[name] {
			t.Errorf("everything that the schema of %s allows is taken, and yet: %s", name, reason)
		}
	}
	if checked < 600 || nulls < 50 {
		t.Errorf("checked %d replies, %d with a null; the spec has more", checked, nulls)
	}
}

// methodsByCommand calls every method once to see which command it sends.
func methodsByCommand(t *testing.T) map[string][]reflect.Method {
	t.Helper()
	methods := map[string][]reflect.Method{}
	for _, role := range []reflect.Type{reflect.TypeFor[*Commands](), reflect.TypeFor[*SessionCommands]()} {
		for i := range role.NumMethod() {
			m := role.Method(i)
			if notCommands[m.Name] {
				continue
			}
			c, r := record()
			callPlain(c, m)
			if r.cmd == nil {
				t.Errorf("%s was not sent", m.Name)
				continue
			}
			methods[r.cmd.Name()] = append(methods[r.cmd.Name()], m)
		}
	}
	return methods
}
