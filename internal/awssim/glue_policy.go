package awssim

import (
	"crypto/md5"
	"encoding/json"
	"fmt"
	"path"
	"strings"
)

// The Glue resource policy: one that the account writes, and one for each RAM
// share that RAM writes [4.46, 4.47].

func hashOf(document JSONText) string {
	if document == "" {
		return ""
	}
	return fmt.Sprintf("%x", md5.Sum([]byte(document)))
}

type wirePolicy struct {
	PolicyInJSON JSONText `json:"PolicyInJson"`
	PolicyHash   string
	CreateTime   *epoch `json:",omitempty"`
	UpdateTime   *epoch `json:",omitempty"`
}

func (p *ResourcePolicy) wire() wirePolicy {
	return wirePolicy{p.Document, hashOf(p.Document), when(p.Created), when(p.Updated)}
}

func getResourcePolicy(c *call) (any, *apiError) {
	p := c.home().policy
	if p == nil {
		return nil, notFound("Policy not found")
	}
	return p.wire(), nil
}

// putResourcePolicy: once RAM has written policies, the caller must say that
// both kinds may stand side by side (R59) [4.47].
func putResourcePolicy(c *call) (any, *apiError) {
	var in struct {
		PolicyInJSON          JSONText `json:"PolicyInJson"`
		PolicyHashCondition   string
		PolicyExistsCondition string
		EnableHybrid          string
	}
	if err := c.input(&in); err != nil {
		return nil, err
	}
	if !json.Valid([]byte(in.PolicyInJSON)) {
		return nil, invalidInput("The policy is not valid JSON.")
	}
	r := c.home()
	if err := r.policyCondition(in.PolicyHashCondition, in.PolicyExistsCondition); err != nil && c.rule("R59") {
		return nil, err
	}
	if !strings.EqualFold(in.EnableHybrid, "TRUE") && r.openShares() > 0 && c.rule("R59") {
		return nil, invalidInput("Resource policies were created by AWS RAM: EnableHybrid must be TRUE.")
	}
	next := &ResourcePolicy{Document: in.PolicyInJSON, Created: c.now, Updated: c.now}
	if r.policy != nil {
		next.Created = r.policy.Created
	}
	r.policy = next
	return map[string]string{"PolicyHash": hashOf(next.Document)}, nil
}

func (r *region) openShares() int {
	n := 0
	for _, s := range r.shares {
		if s.status == shareActive {
			n++
		}
	}
	return n
}

func (r *region) policyCondition(hash, exists string) *apiError {
	held := ""
	if r.policy != nil {
		held = hashOf(r.policy.Document)
	}
	if hash != "" && hash != held || exists == "MUST_EXIST" && held == "" || exists == "NOT_EXIST" && held != "" {
		return fail("ConditionCheckFailureException", "The condition on the resource policy does not hold.")
	}
	return nil
}

func deleteResourcePolicy(c *call) (any, *apiError) {
	var in struct{ PolicyHashCondition string }
	if err := c.input(&in); err != nil {
		return nil, err
	}
	r := c.home()
	if r.policy == nil {
		return nil, notFound("Policy not found")
	}
	if err := r.policyCondition(in.PolicyHashCondition, ""); err != nil {
		return nil, err
	}
	r.policy = nil
	return nil, nil
}

func getResourcePolicies(c *call) (any, *apiError) {
	var in struct {
		MaxResults int
		NextToken  string
	}
	if err := c.input(&in); err != nil {
		return nil, err
	}
	r, list := c.home(), []wirePolicy{}
	if r.policy != nil {
		list = append(list, r.policy.wire())
	}
	for _, s := range r.shares {
		if s.status == shareActive {
			p := ResourcePolicy{Document: r.sharePolicy(s), Created: s.created, Updated: s.updated}
			list = append(list, p.wire())
		}
	}
	page, token, err := paged(c, list, in.MaxResults, 100, in.NextToken, "")
	if err != nil {
		return nil, err
	}
	out := map[string]any{"GetResourcePoliciesResponseList": page}
	if token != "" {
		out["NextToken"] = token
	}
	return out, nil
}

// sharePolicy is what RAM writes for a share.
func (r *region) sharePolicy(s *share) JSONText {
	var principals, arns []string
	for _, a := range s.principals {
		principals = append(principals, a.entity)
	}
	for _, e := range s.resources {
		arns = append(arns, r.glueARN(e.on))
	}
	text, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{
		"Effect": "Allow", "Principal": map[string]any{"AWS": principals}, "Action": []string{"glue:Get*"}, "Resource": arns,
	}}})
	if err != nil {
		return "{}" // strings always encode
	}
	return JSONText(text)
}

// glueARN is an object's ARN [5.26]. All tables of a database are shared as
// the database, with a permission of their own [4.12].
func (r *region) glueARN(on resource) string {
	prefix := "arn:aws:glue:" + r.name + ":" + r.account + ":"
	switch {
	case on.kind == kindCatalog:
		return prefix + "catalog"
	case on.kind == kindTable && on.table != allTables:
		return prefix + "table/" + on.database + "/" + on.table
	}
	return prefix + "database/" + on.database
}

// policyLetsRAM says whether the account's own policy, if there is one, lets
// RAM share the catalog: without that, grants succeed and nothing is shared
// (R58) [4.46].
func (r *region) policyLetsRAM() bool {
	if r.policy == nil {
		return true
	}
	var document struct {
		Statement []struct {
			Effect    string
			Principal any
			Action    any
		}
	}
	if err := json.Unmarshal([]byte(r.policy.Document), &document); err != nil {
		return false
	}
	for _, s := range document.Statement {
		principal := fmt.Sprint(s.Principal)
		ram := strings.Contains(principal, "ram.amazonaws.com") || principal == "*"
		if s.Effect == "Allow" && ram && anyAction(s.Action, "glue:ShareResource") {
			return true
		}
	}
	return false
}

// anyAction matches the Action of a statement: one pattern or a list.
func anyAction(patterns any, action string) bool {
	list, ok := patterns.([]any)
	if !ok {
		list = []any{patterns}
	}
	for _, p := range list {
		if match, err := path.Match(fmt.Sprint(p), action); err == nil && match {
			return true
		}
	}
	return false
}
