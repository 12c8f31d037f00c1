package proto

import (
	"math"
	"strconv"
	"strings"
)

const (
	maxPrinted      = 8 // elements of an aggregate that String shows
	maxPrintedDepth = 3
	maxText         = 64 // bytes of a string
)

// String shows the value on one line for people to look at: long strings,
// aggregates and what is nested deep are shortened.
func (v Value) String() string {
	var b strings.Builder
	v.print(&b, 0)
	return b.String()
}

func (v Value) print(b *strings.Builder, depth int) {
	switch v.Type() {
	case Null:
		b.WriteString("(nil)")
	case Integer:
		b.WriteString(strconv.FormatInt(v.n, 10))
	case Bool:
		b.WriteString(strconv.FormatBool(v.n == 1))
	case Double:
		b.Write(appendFloat(nil, math.Float64frombits(uint64(v.n)), 64))
	case SimpleString, BigNumber:
		b.WriteString(plain(v.s))
	case SimpleError, BulkError:
		b.WriteString("(error) " + plain(v.s))
	case BulkString:
		b.WriteString(quote(v.s))
	case Verbatim:
		b.WriteString(quote(v.s[4:]))
	case Map:
		v.printElems(b, depth, "{", "}", 2)
	default:
		v.printElems(b, depth, "[", "]", 1)
	}
}

// printElems prints the elements, step by step of them as one.
func (v Value) printElems(b *strings.Builder, depth int, open, end string, step int) {
	b.WriteString(open)
	defer b.WriteString(end)
	if depth == maxPrintedDepth && len(v.elems) > 0 {
		b.WriteString("...")
		return
	}
	for i := 0; i < len(v.elems); i += step {
		if i > 0 {
			b.WriteString(" ")
		}
		if i == maxPrinted*step {
			b.WriteString("... " + strconv.Itoa(v.Len()) + " in all")
			return
		}
		v.elems[i].print(b, depth+1)
		if step == 2 {
			b.WriteString(": ")
			v.elems[i+1].print(b, depth+1)
		}
	}
}

// quote makes text printable and short.
func quote(s string) string {
	if len(s) > maxText {
		return strconv.Quote(strings.ToValidUTF8(s[:maxText], "")) + "..."
	}
	return strconv.Quote(s)
}

// plain is quote without the quotes.
func plain(s string) string {
	q := quote(s)
	return q[1:strings.LastIndexByte(q, '"')] + q[strings.LastIndexByte(q, '"')+1:]
}
