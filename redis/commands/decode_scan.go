package commands

import (
	"strconv"

	"github.com/futureio/futureio-go/redis/proto"
)

// Page is one answer of a SCAN command. The scan is over when Cursor is "0"; a
// page may be empty before that.
type Page[T any] struct {
	Cursor string
	Items  []T
}

// More tells whether the scan goes on with Cursor.
func (p Page[T]) More() bool { return p.Cursor != "0" }

type asKeyPage struct{}

func (asKeyPage) read(r *proto.Reader) (Page[string], error) {
	return numberedPage(r, asStrings{}.read)
}

type asHashPage struct{}

func (asHashPage) read(r *proto.Reader) (Page[FieldValue], error) {
	return numberedPage(r, asFieldValues{}.read)
}

type asZPage struct{}

func (asZPage) read(r *proto.Reader) (Page[Z], error) {
	return numberedPage(r, asZs{}.read)
}

// asClusterPage reads a page of CLUSTERSCAN, whose cursors are no numbers.
type asClusterPage struct{}

func (asClusterPage) read(r *proto.Reader) (Page[string], error) {
	return page(r, asStrings{}.read)
}

// numberedPage is page for cursors that are numbers.
func numberedPage[T any](r *proto.Reader, read func(*proto.Reader) ([]T, error)) (Page[T], error) {
	p, err := page(r, read)
	if err != nil {
		return p, err
	}
	if _, err := strconv.ParseUint(p.Cursor, 10, 64); err != nil {
		return p, misfit("the cursor is not a number")
	}
	return p, nil
}

// page reads a cursor and the items that read reads.
func page[T any](r *proto.Reader, read func(*proto.Reader) ([]T, error)) (Page[T], error) {
	var p Page[T]
	n, ok, err := r.ArrayLen()
	if err != nil {
		return p, err
	}
	if !ok || n != 2 {
		return p, misfit("want a cursor and its page")
	}
	if p.Cursor, err = r.String(); err != nil {
		return p, err
	}
	p.Items, err = read(r)
	return p, err
}
