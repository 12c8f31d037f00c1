package commands

import (
	"encoding"
	"reflect"
	"strings"
	"time"
)

// form is how a value of a struct is written in a hash.
type form uint8

const (
	noForm form = iota
	formString
	formBytes
	formBool
	formInt
	formUint
	formFloat
	formDuration
	formTime // from here on a value is used through its address
	formText
	formBinary
)

var (
	timeType     = reflect.TypeFor[time.Time]()
	durationType = reflect.TypeFor[time.Duration]()

	textMarshaler     = reflect.TypeFor[encoding.TextMarshaler]()
	textUnmarshaler   = reflect.TypeFor[encoding.TextUnmarshaler]()
	binaryMarshaler   = reflect.TypeFor[encoding.BinaryMarshaler]()
	binaryUnmarshaler = reflect.TypeFor[encoding.BinaryUnmarshaler]()
)

// formOf returns the form of a type, or noForm.
func formOf(t reflect.Type) form {
	if f := ownForm(t); f != noForm {
		return f
	}
	switch t.Kind() {
	case reflect.String:
		return formString
	case reflect.Bool:
		return formBool
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return formInt
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return formUint
	case reflect.Float32, reflect.Float64:
		return formFloat
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return formBytes
		}
	}
	return noForm
}

// ownForm returns the form that a type has for itself, not by what it is made of. A pair of methods counts before half of
// one, and text before bytes that nobody can read.
func ownForm(t reflect.Type) form {
	switch t {
	case timeType:
		return formTime
	case durationType:
		return formDuration
	}
	p := reflect.PointerTo(t)
	has := func(methods reflect.Type) bool { return p.Implements(methods) }
	switch {
	case has(textMarshaler) && has(textUnmarshaler):
		return formText
	case has(binaryMarshaler) && has(binaryUnmarshaler):
		return formBinary
	case has(textMarshaler) || has(textUnmarshaler):
		return formText
	case has(binaryMarshaler) || has(binaryUnmarshaler):
		return formBinary
	}
	return noForm
}

// half tells which half of a pair of methods is missing.
type half struct{ read, write string }

// halfForm says why a type that has only one of two methods can only be read or only be written.
func halfForm(t reflect.Type, f form) half {
	p := reflect.PointerTo(t)
	missing := func(methods reflect.Type, has, hasNot string) string {
		if p.Implements(methods) {
			return ""
		}
		return "a " + t.String() + " has the method " + has + " and not " + hasNot
	}
	switch f {
	case formText:
		return half{
			read:  missing(textUnmarshaler, "MarshalText", "UnmarshalText"),
			write: missing(textMarshaler, "UnmarshalText", "MarshalText"),
		}
	case formBinary:
		return half{
			read:  missing(binaryUnmarshaler, "MarshalBinary", "UnmarshalBinary"),
			write: missing(binaryMarshaler, "UnmarshalBinary", "MarshalBinary"),
		}
	}
	return half{}
}

func noFormReason(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Struct:
		return "a " + typeName(t) + " inside of a struct has no form in a hash: embed it, let it have MarshalText and UnmarshalText, or leave it out with redis:\"-\""
	case reflect.Interface:
		return "an interface says not what to read into it"
	}
	return "a " + t.String() + " has no form in a hash: let it have MarshalText and UnmarshalText, or leave it out with redis:\"-\""
}

// optional is an Opt of any type.
type optional interface {
	// parts returns a pointer to the value and one to whether it is there.
	parts() (value any, ok *bool)
}

func (o *Opt[T]) parts() (value any, ok *bool) { return &o.v, &o.ok }

var anOpt = reflect.TypeFor[Opt[string]]()

// isOpt tells whether t is an Opt itself: a struct that embeds one has its methods, too.
func isOpt(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t.PkgPath() == anOpt.PkgPath() && strings.HasPrefix(t.Name(), "Opt[")
}
