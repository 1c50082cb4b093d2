package manifest

import (
	"strings"

	"github.com/lakeshare/lakeshare/internal/diag"
	"github.com/lakeshare/lakeshare/internal/fact"
)

// linkPlan says which links a recipient gets: a container with table links, a
// database link, both or none.
type linkPlan struct {
	container string // "" for no table links
	table     string // pattern
	database  string // "" for no database link
}

// linkPlan settles what link says, or what follows where it says nothing: table
// links for named tables, a database link for all tables.
func (x *expansion) linkPlan(to target) linkPlan {
	names, choice := x.c.tree.Config.Links, to.Link
	container := or(choice.Container, names.Container, DefaultContainer)
	table := or(choice.Table, names.Table, DefaultTableLink)
	database := or(choice.Database, names.Database, DefaultDatabaseLink)
	source := x.share.From.Database.Value
	p := linkPlan{container: fill(container, source, ""), table: table, database: fill(database, source, "")}
	switch {
	case choice.None || !x.hasTables(to.Recipient):
		return linkPlan{}
	case choice.Pos == (diag.Pos{}) && x.share.AllTables:
		p.container = ""
	case choice.Pos == (diag.Pos{}):
		p.database = ""
	case !choice.Database.Set():
		p.database = ""
	case !choice.Container.Set() && !choice.Table.Set():
		p.container = ""
	}
	return p
}

// links wants the container and the links, and returns what a principal has to see.
func (x *expansion) links(to target, at fact.Origin) []fact.Key {
	p := x.linkPlan(to)
	place := to.account.place()
	database := func(name string) fact.Object {
		return fact.Object{Type: fact.Database, Catalog: place.Account, Database: name}
	}
	var out []fact.Key
	if p.container != "" && x.consumerScope(to, p.container) {
		container := x.add(fact.Key{Kind: fact.Container, At: place, Object: database(p.container)}, fact.Body{}, at)
		out = append(out, container)
		for _, it := range x.items {
			o := database(p.container)
			o.Type, o.Table = fact.Table, fill(p.table, it.object.Database, it.object.Table)
			out = append(out, x.link(to, o, it.object.TableObject(), at, container))
		}
	}
	if p.database != "" && x.consumerScope(to, p.database) {
		out = append(out, x.link(to, database(p.database), x.database(), at))
	}
	return out
}

func (x *expansion) link(to target, o, source fact.Object, at fact.Origin, needs ...fact.Key) fact.Key {
	body := fact.Body{Target: source}
	if to.account.Region.Value != x.producer.Region.Value {
		body.Region = x.producer.Region.Value
	}
	k := x.add(fact.Key{Kind: fact.Link, At: to.account.place(), Object: o}, body, at, needs...)
	if to.Link.Pos != (diag.Pos{}) {
		x.leaves[k] = true
	}
	return k
}

// linksFor wants the links, and DESCRIBE on container and links for the principal.
func (x *expansion) linksFor(to target, p principal) {
	at := origin(x.share, p.pos)
	for _, seen := range x.links(to, at) {
		k := fact.Key{Kind: fact.ConsumerGrant, At: seen.At, Object: seen.Object, Principal: p.arn, Permission: describe}
		x.add(k, fact.Body{}, at, seen)
	}
}

// consumerScope checks that the consumer's scope holds a container or link.
func (x *expansion) consumerScope(to target, database string) bool {
	pos := to.Link.Pos
	if pos == (diag.Pos{}) {
		pos = to.Pos
	}
	_, ok := x.c.inScope(x.share, to.account, database, pos)
	return ok
}

func or(choice, config Text, standard string) string {
	switch {
	case choice.Set():
		return choice.Value
	case config.Set():
		return config.Value
	}
	return standard
}

// fill makes a name of a pattern. Catalog names are lower case [5.3].
func fill(pattern, database, table string) string {
	return strings.ToLower(strings.NewReplacer("{database}", database, "{table}", table).Replace(pattern))
}
