package proto

// Type is the kind of a value. It is the first byte of its wire form.
type Type byte

// The types of RESP2 and RESP3, from the specification,
// https://github.com/redis/redis-specifications/blob/master/protocol/RESP3.md.
const (
	SimpleString Type = '+'
	SimpleError  Type = '-'
	Integer      Type = ':'
	BulkString   Type = '$'
	Array        Type = '*'
	Null         Type = '_' // also what "$-1" and "*-1" of RESP2 are
	Bool         Type = '#'
	Double       Type = ','
	BigNumber    Type = '('
	BulkError    Type = '!'
	Verbatim     Type = '='
	Map          Type = '%'
	Attribute    Type = '|'
	Set          Type = '~'
	Push         Type = '>'
)

// The parts of streamed values, which are no types of their own.
const (
	streamMark  = '?' // in place of a length
	streamChunk = ';' // a piece of a streamed string
	streamEnd   = '.' // the end of a streamed aggregate
)

// String names the type in words, as in "bulk string".
func (t Type) String() string {
	if t.known() {
		return typeNames[t]
	}
	if t == 0 {
		return "nothing"
	}
	return "unknown type"
}

var typeNames = [...]string{
	SimpleString: "simple string",
	SimpleError:  "error",
	Integer:      "integer",
	BulkString:   "bulk string",
	Array:        "array",
	Null:         "null",
	Bool:         "boolean",
	Double:       "double",
	BigNumber:    "big number",
	BulkError:    "bulk error",
	Verbatim:     "verbatim string",
	Map:          "map",
	Attribute:    "attribute",
	Set:          "set",
	Push:         "push",
}

// IsError tells whether values of this type are error replies.
func (t Type) IsError() bool { return t == SimpleError || t == BulkError }

// IsAggregate tells whether values of this type are made of other values.
func (t Type) IsAggregate() bool {
	return t == Array || t == Map || t == Set || t == Push || t == Attribute
}

func (t Type) known() bool { return int(t) < len(typeNames) && typeNames[t] != "" }

// maxLine is how long the line may be that a value of this type begins with, its type and line end not counted.
func (t Type) maxLine(lim *Limits) int {
	switch t {
	case SimpleString, SimpleError, Double, BigNumber:
		return lim.MaxLine
	}
	return maxNumber
}
