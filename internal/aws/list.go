package aws

import (
	"context"
	"maps"
	"sync"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lakeformation"
	"github.com/aws/aws-sdk-go-v2/service/lakeformation/types"
	"golang.org/x/sync/errgroup"

	"github.com/lakeshare/lakeshare/internal/fact"
)

const (
	pageSize    = 1000 // the most that ListPermissions gives [2.58]
	fewCalls    = 3    // up to so many objects are asked for one by one
	atOnce      = 4    // calls at the same time in one account
	anyBudget   = -1   // to the last page
	longCatalog = 20   // pages after which a sweep is no longer the cheaper way
)

// listings collects the raw rows of one site during one read. It never gives
// Principal and Resource together: that would list effective permissions [2.44].
type listings struct {
	site    *site
	mu      sync.Mutex
	seen    *grants
	proven  map[fact.Object]bool // every row on it has been seen; a filter's rows are asked for by name
	filters map[fact.Object]bool // tables whose filters' rows have been seen too
	failed  map[fact.Object]error
	sweeps  map[types.DataLakeResourceType]*sweep
}

// sweep is a listing of everything of one type, as far as it got.
type sweep struct {
	token *string
	done  bool
}

func newListings(s *site) *listings {
	return &listings{
		site: s, seen: newGrants(), proven: map[fact.Object]bool{}, filters: map[fact.Object]bool{}, failed: map[fact.Object]error{},
		sweeps: map[types.DataLakeResourceType]*sweep{},
	}
}

// page lists one page. Pages may be short or empty while there is a token, so
// only the token says that there is more [2.59].
func (l *listings) page(ctx context.Context, in *lakeformation.ListPermissionsInput) (next *string, err error) {
	in.MaxResults = awssdk.Int32(pageSize)
	out, err := call(ctx, l.site, "lakeformation:ListPermissions", l.site.lf.ListPermissions, in)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, row := range out.PrincipalResourcePermissions {
		l.seen.add(row)
	}
	if awssdk.ToString(out.NextToken) == "" {
		return nil, nil
	}
	return out.NextToken, nil
}

// ask lists the rows on one object. For a table it can show the grants on the
// table's filters too, which nothing else does [2.50].
func (l *listings) ask(ctx context.Context, o fact.Object, filters bool) error {
	in := &lakeformation.ListPermissionsInput{Resource: resourceOf(o)}
	if filters {
		in.IncludeRelated = awssdk.String("TRUE")
	}
	for {
		next, err := l.page(ctx, in)
		if err != nil {
			return err
		}
		if next == nil {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.proven[o] = true
			if filters {
				l.filters[o] = true
			}
			return nil
		}
		in.NextToken = next
	}
}

// hasFilters reports whether the grants on a table's filters were listed too.
func (l *listings) hasFilters(o fact.Object) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.filters[o]
}

// sweep lists everything of a type, at most so many pages more. It reports
// whether the last page was reached.
func (l *listings) sweep(ctx context.Context, kind types.DataLakeResourceType, budget int) (bool, error) {
	s := l.sweeps[kind]
	if s == nil {
		s = &sweep{}
		l.sweeps[kind] = s
	}
	for n := 0; !s.done && n != budget; n++ {
		next, err := l.page(ctx, &lakeformation.ListPermissionsInput{ResourceType: kind, NextToken: s.token})
		if err != nil {
			return false, err
		}
		s.token, s.done = next, next == nil
	}
	return s.done, nil
}

// complete reports whether everything of a type has been listed.
func (l *listings) complete(kind types.DataLakeResourceType) bool {
	s := l.sweeps[kind]
	return s != nil && s.done
}

// read lists the rows on the objects, one by one or by a sweep over the type,
// whichever is cheaper: a sweep that costs more pages than there are objects is
// given up. Tables in related are asked for with their filters.
func (l *listings) read(ctx context.Context, kind types.DataLakeResourceType, objects []fact.Object, related map[fact.Object]bool) {
	var rest, single []fact.Object
	for _, o := range objects {
		switch {
		case l.proven[o] && !related[o]:
		case related[o]:
			single = append(single, o)
		default:
			rest = append(rest, o)
		}
	}
	if len(rest) > fewCalls || l.complete(kind) {
		done, err := l.sweep(ctx, kind, len(rest))
		if err == nil && done {
			l.mu.Lock()
			for _, o := range rest {
				l.proven[o] = true
			}
			l.mu.Unlock()
			rest = nil
		}
	}
	l.each(ctx, append(single, rest...), related)
}

// each asks for objects one by one, a few at the same time.
func (l *listings) each(ctx context.Context, objects []fact.Object, related map[fact.Object]bool) {
	errs := make([]error, len(objects))
	var group errgroup.Group
	group.SetLimit(atOnce)
	for i, o := range objects {
		group.Go(func() error {
			errs[i] = l.ask(ctx, o, related[o])
			return nil
		})
	}
	_ = group.Wait() // failures are kept by object
	for i, o := range objects {
		if errs[i] != nil {
			l.failed[o] = errs[i]
		}
	}
}

// resourceType is the type under which a listing without a resource shows an object.
func resourceType(t fact.ObjectType) types.DataLakeResourceType {
	switch t {
	case fact.Database:
		return types.DataLakeResourceTypeDatabase
	case fact.Location:
		return types.DataLakeResourceTypeDataLocation
	}
	return types.DataLakeResourceTypeTable
}

// all returns a copy of who has been seen to hold what.
func (l *listings) all() map[grantee]*holding {
	l.mu.Lock()
	defer l.mu.Unlock()
	return maps.Clone(l.seen.held)
}

// objects returns every object on which something has been seen.
func (l *listings) objects() map[fact.Object]bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	objects := map[fact.Object]bool{}
	for who := range l.seen.held {
		objects[who.object] = true
	}
	return objects
}

// holds returns what a grantee has been seen to hold.
func (l *listings) holds(principal string, o fact.Object) *holding {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.seen.held[grantee{principal, o}]
}

// isProven reports whether every row on the object has been seen.
func (l *listings) isProven(o fact.Object) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if o.Type == fact.FilteredRows {
		return l.filters[o.TableObject()]
	}
	return l.proven[o]
}

// readAll lists the rows on objects of one type and their filters.
func (l *listings) readAll(ctx context.Context, objects []fact.Object) error {
	tables, related := map[fact.Object]bool{}, map[fact.Object]bool{}
	for _, o := range objects {
		tables[o.TableObject()] = true
		if o.Type == fact.FilteredRows {
			related[o.TableObject()] = true
		}
	}
	list := sortedObjects(tables)
	l.read(ctx, resourceType(list[0].Type), list, related)
	for _, o := range list {
		if err := l.failed[o]; err != nil {
			return err
		}
	}
	return nil
}
