package commands

import "github.com/futureio/futureio-go/redis/proto"

// VectorInfo is the reply of VINFO.
type VectorInfo struct {
	Quantization  string // "f32", "int8", "bin"
	Size          int64  // elements
	Dimension     int64  // of the vectors as they are stored
	ProjectedFrom int64  // dimension of the vectors as they are given; 0 if that is not reduced
	Links         int64  // M of the graph: neighbours of a node in each layer
	MaxLevel      int64  // the highest layer
	Attributes    int64  // elements with attributes
	ID            int64  // of the set, on this server
	MaxNodeID     int64
}

type asOptVectorInfo struct{}

func (asOptVectorInfo) read(r *proto.Reader) (Opt[VectorInfo], error) {
	var v VectorInfo
	ok, err := eachField(r, func(name string) (err error) {
		switch name {
		case "quant-type":
			v.Quantization, err = r.String()
		case "size":
			v.Size, err = r.Int()
		case "vector-dim":
			v.Dimension, err = r.Int()
		case "projection-input-dim":
			v.ProjectedFrom, err = r.Int()
		case "hnsw-m":
			v.Links, err = r.Int()
		case "max-level":
			v.MaxLevel, err = r.Int()
		case "attributes-count":
			v.Attributes, err = r.Int()
		case "vset-uid":
			v.ID, err = r.Int()
		case "hnsw-max-node-uid":
			v.MaxNodeID, err = r.Int()
		}
		return err
	})
	if err != nil || !ok {
		return Opt[VectorInfo]{}, err
	}
	return Some(v), nil
}

// RawVector is a vector as the server stores it: the reply of VEMB with RAW.
type RawVector struct {
	Quantization string       // "f32", "int8", "bin"
	Data         []byte       // the components, normalized and quantized
	Norm         float64      // the length that the vector had before
	Range        Opt[float64] // the largest component, of "int8" alone
}

type asOptRawVector struct{}

func (asOptRawVector) read(r *proto.Reader) (Opt[RawVector], error) {
	n, ok, err := r.ArrayLen()
	if err != nil || !ok {
		return Opt[RawVector]{}, err
	}
	if n < 3 {
		return Opt[RawVector]{}, misfit("want quantization, data and norm")
	}
	var v RawVector
	if v.Quantization, err = r.String(); err != nil {
		return Opt[RawVector]{}, err
	}
	if v.Data, err = (asBytes{}).read(r); err != nil {
		return Opt[RawVector]{}, err
	}
	if v.Norm, err = r.Float(); err != nil {
		return Opt[RawVector]{}, err
	}
	if n -= 3; n > 0 {
		n--
		if v.Range, err = (asOptFloat{}).read(r); err != nil {
			return Opt[RawVector]{}, err
		}
	}
	return Some(v), skipMore(r, n)
}

// asOptFloatList reads a vector that may be missing.
type asOptFloatList struct{}

func (asOptFloatList) read(r *proto.Reader) (Opt[[]float64], error) {
	null, err := r.Null()
	if err != nil || null {
		return Opt[[]float64]{}, err
	}
	v, err := asFloats{}.read(r)
	if err != nil {
		return Opt[[]float64]{}, err
	}
	return Some(v), nil
}

type asVectorLinks struct{}

func (asVectorLinks) read(r *proto.Reader) ([][]string, error) {
	return list(r, asStrings{}.read)
}

type asVectorLinkScores struct{}

func (asVectorLinkScores) read(r *proto.Reader) ([][]Z, error) {
	return list(r, asVectorScores{}.read)
}
