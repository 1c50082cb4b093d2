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
	for _, in := range []scaffold.Input{fresh(), grown(), folder()} {
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

func TestEveryLineThatDiffersIsShown(t *testing.T) {
	t.Parallel()
	f := file(t, fresh(), workflow)
	have := strings.Replace(f.Content, "contents: read", "contents: write", 1)
	have = strings.Replace(have, "  merge_group:\n", "", 1) + "more\n"
	d, differs := f.Compare(have, true)
	var got []string
	for _, c := range d.Changes {
		from, sign := have, "-"
		if c.Want {
			from, sign = f.Content, "+"
		}
		if strings.Split(from, "\n")[c.Line-1] != c.Text {
			t.Errorf("line %d is not %q", c.Line, c.Text)
		}
		got = append(got, sign+strings.TrimSpace(c.Text))
	}
	if want := []string{"+merge_group:", "-contents: write", "+contents: read", "-more"}; !differs || !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	// A file that has nothing to do with ours, and is large.
	huge := strings.Repeat("x\n", 1<<17)
	if d, _ := f.Compare(huge, true); len(d.Changes) != 1<<17+strings.Count(f.Content, "\n") {
		t.Errorf("got %d changes", len(d.Changes))
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
	if d, differs := f.Compare(tag, true); !differs || len(d.Changes) != 2 || !strings.Contains(d.Changes[0].Text, "@v1") {
		t.Errorf("a tag passes for a commit: %+v", d)
	}
	evil := strings.Replace(f.Content, "lakeshare/lakeshare@", "1akeshare/lakeshare@", 1)
	if _, differs := f.Compare(evil, true); !differs {
		t.Error("another action passes for ours")
	}
	in := fresh()
	in.Action = "lakeshare/lakeshare@" + scaffold.Placeholder
	f = file(t, in, workflow)
	if d, differs := f.Compare(f.Content, true); !differs || len(d.Unpinned) != strings.Count(f.Content, scaffold.Placeholder) || len(d.Unpinned) != 2 {
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
	in := folder()
	in.Manifests = []string{"shares/hr/", "shares/two words"}
	f := file(t, in, "CODEOWNERS")
	have := "* @acme/all\n/data/lake/lakeshare.yaml @acme/others # theirs\n/data/lake/schema/ @x\n/data/lake/iam/ @x\n/.github/ @x\n/CODEOWNERS @x\n" +
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
	for _, in := range []scaffold.Input{fresh(), grown(), folder()} {
		got, ours, err := scaffold.Remember(file(t, in, in.Workflow("plan")).Content)
		if err != nil || !ours || got.Repository != in.Repository || cmp.Or(got.Branch, "main") != in.Branch {
			t.Errorf("got %+v %v %v", got, ours, err)
		}
		if got.Action != in.Action || got.Folder != in.Folder {
			t.Errorf("got action %s and folder %s", got.Action, got.Folder)
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
