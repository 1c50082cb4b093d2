package awssim

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"slices"
	"strings"
	"time"
)

// RAM's states, as far as they occur here [4.20].
const (
	shareActive  = "ACTIVE"
	shareDeleted = "DELETED"

	associating    = "ASSOCIATING"
	associated     = "ASSOCIATED"
	failed         = "FAILED"
	disassociated  = "DISASSOCIATED"
	invitePending  = "PENDING"
	inviteAccepted = "ACCEPTED"
	inviteRejected = "REJECTED"
	inviteExpired  = "EXPIRED"
)

// Kinds of shares: Lake Formation keeps one of each per recipient [4.7].
const (
	shareDatabases = "database"
	shareTables    = "table"
	shareAllTables = "all_tables"
)

const (
	// invitationLife is short for Glue objects: 12 hours, not 7 days [4.23].
	invitationLife = 12 * time.Hour
	// deletedLife is how long a deleted share is still listed [4.21].
	deletedLife = time.Hour
)

// share is a RAM resource share, kept in the region of its owner.
type share struct {
	id, name, kind, status string
	resources              []*sharedResource
	byObject               map[resource]*sharedResource
	principals             []*associate
	invitations            []*invitation
	created, updated       time.Time
}

type sharedResource struct {
	on      resource
	status  string
	message string
	created time.Time
}

type associate struct {
	entity, status, message string
	created, updated        time.Time
}

type invitation struct {
	id, to, entity, status string
	sent                   time.Time
}

func (r *region) shareARN(s *share) string {
	return "arn:aws:ram:" + r.name + ":" + r.account + ":resource-share/" + s.id
}

func (r *region) invitationARN(i *invitation) string {
	return "arn:aws:ram:" + r.name + ":" + r.account + ":resource-share-invitation/" + i.id
}

func (r *region) share(arn string) *share {
	if r == nil {
		return nil
	}
	id := arn[strings.LastIndex(arn, "/")+1:]
	for _, s := range r.shares {
		if s.id == id && r.shareARN(s) == arn {
			return s
		}
	}
	return nil
}

func (s *share) associate(entity string) *associate {
	for _, a := range s.principals {
		if a.entity == entity {
			return a
		}
	}
	return nil
}

func (s *share) resource(on resource) *sharedResource { return s.byObject[on] }

func (s *share) add(e *sharedResource) {
	if s.byObject == nil {
		s.byObject = map[resource]*sharedResource{}
	}
	s.resources, s.byObject[e.on] = append(s.resources, e), e
}

func (s *share) remove(on resource) {
	delete(s.byObject, on)
	s.resources = slices.DeleteFunc(s.resources, func(e *sharedResource) bool { return e.on == on })
}

// shareKind says which share a grant goes into; locations have none.
func shareKind(on resource) string {
	switch on.kind {
	case kindDatabase:
		return shareDatabases
	case kindTable, kindColumns, kindFilter:
		if on.table == allTables {
			return shareAllTables
		}
		return shareTables
	case kindCatalog, kindLocation:
	}
	return ""
}

// sharedObject is the object that RAM knows: columns and filters are Lake
// Formation's business alone.
func sharedObject(on resource) resource {
	if on.kind == kindColumns || on.kind == kindFilter {
		return on.whole()
	}
	return on
}

// newID derives an id from what it is for: the same story gives the same ids.
func (r *region) newID(parts ...any) string {
	for n := 0; ; n++ {
		sum := sha256.Sum256([]byte(fmt.Sprint(r.account, r.name, parts, n)))
		hex := fmt.Sprintf("%x", sum)
		id := hex[:8] + "-" + hex[8:12] + "-4" + hex[12:15] + "-a" + hex[15:18] + "-" + hex[18:30]
		if !r.usesID(id) {
			return id
		}
	}
}

func (r *region) usesID(id string) bool {
	for _, s := range r.shares {
		if s.id == id {
			return true
		}
		for _, i := range s.invitations {
			if i.id == id {
				return true
			}
		}
	}
	return false
}

// shareName has the prefix that everybody matches on, and ten characters [4.9].
func shareName(version, id string) string {
	sum := sha256.Sum256([]byte(id))
	random := base32.StdEncoding.EncodeToString(sum[:])[:10]
	if version == "1" || version == "2" {
		return "LakeFormation-" + random
	}
	return "LakeFormation-V" + version + "-" + random
}

