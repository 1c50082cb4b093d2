package report

import (
	"bytes"
	"testing"

	"github.com/lakeshare/lakeshare/internal/fact"
	"github.com/lakeshare/lakeshare/internal/plan"
)

func TestCommentGolden(t *testing.T) {
	t.Parallel()
	over := review()
	over.LossLimit, over.Merged = 1, nil
	first := Review{Plan: small(), LossLimit: 25}
	quiet := Review{Plan: &plan.Plan{Base: "abc", Tip: "def"}, LossLimit: 25, Links: links()}
	onlyMerged := Review{Plan: small(), LossLimit: 25, Merged: map[fact.Key]bool{}}
	for _, c := range onlyMerged.Plan.Changes {
		onlyMerged.Merged[c.Op.Key] = true
	}
	for name, r := range map[string]Review{"full": review(), "over": over, "small": first, "quiet": quiet, "merged": onlyMerged} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body, summary := Comment(r, Options{Accounts: accounts()})
			golden(t, "comment."+name+".md", body)
			if name == "full" {
				golden(t, "summary."+name+".md", summary)
			}
		})
	}
}

func TestOutcomeCommentGolden(t *testing.T) {
	t.Parallel()
	done := run()
	for i := range done.Outcomes {
		done.Outcomes[i].Err, done.Outcomes[i].Skipped = nil, false
	}
	done.Left, done.Recorded = &plan.Plan{Waiting: done.Plan.Waiting}, true
	for name, r := range map[string]Run{
		"partial": run(), "done": done,
		"nothing": {Plan: &plan.Plan{Base: "abc", Tip: "abc"}, Recorded: true, Commit: "abc"},
		"refused": {Plan: small(), Commit: "abc", Refused: "30 losses of access (principals × tables), and limits.losses allows 25 in one run", Over: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body, _ := OutcomeComment(r, links(), Options{Accounts: accounts()})
			golden(t, "outcomecomment."+name+".md", body)
		})
	}
}

func TestSurveyGolden(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]Options{"txt": {}, "v.txt": {Verbose: true}, "md": {Format: Markdown}, "json": {Format: JSON}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o.Accounts = accounts()
			var b bytes.Buffer
			if err := Survey(&b, survey(), today(), o); err != nil {
				t.Fatal(err)
			}
			golden(t, "survey."+name, b.String())
		})
	}
	title, body := DriftIssue(survey(), DriftOptions{Links: links(), Now: today()}, Options{Accounts: accounts()})
	golden(t, "issue.md", title+"\n\n"+body)
}
