package awssim

import "strings"

type wireInvitation struct {
	ARN      string `json:"resourceShareInvitationArn"`
	Share    string `json:"resourceShareArn"`
	Name     string `json:"resourceShareName"`
	Sender   string `json:"senderAccountId"`
	Receiver string `json:"receiverAccountId"`
	Entity   string `json:"receiverArn,omitempty"`
	Sent     *epoch `json:"invitationTimestamp"`
	Status   string `json:"status"`
}

// wireInvitation: the invitation is to the account, even where the grant is to
// one of its principals [4.31].
func (r *region) wireInvitation(sh *share, i *invitation) wireInvitation {
	w := wireInvitation{
		ARN: r.invitationARN(i), Share: r.shareARN(sh), Name: sh.name, Sender: r.account, Receiver: i.to,
		Sent: when(i.sent), Status: i.status,
	}
	if i.entity != i.to {
		w.Entity = i.entity
	}
	return w
}

// eachInvitation visits what was sent to the caller's account in this region
// (R53): shares of regional objects are regional [4.43].
func (c *call) eachInvitation(visit func(*region, *share, *invitation)) {
	for _, id := range sortedKeys(c.state.accounts) {
		r := c.state.accounts[id].regions[c.regionKey()]
		if r == nil {
			continue
		}
		for _, sh := range r.shares {
			for _, i := range sh.invitations {
				if i.to == c.who.account || !c.rule("R53") {
					visit(r, sh, i)
				}
			}
		}
	}
}

func getInvitations(c *call) (any, *apiError) {
	var in struct {
		ARNs   []string `json:"resourceShareInvitationArns"`
		Shares []string `json:"resourceShareArns"`
		Size   int      `json:"maxResults"`
		Token  string   `json:"nextToken"`
	}
	if err := c.input(&in); err != nil {
		return nil, err
	}
	switches := c.options.Switches
	items := []any{}
	c.eachInvitation(func(r *region, sh *share, i *invitation) {
		a := sh.associate(i.entity)
		stale := i.status == inviteAccepted && switches.HideAccepted > 0 && a != nil && c.now.Sub(a.updated) >= switches.HideAccepted
		if stale || c.now.Sub(i.sent) < switches.InvitationDelay {
			return
		}
		if (len(in.ARNs) == 0 || contains(in.ARNs, r.invitationARN(i))) && (len(in.Shares) == 0 || contains(in.Shares, r.shareARN(sh))) {
			items = append(items, r.wireInvitation(sh, i))
		}
	})
	return c.ramPage("resourceShareInvitations", items, in.Size, in.Token, strings.Join(in.ARNs, ",")+strings.Join(in.Shares, ","))
}

// invited finds the invitation of a request, in a state that can be answered (R53)
// [4.29].
func (c *call) invited() (*region, *share, *invitation, *apiError) {
	var in struct {
		ARN string `json:"resourceShareInvitationArn"`
	}
	if err := c.input(&in); err != nil {
		return nil, nil, nil, err
	}
	if !strings.HasPrefix(in.ARN, "arn:aws:ram:") {
		return nil, nil, nil, fail("MalformedArnException", "The specified ARN is not valid: %s", in.ARN)
	}
	var home *region
	var sh *share
	var found *invitation
	c.eachInvitation(func(r *region, s *share, i *invitation) {
		if r.invitationARN(i) == in.ARN {
			home, sh, found = r, s, i
		}
	})
	if found == nil {
		return nil, nil, nil, fail("ResourceShareInvitationArnNotFoundException", "ResourceShareInvitation %s could not be found.", in.ARN)
	}
	return home, sh, found, nil
}

// answerable: an invitation is answered once (R53) [4.29].
func (c *call) answerable(i *invitation) *apiError {
	if !c.rule("R53") {
		return nil
	}
	switch i.status {
	case inviteAccepted:
		return fail("ResourceShareInvitationAlreadyAcceptedException", "The invitation was already accepted.")
	case inviteRejected:
		return fail("ResourceShareInvitationAlreadyRejectedException", "The invitation was already rejected.")
	case inviteExpired:
		return fail("ResourceShareInvitationExpiredException", "The invitation has expired.")
	}
	return nil
}

