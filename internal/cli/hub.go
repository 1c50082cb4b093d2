package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/lakeshare/lakeshare/internal/github"
	"github.com/lakeshare/lakeshare/internal/history"
)

// hub is GitHub as one workflow run sees it: the record, the tip of the default
// branch, and where results are told.
type hub struct {
	*common
	run     github.Run
	client  *github.Client
	actions *github.Actions
	repo    *history.Repo
	ctx     context.Context // of the command: the record is written within it
	token   string
	config  string          // path of the folder of lakeshare.yaml from the root, "." for the root itself
	began   int64           // deployment of this run, 0 before its first write
	commit  string          // that it is for
	record  *history.Record // as this run found it
	head    string          // of the default branch, when the record was read
	refused []github.Forged

	mu       sync.Mutex // guards what follows: accounts are entered at the same time
	identity string
	ends     time.Time
}

func openHub(ctx context.Context, c *common, token string) (*hub, error) {
	run, err := github.ReadRun(c.env.Getenv)
	if err != nil {
		return nil, err
	}
	if run.Event == "pull_request_target" {
		return nil, errors.New("pull_request_target checks out the target branch, whose files a pull request does not change: let pull_request start this workflow")
	}
	client, err := github.New(run, token, github.Options{Log: c.log(), Author: c.env.Getenv("LAKESHARE_AUTHOR")})
	if err != nil {
		return nil, err
	}
	repo, err := history.Open(c.path(c.dir))
	if err != nil {
		return nil, err
	}
	return &hub{
		common: c, run: run, client: client, actions: github.NewActions(c.env.Getenv, c.env.Stdout),
		repo: repo, ctx: ctx, token: token, config: cmp.Or(repo.Prefix(), "."),
	}, nil
}

// session opens a run of plan, apply or drift whose record is kept on GitHub. A
// simulated world keeps its own.
func (h *hub) session() (*session, error) {
	s, err := h.open()
	if err != nil {
		return nil, err
	}
	if s.world == nil {
		s.record, s.identity, s.noToken, s.fetch, s.tip = h, h.webIdentity(), h.noToken(), h.fetch, h.tip
	}
	return s, nil
}

// Load reads the record from deployments and fetches their commits.
func (h *hub) Load() (history.Record, error) {
	if h.record != nil {
		return *h.record, nil
	}
	tip, err := h.tip()
	if err != nil {
		return history.Record{}, err
	}
	h.head = tip
	r, err := h.client.Record(h.ctx, h.config, clone{h})
	if err != nil {
		return history.Record{}, fmt.Errorf("read the record of applies: %w", err)
	}
	h.refused = r.Refused
	h.record = &history.Record{Applied: r.Applied, Started: r.Started}
	return *h.record, nil
}

// clone is what the record is proven with.
type clone struct{ *hub }

// OnBranch reports whether a commit is on the default branch now.
func (c clone) OnBranch(sha string) (bool, error) {
	if !c.repo.Has(sha) {
		return false, nil // the list of the branch's pushes knows
	}
	return c.repo.Ancestor(sha, c.head)
}

// File reads a file of a commit, which may have been forced away since.
func (c clone) File(sha, path string) ([]byte, error) {
	if err := c.fetch(sha); err != nil {
		return nil, err
	}
	return c.repo.RootFile(sha, path)
}

// tip is the default branch as it is now, in the clone.
func (h *hub) tip() (string, error) {
	tip, err := h.client.Tip(h.ctx)
	if err != nil {
		return "", err
	}
	return tip, h.fetch(tip)
}

func (h *hub) fetch(commit string) error {
	from := history.Remote{URL: h.run.ServerURL + "/" + h.run.Owner + "/" + h.run.Repo + ".git", User: "x-access-token", Token: h.token}
	return h.repo.Fetch(h.ctx, from, commit)
}

// Start opens a deployment before the first write.
func (h *hub) Start(commit, digest string) error {
	if h.began != 0 && h.commit != commit {
		return fmt.Errorf("this run has recorded an apply of %s, and cannot record one of %s", short(h.commit), short(commit))
	}
	if h.began != 0 {
		return nil
	}
	if err := h.mayRecord(); err != nil {
		return err
	}
	h.commit = commit
	id, err := h.client.Start(h.ctx, github.Start{Config: h.config, Commit: commit, Digest: digest})
	h.began = id
	return err
}

