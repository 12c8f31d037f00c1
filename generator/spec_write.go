package main

import (
	"bytes"
	"encoding/json"
	"os"
)

// lineWidth is the length up to which writeSpec keeps a value on one line.
const lineWidth = 120

// writeSpec writes a spec as JSON that reads and diffs well: a value on one line where it fits, else one entry a line,
// indented by one space. Equal specs give equal bytes.
func writeSpec(path string, spec *Spec) error {
	var compact bytes.Buffer
	enc := json.NewEncoder(&compact)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(spec); err != nil {
		return err
	}
	var out bytes.Buffer
	if err := layOut(&out, bytes.TrimSpace(compact.Bytes()), "", 0); err != nil {
		return err
	}
	out.WriteByte('\n')
	return os.WriteFile(path, out.Bytes(), 0o644)
}

// layOut writes one compact JSON value; used is what its line already holds beside the indent.
func layOut(out *bytes.Buffer, value []byte, indent string, used int) error {
	if len(indent)+used+len(value) < lineWidth || value[0] != '{' && value[0] != '[' {
		out.Write(value)
		return nil
	}
	dec := json.NewDecoder(bytes.NewReader(value))
	if _, err := dec.Token(); err != nil { // the opening bracket
		return err
	}
	out.WriteByte(value[0])
	inner := indent + " "
	for first := true; dec.More(); first = false {
		if !first {
			out.WriteByte(',')
		}
		out.WriteString("\n" + inner)
		used := 0
		if value[0] == '{' {
			key, err := dec.Token()
			if err != nil {
				return err
			}
			quoted, err := json.Marshal(key)
			if err != nil {
				return err
			}
			out.Write(quoted)
			out.WriteString(": ")
			used = len(quoted) + len(": ")
		}
		var entry json.RawMessage
		if err := dec.Decode(&entry); err != nil {
			return err
		}
		if err := layOut(out, entry, inner, used); err != nil {
			return err
		}
	}
	out.WriteString("\n" + indent)
	out.WriteByte(value[len(value)-1])
	return nil
}
