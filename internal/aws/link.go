package aws

import (
	"context"
	"fmt"
	"maps"
	"slices"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"

	"github.com/lakeshare/lakeshare/internal/fact"
)

// readContainers looks at the databases that links are to lie in, and at
// database links. Only an object that has a target itself is a link.
func (v *visit) readContainers(ctx context.Context) {
	for _, k := range v.keys {
		if k.Object.Type != fact.Database || (k.Kind != fact.Container && k.Kind != fact.Link) {
			continue
		}
		d, err := v.site.database(ctx, k.Object.Database)
		v.consumer[k.Object] = true
		isLink := d != nil && d.target != fact.Object{}
		switch {
		case err != nil:
			v.unread(k, err)
		case d == nil:
			v.missing[k.Object] = true
		case k.Kind == fact.Container && d.isLink():
			v.taken(k, "it is a link to "+d.describe())
		case k.Kind == fact.Container && d.raw.FederatedDatabase != nil:
			v.taken(k, "it is a federated database")
		case k.Kind == fact.Container:
			v.row(k, fact.Row{})
		case !isLink:
			v.taken(k, "it is a database, not a link")
		default:
			v.row(k, d.row())
		}
	}
}

// row is a database link as a live fact.
func (d *database) row() fact.Row {
	return fact.Row{Body: fact.Body{Target: d.target, Region: d.region}, UpdatedAt: awssdk.ToTime(d.raw.CreateTime)}
}

// row is a table link as a live fact.
func (t *table) row() fact.Row {
	return fact.Row{Body: fact.Body{Target: t.target, Region: t.region}, Writer: t.writer, UpdatedAt: t.updated}
}

// describe names what a link points at.
func (d *database) describe() string {
	if (d.target == fact.Object{}) {
		return "a database of another catalog"
	}
	return "database " + d.target.Database + " of account " + d.target.Catalog
}

// readLinks looks at table links, container by container.
func (v *visit) readLinks(ctx context.Context) {
	byContainer := map[string][]fact.Key{}
	for _, k := range v.keys {
		if k.Kind == fact.Link && k.Object.Type == fact.Table {
			byContainer[k.Object.Database] = append(byContainer[k.Object.Database], k)
			v.consumer[k.Object] = true
		}
	}
	for _, container := range slices.Sorted(maps.Keys(byContainer)) {
		v.readLinksIn(ctx, container, byContainer[container])
	}
}

func (v *visit) readLinksIn(ctx context.Context, container string, keys []fact.Key) {
	d, err := v.site.database(ctx, container)
	if err == nil && d != nil && d.isLink() {
		for _, k := range keys {
			v.taken(k, fmt.Sprintf("%s is itself a link to %s", container, d.describe()))
		}
		return
	}
	found := map[string]*table{}
	if err == nil && d != nil {
		names := make([]string, 0, len(keys))
		for _, k := range keys {
			names = append(names, k.Object.Table)
		}
		found, err = v.site.find(ctx, container, names)
	}
	for _, k := range keys {
		t := found[k.Object.Table]
		switch {
		case err != nil:
			v.unread(k, err)
		case t == nil:
			v.missing[k.Object] = true
		case t.target == fact.Object{}:
			v.taken(k, "it is a table, not a link")
		default:
			v.row(k, t.row())
		}
	}
}

func (v *visit) taken(k fact.Key, what string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.live.Taken[k] = what
}