// ensureShare puts an object into the share for a recipient, making what is
// missing (R49, R50). It returns the share's ARN.
func (s *Server) ensureShare(c *call, p principal, on resource) string {
	r, kind, object := c.home(), shareKind(on), sharedObject(on)
	found := r.openShare(p.shareEntity(), kind, object, r.settings.version == "1" || !s.rule("R49"))
	if found == nil {
		id := r.newID(p.id, kind, object, c.now.UnixNano())
		found = &share{
			id: id, name: shareName(r.settings.version, id), kind: kind, status: shareActive,
			created: c.now, updated: c.now,
		}
		r.shares = append(r.shares, found)
		s.associatePrincipal(c, r, found, p.shareEntity())
	}
	if old := found.associate(p.shareEntity()); s.options.Switches.RenewOnGrant && old.status == disassociated {
		s.associatePrincipal(c, r, found, p.shareEntity())
	}
	if found.resource(object) == nil {
		entry := &sharedResource{on: object, status: associated, created: c.now}
		if s.rule("R58") && !r.policyLetsRAM() {
			entry.status, entry.message = failed, "Association failed because the resource policy does not allow glue:ShareResource."
		}
		if !s.rule("R54") && len(found.resources) > 0 {
			entry.status = associating // as if each object waited for its own invitation
		}
		found.add(entry)
		found.updated = c.now
	}
	return r.shareARN(found)
}

// openShare finds the share that a recipient's next object of a kind goes
// into. Version 1 has one share for each object [4.1].
func (r *region) openShare(entity, kind string, object resource, single bool) *share {
	for _, s := range r.shares {
		if s.status != shareActive || s.kind != kind || s.associate(entity) == nil {
			continue
		}
		if !single || s.resource(object) != nil {
			return s
		}
	}
	return nil
}

// associatePrincipal adds a recipient: at once within the organization, by an
// invitation otherwise (R51, R55).
func (s *Server) associatePrincipal(c *call, r *region, sh *share, entity string) {
	a := sh.associate(entity)
	if a == nil {
		a = &associate{entity: entity, created: c.now}
		sh.principals = append(sh.principals, a)
	}
	a.status, a.message, a.updated = associated, "", c.now
	sh.updated = c.now
	if s.rule("R58") && (!c.who.may("glue:PutResourcePolicy") || !r.policyLetsRAM()) {
		a.status, a.message = failed, "Association failed because the caller was not authorized."
		return
	}
	p := parsePrincipal(entity)
	if p.account == "" || s.trusted(r.account, p.account) && s.rule("R51") {
		return
	}
	a.status = associating
	sh.invitations = append(sh.invitations, &invitation{
		id: r.newID("invitation", sh.id, entity, c.now.UnixNano()), to: p.account, entity: entity,
		status: invitePending, sent: c.now,
	})
}

// trusted says whether RAM shares between two accounts without an invitation:
// one organization, and sharing within it switched on [4.22].
func (s *Server) trusted(a, b string) bool {
	return a == b || s.state.org.sharing() && s.state.org.has(a) && s.state.org.has(b)
}

// releaseShare takes an object out of a recipient's share after a revoke, and
// the share away with its last object (R56) [4.16, 4.73].
func (s *Server) releaseShare(r *region, arn, principalID string, on resource, now time.Time) {
	sh := r.share(arn)
	if sh == nil {
		return
	}
	object := sharedObject(on)
	for _, k := range r.near(object) {
		a := r.atoms[k]
		if a.share == arn && k.principal == principalID && sharedObject(k.on) == object {
			return
		}
	}
	sh.remove(object)
	sh.updated = now
	if len(sh.resources) == 0 && !s.options.Switches.KeepEmptyShare && s.rule("R56") {
		sh.end(now)
	}
}

func (s *share) end(now time.Time) {
	s.status, s.updated = shareDeleted, now
	for _, a := range s.principals {
		a.status, a.updated = disassociated, now
	}
	for _, i := range s.invitations {
		if i.status == invitePending {
			i.status = inviteExpired
		}
	}
}
