package report

import (
	"github.com/lakeshare/lakeshare/internal/diag"
	"github.com/lakeshare/lakeshare/internal/fact"
)

type jsonOutcomeDocument struct {
	header
	Accounts []jsonAccount `json:"accounts"`
	Commit   string        `json:"commit"`
	Recorded bool          `json:"recorded"`
	Refused  string        `json:"refused,omitempty"`
	Writes   int           `json:"writes"`
	Done     int           `json:"done"`
	Failed   int           `json:"failed"`
	Skipped  int           `json:"skipped"`
	Outcomes []jsonOutcome `json:"outcomes"`
	Plan     *jsonPlan     `json:"plan"`
	Left     *jsonPlan     `json:"left"`
}

type jsonOutcome struct {
	Verb   string    `json:"verb"`
	Key    jsonKey   `json:"key"`
	Body   jsonBody  `json:"body"`
	Old    *jsonBody `json:"old,omitempty"`
	Status string    `json:"status"` // done, failed or skipped
	Error  string    `json:"error,omitempty"`
}

func outcomeDocument(r Run, o Options) jsonOutcomeDocument {
	n := o.names()
	t := r.tally()
	d := jsonOutcomeDocument{
		header: header{jsonVersion, kindOutcome}, Accounts: n.accountsJSON(), Commit: r.Commit, Recorded: r.Recorded,
		Refused: r.Refused, Writes: r.Writes, Done: len(t.done), Failed: len(t.failed), Skipped: len(t.skipped),
		Outcomes: each(r.Outcomes, n.outcomeJSON),
	}
	if r.Plan != nil {
		p := n.planJSON(r.Plan)
		d.Plan = &p
	}
	if r.Left != nil {
		p := n.planJSON(r.Left)
		d.Left = &p
	}
	return d
}

func (n names) outcomeJSON(o fact.Outcome) jsonOutcome {
	k := o.Op.Key
	j := jsonOutcome{Verb: o.Op.Verb.String(), Key: n.keyJSON(k), Body: bodyJSON(k.Kind, o.Op.Body), Status: "done"}
	if o.Op.Verb == fact.Change {
		old := bodyJSON(k.Kind, o.Op.Old)
		j.Old = &old
	}
	switch {
	case o.Err == nil:
		return j
	case o.Skipped:
		j.Status = "skipped"
	default:
		j.Status = "failed"
	}
	j.Error = o.Err.Error()
	return j
}

type jsonFindingsDocument struct {
	header
	Errors   int           `json:"errors"`
	Warnings int           `json:"warnings"`
	Files    int           `json:"files"`
	Findings []jsonFinding `json:"findings"`
}

type jsonFinding struct {
	Rule     string       `json:"rule"`
	Severity string       `json:"severity"`
	At       *jsonFilePos `json:"at"` // null: about no file
	Message  string       `json:"message"`
	Hint     string       `json:"hint,omitempty"`
	Other    *jsonFilePos `json:"other,omitempty"`
}

// jsonFilePos has line and column 0 for a file as a whole.
type jsonFilePos struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

func findingsDocument(l diag.List) jsonFindingsDocument {
	t := tallyFindings(l)
	return jsonFindingsDocument{
		header: header{jsonVersion, kindFindings}, Errors: t.errors, Warnings: t.warnings, Files: t.files,
		Findings: each(l, findingJSON),
	}
}

func findingJSON(f diag.Finding) jsonFinding {
	return jsonFinding{
		Rule: f.Rule, Severity: f.Severity.String(), At: filePosJSON(f.Pos),
		Message: f.Message, Hint: f.Hint, Other: filePosJSON(f.Other),
	}
}

func filePosJSON(p diag.Pos) *jsonFilePos {
	if p == (diag.Pos{}) {
		return nil
	}
	return &jsonFilePos{File: p.File, Line: p.Line, Column: p.Col}
}
