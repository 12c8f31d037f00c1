package subscription

// A Link is the connection of a Hub, as far as the Hub needs it. Its methods are called from any goroutine.
//
// The other way, a Link tells its Hub by Up and Down that there is a connection, by Over that there is going to be none, and on the
// goroutine that reads, by Hear, Confirmed, Refused and Flush what the server says.
type Link interface {
	// Send sends the requests in one write and reports true, or sends none and reports false, when the connection that was
	// told last by Up is gone. It is called with the Hub's lock held: it must not block, nor call the Hub.
	Send(reqs []Request) bool
	// Dial has a connection made if there is none. When none can be had, Over is called.
	Dial()
	// Holding tells that the reader waits for room in a buffer, or does so no more: what the server sends meanwhile is not
	// read, and its silence means nothing.
	Holding(on bool)
	// Post calls fn, a function of the application's, on a goroutine where it may block.
	Post(fn func())
	// Gap tells of the end of a gap.
	Gap(g Gap)
	// Report passes on an error that no call can tell.
	Report(err error)
	// Idle tells that the last subscription has ended.
	Idle()
}

// A Request is one command: SUBSCRIBE, PSUBSCRIBE or SSUBSCRIBE, or with Leave their opposites, of at least one name.
type Request struct {
	Kind  Kind
	Leave bool
	Names []string
}

// verbs are the commands by kind.
var verbs = [kinds][2]string{
	KindChannel: {"SUBSCRIBE", "UNSUBSCRIBE"},
	KindPattern: {"PSUBSCRIBE", "PUNSUBSCRIBE"},
	KindShard:   {"SSUBSCRIBE", "SUNSUBSCRIBE"},
}

// Command is the name of the command.
func (r *Request) Command() string {
	if r.Leave {
		return verbs[r.Kind][1]
	}
	return verbs[r.Kind][0]
}

// maxNames is the most names in one request. When the server refuses a request, each of its names is asked for alone.
const maxNames = 1000

// plan collects what has to be sent.
type plan struct {
	together [kinds][2][]string
	alone    []Request
}

func (p *plan) add(t *topic, leave bool) {
	switch {
	case t.alone:
		p.alone = append(p.alone, Request{Kind: t.Kind, Leave: leave, Names: []string{t.Name}})
	case leave:
		p.together[t.Kind][1] = append(p.together[t.Kind][1], t.Name)
	default:
		p.together[t.Kind][0] = append(p.together[t.Kind][0], t.Name)
	}
}

func (p *plan) requests() (list []Request) {
	for kind := range Kind(kinds) {
		for i, names := range p.together[kind] {
			for len(names) > 0 {
				n := min(len(names), maxNames)
				list = append(list, Request{Kind: kind, Leave: i == 1, Names: names[:n:n]})
				names = names[n:]
			}
		}
	}
	return append(list, p.alone...)
}
