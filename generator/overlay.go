package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
)

// Overlay is spec/overlay.json: what servers do not tell about their commands.
type Overlay struct {
	// Session holds the commands that change the state of the connection they run
	// on, each with what they change. A connection that is shared refuses them.
	Session map[string]string `json:"session"`

	// ServerSide holds the commands that servers speak among themselves.
	ServerSide map[string]string `json:"server_side"`

	// Skipped holds the commands that get no method, each with the reason.
	Skipped map[string]string `json:"skipped"`

	// Repeatable holds commands that change nothing if they run twice, though they are not flagged readonly, with the
	// reason.
	Repeatable map[string]string `json:"repeatable"`

	// Timeouts tells where a blocking command has its timeout, and in which unit: "first seconds", "last seconds",
	// "last millis", or "BLOCK millis" for the one behind that word.
	Timeouts map[string]string `json:"timeouts"`

	// Redact tells which arguments of a command are secrets.
	Redact map[string]RedactOverlay `json:"redact"`

	// Words are the types of arguments that are one word of a few. They are kinds of parameters.
	Words map[string]WordsOverlay `json:"words"`

	// Options tells for a token how it looks in Go. Where one token takes different
	// things, the further ones have keys of their own, which commands name in Tokens.
	Options map[string]OptionOverlay `json:"options"`

	// Commands has an entry for every command that gets methods.
	Commands map[string]CommandOverlay `json:"commands"`
}

// RedactOverlay tells which arguments of one command are secrets.
type RedactOverlay struct {
	// From is the position of the first of which all are secret; the first argument is 1.
	From int `json:"from,omitempty"`
	// After tells for a word (of any case) how many arguments behind it are secret.
	After map[string]int `json:"after,omitempty"`
	// Prefixes are the beginnings of arguments that are secret.
	Prefixes []string `json:"prefixes,omitempty"`
}

// WordsOverlay is a type of arguments that are one word of a few.
type WordsOverlay struct {
	Doc string `json:"doc"` // to stand behind the name: "is …"
	// Values gives for each word its constant.
	Values map[string]WordOverlay `json:"values"`
}

// WordOverlay is the Go side of one word.
type WordOverlay struct {
	Name string `json:"name"`
	Doc  string `json:"doc"` // to stand behind the name
}

// OptionOverlay is the Go side of one token.
type OptionOverlay struct {
	Name string `json:"name,omitempty"` // the Go name
	Doc  string `json:"doc"`            // what it does: "only if …"

	// Kind is how its value is given, a key of paramKinds; default by its type in the spec.
	Kind string `json:"kind,omitempty"`

	// Millis is the token for the same in milliseconds, of kinds span and moment.
	Millis string `json:"millis,omitempty"`

	// Usage spells what is written, for an option that is more than one token with its values: see usage.go.
	Usage string `json:"usage,omitempty"`
}

// CommandOverlay is the Go side of one command.
type CommandOverlay struct {
	Name  string `json:"name,omitempty"` // the Go method; default from the command's name
	Doc   string `json:"doc"`            // what it does, to stand behind the name: "returns …"
	Reply string `json:"reply"`          // a key of replyKinds
	Gives string `json:"gives"`          // what the reply is, in words

	// Usage spells the request, where the spec's tree does not make a good method: see usage.go. No other field about
	// arguments goes with it but Excludes. An empty one sends the name alone.
	Usage *string `json:"usage,omitempty"`

	// Arguments is the tree of a command that no server describes.
	Arguments []Argument `json:"arguments,omitempty"`

	// Params tells the kind of an argument, a key of paramKinds, by its name in the
	// spec, where it does not follow from its type.
	Params map[string]string `json:"params,omitempty"`

	// With holds optional arguments, by name, that the method always sends; Without
	// those that it never sends. All others become options.
	With    []string `json:"with,omitempty"`
	Without []string `json:"without,omitempty"`

	// Tokens gives the key in Overlay.Options of a token, or of an argument's name, where that is not the token.
	Tokens map[string]string `json:"tokens,omitempty"`

	// Excludes tells for the token of an option which others it cannot stand with, where
	// the spec does not.
	Excludes map[string][]string `json:"excludes,omitempty"`

	// Millis is the command that takes the same in milliseconds, for a parameter of
	// kind span or moment.
	Millis string `json:"millis,omitempty"`

	// Variants are further methods of the same command, for another type of reply.
	Variants []CommandOverlay `json:"variants,omitempty"`
}

func loadOverlay(path string) (*Overlay, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if err := checkKeys(json.NewDecoder(bytes.NewReader(raw)), ""); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var o Overlay
	if err := decodeStrict(raw, &o); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &o, nil
}

// checkKeys refuses an object in which a key comes twice: of two entries for a command, encoding/json would silently
// take the second. It reads one value; place is where that is, as in ".commands.GET".
func checkKeys(dec *json.Decoder, place string) error {
	tok, err := dec.Token()
	if err != nil {
		return err
	}
	switch tok {
	case json.Delim('{'):
		seen := map[any]bool{}
		for dec.More() {
			key, err := dec.Token()
			if err != nil {
				return err
			}
			here := fmt.Sprintf("%s.%s", place, key)
			if seen[key] {
				return fmt.Errorf("%s is there twice", here)
			}
			seen[key] = true
			if err := checkKeys(dec, here); err != nil {
				return err
			}
		}
	case json.Delim('['):
		for i := 0; dec.More(); i++ {
			if err := checkKeys(dec, fmt.Sprintf("%s[%d]", place, i)); err != nil {
				return err
			}
		}
	default:
		return nil
	}
	_, err = dec.Token() // the end of the object or list
	return err
}
