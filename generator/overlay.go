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

	// Options tells for a token how it looks in Go. Where one token takes different
	// things, the further ones have keys of their own, which commands name in Tokens.
	Options map[string]OptionOverlay `json:"options"`

	// Commands has an entry for every command that gets methods.
	Commands map[string]CommandOverlay `json:"commands"`
}

// OptionOverlay is the Go side of one token.
type OptionOverlay struct {
	Name string `json:"name,omitempty"` // the Go name
	Doc  string `json:"doc"`            // what it does: "only if …"

	// Kind is how its value is given, a key of paramKinds; default by its type in the spec.
	Kind string `json:"kind,omitempty"`

	// Millis is the token for the same in milliseconds, of kinds span and moment.
	Millis string `json:"millis,omitempty"`
}

// CommandOverlay is the Go side of one command.
type CommandOverlay struct {
	Name  string `json:"name,omitempty"` // the Go method; default from the command's name
	Doc   string `json:"doc"`            // what it does, to stand behind the name: "returns …"
	Reply string `json:"reply"`          // a key of replyKinds
	Gives string `json:"gives"`          // what the reply is, in words

	// Params tells the kind of an argument, a key of paramKinds, by its name in the
	// spec, where it does not follow from its type.
	Params map[string]string `json:"params,omitempty"`

	// With holds optional arguments, by name, that the method always sends; Without
	// those that it never sends. All others become options.
	With    []string `json:"with,omitempty"`
	Without []string `json:"without,omitempty"`

	// Tokens gives the key in Overlay.Options of a token, where that is not the token.
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
