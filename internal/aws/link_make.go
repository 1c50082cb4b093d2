package aws

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/glue"
	"github.com/aws/aws-sdk-go-v2/service/glue/types"

	"github.com/lakeshare/lakeshare/internal/fact"
)

// container is a database that links may be written into.
type container struct {
	object     fact.Object
	openTables bool // what is made in it gets a grant to IAM_ALLOWED_PRINCIPALS
}

// writableContainer looks at the parent once a run before anything is written
// into it: through a database link, CreateTable and DeleteTable reach the
// producer's tables [5.11].
func (s *site) writableContainer(ctx context.Context, name string) (*container, error) {
	return s.writable.get(name, func() (*container, error) {
		s.databases.forget(name)
		d, err := s.database(ctx, name)
		switch {
		case err != nil:
			return nil, err
		case d == nil:
			return nil, fmt.Errorf("database %s does not exist in %s", name, s.place)
		case d.isLink():
			return nil, fmt.Errorf("%s in %s is a link to %s: writing into it would reach that database's own tables",
				name, s.place, d.describe())
		}
		o := fact.Object{Type: fact.Database, Catalog: s.place.Account, Database: name}
		return &container{object: o, openTables: d.openTables}, nil
	})
}

// makeContainers creates databases whose tables start without any default grant.
func (s *site) makeContainers(ctx context.Context, tasks []task) {
	var made []task
	for _, t := range tasks {
		name := t.op.Key.Object.Database
		created, err := s.createDatabase(ctx, &types.DatabaseInput{
			Name:                          &name,
			CreateTableDefaultPermissions: []types.PrincipalPermissions{},
		})
		switch {
		case err != nil:
			t.done(err)
		case created:
			made = append(made, t)
		default:
			d, err := s.database(ctx, name)
			if err == nil && (d == nil || d.isLink()) {
				err = fmt.Errorf("the name is taken: %s in %s is a link", name, s.place)
			}
			t.done(err)
		}
	}
	s.closeMade(ctx, made, s.opensDatabases(ctx))
}

// createDatabase reports whether it was made, or was there already.
func (s *site) createDatabase(ctx context.Context, in *types.DatabaseInput) (bool, error) {
	s.databases.forget(*in.Name)
	_, err := call(ctx, s, "glue:CreateDatabase", s.glue.CreateDatabase,
		&glue.CreateDatabaseInput{CatalogId: &s.place.Account, DatabaseInput: in})
	if code(err) == codeExists {
		return false, nil
	}
	return err == nil, err
}

// opensDatabases reports whether new databases get a grant to IAM_ALLOWED_PRINCIPALS.
func (s *site) opensDatabases(ctx context.Context) bool {
	known, err := s.knownSettings(ctx)
	return err != nil || known.openDatabases // taking away what is not there does no harm
}

// closeMade finishes tasks whose object was made, after taking
// IAM_ALLOWED_PRINCIPALS off it where defaults put it there.
func (s *site) closeMade(ctx context.Context, made []task, open bool) {
	if !open || len(made) == 0 {
		finishAll(made, nil)
		return
	}
	objects := make([]fact.Object, 0, len(made))
	for _, t := range made {
		objects = append(objects, t.op.Key.Object)
	}
	failed := s.closeToIAM(ctx, objects)
	for _, t := range made {
		t.done(failed[t.op.Key.Object])
	}
}

// makeLinks makes links, or exchanges them: a link cannot be pointed elsewhere [5.10].
func (s *site) makeLinks(ctx context.Context, tasks []task) {
	byContainer := map[string][]task{}
	var made []task
	for _, t := range tasks {
		if o := t.op.Key.Object; o.Type == fact.Table {
			byContainer[o.Database] = append(byContainer[o.Database], t)
			continue
		}
		created, err := s.makeDatabaseLink(ctx, t.op)
		if err != nil || !created {
			t.done(err)
			continue
		}
		made = append(made, t)
	}
	s.closeMade(ctx, made, s.opensDatabases(ctx))
	for _, name := range slices.Sorted(maps.Keys(byContainer)) {
		in, err := s.writableContainer(ctx, name)
		if err != nil {
			finishAll(byContainer[name], err)
			continue
		}
		s.makeLinksIn(ctx, in, byContainer[name])
	}
}

func (s *site) makeLinksIn(ctx context.Context, in *container, tasks []task) {
	rest, made := tasks, []task(nil)
	err := s.withOwn(ctx, in.object, "CREATE_TABLE", "Create Table", func() error {
		for ; len(rest) > 0; rest = rest[1:] {
			created, err := s.makeTableLink(ctx, rest[0].op)
			switch {
			case lacks(err, "Create Table"):
				return err
			case err == nil && created:
				made = append(made, rest[0])
			default:
				rest[0].done(err)
			}
		}
		return nil
	})
	finishAll(rest, errors.Join(err, ctx.Err()))
	s.closeMade(ctx, made, in.openTables)
	if len(rest) == 0 && err != nil {
		s.cloud.log.Error("own permission was not taken back", "place", s.place.String(), "error", err)
	}
	s.cloud.config.Progress(fmt.Sprintf("made %d of %d links in %s on %s", len(made), len(tasks), in.object.Database, s.place))
}

// makeTableLink reports whether the link was made, or was there already.
func (s *site) makeTableLink(ctx context.Context, op fact.Op) (bool, error) {
	o, target := op.Key.Object, op.Body.Target
	if op.Verb == fact.Change {
		if err := s.dropTableLink(ctx, fact.Op{Key: op.Key, Body: op.Old}); err != nil {
			return false, err
		}
	}
	_, err := call(ctx, s, "glue:CreateTable", s.glue.CreateTable, &glue.CreateTableInput{
		CatalogId: &s.place.Account, DatabaseName: &o.Database,
		TableInput: &types.TableInput{
			Name: &o.Table,
			TargetTable: &types.TableIdentifier{
				CatalogId: &target.Catalog, DatabaseName: &target.Database, Name: &target.Table, Region: optional(op.Body.Region),
			},
		},
	})
	if code(err) != codeExists {
		return err == nil, err
	}
	live, findErr := s.linkAt(ctx, o)
	switch {
	case findErr != nil:
		return false, findErr
	case live == nil || *live != linkBody(op.Body):
		return false, fmt.Errorf("the name is taken: %s in %s is something else: %w", o.Name(), s.place, err)
	}
	return false, nil
}

func (s *site) makeDatabaseLink(ctx context.Context, op fact.Op) (bool, error) {
	name, target := op.Key.Object.Database, op.Body.Target
	if op.Verb == fact.Change {
		if err := s.dropDatabaseLink(ctx, fact.Op{Key: op.Key, Body: op.Old}); err != nil {
			return false, err
		}
	}
	created, err := s.createDatabase(ctx, &types.DatabaseInput{
		Name: &name,
		TargetDatabase: &types.DatabaseIdentifier{
			CatalogId: &target.Catalog, DatabaseName: &target.Database, Region: optional(op.Body.Region),
		},
	})
	if created || err != nil {
		return created, err
	}
	live, err := s.linkAt(ctx, op.Key.Object)
	if err == nil && (live == nil || *live != linkBody(op.Body)) {
		err = fmt.Errorf("the name is taken: database %s in %s is something else", name, s.place)
	}
	return false, err
}

// linkBody keeps of a body what a link has.
func linkBody(b fact.Body) fact.Body { return fact.Body{Target: b.Target, Region: b.Region} }

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return awssdk.String(s)
}
