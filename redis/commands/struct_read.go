package commands

import (
	"encoding"
	stderrors "errors"
	"reflect"
	"strconv"
	"time"

	"github.com/futureio/futureio-go/redis/errors"
)

// read reads the value of a field of a hash into the struct dst.
func (p *plan) read(dst reflect.Value, f *planned, value string) error {
	for i, place := range f.index {
		if i > 0 && dst.Kind() == reflect.Pointer {
			if dst.IsNil() {
				dst.Set(reflect.New(dst.Type().Elem()))
			}
			dst = dst.Elem()
		}
		dst = dst.Field(place)
	}
	var reason string
	var err error
	switch f.holder {
	case byPointer:
		v := reflect.New(f.typ)
		reason, err = f.parse(v.Elem(), value)
		dst.Set(v)
	case byOpt:
		v, ok := dst.Addr().Interface().(optional).parts()
		reason, err = f.parse(reflect.ValueOf(v).Elem(), value)
		*ok = true
	default:
		reason, err = f.parse(dst, value)
	}
	if err == nil {
		return nil
	}
	return &FieldError{
		Struct: p.name, Field: f.path, Name: f.name, Type: f.typ.String(),
		Reason: reason, Value: errors.Escape([]byte(value)), Err: err,
	}
}

// parse reads s into v. With an error it says in our words what is wrong.
func (f *planned) parse(v reflect.Value, s string) (reason string, err error) {
	switch f.form {
	case formString:
		v.SetString(s)
	case formBytes:
		v.SetBytes([]byte(s))
	case formBool:
		b, err := strconv.ParseBool(s)
		if err != nil {
			return "not a bool: want 1, 0, true or false", strconv.ErrSyntax
		}
		v.SetBool(b)
	case formInt:
		n, err := strconv.ParseInt(s, 10, f.typ.Bits())
		if err != nil {
			return f.numberFault(err, "not an integer")
		}
		v.SetInt(n)
	case formUint:
		n, err := strconv.ParseUint(s, 10, f.typ.Bits())
		if err != nil {
			return f.numberFault(err, "not an integer from 0 on")
		}
		v.SetUint(n)
	case formFloat:
		n, err := strconv.ParseFloat(s, f.typ.Bits())
		if err != nil {
			return f.numberFault(err, "not a number")
		}
		v.SetFloat(n)
	case formDuration:
		d, err := time.ParseDuration(s)
		if err != nil {
			return "not a duration with its unit, such as 1m30s", err
		}
		v.SetInt(int64(d))
	case formTime:
		return "not a time in the form of RFC 3339", v.Addr().Interface().(*time.Time).UnmarshalText([]byte(s))
	case formText:
		return "UnmarshalText does not take it", v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(s))
	case formBinary:
		return "UnmarshalBinary does not take it", v.Addr().Interface().(encoding.BinaryUnmarshaler).UnmarshalBinary([]byte(s))
	}
	return "", nil
}

// numberFault tells what was wrong with a number. The errors of strconv hold all of it: only what is below them is kept.
func (f *planned) numberFault(err error, reason string) (string, error) {
	if stderrors.Is(err, strconv.ErrRange) {
		return "out of the range of " + f.typ.Kind().String(), strconv.ErrRange
	}
	return reason, strconv.ErrSyntax
}
