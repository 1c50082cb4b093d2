package aws

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/glue"
	"github.com/aws/aws-sdk-go-v2/service/glue/types"

	"github.com/lakeshare/lakeshare/internal/fact"
)

// enforce takes IAM_ALLOWED_PRINCIPALS off databases, their tables and their
// defaults. The defaults come first, so that no new table brings the group back,
// and because ALL of the group may be what lets us alter the database.
func (s *site) enforce(ctx context.Context, tasks []task) {
	v, err := s.look(ctx, tasks)
	if err != nil {
		finishAll(tasks, err)
		return
	}
	failed := map[string]error{}
	var all []request
	for _, t := range tasks {
		database := t.op.Key.Object.Database
		err := v.list.failed[t.op.Key.Object]
		if err == nil {
			err = s.closeDefaults(ctx, database)
		}
		if err != nil {
			failed[database] = err
			continue
		}
		for _, o := range v.openObjects(database) {
			all = append(all, iapRequest(v.list.holds(iap, o), o))
		}
	}
	s.send(ctx, s.revoking(), all, func(r request, err error) {
		if err != nil && !alreadyGone(r, err) && !says(err, "No permissions revoked") {
			failed[r.who.object.Database] = errors.Join(failed[r.who.object.Database], err)
		}
	})
	for _, t := range tasks {
		t.done(failed[t.op.Key.Object.Database])
	}
}

// iapRequest revokes what the group holds: ALL as ALL [2.12].
func iapRequest(h *holding, o fact.Object) request {
	r := request{who: grantee{iap, o}}
	for p, a := range h.permissions() {
		r.permissions = append(r.permissions, p)
		if a.grantable {
			r.grantable = append(r.grantable, p)
		}
	}
	return r
}

// look lists again what the databases of some tasks hold.
func (s *site) look(ctx context.Context, tasks []task) (*visit, error) {
	if err := s.prove(ctx); err != nil {
		return nil, err
	}
	r := newReading(s.cloud, fact.Query{})
	for _, t := range tasks {
		r.query.Keys = append(r.query.Keys, t.op.Key)
	}
	r.plan()
	v := r.visit(s.place)
	v.site, v.list = s, newListings(s)
	v.collect()
	v.listOwn(ctx)
	return v, ctx.Err()
}

// closeDefaults lets new tables of a database start without the group.
// UpdateDatabase replaces everything, so everything is sent again, and through a
// link it would edit the target [5.12].
func (s *site) closeDefaults(ctx context.Context, name string) error {
	s.databases.forget(name)
	d, err := s.database(ctx, name)
	switch {
	case err != nil:
		return err
	case d == nil:
		return fmt.Errorf("database %s does not exist in %s", name, s.place)
	case d.isLink():
		return fmt.Errorf("database %s in %s is a link to %s: its owner decides about it", name, s.place, d.describe())
	case !d.openTables:
		return nil
	}
	defer s.databases.forget(name)
	input := &types.DatabaseInput{
		Name:                          &name,
		Description:                   d.raw.Description,
		LocationUri:                   d.raw.LocationUri,
		Parameters:                    d.raw.Parameters,
		FederatedDatabase:             d.raw.FederatedDatabase,
		CreateTableDefaultPermissions: []types.PrincipalPermissions{}, // none, not "as the account has it" [5.28]
	}
	o := fact.Object{Type: fact.Database, Catalog: s.place.Account, Database: name}
	return s.withOwn(ctx, o, "ALTER", "Alter", func() error {
		_, err := call(ctx, s, "glue:UpdateDatabase", s.glue.UpdateDatabase,
			&glue.UpdateDatabaseInput{CatalogId: &s.place.Account, Name: &name, DatabaseInput: input})
		return err
	})
}
