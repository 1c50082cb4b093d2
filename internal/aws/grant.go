package aws

import (
	"context"
	"slices"

	"github.com/lakeshare/lakeshare/internal/fact"
)

// grantTasks makes grants, and brings the grant option to what is wanted.
func (s *site) grantTasks(ctx context.Context, tasks []task) {
	var narrower []task
	for _, t := range tasks {
		if t.op.Verb == fact.Change && !t.op.Body.Grantable {
			narrower = append(narrower, t)
		}
	}
	all := requests(slices.DeleteFunc(slices.Clone(tasks), func(t task) bool {
		return t.op.Verb == fact.Change && !t.op.Body.Grantable
	}), addGrant)
	s.send(ctx, s.granting(), all, func(r request, err error) {
		if err == nil {
			s.noteGrant(r)
		}
		finishAll(r.tasks, err)
	})
	if len(narrower) > 0 {
		s.takeOption(ctx, narrower)
	}
}

func addGrant(r *request, op fact.Op) {
	r.permissions = append(r.permissions, op.Key.Permission)
	if op.Body.Grantable {
		r.grantable = append(r.grantable, op.Key.Permission)
	}
}

// takeOption takes the grant option alone [2.10] and then grants the permission
// without it: grants are additive [2.21], so that changes nothing, unless AWS
// took the permission along.
func (s *site) takeOption(ctx context.Context, tasks []task) {
	options := requests(tasks, func(r *request, op fact.Op) { r.grantable = append(r.grantable, op.Key.Permission) })
	var rest, both []request
	s.send(ctx, s.revoking(), options, func(r request, err error) {
		switch {
		case err == nil, says(err, "No permissions revoked"):
			rest = append(rest, request{who: r.who, permissions: r.grantable, tasks: r.tasks})
		case code(err) == codeInvalid: // it may want the permission named as well
			both = append(both, request{who: r.who, permissions: r.grantable, grantable: r.grantable, tasks: r.tasks})
		default:
			finishAll(r.tasks, err)
		}
	})
	s.send(ctx, s.revoking(), both, func(r request, err error) {
		if err != nil {
			finishAll(r.tasks, err)
			return
		}
		rest = append(rest, request{who: r.who, permissions: r.permissions, tasks: r.tasks})
	})
	s.send(ctx, s.granting(), rest, func(r request, err error) { finishAll(r.tasks, err) })
}

func (s *site) granting() batch {
	return batch{within: patience, temporary: func(r request, err error) bool {
		switch {
		case isTemporary(err):
			return true
		case code(err) == codeInvalid && (says(err, "Invalid principal") || // a role that IAM has just made [1.10]
			says(err, "register the S3 path") || // a registration a moment ago [3.13]
			says(err, "Grantee has no permissions")): // seen by others, reason unknown [3.14]
			return true
		}
		// What was shared a moment ago may not be visible yet [7.3].
		return (unseen(err) || code(err) == codeDenied) && !says(err, "is not authorized to perform") && s.sharedJustNow(r.who.object)
	}}
}

// revokeTasks takes grants away: exactly what is held, ALL as ALL [2.12].
func (s *site) revokeTasks(ctx context.Context, tasks []task) {
	all := requests(tasks, func(r *request, op fact.Op) {
		r.permissions = append(r.permissions, op.Key.Permission)
		if op.Body.Grantable {
			r.grantable = append(r.grantable, op.Key.Permission)
		}
	})
	b := s.revoking()
	var doubtful, again []request
	refused := map[grantee]error{}
	s.send(ctx, b, all, func(r request, err error) {
		switch {
		case err == nil && len(r.grantable) > 0:
			again = append(again, request{who: r.who, permissions: r.grantable, tasks: r.tasks})
		case err == nil, alreadyGone(r, err):
			finishAll(r.tasks, nil)
		case isDoubtful(err):
			doubtful, refused[r.who] = append(doubtful, r), err
		default:
			finishAll(r.tasks, err)
		}
	})
	for _, r := range doubtful {
		finishAll(r.tasks, s.revokeRest(ctx, b, r, refused[r.who]))
	}
	// Naming a permission in both lists may have taken its option alone; tools
	// that revoke until nothing is left do not notice [2.10, 2.67].
	s.send(ctx, b, again, func(r request, err error) {
		if err != nil && (code(err) == codeNotFound || isDoubtful(err)) {
			err = nil
		}
		finishAll(r.tasks, err)
	})
}

func (s *site) revoking() batch {
	return batch{revoke: true, within: patience, temporary: func(_ request, err error) bool { return isTemporary(err) }}
}

// alreadyGone reports whether a refusal to revoke means that nothing is left to
// revoke [2.64, 2.65, 2.57].
func alreadyGone(r request, err error) bool {
	switch {
	case code(err) == codeNotFound, says(err, "Cell Filter not found"):
		return true
	case says(err, "No permissions revoked"), says(err, "Grantee has no permissions"):
		// Of several permissions some may still be held [2.66].
		return len(r.permissions) == 1
	}
	return false
}

// isDoubtful reports whether only looking again can tell what a refusal means.
func isDoubtful(err error) bool {
	return says(err, "Permissions modification is invalid") || says(err, "No permissions revoked") ||
		says(err, "Grantee has no permissions") || unseen(err)
}

// revokeRest looks at what the grantee still holds, and revokes exactly that.
func (s *site) revokeRest(ctx context.Context, b batch, r request, refused error) error {
	l := newListings(s)
	if err := l.ask(ctx, r.who.object.TableObject(), r.who.object.Type == fact.FilteredRows); err != nil {
		if s.missing(ctx, r.who.object, err) {
			return nil
		}
		return refused
	}
	left := request{who: r.who}
	if h := l.holds(r.who.principal, r.who.object); h != nil {
		for _, p := range r.permissions {
			a, ok := h.atoms[p]
			if ok {
				left.permissions = append(left.permissions, p)
			}
			if ok && a.grantable {
				left.grantable = append(left.grantable, p)
			}
		}
	}
	if len(left.permissions) == 0 {
		return nil
	}
	if len(left.permissions) == len(r.permissions) {
		return refused
	}
	return s.sendPatiently(ctx, b, []request{left})[0]
}
