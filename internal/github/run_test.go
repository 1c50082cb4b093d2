package github

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	shaA = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	shaB = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
)

// runEnv is the environment of a run, with the event as its file.
func runEnv(t *testing.T, event string, change map[string]string) func(string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "event.json")
	if err := os.WriteFile(path, []byte(event), 0o600); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{
		"GITHUB_EVENT_NAME": "push", "GITHUB_REPOSITORY": "acme/lake", "GITHUB_REPOSITORY_ID": "7", "GITHUB_REF": "refs/heads/main",
		"GITHUB_SHA": shaA, "GITHUB_RUN_ID": "99", "GITHUB_RUN_ATTEMPT": "1", "GITHUB_SERVER_URL": "https://github.com",
		"GITHUB_API_URL": "https://api.github.com", "GITHUB_EVENT_PATH": path,
		"GITHUB_WORKFLOW_REF": "acme/lake/.github/workflows/apply.yml@refs/heads/main",
	}
	for k, v := range change {
		env[k] = v
	}
	return func(k string) string { return env[k] }
}

const repositoryJSON = `"repository": {"id": 7, "default_branch": "main"}`

func TestReadRun(t *testing.T) {
	t.Parallel()
	push := Run{
		Event: "push", Owner: "acme", Repo: "lake", RepositoryID: 7, DefaultBranch: "main", Ref: "refs/heads/main", SHA: shaA, ID: 99, Attempt: 1,
		WorkflowPath: ".github/workflows/apply.yml", ServerURL: "https://github.com", APIURL: "https://api.github.com",
	}
	with := func(event string, edit func(*Run)) Run {
		r := push
		r.Event = event
		edit(&r)
		return r
	}
	pull := func(repo string) string {
		return `{` + repositoryJSON + `, "pull_request": {"number": 12, "head": {"sha": "` + shaA + `", "repo": ` + repo + `}, "base": {"sha": "` + shaB + `", "ref": "main", "repo": {"id": 7}}}}`
	}
	group := func(ref string) string {
		return `{` + repositoryJSON + `, "merge_group": {"head_sha": "` + shaA + `", "head_ref": "` + ref + `", "base_sha": "` + shaB + `"}}`
	}
	for name, c := range map[string]struct {
		event, file string
		want        Run
	}{
		"push":     {"push", `{` + repositoryJSON + `}`, push},
		"unknown":  {"release", `{` + repositoryJSON + `, "release": []}`, with("release", func(*Run) {})},
		"schedule": {"schedule", `{"schedule": "1 2 * * *"}`, with("schedule", func(*Run) {})},
		"pull":     {"pull_request", pull(`{"id": 7}`), with("pull_request", func(r *Run) { r.Pull = &Pull{12, shaA, shaB, "main", false} })},
		"fork":     {"pull_request", pull(`{"id": 8}`), with("pull_request", func(r *Run) { r.Pull = &Pull{12, shaA, shaB, "main", true} })},
		"gone":     {"pull_request", pull(`null`), with("pull_request", func(r *Run) { r.Pull = &Pull{12, shaA, shaB, "main", true} })},
		"queue": {"merge_group", group("refs/heads/gh-readonly-queue/main/pr-12-" + shaB), with("merge_group", func(r *Run) {
			r.Queue = &Queue{shaA, shaB, 12}
		})},
		"queue of another form": {"merge_group", group("refs/heads/queue/x"), with("merge_group", func(r *Run) { r.Queue = &Queue{shaA, shaB, 0} })},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := ReadRun(runEnv(t, c.file, map[string]string{"GITHUB_EVENT_NAME": c.event}))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReadRunSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	good := `{` + repositoryJSON + `}`
	for name, c := range map[string]struct {
		file   string
		change map[string]string
		want   string
	}{
		"not on GitHub":   {good, map[string]string{"GITHUB_RUN_ID": "", "GITHUB_SHA": ""}, "GITHUB_RUN_ID is not set"},
		"repository":      {good, map[string]string{"GITHUB_REPOSITORY": "acme/../x"}, `GITHUB_REPOSITORY is "acme/../x", want owner/name`},
		"run":             {good, map[string]string{"GITHUB_RUN_ID": "-4"}, `GITHUB_RUN_ID is "-4", want a number above 0`},
		"commit":          {good, map[string]string{"GITHUB_SHA": "main"}, `GITHUB_SHA is "main", want a commit`},
		"API":             {good, map[string]string{"GITHUB_API_URL": "https://u:p@evil"}, "GITHUB_API_URL"},
		"workflow":        {good, map[string]string{"GITHUB_WORKFLOW_REF": "x@y"}, "GITHUB_WORKFLOW_REF"},
		"no file":         {good, map[string]string{"GITHUB_EVENT_PATH": "/nonexistent/event.json"}, "no such file"},
		"not JSON":        {`{`, nil, "not JSON"},
		"wrong type":      {`{"repository": {"id": "7"}}`, nil, "repository.id is a string"},
		"list":            {`[]`, nil, "is a array"},
		"another":         {`{"repository": {"id": 8, "default_branch": "main"}}`, nil, "repository.id is 8"},
		"no branch":       {`{"repository": {"id": 7}}`, nil, `default_branch is ""`},
		"hostile branch":  {`{"repository": {"id": 7, "default_branch": "a/../../b"}}`, nil, "default_branch"},
		"no pull request": {good, map[string]string{"GITHUB_EVENT_NAME": "pull_request"}, "pull_request is missing"},
		"no merge group":  {good, map[string]string{"GITHUB_EVENT_NAME": "merge_group"}, "merge_group is missing"},
		"half a group":    {`{` + repositoryJSON + `, "merge_group": {"head_sha": "` + shaA + `"}}`, map[string]string{"GITHUB_EVENT_NAME": "merge_group"}, "base_sha"},
		"branch of a pull": {
			`{` + repositoryJSON + `, "pull_request": {"number": 1, "head": {"sha": "` + shaA + `"}, "base": {"sha": "` + shaB + `"}}}`,
			map[string]string{"GITHUB_EVENT_NAME": "pull_request"},
			"base.ref",
		},
		"half a pull":      {`{` + repositoryJSON + `, "pull_request": {"number": 1}}`, map[string]string{"GITHUB_EVENT_NAME": "pull_request"}, "head.sha"},
		"wrong in a pull":  {`{` + repositoryJSON + `, "pull_request": {"number": "1"}}`, map[string]string{"GITHUB_EVENT_NAME": "pull_request"}, "number"},
		"deep":             {strings.Repeat("[", 20000), nil, "event file"},
		"larger than sent": {strings.Repeat(" ", maxEvent+1), nil, "larger than 32 MiB"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := ReadRun(runEnv(t, c.file, c.change))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q in it", err, c.want)
			}
			if got != (Run{}) {
				t.Errorf("got %+v beside the error", got)
			}
		})
	}
}

func TestURLs(t *testing.T) {
	t.Parallel()
	r := Run{ServerURL: "https://github.com", Owner: "acme", Repo: "lake", ID: 99, Attempt: 1}
	again := r
	again.Attempt, again.Pull = 2, &Pull{Number: 12}
	for got, want := range map[string]string{
		r.PullFilesURL():     "",
		again.PullFilesURL(): "https://github.com/acme/lake/pull/12/files",
		r.URL():              "https://github.com/acme/lake/actions/runs/99",
		again.URL():          "https://github.com/acme/lake/actions/runs/99/attempts/2",
		r.CommitURL(shaA):    "https://github.com/acme/lake/commit/" + shaA,
		r.FileURL("c", "shares/a b/(x)#.yaml", 3): "https://github.com/acme/lake/blob/c/shares/a%20b/%28x%29%23.yaml#L3",
		r.FileURL("c", "lakeshare.yaml", 0):       "https://github.com/acme/lake/blob/c/lakeshare.yaml",
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
