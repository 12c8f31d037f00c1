package proto

// ReadCommand reads a request as clients send it: an array of bulk strings. It is
// for servers in tests and for proxies. Empty requests are skipped, as servers do.
// The error is of the stream: io.EOF between two requests, and anything that is no
// request is a *errors.ProtocolError.
func ReadCommand(r *Reader) ([]string, error) {
	for {
		t, err := r.Next()
		if err != nil {
			return nil, err
		}
		if t != Array {
			return nil, r.malformed("a request that is no array")
		}
		n, ok, err := r.ArrayLen()
		if err != nil {
			return nil, err
		}
		if !ok || n == 0 {
			continue
		}
		words := make([]string, 0, Prealloc(n))
		for range n {
			h, err := r.header("a word")
			if err != nil {
				return nil, err
			}
			if h.t != BulkString {
				return nil, r.malformed("a request with something else than bulk strings")
			}
			word, err := r.String()
			if err != nil {
				return nil, err
			}
			words = append(words, word)
		}
		return words, nil
	}
}
