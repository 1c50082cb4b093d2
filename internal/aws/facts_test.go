package aws

import "github.com/lakeshare/lakeshare/internal/fact"

// The objects and facts of the tests.

func db(catalog, name string) fact.Object {
	return fact.Object{Type: fact.Database, Catalog: catalog, Database: name}
}

func tbl(catalog, database, name string) fact.Object {
	return fact.Object{Type: fact.Table, Catalog: catalog, Database: database, Table: name}
}

func everyTable(catalog, database string) fact.Object {
	return fact.Object{Type: fact.Tables, Catalog: catalog, Database: database}
}

func rows(catalog, database, table, filter string) fact.Object {
	return fact.Object{Type: fact.FilteredRows, Catalog: catalog, Database: database, Table: table, Filter: filter}
}

func path(catalog, p string) fact.Object {
	return fact.Object{Type: fact.Location, Catalog: catalog, Path: p}
}

func key(kind fact.Kind, at fact.Place, o fact.Object, more ...string) fact.Key {
	k := fact.Key{Kind: kind, At: at, Object: o}
	if len(more) > 0 {
		k.Principal = more[0]
	}
	if len(more) > 1 {
		k.Permission = more[1]
	}
	return k
}

func accepted(t fact.ObjectType, recipient string) fact.Key {
	return key(fact.Accepted, consumerAt, fact.Object{Type: t, Catalog: producerID}, recipient)
}

var grantable = fact.Body{Grantable: true}

// shareOf is everything that sharing tables with the consumer and one role of
// it comes down to.
func shareOf(tables ...string) fact.Set {
	container := db(consumerID, "sales_shared")
	set := fact.Set{
		key(fact.AccountGrant, producerAt, db(producerID, "sales"), consumerID, "DESCRIBE"): grantable,
		accepted(fact.Database, consumerID):                                                 {},
		accepted(fact.Table, consumerID):                                                    {},
		key(fact.Enforced, producerAt, db(producerID, "sales")):                             {},
		key(fact.Container, consumerAt, container):                                          {},
		key(fact.ConsumerGrant, consumerAt, container, analyst, "DESCRIBE"):                 {},
		key(fact.ConsumerGrant, consumerAt, db(producerID, "sales"), analyst, "DESCRIBE"):   {},
	}
	for _, name := range tables {
		source, link := tbl(producerID, "sales", name), tbl(consumerID, "sales_shared", "rl_"+name)
		set[key(fact.Storage, producerAt, source)] = fact.Body{}
		set[key(fact.StoragePath, producerAt, source)] = fact.Body{}
		set[key(fact.Link, consumerAt, link)] = fact.Body{Target: source}
		set[key(fact.ConsumerGrant, consumerAt, link, analyst, "DESCRIBE")] = fact.Body{}
		for _, permission := range []string{"SELECT", "DESCRIBE"} {
			set[key(fact.AccountGrant, producerAt, source, consumerID, permission)] = grantable
			set[key(fact.ConsumerGrant, consumerAt, source, analyst, permission)] = fact.Body{}
		}
	}
	return set
}
