package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lakeshare/lakeshare/internal/githubsim"
)

const ordersShare = `version: 1
owner: "@acme/sales-data"
reason: The churn model needs order history.
from: {account: sales, database: sales}
tables: {orders: {}}
to:
  - account: analytics
    principals: [role/Analyst]
`

// endedShare is over; what it shared may still be live.
const endedShare = `version: 1
owner: "@acme/sales-data"
reason: The campaign of last year.
expires: 2026-01-01
from: {account: sales, database: sales}
tables: {customers: {}}
to:
  - account: sales
    principals: [role/SalesEtl]
    permissions: [SELECT]
`

// TestWorkflowsRun runs the workflows that lakeshare init writes, as they are, in
// act: a pull request, its merge, and a night. The environment variable
// LAKESHARE_ACT is the path of act; make act sets it.
//
// Real are the workflows, their jobs, expressions and inputs, action.yml and its
// scripts, git, and the tokens: what a job may do is what its workflow says, and
// the roles in AWS trust what init wrote. act has one token for all jobs of a run,
// so a job that may do less is run alone as well. Not real are GitHub and AWS,
// which are the simulated ones; concurrency and the rules of environments, which
// act does not know; and actions/checkout, for which testdata/act/checkout stands
// in, so that nothing is downloaded.
func TestWorkflowsRun(t *testing.T) {
	t.Parallel()
	e := newEstate(t, act(t))

	t.Log("A pull request brings a share: it is checked and planned.")
	e.change("orders", map[string]string{"shares/sales/orders.yaml": ordersShare, "shares/sales/campaign.yaml": endedShare})
	e.do((*hub).pull, "1", "orders")
	e.run("plan.yml", "validate", "pull_request:1", true).ended("validate")
	run := e.run("plan.yml", "", "pull_request:1", true)
	run.ended("validate", "plan", "lakeshare")
	run.says("plan", "::set-output:: gains=1", "::set-output:: losses=0", "::set-output:: reason=done", "::set-output:: digest=")
	run.says("plan", "Summary - ", "Analyst", "sales.orders")
	e.comment(1, "<!-- lakeshare plan:. -->", "Analyst", "sales.orders")
	e.reads("Analyst", "sales_shared.rl_orders", false)

	t.Log("It is merged: apply.yml carries it out and records that.")
	e.do((*hub).merge, "1", "squash")
	run = e.run("apply.yml", "", "push", true)
	run.says("apply", "::set-output:: reason=done", "Summary - ")
	e.reads("Analyst", "sales_shared.rl_orders", true)
	e.comment(1, "<!-- lakeshare apply:. -->", "Analyst")
	e.recorded(1)

	t.Log("By night: what ended is withdrawn, what somebody did by hand is told.")
	e.do((*hub).byHand, "grant", "SalesEtl", "SELECT", "sales.customers")
	e.do((*hub).byHand, "grant", "Planner", "SELECT", "sales.orders")
	e.reads("SalesEtl", "sales.customers", true)
	e.run("drift.yml", "expire", "schedule", true).ended("expire")
	e.reads("SalesEtl", "sales.customers", false)
	run = e.run("drift.yml", "", "schedule", true)
	run.ended("expire", "drift")
	run.says("drift", "::set-output:: drift=1\n", "Summary - ")
	e.issue("Planner", "sales.orders")
	e.recorded(1)

	t.Log("An input of somebody who may start the workflow is never run.")
	mark := filepath.Join(t.TempDir(), "pwned")
	e.inputs = map[string]string{"command": "apply", "allow": `"; touch ` + mark + `; echo "$(touch ` + mark + `)` + "`touch " + mark + "`"}
	e.run("apply.yml", "", "workflow_dispatch", true).says("apply", "::set-output:: reason=nothing-to-do")
	if _, err := os.Stat(mark); err == nil {
		t.Error("an input of the workflow was run by a shell")
	}

	t.Log("A pull request with a mistake: the required check fails.")
	e.change("mistake", map[string]string{"shares/sales/wrong.yaml": strings.Replace(ordersShare, "tables:", "tabels:", 1)})
	e.do((*hub).pull, "3", "mistake") // 2 is the issue
	run = e.run("plan.yml", "", "pull_request:3", false)
	// Of a step that fails act may lose the last lines; files it reads to the end.
	run.says("validate", "Summary - ", "shares/sales/wrong.yaml", "tabels", "::set-output:: reason=invalid", "Job failed")
	run.says("lakeshare", "Job failed")
	e.comment(3, "shares/sales/wrong.yaml")
}

