package scaffold_test

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	"github.com/lakeshare/lakeshare/internal/scaffold"
)

const workflow = ".github/workflows/plan.yml"

func TestWhatIsAsWrittenHasNoDifference(t *testing.T) {
	t.Parallel()
	for _, in := range []scaffold.Input{fresh(), grown()} {
		for _, f := range files(t, in) {
			for _, have := range []string{f.Content, strings.ReplaceAll(f.Content, "\n", "\r\n")} {
				if d, differs := f.Compare(have, true); differs {
					t.Errorf("%s: %+v", f.Path, d)
				}
			}
			if _, differs := f.Compare("", false); differs == f.Once {
				t.Errorf("%s: missing counts: %v", f.Path, differs)
			}
		}
	}
}

func TestTheFirstLineThatDiffersIsNamed(t *testing.T) {
	t.Parallel()
	f := file(t, fresh(), workflow)
	have := strings.Replace(f.Content, "contents: read", "contents: write", 1)
	d, differs := f.Compare(have, true)
	if !differs || strings.TrimSpace(d.Have) != "contents: write" || strings.TrimSpace(d.Want) != "contents: read" {
		t.Errorf("got %+v", d)
	}
	if lines := strings.Split(have, "\n"); lines[d.Line-1] != d.Have {
		t.Errorf("line %d is %q, not %q", d.Line, lines[d.Line-1], d.Have)
	}
	if d, differs := f.Compare(f.Content+"more\n", true); !differs || d.Have != "more" || d.Want != "" {
		t.Errorf("got %+v", d)
	}
}

func TestPinsMayMoveButNotVanish(t *testing.T) {
	t.Parallel()
	f := file(t, fresh(), workflow)
	bumped := strings.ReplaceAll(f.Content, commit+" # v1.2.3", strings.Repeat("a", 40)+" # v1.3.0")
	if d, differs := f.Compare(bumped, true); differs {
		t.Errorf("a newer commit counts as a difference: %+v", d)
	}
	tag := strings.Replace(f.Content, commit+" # v1.2.3", "v1", 1)
	if d, differs := f.Compare(tag, true); !differs || !strings.Contains(d.Have, "@v1") {
		t.Errorf("a tag passes for a commit: %+v", d)
	}
	evil := strings.Replace(f.Content, "lakeshare/lakeshare@", "1akeshare/lakeshare@", 1)
	if _, differs := f.Compare(evil, true); !differs {
		t.Error("another action passes for ours")
	}
	in := fresh()
	in.Action = "lakeshare/lakeshare@" + scaffold.Placeholder
	f = file(t, in, workflow)
	if d, differs := f.Compare(f.Content, true); !differs || !strings.Contains(d.Unpinned, scaffold.Placeholder) {
		t.Errorf("the placeholder passes for a commit: %+v", d)
	}
}

func TestWhatIsKeptByHandIsNotCompared(t *testing.T) {
	t.Parallel()
	if d, differs := file(t, fresh(), "iam/sales.tf").Compare("# "+scaffold.ByHand+", in our own stack\n", true); differs {
		t.Errorf("got %+v", d)
	}
}

func TestCodeownersNeedsItsLinesOnly(t *testing.T) {
	t.Parallel()
	f := file(t, grown(), ".github/CODEOWNERS")
	have := "* @acme/all\n/data/lake/lakeshare.yaml @acme/others # theirs\n/data/lake/schema/ @x\n/data/lake/iam/ @x\n/.github/ @x\n" +
		`/data/lake/shares/two\ words/ @x` + "\n"
	d, differs := f.Compare(have, true)
	want := []string{"/data/lake/shares/hr/ @acme/data-platform"}
	if !differs || !slices.Equal(d.Lines, want) {
		t.Errorf("got %+v, want %q", d, want)
	}
	if d, differs := f.Compare(have+"/data/lake/shares/hr/ @acme/hr\n", true); differs {
		t.Errorf("got %+v", d)
	}
}

func TestFilesRememberHowTheyWereWritten(t *testing.T) {
	t.Parallel()
	for _, in := range []scaffold.Input{fresh(), grown()} {
		got, ours, err := scaffold.Remember(file(t, in, workflow).Content)
		if err != nil || !ours || got.Repository != in.Repository || cmp.Or(got.Branch, "main") != in.Branch {
			t.Errorf("got %+v %v %v", got, ours, err)
		}
		if got.Action != in.Action {
			t.Errorf("got action %s", got.Action)
		}
	}
	if _, ours, err := scaffold.Remember("name: mine\n"); ours || err != nil {
		t.Errorf("a strange file: %v %v", ours, err)
	}
	for line, want := range map[string]string{
		"# Written by: lakeshare init --repository ":                "names no repository",
		"# Written by: lakeshare init --repository acme":            "is no repository",
		"# Written by: lakeshare init --repository a/b --evil x":    "no flag that init writes",
		"# Written by: lakeshare init --repository a/b --owner-id ": "no flag that init writes",
	} {
		if _, _, err := scaffold.Remember(line); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", line, err)
		}
	}
}
