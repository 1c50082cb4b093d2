package aws

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/glue"

	"github.com/lakeshare/lakeshare/internal/fact"
)

// dropLinks deletes links. Only an object that has a target itself is a link;
// each is looked at again before it is deleted.
func (s *site) dropLinks(ctx context.Context, tasks []task) {
	for _, t := range tasks {
		if t.op.Key.Object.Type == fact.Database {
			t.done(s.dropDatabaseLink(ctx, t.op))
			continue
		}
		t.done(s.dropTableLink(ctx, t.op))
	}
}

// linkAt returns the body of the link with this name, nil if there is nothing,
// and a body without a target if it is something else.
func (s *site) linkAt(ctx context.Context, o fact.Object) (*fact.Body, error) {
	if o.Type == fact.Database {
		s.databases.forget(o.Database)
		d, err := s.database(ctx, o.Database)
		if d == nil || err != nil {
			return nil, err
		}
		return &fact.Body{Target: d.target, Region: d.region}, nil
	}
	found, err := s.find(ctx, o.Database, []string{o.Table})
	if err != nil {
		return nil, err
	}
	t := found[o.Table]
	if t == nil {
		// A listing may lag behind; asking by name does not.
		s.tables.forget(tableName{o.Database, o.Table})
		if t, err = s.table(ctx, o.Database, o.Table); t == nil || err != nil {
			return nil, err
		}
	}
	return &fact.Body{Target: t.target, Region: t.region}, nil
}

// sureLink reports whether the link is there to be deleted: it is gone already,
// or it is still the link that the plan saw.
func (s *site) sureLink(ctx context.Context, op fact.Op) (bool, error) {
	live, err := s.linkAt(ctx, op.Key.Object)
	switch {
	case err != nil || live == nil:
		return false, err
	case live.Target == fact.Object{}:
		return false, fmt.Errorf("%s in %s is not a link: it is not deleted", op.Key.Object.Name(), s.place)
	case op.Body.Target != fact.Object{} && *live != linkBody(op.Body):
		return false, fmt.Errorf("%s in %s points at %s now, not at %s: it is not deleted",
			op.Key.Object.Name(), s.place, live.Target, op.Body.Target)
	}
	return true, nil
}

func (s *site) dropTableLink(ctx context.Context, op fact.Op) error {
	o := op.Key.Object
	if d, err := s.database(ctx, o.Database); err == nil && d == nil {
		return nil // its container is gone, and the link with it
	}
	if _, err := s.writableContainer(ctx, o.Database); err != nil {
		return err
	}
	if sure, err := s.sureLink(ctx, op); !sure {
		return err
	}
	return s.withOwn(ctx, o, "DROP", "Drop", func() error {
		_, err := call(ctx, s, "glue:DeleteTable", s.glue.DeleteTable,
			&glue.DeleteTableInput{CatalogId: &s.place.Account, DatabaseName: &o.Database, Name: &o.Table})
		if code(err) == codeNotFound {
			return nil
		}
		return err
	})
}

func (s *site) dropDatabaseLink(ctx context.Context, op fact.Op) error {
	o := op.Key.Object
	if sure, err := s.sureLink(ctx, op); !sure {
		return err
	}
	defer s.databases.forget(o.Database)
	return s.withOwn(ctx, o, "DROP", "Drop", func() error {
		_, err := call(ctx, s, "glue:DeleteDatabase", s.glue.DeleteDatabase,
			&glue.DeleteDatabaseInput{CatalogId: &s.place.Account, Name: &o.Database})
		if code(err) == codeNotFound {
			return nil
		}
		return err
	})
}
