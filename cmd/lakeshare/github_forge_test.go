package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"

	"github.com/lakeshare/lakeshare/internal/githubsim"
)

// forgery is how somebody who may push could make a deployment that looks like
// one of lakeshare: with whose token, and quoting which run.
type forgery struct {
	person bool           // a personal token; else one of Actions
	run    *githubsim.Run // their own run, whose token it is and which is quoted
	quoted int64          // a run that is quoted instead
	text   bool           // a payload that is no object
}

// forge makes a deployment of HEAD of the clone and says that it was a success.
func (h *hub) forge(args []string) error {
	if len(args) != 1 {
		return errors.New("usage: forge KIND")
	}
	commit, err := h.git(h.work, "rev-parse", "HEAD")
	if err != nil {
		return err
	}
	if args[0] == "status" { // no deployment of their own, but a status of the last one
		return h.forgeStatus(h.lastDeployment())
	}
	f, err := h.forgery(args[0], commit)
	if err != nil {
		return err
	}
	token := githubsim.Token{Repo: hubRepo, Permissions: map[string]string{"deployments": "write", "contents": "read"}}
	if f.person {
		token.Login = "mallory"
	}
	if f.run != nil {
		id, err := h.github.AddRun(hubRepo, *f.run)
		if err != nil {
			return err
		}
		token.RunID = id
		if f.quoted == 0 {
			f.quoted = id
		}
	}
	var payload any = map[string]any{"config": ".", "version": 1, "digest": "0123", "run": f.quoted, "attempt": 1}
	if f.text {
		payload = "lakeshare"
	}
	var made struct{ ID int64 }
	err = h.send(http.MethodPost, h.github.Token(token), "deployments", map[string]any{
		"ref": commit, "task": "lakeshare", "environment": "lakeshare", "auto_merge": false, "required_contexts": []string{}, "payload": payload,
	}, &made)
	if err != nil {
		return err
	}
	return h.send(http.MethodPost, h.github.Token(token), fmt.Sprintf("deployments/%d/statuses", made.ID), map[string]any{"state": "success"}, nil)
}

// forgery is one of the ways that are known.
func (h *hub) forgery(kind, commit string) (forgery, error) {
	own := &githubsim.Run{HeadBranch: "mallory", HeadSHA: commit, Event: "push", CreatedAt: h.now(), Actor: "mallory"}
	switch kind {
	case "person": // a deployment of their own
		return forgery{person: true, quoted: h.last.id}, nil
	case "branch": // a workflow of theirs on a branch
		return forgery{run: own}, nil
	case "pull": // a pull request whose branch is called main
		own.HeadBranch, own.Event = "main", "pull_request"
		return forgery{run: own}, nil
	case "tag": // a tag that is called main
		own.HeadBranch = "main"
		return forgery{run: own}, nil
	case "quoting": // a workflow of theirs that names the last run of lakeshare
		return forgery{run: own, quoted: h.last.id}, nil
	case "unknown": // a run that does not exist
		return forgery{run: own, quoted: 99999999}, nil
	case "text":
		return forgery{run: own, text: true}, nil
	}
	return forgery{}, fmt.Errorf("forge %s: not a known way", kind)
}

func (h *hub) lastDeployment() int64 {
	all := h.github.Deployments(hubRepo)
	if len(all) == 0 {
		return 0
	}
	return slices.MaxFunc(all, func(a, b githubsim.Deployment) int { return int(a.ID - b.ID) }).ID
}

// forgeStatus says that an apply was a success, with the token of another run.
func (h *hub) forgeStatus(deployment int64) error {
	token := h.github.Token(githubsim.Token{Repo: hubRepo, Permissions: map[string]string{"deployments": "write"}})
	return h.send(http.MethodPost, token, fmt.Sprintf("deployments/%d/statuses", deployment), map[string]any{"state": "success", "auto_inactive": false}, nil)
}

// undeploy deletes a deployment by its place in the list, as somebody does who has
// found out who made it. GitHub wants it to be inactive first.
func (h *hub) undeploy(args []string) error {
	if len(args) != 1 {
		return errors.New("usage: undeploy NUMBER")
	}
	all := h.github.Deployments(hubRepo)
	n, err := strconv.Atoi(args[0])
	if err != nil || n < 1 || n > len(all) {
		return fmt.Errorf("undeploy %s: there are %d deployments", args[0], len(all))
	}
	token := h.github.Token(githubsim.Token{Login: "grace", Repo: hubRepo, Permissions: map[string]string{"deployments": "write"}})
	below := fmt.Sprintf("deployments/%d", all[n-1].ID)
	if err := h.send(http.MethodPost, token, below+"/statuses", map[string]any{"state": "inactive"}, nil); err != nil {
		return err
	}
	return h.send(http.MethodDelete, token, below, nil, nil)
}

// send makes a call of GitHub's API.
func (h *hub) send(method, token, below string, body map[string]any, into any) error {
	var data io.Reader = http.NoBody
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return err
		}
		data = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(h.t.Context(), method, h.address+"/repos/"+hubRepo+"/"+below, data)
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+token)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusCreated && resp.StatusCode != http.StatusNoContent {
		return fmt.Errorf("%s %s: %s", method, below, resp.Status)
	}
	if into == nil {
		return nil
	}
	return json.NewDecoder(resp.Body).Decode(into)
}
