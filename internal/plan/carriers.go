package plan

import (
	"cmp"

	"github.com/lakeshare/lakeshare/internal/fact"
)

// spot is where something is carried: an object in an account.
type spot struct {
	at     fact.Place
	object fact.Object
}

// carriers are what links and containers are made for, by what they are about: a
// link's grants to its account, a container's links.
func (m *maker) carriers() map[spot][]fact.Key {
	if m.carrying != nil {
		return m.carrying
	}
	m.carrying = map[spot][]fact.Key{}
	for _, k := range fact.SortedKeys(m.in.Tip.Wanted) {
		switch k.Kind {
		case fact.AccountGrant:
			at := fact.Place{Account: cmp.Or(fact.AccountOf(k.Principal), k.Principal), Region: k.At.Region}
			s := spot{at, k.Object.TableObject()}
			m.carrying[s] = append(m.carrying[s], k)
		case fact.Link:
			s := spot{k.At, k.Object.DatabaseObject()}
			m.carrying[s] = append(m.carrying[s], k)
		}
	}
	return m.carrying
}

// nothingToLink blocks a link to what cannot be shared, and a container whose
// links are all blocked.
func (m *maker) nothingToLink(c Change) (Blocked, bool) {
	s := spot{c.Op.Key.At, c.Op.Key.Object}
	switch {
	case c.Op.Verb != fact.Make || len(m.held) == 0:
		return Blocked{}, false
	case c.Op.Key.Kind == fact.Link:
		s.object = c.Op.Body.Target
	case c.Op.Key.Kind != fact.Container:
		return Blocked{}, false
	}
	carried := m.carriers()[s]
	for _, k := range carried {
		if _, held := m.held[k]; !held {
			return Blocked{}, false
		}
	}
	if len(carried) == 0 {
		return Blocked{}, false
	}
	return m.blockedBy(c, carried[0]), true
}
