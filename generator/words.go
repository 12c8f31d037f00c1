package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// checkWords tells what is missing in the types of words.
func (over *Overlay) checkWords() error {
	for _, name := range slices.Sorted(maps.Keys(over.Words)) {
		w := over.Words[name]
		if !strings.HasSuffix(w.Doc, ".") || len(w.Values) == 0 {
			return fmt.Errorf("words: %s: want a sentence and values", name)
		}
		for word, value := range w.Values {
			if value.Name == "" || !strings.HasSuffix(value.Doc, ".") {
				return fmt.Errorf("words: %s: %s: want a name and a sentence", name, word)
			}
		}
	}
	return nil
}

// emitWords writes the types of words with their constants.
func (m *model) emitWords() string {
	var b strings.Builder
	for i, name := range slices.Sorted(maps.Keys(m.over.Words)) {
		if i > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "// %s %s\ntype %s string\n\n// The values of %s.\nconst (\n", name, m.over.Words[name].Doc, name, name)
		for _, word := range slices.Sorted(maps.Keys(m.over.Words[name].Values)) {
			value := m.over.Words[name].Values[word]
			fmt.Fprintf(&b, "// %s %s\n%s %s = %q\n", value.Name, value.Doc, value.Name, name, word)
		}
		b.WriteString(")\n")
	}
	return begin("commands", b.String())
}

// wordReexports are the types of words once more, for package redis.
func (m *model) wordReexports() string {
	var types, values strings.Builder
	for _, name := range slices.Sorted(maps.Keys(m.over.Words)) {
		fmt.Fprintf(&types, "// %s %s\n%s = commands.%s\n", name, m.over.Words[name].Doc, name, name)
		for _, word := range slices.Sorted(maps.Keys(m.over.Words[name].Values)) {
			value := m.over.Words[name].Values[word]
			fmt.Fprintf(&values, "// %s %s\n%s = commands.%s\n", value.Name, value.Doc, value.Name, value.Name)
		}
	}
	if types.Len() == 0 {
		return ""
	}
	return "\n// Arguments that are one word of a few.\ntype (\n" + types.String() + ")\n\n// The values of these types.\nconst (\n" + values.String() + ")\n"
}