// mayRecord refuses runs whose record would not be believed later: those of other
// events and branches, and of workflows that do not ask for the permission.
func (h *hub) mayRecord() error {
	if err := h.run.Applies(); err != nil {
		return err
	}
	if h.run.WorkflowPath == "" {
		return nil // the runner does not say
	}
	file, err := clone{h}.File(h.run.SHA, h.run.WorkflowPath)
	if err != nil || github.MayRecord(file) {
		return err
	}
	return fmt.Errorf("%s does not say `deployments: write` below `permissions:` of the job: without that line its record does not count",
		h.run.WorkflowPath)
}

// Complete closes it with success; a run that had nothing to do opens one for that.
func (h *hub) Complete(commit, digest string) error {
	if err := h.Start(commit, digest); err != nil {
		return err
	}
	return h.client.Finish(h.ctx, h.began, github.Success, "nothing is left to do")
}

// broken says on GitHub that an apply has begun and left something. The context
// of the command may be over.
func (h *hub) broken(why string) error {
	if h.began == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(h.ctx), 20*time.Second)
	defer cancel()
	return h.client.Finish(ctx, h.began, github.Failure, why)
}

// audience is what AWS expects a token to be for.
const audience = "sts.amazonaws.com"

// webIdentity is how roles are assumed: with the token of the run, unless an
// earlier step has left credentials, or the job may not have a token.
func (h *hub) webIdentity() func(context.Context) (string, error) {
	if h.ambient() || h.env.Getenv("ACTIONS_ID_TOKEN_REQUEST_URL") == "" {
		return nil
	}
	return h.idToken
}

// ambient reports whether an earlier step, or the job, has set credentials.
func (h *hub) ambient() bool {
	return h.env.Getenv("AWS_ACCESS_KEY_ID") != "" || h.env.Getenv("AWS_PROFILE") != ""
}

// noToken is what helps a job that has neither a token nor credentials. The
// runner's own machine may still have some.
func (h *hub) noToken() string {
	if h.ambient() || h.env.Getenv("ACTIONS_ID_TOKEN_REQUEST_URL") != "" {
		return ""
	}
	return "Add `id-token: write` below `permissions:` of the job, or let an earlier step set AWS credentials that may assume the role"
}

// idToken asks for a token once for all roles, and again before it ends.
func (h *hub) idToken(ctx context.Context) (string, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.identity != "" && h.env.Now().Before(h.ends) {
		return h.identity, nil
	}
	token, err := github.IDToken(ctx, h.env.Getenv, audience, github.Options{})
	if err != nil {
		return "", err
	}
	claims, err := github.Claims(token)
	if err != nil {
		return "", err
	}
	if seconds, ok := claims["exp"].(float64); ok {
		h.ends = time.Unix(int64(seconds), 0).Add(-time.Minute)
	}
	h.identity = token
	return token, nil
}

// isNewest reports whether this run is about the pull request as it is now. A run
// that is started again must not put the plan of an old commit where the newest
// one's is read.
func (h *hub) isNewest() bool {
	pull := h.run.Pull
	if pull == nil {
		return false
	}
	head, err := h.client.PullHead(h.ctx, pull.Number)
	if err != nil || head == pull.Head {
		return true // commenting says itself what is in the way
	}
	fmt.Fprintf(h.env.Stderr, "lakeshare: pull request %d has moved on to %s: its comment is left alone\n", pull.Number, short(head))
	return false
}

// tell writes where a result belongs: a comment on pull requests if the token
// may, and the summary of the run in any case.
func (h *hub) tell(pulls []int, key, body, summary string) error {
	if err := h.actions.Summary(summary); err != nil {
		return err
	}
	for _, number := range pulls {
		r, err := h.client.Comment(h.ctx, number, key+":"+h.config, body)
		refused := (*github.RefusedError)(nil)
		switch {
		case errors.As(err, &refused):
			fmt.Fprintf(h.env.Stderr, "lakeshare: %v; it is in the summary of this run\n", err)
		case err != nil:
			fmt.Fprintf(h.env.Stderr, "lakeshare: pull request %d was not told: %v\n", number, err)
		default:
			fmt.Fprintf(h.env.Stderr, "lakeshare: comment %s: %s\n", r.Change, r.URL)
		}
	}
	return nil
}
