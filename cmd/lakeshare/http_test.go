package main

import (
	"strings"
	"testing"
)

const orders = `version: 1
owner: "@acme/sales-data"
reason: The churn model needs order history, and the partner bills by it.
from: {account: sales, database: sales}
tables: {orders: {}}
to:
  - account: analytics
    principals: [role/Analyst]
  - account: partner
    principals: [role/Billing]
`

const analyst = "arn:aws:iam::444455556666:role/Analyst"

// trusting lets the administrator of the producer assume the roles of the other
// accounts, as an identity of a pipeline is let.
func trusting(p *place) {
	for _, role := range []string{"lakeshare-plan", "lakeshare-apply"} {
		p.replace("world.yaml", role+": {}", role+`: {trust: ["111122223333"]}`)
	}
}

// TestProgramTalksToAWSByTheEnvironmentAlone plans and applies over HTTP with
// assumed roles. The record is in the refs of the repository, as it is with AWS.
func TestProgramTalksToAWSByTheEnvironmentAlone(t *testing.T) {
	t.Parallel()
	p := newPlace(t, map[string]string{"shares/sales/orders.yaml": orders})
	trusting(p)
	tip := p.commit()
	url, stop := p.serve()
	p.talkTo(url)

	p.lakeshare(2, "plan", "--detailed-exitcode")
	if r := p.recorded(); r.Applied != "" || len(r.Started) != 0 {
		t.Errorf("a plan recorded %+v", r)
	}
	p.lakeshare(0, "apply", "--yes")
	if r := p.recorded(); r.Applied != tip || len(r.Started) != 0 {
		t.Errorf("the record is %+v, want %s applied and nothing started", r, tip)
	}
	if out, _ := p.lakeshare(0, "plan", "--detailed-exitcode"); !strings.HasPrefix(out, "Nothing to do") {
		t.Errorf("the second plan says:\n%s", out)
	}

	stop()
	out, _ := p.lakeshare(0, "sim", "read", "--as", analyst, "sales_shared.rl_orders")
	if !strings.Contains(out, "99.5") {
		t.Errorf("the saved world shows the analyst:\n%s", out)
	}
}

// TestRolesOfOthersMustTrustTheCaller names the role and what to look at when
// an account does not let lakeshare in.
func TestRolesOfOthersMustTrustTheCaller(t *testing.T) {
	t.Parallel()
	p := newPlace(t, map[string]string{"shares/sales/orders.yaml": orders})
	p.commit()
	url, stop := p.serve()
	defer stop()
	p.talkTo(url)
	out, _ := p.lakeshare(1, "plan")
	for _, want := range []string{
		"arn:aws:iam::444455556666:role/lakeshare-plan", "arn:aws:iam::777788889999:role/lakeshare-plan", "sts:AssumeRole", "trust policy",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("the plan does not say %q:\n%s", want, out)
		}
	}
}