// TestSampleWorkflowRuns runs our own sample.yml, whose last step compares the
// outputs of the others.
func TestSampleWorkflowRuns(t *testing.T) {
	t.Parallel()
	e := newOwn(t, act(t))
	run := e.run("sample.yml", "", "push", true)
	run.ended("sample")
	run.says("sample", "::set-output:: reason=nothing-to-do", "Success - Main The outputs say what happened")
}

func act(t *testing.T) string {
	t.Helper()
	program := os.Getenv("LAKESHARE_ACT")
	if program == "" {
		t.Skip("LAKESHARE_ACT is not set: make act runs the workflows")
	}
	return program
}

// comment looks for one comment of the Actions app with all of these texts.
func (e *estate) comment(number int, texts ...string) {
	e.t.Helper()
	all := e.github.Comments(hubRepo, number)
	for _, m := range all {
		if m.Author == "github-actions[bot]" && containsAll(m.Body, texts) {
			return
		}
	}
	e.t.Errorf("no comment on #%d with %q: %+v", number, texts, all)
}

// issue wants exactly one, open, with all of these texts.
func (e *estate) issue(texts ...string) {
	e.t.Helper()
	all := e.github.Issues(hubRepo)
	if len(all) != 1 || all[0].State != "open" || !containsAll(all[0].Body, texts) {
		e.t.Errorf("want one open issue with %q: %+v", texts, all)
	}
}

// recorded wants this many deployments, the last one of main and with success.
func (e *estate) recorded(count int) {
	e.t.Helper()
	tip, err := e.at("refs/heads/main")
	e.must(err)
	all := e.github.Deployments(hubRepo)
	if len(all) != count {
		e.t.Fatalf("%d deployments, want %d: %+v", len(all), count, all)
	}
	if last := all[count-1]; last.SHA != tip || last.State() != "success" || last.Task != "lakeshare" {
		e.t.Errorf("the last deployment is %s of %s (%s), want success of %s", last.State(), last.SHA, last.Task, tip)
	}
}

func containsAll(text string, parts []string) bool {
	for _, part := range parts {
		if !strings.Contains(text, part) {
			return false
		}
	}
	return true
}

// reads asks AWS whether a role of analytics or sales reads a table.
func (e *estate) reads(role, table string, want bool) {
	e.t.Helper()
	_, arn, err := e.principal(role)
	e.must(err)
	database, name, _ := strings.Cut(table, ".")
	got, answer := e.aws.Read(arn, salesRegion, "", database, name)
	if reads := answer.Yes && len(got.Rows) > 0; reads != want {
		e.t.Errorf("%s reads %s: %v, want %v: %s", role, table, reads, want, answer.Why)
	}
}

// do does what a script of TestGitHubStories does with a word.
func (e *estate) do(what func(*hub, []string) error, args ...string) {
	e.t.Helper()
	e.must(what(e.hub, args))
}

// change pushes a branch with files.
func (e *estate) change(branch string, files map[string]string) {
	e.t.Helper()
	e.do((*hub).branch, branch)
	for name, text := range files {
		path := filepath.Join(e.work, filepath.FromSlash(name))
		e.must(os.MkdirAll(filepath.Dir(path), 0o755))
		e.must(os.WriteFile(path, []byte(text), 0o644))
	}
	e.do((*hub).commitAll, branch)
	e.do((*hub).push, branch)
}

// token is what the runner gives the jobs of a run to call GitHub with.
func (e *estate) token(id int64, permissions map[string]string) string {
	return e.github.Token(githubsim.Token{Repo: hubRepo, Permissions: permissions, RunID: id})
}
