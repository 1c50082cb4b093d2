package report

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lakeshare/lakeshare/internal/plan"
)

func surveyText(t *testing.T, s *plan.Survey, o Options) string {
	t.Helper()
	o.Accounts = accounts()
	var b bytes.Buffer
	if err := Survey(&b, s, today(), o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestCleanSurveysTakeOneLine(t *testing.T) {
	t.Parallel()
	for want, s := range map[string]*plan.Survey{
		"No drift: 0 facts are as git says.\n":                                                             {},
		"No drift: 1 fact is as git says.\n":                                                               {Done: 1},
		"No drift: 1,200 facts are as git says, 4 merged and not yet carried out, 3 ignored.\n":            {Done: 1200, Pending: 4, Ignored: 3},
		"Incomplete: 1 place could not be read. No drift where reading was possible.\n\nCOULD NOT BE READ": {Unread: []plan.Unread{{At: sales, Why: "no"}}, Done: 7},
	} {
		got := surveyText(t, s, Options{})
		if !strings.HasPrefix(got, want) || len(s.Unread) == 0 && got != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
		if _, body := DriftIssue(s, DriftOptions{Now: today()}, Options{Accounts: accounts()}); len(s.Unread) == 0 && body != "**"+strings.TrimSuffix(want, "\n")+"**\n" {
			t.Errorf("issue %q", body)
		}
	}
}

func TestIssueTitles(t *testing.T) {
	t.Parallel()
	one := []plan.Note{{Row: plan.Stray}}
	unread := []plan.Unread{{At: sales}}
	for want, s := range map[string]*plan.Survey{
		"lakeshare: no drift":                                    {},
		"lakeshare: 1 fact drifted":                              {Strays: one},
		"lakeshare: 3 facts drifted":                             {Strays: one, Missing: one, Altered: one},
		"lakeshare: 1 place could not be read":                   {Unread: unread},
		"lakeshare: 2 facts drifted, 1 place could not be read":  {Unread: unread, Missing: one, Altered: one},
		"lakeshare: 1 fact drifted, 2 places could not be read":  {Unread: append(unread, unread...), Altered: one},
		"lakeshare: 2 facts drifted, 2 places could not be read": {Unread: append(unread, unread...), Strays: append(one, one...)},
	} {
		if got, _ := DriftIssue(s, DriftOptions{Now: today()}, Options{}); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestIssuesSayWhoWhenWhereAndWhatToDo is what somebody is woken up with.
func TestIssuesSayWhoWhenWhereAndWhatToDo(t *testing.T) {
	t.Parallel()
	_, body := DriftIssue(survey(), DriftOptions{Command: "lakeshare apply --repair", Links: links(), Now: today()}, Options{Accounts: accounts()})
	at := -1
	for _, want := range []string{
		"**Incomplete: 1 place could not be read. 6 facts drifted: 1 missing, 1 altered, 4 stray.**",
		"### Could not be read", "`analytics`", "does not trust this repository",
		"### Missing", "the apply workflow by hand with the command `repair` (elsewhere: `lakeshare apply --repair`)", "take the lines out",
		"[`shares/churn.yaml:12`](" + server + "blob/2222/shares/churn.yaml#L12)",
		"### Altered", "written by `role/Admin` in `sales`, 2026-03-04", "[`shares/churn.yaml:9`](", "is columns `email`, `id`; git says column `id`",
		"### Stray", "`state: absent`", "**account `999988887777`**", "`ignore: [\"grantee:999988887777\"]`",
		"**`role/GlueCrawler` in `sales`**", "2 grants in `sales`: `ALTER` on `sales.carts`, `items`", "2026-02-23", "`ignore: [\"writer:" + admin + "\"]`",
		"### Ending soon", "`billing` of `@acme/finance` ends on 2026-03-07", "`churn` of `@acme/sales-data` ends on 2026-03-18",
		"### Waiting for others", "aws ram accept-resource-share-invitation", "1,200 facts", "4 facts are merged and not yet", "3 rows",
	} {
		i := strings.Index(body, want)
		if i < at {
			t.Errorf("%q is missing or out of its order in\n%s", want, body)
		}
		at = max(at, i)
	}
	if strings.Contains(body, "`later`") {
		t.Error("a share that ends in 40 days does not end soon")
	}
}

// TestIssuesChangeWithDriftOnly: an issue that is edited every day is not read.
func TestIssuesChangeWithDriftOnly(t *testing.T) {
	t.Parallel()
	issue := func(l Links, now time.Time) string {
		_, body := DriftIssue(survey(), DriftOptions{Links: l, Now: now}, Options{Accounts: accounts()})
		return body
	}
	other := links()
	other.Run = server + "actions/runs/43"
	if diff := cmp.Diff(issue(links(), today()), issue(other, today().Add(26*time.Hour))); diff != "" {
		t.Errorf("(-today +tomorrow):\n%s", diff)
	}
	if got := surveyText(t, survey(), Options{}); !strings.Contains(got, "billing of @acme/finance ends on 2026-03-07, in 2 days  shares/billing.yaml:4") {
		t.Errorf("the command tells how many days are left:\n%s", got)
	}
}

func TestSurveyJSONRoundTrips(t *testing.T) {
	t.Parallel()
	data := surveyText(t, survey(), Options{Format: JSON})
	var d jsonSurveyDocument
	dec := json.NewDecoder(strings.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&d); err != nil {
		t.Fatal(err)
	}
	if d.Version != 1 || d.Kind != "drift" || d.Drifts != 6 || len(d.Strays) != 4 || len(d.Expiring) != 3 || d.Unread[0].Alias != "analytics" {
		t.Errorf("got %+v", d)
	}
	if want := `ignore: ["grantee:999988887777"]`; d.Strays[0].Ignore != want || d.Strays[0].Live == nil {
		t.Errorf("got %q, want %q", d.Strays[0].Ignore, want)
	}
	var b bytes.Buffer
	if err := writeJSON(&b, d); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(data, b.String()); diff != "" {
		t.Errorf("(-first +second):\n%s", diff)
	}
}

// TestOutcomesSayHowItGoesOn covers the ends of a run.
func TestOutcomesSayHowItGoesOn(t *testing.T) {
	t.Parallel()
	done := run()
	for i := range done.Outcomes {
		done.Outcomes[i].Err, done.Outcomes[i].Skipped = nil, false
	}
	done.Left, done.Recorded = &plan.Plan{}, true
	lost := done
	lost.Recorded = false
	over := Run{Plan: documented(), Commit: "abc", Refused: "1 loss of access, and limits.losses allows 0", Over: true}
	again := "Run the apply workflow again, or merge the next change: it goes on where this run stopped."
	for name, tt := range map[string]struct {
		run  Run
		want []string
		not  string
	}{
		"in part":  {run(), []string{"**Carried out in part: 15 facts done, 2 failed, 1 skipped", again, "### Failed", "AccessDenied: no.", "### Skipped", "not tried, since", "### Still left", "<summary>Done"}, ""},
		"done":     {done, []string{"**Carried out: 18 facts done. Commit `2222222222` is recorded as carried out.**\n", "<summary>Done"}, again},
		"unmarked": {lost, []string{"All is carried out, and the commit could not be recorded.", again, "is not recorded as carried out"}, ""},
		"refused":  {over, []string{"**Refused, and nothing was written: ", "by hand with the input `allow` set to `" + documented().Digest()[:16] + "`"}, again},
		"moved":    {Run{Plan: small(), Commit: "abc", Refused: "the tip moved to def"}, []string{"**Refused, and nothing was written: the tip moved to def**", again}, ""},
		"nothing":  {Run{Plan: &plan.Plan{Base: "abc", Tip: "abc"}, Recorded: true, Commit: "abc"}, []string{"**Nothing to do: all was carried out at commit `abc`."}, again},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body, summary := OutcomeComment(tt.run, links(), Options{Accounts: accounts()})
			for _, want := range tt.want {
				if !strings.Contains(body, want) || !strings.HasPrefix(want, "**Carried out: ") && !strings.Contains(want, "`2222222222`") && !strings.HasPrefix(want, "by hand") && !strings.Contains(summary, want) {
					t.Errorf("no %q in\n%s", want, body)
				}
			}
			if tt.not != "" && strings.Contains(body, tt.not) {
				t.Errorf("%q in\n%s", tt.not, body)
			}
		})
	}
}
