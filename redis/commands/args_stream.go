package commands

// A StreamPosition names a stream and the ID behind which to read: "0" is its
// beginning, "$" its end, ">" what is new to a group.
type StreamPosition struct{ Stream, ID string }

// positions adds the keys of streams, and behind them the IDs.
func (a *args) positions(from []StreamPosition) {
	for _, p := range from {
		a.key(p.Stream)
	}
	for _, p := range from {
		a.str(p.ID)
	}
}
