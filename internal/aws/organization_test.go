package aws

import (
	"testing"

	"github.com/lakeshare/lakeshare/internal/awssim"
	"github.com/lakeshare/lakeshare/internal/fact"
)

func TestAccountAndItsOrganizationShareOneObject(t *testing.T) {
	t.Parallel()
	l := newLab(t, awssim.Options{}, func(w *awssim.World) {
		w.Organization = &awssim.Organization{
			ID: "o-abcdef1234", Management: outsiderID, RAMSharing: true, Accounts: []string{producerID},
		}
	})
	every := everyTable(producerID, "sales")
	wanted := fact.Set{
		key(fact.AccountGrant, producerAt, db(producerID, "sales"), consumerID, "DESCRIBE"):     grantable,
		key(fact.AccountGrant, producerAt, db(producerID, "sales"), "o-abcdef1234", "DESCRIBE"): grantable,
		key(fact.AccountGrant, producerAt, every, consumerID, "SELECT"):                         grantable,
		key(fact.AccountGrant, producerAt, every, "o-abcdef1234", "SELECT"):                     grantable,
		accepted(fact.Database, consumerID):                                                     {},
		accepted(fact.Tables, consumerID):                                                       {},
		key(fact.Link, consumerAt, db(consumerID, "rl_sales")):                                  {Target: db(producerID, "sales")},
		key(fact.ConsumerGrant, consumerAt, db(consumerID, "rl_sales"), analyst, "DESCRIBE"):    {},
		key(fact.ConsumerGrant, consumerAt, db(producerID, "sales"), analyst, "DESCRIBE"):       {},
		key(fact.ConsumerGrant, consumerAt, every, analyst, "SELECT"):                           {},
	}
	l.make(wanted)
	l.withdraw(wanted)
}
