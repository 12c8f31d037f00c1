package main

import (
	"fmt"
	"slices"
	"strings"
)

// keyRules are the key specs of a command as Go source: a composite literal of type []keyRule, or nothing. What is
// marked not_key (channels) or cannot be told by a spec (find unknown) is left out; package commands finds the
// latter by functions of its own.
func keyRules(c *Command) string {
	var rules []string
	for _, k := range c.KeySpecs {
		if slices.Contains(k.Flags, "not_key") || k.Begin.Type == "unknown" || k.Find.Type == "unknown" {
			continue
		}
		var fields []string
		add := func(name string, value int) {
			if value != 0 {
				fields = append(fields, fmt.Sprintf("%s: %d", name, value))
			}
		}
		if k.Begin.Type == "keyword" {
			fields = append(fields, fmt.Sprintf("keyword: %q", k.Begin.Keyword))
			add("from", k.Begin.From)
		} else {
			add("index", k.Begin.Index)
		}
		if k.Find.Type == "keynum" {
			fields = append(fields, "counted: true")
			add("count", k.Find.KeyNum)
			add("first", k.Find.FirstKey)
		} else {
			add("last", k.Find.LastKey)
			add("limit", k.Find.Limit)
		}
		add("step", k.Find.Step)
		rules = append(rules, "{"+strings.Join(fields, ", ")+"}")
	}
	if len(rules) == 0 {
		return ""
	}
	return "[]keyRule{" + strings.Join(rules, ", ") + "}"
}

// timeoutPlaces are what Overlay.Timeouts may say, as constants of package commands.
var timeoutPlaces = map[string]string{
	"first seconds": "timeoutFirstSeconds",
	"last seconds":  "timeoutLastSeconds",
	"last millis":   "timeoutLastMillis",
	"BLOCK millis":  "timeoutBlockMillis",
}

// repeatable tells whether a command may run twice as well as once.
func (over *Overlay) repeatable(c *Command) bool {
	_, listed := over.Repeatable[c.Name]
	return listed || slices.Contains(c.Flags, "readonly")
}
