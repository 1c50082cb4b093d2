package aws

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lakeformation"

	"github.com/lakeshare/lakeshare/internal/fact"
)

// serviceLinkedRole is the role behind a registration without a role of its own [3.40].
const serviceLinkedRole = ":role/aws-service-role/lakeformation.amazonaws.com/AWSServiceRoleForLakeFormationDataAccess"

// registration is a path that is registered with Lake Formation.
type registration struct {
	path   string
	role   string
	hybrid bool
}

// registered lists the registrations once a site, until one is added.
func (s *site) registered(ctx context.Context) ([]registration, error) {
	return s.registrations.get(struct{}{}, func() ([]registration, error) {
		var all []registration
		in := &lakeformation.ListResourcesInput{MaxResults: awssdk.Int32(pageSize)}
		for {
			out, err := call(ctx, s, "lakeformation:ListResources", s.lf.ListResources, in)
			if err != nil {
				return nil, err
			}
			for _, r := range out.ResourceInfoList {
				all = append(all, registration{
					path:   fact.NormalPath(awssdk.ToString(r.ResourceArn)),
					role:   awssdk.ToString(r.RoleArn),
					hybrid: awssdk.ToBool(r.HybridAccessEnabled),
				})
			}
			if awssdk.ToString(out.NextToken) == "" {
				return all, nil
			}
			in.NextToken = out.NextToken
		}
	})
}

// covering returns the registration that counts for a path: the longest one [6.7].
func covering(all []registration, path string) (registration, bool) {
	best, found := registration{}, false
	for _, r := range all {
		if fact.Covers(r.path, path) && len(r.path) >= len(best.path) {
			best, found = r, true
		}
	}
	return best, found
}

// places returns where the data of an object lies: of a table, of every table of
// a database, or a path itself. What lies outside S3 has nothing to register.
// The object is nil if there is no such table.
func (s *site) locations(ctx context.Context, o fact.Object) (paths []string, exists bool, err error) {
	var tables []*table
	switch o.Type {
	case fact.Location:
		return []string{o.Path}, true, nil
	case fact.Tables:
		tables, err = s.tablesOf(ctx, o.Database)
		exists = true
	default:
		if known, ok := s.listed.peek(o.Database); ok {
			tables = slices.DeleteFunc(slices.Clone(known), func(t *table) bool { return t.name != o.Table })
		} else if t, tableErr := s.table(ctx, o.Database, o.Table); tableErr != nil {
			err = tableErr
		} else if t != nil {
			tables = []*table{t}
		}
		exists = len(tables) > 0
	}
	for _, t := range tables {
		if strings.HasPrefix(t.location, "s3://") {
			paths = append(paths, t.location)
		}
	}
	return sortedUnique(paths), exists, err
}

// readStorage finds out which locations are registered, and which stand in the
// storage policy.
func (v *visit) readStorage(ctx context.Context) {
	byDatabase := map[string]map[string]bool{}
	for _, k := range v.keys {
		if (k.Kind == fact.Storage || k.Kind == fact.StoragePath) && k.Object.Type == fact.Table {
			if byDatabase[k.Object.Database] == nil {
				byDatabase[k.Object.Database] = map[string]bool{}
			}
			byDatabase[k.Object.Database][k.Object.Table] = true
		}
	}
	for _, database := range slices.Sorted(maps.Keys(byDatabase)) {
		if len(byDatabase[database]) > fewCalls {
			// One listing instead of a call a table; a failure shows again below.
			_, _ = v.site.tablesOf(ctx, database)
		}
	}
	for _, k := range v.keys {
		var err error
		switch k.Kind {
		case fact.Storage:
			err = v.readRegistered(ctx, k)
		case fact.StoragePath:
			err = v.readPolicyPath(ctx, k)
		}
		if err != nil {
			v.unread(k, err)
		}
	}
}

func (v *visit) readRegistered(ctx context.Context, k fact.Key) error {
	paths, exists, err := v.site.locations(ctx, k.Object)
	if err != nil || !exists {
		return err
	}
	all, err := v.site.registered(ctx)
	if err != nil {
		return err
	}
	live, used := true, map[string]bool{}
	for _, path := range paths {
		if r, ok := covering(all, path); ok {
			used[r.path] = true
			v.warnRegistration(k, r)
			continue
		}
		live = false
		entry := v.site.account.Storage.Covering(path)
		if entry == "" {
			v.warnUncovered(k, path)
			continue
		}
		used[entry] = true
	}
	v.notePaths(k, used)
	if live {
		v.row(k, fact.Row{})
	}
	return nil
}

// warnRegistration tells about a registration that works differently from what
// the rules say. Any that covers the path satisfies: it is never changed.
func (v *visit) warnRegistration(k fact.Key, r registration) {
	rules := v.site.account.Storage
	if !v.isWanted(k) {
		return
	}
	other := rules.Role != "" && r.role != rules.Role
	if rules.ServiceLinked {
		other = !strings.HasSuffix(r.role, serviceLinkedRole)
	}
	if other {
		v.warn(fact.Warning{
			Key: k, Rule: "storage-role",
			Message: fmt.Sprintf("%s is registered with %s.", r.path, r.role),
			Hint:    "It is left as it is. If lakeshare.yaml is right, change the registration by hand.",
		})
	}
	if r.hybrid {
		v.warn(fact.Warning{
			Key: k, Rule: "storage-role",
			Message: r.path + " is registered in hybrid access mode: only principals that were opted in are held to Lake Formation.",
			Hint:    "It is left as it is. If everybody shall be held to it, change the registration by hand.",
		})
	}
}

func (v *visit) warnUncovered(k fact.Key, path string) {
	if v.isWanted(k) {
		v.warn(fact.Warning{
			Key: k, Rule: "storage-path", Fatal: true,
			Message: fmt.Sprintf("%s lies at %s, which no entry of storage.paths covers.", k.Object.Name(), path),
			Hint:    "Add the path, or one above it, to storage.paths of account " + v.place.Account + ".",
		})
	}
}

func (v *visit) notePaths(k fact.Key, used map[string]bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(used) > 0 {
		v.live.Paths[k] = strings.Join(slices.Sorted(maps.Keys(used)), ", ")
	}
}