func acceptInvitation(c *call) (any, *apiError) {
	r, sh, i, err := c.invited()
	if err == nil {
		err = c.answerable(i)
	}
	if err != nil {
		return nil, err
	}
	i.status = inviteAccepted
	if a := sh.associate(i.entity); a != nil {
		a.updated = c.now
	}
	c.tickShare(sh, c.now)
	return map[string]any{"resourceShareInvitation": r.wireInvitation(sh, i)}, nil
}

func rejectInvitation(c *call) (any, *apiError) {
	r, sh, i, err := c.invited()
	if err == nil {
		err = c.answerable(i)
	}
	if err != nil {
		return nil, err
	}
	i.status = inviteRejected
	if a := sh.associate(i.entity); a != nil {
		a.status, a.updated = disassociated, c.now
	}
	return map[string]any{"resourceShareInvitation": r.wireInvitation(sh, i)}, nil
}

// listPending shows what an open invitation would bring [4.38].
func listPending(c *call) (any, *apiError) {
	r, sh, i, err := c.invited()
	if err != nil {
		return nil, err
	}
	if err := c.answerable(i); err != nil {
		return nil, err
	}
	var in struct {
		Size  int    `json:"maxResults"`
		Token string `json:"nextToken"`
	}
	if err := c.input(&in); err != nil {
		return nil, err
	}
	items := []any{}
	for _, o := range c.sharedObjects(r, sh, "PENDING") {
		items = append(items, o)
	}
	return c.ramPage("resources", items, in.Size, in.Token, i.id)
}

type associateInput struct {
	ARN        string   `json:"resourceShareArn"`
	Principals []string `json:"principals"`
	Resources  []string `json:"resourceArns"`
}

// changed finds the share of a request among the caller's own.
func (c *call) changed() (associateInput, *share, *apiError) {
	var in associateInput
	if err := c.input(&in); err != nil {
		return in, nil, err
	}
	if arn := c.values.Get("resourceShareArn"); arn != "" {
		in.ARN = arn
	}
	sh := c.home().share(in.ARN)
	if sh == nil || sh.status != shareActive {
		return in, nil, fail("UnknownResourceException", "ResourceShare %s could not be found.", in.ARN)
	}
	if len(in.Resources) > 0 {
		return in, nil, fail("OperationNotPermittedException", "awssim changes only the principals of a resource share by hand.")
	}
	return in, sh, nil
}

// associateShare invites again (R55): tools reset an expired invitation this
// way [4.24].
func associateShare(c *call) (any, *apiError) {
	in, sh, err := c.changed()
	if err != nil {
		return nil, err
	}
	items := []any{}
	for _, entity := range in.Principals {
		if a := sh.associate(entity); a == nil || a.status != associated && a.status != associating {
			c.associatePrincipal(c, c.home(), sh, entity)
		}
		items = append(items, c.home().principalAssociation(c.Server, sh, sh.associate(entity)))
	}
	return map[string]any{"resourceShareAssociations": items}, nil
}

func disassociateShare(c *call) (any, *apiError) {
	in, sh, err := c.changed()
	if err != nil {
		return nil, err
	}
	items := []any{}
	for _, entity := range in.Principals {
		a := sh.associate(entity)
		if a == nil {
			return nil, fail("UnknownResourceException", "The principal %s is not associated with the share.", entity)
		}
		if c.rule("R55") {
			a.status, a.updated = disassociated, c.now
		}
		for _, i := range sh.invitations {
			if i.entity == entity && i.status == invitePending {
				i.status = inviteExpired
			}
		}
		items = append(items, c.home().principalAssociation(c.Server, sh, a))
	}
	return map[string]any{"resourceShareAssociations": items}, nil
}

// deleteShare leaves Lake Formation's rows alone: drift that a reconciler has
// to find (R55) [4.18].
func deleteShare(c *call) (any, *apiError) {
	_, sh, err := c.changed()
	if err != nil {
		return nil, err
	}
	if c.rule("R55") {
		sh.end(c.now)
	}
	return map[string]any{"returnValue": true}, nil
}

// enableSharing is for the management account.
func enableSharing(c *call) (any, *apiError) {
	org := c.state.org
	if org == nil || org.Management != c.who.account {
		return nil, fail("OperationNotPermittedException", "Only the management account can enable sharing with AWS Organizations.")
	}
	org.RAMSharing = true
	return map[string]any{"returnValue": true}, nil
}
