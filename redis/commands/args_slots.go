package commands

// SlotRange is a range of hash slots, both ends in it.
type SlotRange struct{ Start, End int64 }

// slotRanges adds the ends of ranges of slots.
func (a *args) slotRanges(ranges []SlotRange) {
	for _, r := range ranges {
		a.int(r.Start)
		a.int(r.End)
	}
}

// A SlotMove names slots and the node that they go to.
type SlotMove struct {
	Ranges []SlotRange
	NodeID string
}

func (a *args) slotMoves(moves []SlotMove) {
	for _, m := range moves {
		a.need(len(m.Ranges), "ranges")
		a.str("SLOTSRANGE")
		a.slotRanges(m.Ranges)
		a.str("NODE")
		a.str(m.NodeID)
	}
}
