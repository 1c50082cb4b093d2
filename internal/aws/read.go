package aws

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/lakeshare/lakeshare/internal/fact"
)

const placesAtOnce = 8

// reading is one Read: what is asked, and what has been found out so far.
type reading struct {
	cloud     *Cloud
	query     fact.Query
	asked     map[fact.Key]bool
	places    map[fact.Place]*visit
	mu        sync.Mutex // guards what follows
	live      fact.Live
	lapsed    map[string]bool // share and principal
	ramMu     sync.Mutex      // held while associations are fetched
	members   map[fact.Place]map[string][]association
	witnessMu sync.Mutex // held while a producer is asked for one more grant
}

// visit is one place in one read. Its fields are written by one goroutine.
type visit struct {
	*reading
	site       *site
	place      fact.Place
	keys       []fact.Key
	list       *listings
	consumer   map[fact.Object]bool // links and containers: grants there are a consumer's
	missing    map[fact.Object]bool // links and containers proven not to be there
	wanted     map[fact.Object]bool // objects whose rows are to be listed
	related    map[fact.Object]bool // tables whose filters' rows are to be listed too
	wide       map[string]bool      // databases of which every table is to be listed
	sweeps     map[fact.ObjectType]bool
	everything bool // the whole catalog is to be listed
}

// Read finds out the live state of the facts that are asked for. An account that
// cannot be read leaves its own facts unread and stops no other. The error is
// only ever that of the context.
func (c *Cloud) Read(ctx context.Context, q fact.Query) (fact.Live, error) {
	r := newReading(c, q)
	r.plan()
	open := r.enter(ctx)
	// Consumers are looked at after producers: where a producer shares nothing,
	// there is nothing to ask a consumer for. What does not exist is looked for
	// last, because only facts that are not live need it.
	for _, look := range []func(*visit, context.Context){(*visit).readOwn, (*visit).readForeign, (*visit).explain} {
		var group errgroup.Group
		group.SetLimit(placesAtOnce)
		for _, v := range open {
			group.Go(func() error { look(v, ctx); return nil })
		}
		_ = group.Wait() // failures are kept by key
		if err := ctx.Err(); err != nil {
			return fact.Live{}, err
		}
	}
	r.sort()
	c.config.Progress(fmt.Sprintf("read %d facts in %d accounts and regions", len(r.asked), len(open)))
	return r.live, nil
}

func newReading(c *Cloud, q fact.Query) *reading {
	return &reading{
		cloud: c, query: q, asked: map[fact.Key]bool{}, places: map[fact.Place]*visit{},
		live: fact.NewLive(), lapsed: map[string]bool{}, members: map[fact.Place]map[string][]association{},
	}
}

// plan sorts the keys by place, and adds the producers that acceptances have to
// be looked up in.
func (r *reading) plan() {
	for _, k := range r.query.Keys {
		if r.asked[k] {
			continue
		}
		r.asked[k] = true
		v := r.visit(k.At)
		v.keys = append(v.keys, k)
	}
	for _, place := range r.query.Sweep {
		v := r.visit(place)
		v.everything = true
		for _, t := range []fact.ObjectType{fact.Database, fact.Table, fact.Location} {
			v.sweeps[t] = true
		}
	}
	for _, v := range slices.Collect(maps.Values(r.places)) {
		slices.SortFunc(v.keys, fact.Key.Compare)
		for _, k := range v.keys {
			if k.Kind == fact.Accepted {
				r.planAccepted(k)
			}
		}
	}
}

func (r *reading) visit(place fact.Place) *visit {
	v := r.places[place]
	if v == nil {
		v = &visit{
			reading: r, place: place,
			consumer: map[fact.Object]bool{}, missing: map[fact.Object]bool{}, wanted: map[fact.Object]bool{},
			related: map[fact.Object]bool{}, wide: map[string]bool{}, sweeps: map[fact.ObjectType]bool{},
		}
		r.places[place] = v
	}
	return v
}

// enter opens a session in every place and proves that listings there are
// complete. Places where that fails are left out, their facts unread.
func (r *reading) enter(ctx context.Context) []*visit {
	places := slices.SortedFunc(maps.Keys(r.places), func(a, b fact.Place) int {
		return fact.Key{At: a}.Compare(fact.Key{At: b})
	})
	errs := make([]error, len(places))
	var group errgroup.Group
	group.SetLimit(placesAtOnce)
	for i, place := range places {
		group.Go(func() error {
			v := r.places[place]
			site, err := r.cloud.site(ctx, place)
			if err == nil {
				err = site.prove(ctx)
			}
			errs[i] = err
			if err == nil {
				v.site, v.list = site, newListings(site)
			}
			return nil
		})
	}
	_ = group.Wait()
	var open []*visit
	for i, place := range places {
		v := r.places[place]
		if errs[i] == nil {
			open = append(open, v)
			continue
		}
		for _, k := range v.keys {
			r.unread(k, errs[i])
		}
		if v.everything {
			r.unread(fact.Key{At: place}, errs[i])
		}
	}
	return open
}

// readOwn reads what lies in the place's own catalog.
func (v *visit) readOwn(ctx context.Context) {
	v.readContainers(ctx)
	v.readLinks(ctx)
	v.sweepLinks(ctx)
	v.collect()
	v.sweepFilters(ctx)
	v.readTableNames(ctx)
	v.listOwn(ctx)
	v.rowsOf(ctx, v.wanted)
	v.readEnforced(ctx)
	v.readFilters(ctx)
	v.readStorage(ctx)
}

// readForeign reads what depends on another account's listings.
func (v *visit) readForeign(ctx context.Context) {
	v.sweepRows(ctx) // rows on others' objects count only with what their owners hold
	v.readAccepted(ctx)
	v.readConsumer(ctx)
	v.readWaits(ctx)
}

// explain tells about facts that are not live why they could not be made.
func (v *visit) explain(ctx context.Context) {
	v.warnGrants(ctx)
	v.lookForObjects(ctx)
	v.lookForPrincipals(ctx)
}

// unread notes that the state of a fact could not be proven.
func (r *reading) unread(k fact.Key, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.live.Rows[k]; !ok {
		r.live.Unread[k] = err
	}
}

func (r *reading) row(k fact.Key, row fact.Row) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.live.Rows[k] = row
}

func (r *reading) warn(w fact.Warning) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.live.Warnings = append(r.live.Warnings, w)
}

// settled reports whether a fact is live, or could not be read.
func (r *reading) settled(k fact.Key) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, live := r.live.Rows[k]
	_, unread := r.live.Unread[k]
	return live || unread
}

// isWanted reports whether the tip wants the fact. Without any wanted facts,
// everything that is asked for counts.
func (r *reading) isWanted(k fact.Key) bool {
	if len(r.query.Wanted) == 0 {
		return true
	}
	_, ok := r.query.Wanted[k]
	return ok
}

// missed reports whether a fact is wanted, asked for, and proven not to be live.
func (r *reading) missed(k fact.Key) bool { return r.isWanted(k) && !r.settled(k) }

// sort gives the lists an order that does not depend on which account answered first.
func (r *reading) sort() {
	slices.SortStableFunc(r.live.Absent, func(a, b fact.Absence) int { return a.Key.Compare(b.Key) })
	slices.SortStableFunc(r.live.Lapsed, func(a, b fact.Lapse) int { return a.Key.Compare(b.Key) })
	slices.SortStableFunc(r.live.Waits, func(a, b fact.Wait) int { return a.Key.Compare(b.Key) })
	slices.SortStableFunc(r.live.Warnings, func(a, b fact.Warning) int { return a.Key.Compare(b.Key) })
}
