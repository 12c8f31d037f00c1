package commands

import (
	"encoding"
	"reflect"
	"time"

	"github.com/futureio/futureio-go/redis/errors"
	"github.com/futureio/futureio-go/redis/proto"
)

// structPairs adds the fields of a struct with their values, in the order of the struct. It returns false if v is
// neither a struct nor a pointer to one.
func (a *args) structPairs(v any, arg string) bool {
	if !isStruct(v) {
		return false
	}
	src := reflect.ValueOf(v)
	if src.Kind() == reflect.Pointer {
		if src.IsNil() {
			a.refuse(arg, "a nil *"+typeName(src.Type().Elem())+" has no fields")
			return true
		}
		src = src.Elem()
	}
	p := planOf(src.Type())
	if p.unwritable != nil {
		a.refuse(p.unwritable.of, p.unwritable.reason)
		return true
	}
	if p.addressed && !src.CanAddr() {
		copied := reflect.New(src.Type()).Elem()
		copied.Set(src)
		src = copied
	}
	before := a.n
	for i := range p.fields {
		a.structField(p, &p.fields[i], src)
	}
	if a.n == before {
		a.refuse(arg, "every field of "+p.name+" is left out")
	}
	return true
}

// isStruct tells whether v is a struct or a pointer to one.
func isStruct(v any) bool {
	t := reflect.TypeOf(v)
	if t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t != nil && t.Kind() == reflect.Struct
}

// structField adds the name of a field and its value, unless it is left out.
func (a *args) structField(p *plan, f *planned, src reflect.Value) {
	for i, place := range f.index {
		if i > 0 && src.Kind() == reflect.Pointer {
			if src.IsNil() {
				return
			}
			src = src.Elem()
		}
		src = src.Field(place)
	}
	switch f.holder {
	case byPointer:
		if src.IsNil() {
			return
		}
		src = src.Elem()
	case byOpt:
		v, ok := src.Addr().Interface().(optional).parts()
		if !*ok {
			return
		}
		src = reflect.ValueOf(v).Elem()
	default:
		if f.omitEmpty && f.empty(src) {
			return
		}
	}
	a.str(f.name)
	if reason := a.structValue(f, src); reason != "" {
		a.refuse(p.name+"."+f.path, reason)
	}
}

// empty tells whether omitempty leaves v out.
func (f *planned) empty(v reflect.Value) bool {
	switch f.form {
	case formBytes:
		return v.Len() == 0
	case formTime:
		return v.Addr().Interface().(*time.Time).IsZero()
	}
	return v.IsZero()
}

// structValue adds a value in the form of its field, or says why not.
func (a *args) structValue(f *planned, v reflect.Value) (reason string) {
	var b []byte
	var err error
	var room [64]byte
	switch f.form {
	case formString:
		a.str(v.String())
		return ""
	case formBool:
		a.value(v.Bool(), f.path)
		return ""
	case formInt:
		a.int(v.Int())
		return ""
	case formUint:
		a.buf = proto.AppendBulkUint(a.buf, v.Uint())
		a.n++
		return ""
	case formFloat:
		return a.structFloat(f, v.Float())
	case formDuration:
		a.str(time.Duration(v.Int()).String())
		return ""
	case formBytes:
		b = v.Bytes()
	case formTime:
		b, err = v.Addr().Interface().(*time.Time).AppendText(room[:0])
	case formText:
		b, err = v.Addr().Interface().(encoding.TextMarshaler).MarshalText()
	case formBinary:
		b, err = v.Addr().Interface().(encoding.BinaryMarshaler).MarshalBinary()
	}
	if err != nil {
		return "a " + f.typ.String() + " cannot be written: " + errors.Escape([]byte(err.Error()))
	}
	a.buf = proto.AppendBulkBytes(a.buf, b)
	a.n++
	return ""
}

// structFloat adds a float with the digits that its type has.
func (a *args) structFloat(f *planned, x float64) (reason string) {
	var v any = x
	if f.typ.Bits() == 32 {
		v = float32(x)
	}
	buf, err := proto.AppendArg(a.buf, v)
	if err != nil {
		return err.Error()
	}
	a.buf = buf
	a.n++
	return ""
}
