package main

import (
	"encoding/json"
	"fmt"
	"os"
)

// serverDoc is what one server tells about its commands, by full name in upper case.
type serverDoc map[string]commandDoc

// commandDoc is one command as COMMAND DOCS and COMMAND INFO tell it, prose left out.
type commandDoc struct {
	ACLCategories   []string        `json:"acl_categories"`
	Arguments       []argumentDoc   `json:"arguments"`
	Arity           int             `json:"arity"`
	CommandFlags    []string        `json:"command_flags"`
	Complexity      string          `json:"complexity"`
	DeprecatedSince string          `json:"deprecated_since"`
	DocFlags        []string        `json:"doc_flags"`
	Group           string          `json:"group"`
	Hints           []string        `json:"hints"`
	KeySpecs        []keySpecDoc    `json:"key_specs"`
	Module          string          `json:"module"`
	ReplacedBy      string          `json:"replaced_by"` // prose: only the command names in it are used
	ReplySchema     json.RawMessage `json:"reply_schema"`
	Since           string          `json:"since"`
}

type argumentDoc struct {
	Arguments       []argumentDoc `json:"arguments"`
	DeprecatedSince string        `json:"deprecated_since"`
	KeySpecIndex    *int          `json:"key_spec_index"`
	Multiple        bool          `json:"multiple"`
	MultipleToken   bool          `json:"multiple_token"`
	Name            string        `json:"name"`
	Optional        bool          `json:"optional"`
	Since           string        `json:"since"`
	Token           string        `json:"token"`
	Type            string        `json:"type"`
}

type keySpecDoc struct {
	RO            bool   `json:"RO"`
	RW            bool   `json:"RW"`
	OW            bool   `json:"OW"`
	RM            bool   `json:"RM"`
	Access        bool   `json:"access"`
	Delete        bool   `json:"delete"`
	Incomplete    bool   `json:"incomplete"`
	Insert        bool   `json:"insert"`
	NotKey        bool   `json:"not_key"`
	Update        bool   `json:"update"`
	VariableFlags bool   `json:"variable_flags"`
	Notes         string `json:"notes"` // prose, not used
	BeginSearch   struct {
		Type string `json:"type"`
		Spec struct {
			Index     int    `json:"index"`
			Keyword   string `json:"keyword"`
			StartFrom int    `json:"startfrom"`
		} `json:"spec"`
	} `json:"begin_search"`
	FindKeys struct {
		Type string `json:"type"`
		Spec struct {
			LastKey   int `json:"lastkey"`
			KeyStep   int `json:"keystep"`
			Limit     int `json:"limit"`
			KeyNumIdx int `json:"keynumidx"`
			FirstKey  int `json:"firstkey"`
		} `json:"spec"`
	} `json:"find_keys"`
}

// observedReply holds the reply shapes one command was seen to give, each with a call that gave it.
type observedReply struct {
	RESP2  map[string]string `json:"resp2"`
	RESP3  map[string]string `json:"resp3"`
	Errors []string          `json:"errors"` // error codes seen on the way, not used
}

// readServerFile reads the facts of one server from a JSON file. A field it does not know is an error: a new kind of fact must
// not be dropped unseen.
func readServerFile(path string) (serverDoc, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var doc serverDoc
	if err := decodeStrict(raw, &doc); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return doc, nil
}

// readReplies reads observed reply shapes by command name.
func readReplies(path string) (map[string]observedReply, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var replies map[string]observedReply
	if err := decodeStrict(raw, &replies); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return replies, nil
}
