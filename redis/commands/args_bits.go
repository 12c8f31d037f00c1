package commands

// A BitGet reads an integer out of a string: Encoding is "u8", "i64" and so on, up
// to u63 and i64; Offset is in bits, as "100", or in integers of that width, as "#7".
type BitGet struct{ Encoding, Offset string }

// BitFieldOp is one operation of BitField, made by BitFieldGet, BitFieldSet,
// BitFieldIncrBy and BitFieldOverflow.
type BitFieldOp struct {
	word  string
	get   BitGet
	value int64
	mode  string // of OVERFLOW
}

// BitFieldGet reads an integer.
func BitFieldGet(encoding, offset string) BitFieldOp {
	return BitFieldOp{word: "GET", get: BitGet{encoding, offset}}
}

// BitFieldSet writes an integer and gives the one before.
func BitFieldSet(encoding, offset string, value int64) BitFieldOp {
	return BitFieldOp{word: "SET", get: BitGet{encoding, offset}, value: value}
}

// BitFieldIncrBy adds to an integer and gives the new one.
func BitFieldIncrBy(encoding, offset string, increment int64) BitFieldOp {
	return BitFieldOp{word: "INCRBY", get: BitGet{encoding, offset}, value: increment}
}

// BitFieldOverflow tells what the operations behind it do when a value does not
// fit: "WRAP" around, which is the default, "SAT" at the limit, or "FAIL" with a missing
// result.
func BitFieldOverflow(mode string) BitFieldOp { return BitFieldOp{word: "OVERFLOW", mode: mode} }

func (a *args) bitOps(ops []BitFieldOp) {
	for _, op := range ops {
		switch op.word {
		case "":
			a.refuse("ops", "an operation is empty: use BitFieldGet and its like")
		case "OVERFLOW":
			a.str(op.word)
			a.word(op.mode, "mode", "WRAP", "SAT", "FAIL")
		case "GET":
			a.bitGet(op.get)
		default:
			a.str(op.word)
			a.str(op.get.Encoding)
			a.str(op.get.Offset)
			a.int(op.value)
		}
	}
}

func (a *args) bitGets(gets []BitGet) {
	for _, get := range gets {
		a.bitGet(get)
	}
}

func (a *args) bitGet(get BitGet) {
	a.str("GET")
	a.str(get.Encoding)
	a.str(get.Offset)
}

// vector adds a vector as numbers.
func (a *args) vector(v []float64, name string) {
	a.need(len(v), name)
	a.str("VALUES")
	a.int(int64(len(v)))
	for _, f := range v {
		a.float(f, name)
	}
}
