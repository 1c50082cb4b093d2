package aws

import (
	"slices"

	"github.com/lakeshare/lakeshare/internal/fact"
)

// What a run knows about the shares it makes: which objects an acceptance is
// about, what was granted and not accepted since, and who may not see yet what
// was shared a moment ago.

// noteShares keeps which grants an acceptance is about, for when it is looked for.
func (c *Cloud) noteShares(ops []fact.Op) {
	for _, op := range ops {
		if op.Key.Kind != fact.Accepted {
			continue
		}
		for _, need := range op.Needs {
			if carries(op.Key, need) {
				c.remember(op.Key, need.Object)
			}
		}
		for _, other := range ops {
			if other.Verb != fact.Drop && carries(op.Key, other.Key) {
				c.remember(op.Key, other.Key.Object)
			}
		}
		for _, o := range c.justGranted(op.Key) {
			c.remember(op.Key, o)
		}
	}
}

// remember keeps which objects an acceptance is about, for when it is made.
func (c *Cloud) remember(accepted fact.Key, o fact.Object) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.shared[accepted] == nil {
		c.shared[accepted] = map[fact.Object]bool{}
	}
	c.shared[accepted][o] = true
}

// impliedAcceptances are acceptances that operations need and that are live by
// what was read, while the producer has granted more since. As a rule a new
// grant goes into the share that was accepted before, but some versions make
// another one for it [4.1].
func (c *Cloud) impliedAcceptances(ops []fact.Op) []fact.Op {
	given, implied := map[fact.Key]bool{}, map[fact.Key]bool{}
	for _, op := range ops {
		given[op.Key] = true
	}
	for _, op := range ops {
		if op.Verb == fact.Drop {
			continue
		}
		for _, need := range op.Needs {
			if need.Kind == fact.Accepted && !given[need] && (c.grants(ops, need) || len(c.justGranted(need)) > 0) {
				implied[need] = true
			}
		}
	}
	extra := make([]fact.Op, 0, len(implied))
	for _, k := range fact.SortedKeys(implied) {
		extra = append(extra, fact.Op{Verb: fact.Make, Key: k})
	}
	return extra
}

// grants reports whether one of the operations makes a grant that lies in the share.
func (c *Cloud) grants(ops []fact.Op, accepted fact.Key) bool {
	return slices.ContainsFunc(ops, func(op fact.Op) bool { return op.Verb == fact.Make && carries(accepted, op.Key) })
}

// justGranted returns the objects granted by this Cloud and not accepted since.
func (c *Cloud) justGranted(accepted fact.Key) []fact.Object {
	c.mu.Lock()
	defer c.mu.Unlock()
	var objects []fact.Object
	for g := range c.granted {
		if carries(accepted, g) {
			objects = append(objects, g.Object)
		}
	}
	slices.SortFunc(objects, fact.Object.Compare)
	return slices.Compact(objects)
}

// noteAccepted remembers that the share has arrived: its objects may take a
// moment to be seen.
func (c *Cloud) noteAccepted(accepted fact.Key) {
	c.noteShared(accepted.At.Account, accepted.Object.Catalog)
	c.mu.Lock()
	defer c.mu.Unlock()
	for g := range c.granted {
		if carries(accepted, g) {
			delete(c.granted, g)
		}
	}
}

func (c *Cloud) remembered(accepted fact.Key) []fact.Object {
	c.mu.Lock()
	defer c.mu.Unlock()
	return sortedObjects(c.shared[accepted])
}

// noteGrant remembers that an account has just been given something: it may
// take a moment until that account sees it.
func (s *site) noteGrant(r request) {
	account := accountOfPrincipal(r.who.principal)
	if account == "" || account == s.place.Account {
		return
	}
	s.cloud.noteShared(account, s.place.Account)
	s.cloud.mu.Lock()
	defer s.cloud.mu.Unlock()
	for _, t := range r.tasks {
		s.cloud.granted[t.op.Key] = true
	}
}

func (c *Cloud) noteShared(consumer, producer string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.recent[[2]string{consumer, producer}] = true
}

func (s *site) sharedJustNow(o fact.Object) bool {
	if o.Catalog == s.place.Account {
		return false
	}
	s.cloud.mu.Lock()
	defer s.cloud.mu.Unlock()
	return s.cloud.recent[[2]string{s.place.Account, o.Catalog}]
}
