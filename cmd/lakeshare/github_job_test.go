package main

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/lakeshare/lakeshare/internal/scaffold"
)

// job is what a workflow says about the job of a command.
type job struct {
	workflow, environment string
	permissions           map[string]string
	branch                bool // checks main out, whatever the event's commit is
}

// workflow is the part of a workflow file that decides what a step of it may do.
type workflow struct {
	Jobs map[string]struct {
		Environment string
		Permissions map[string]string
		Steps       []struct{ With map[string]string }
	}
}

// layOutWorkflows writes the workflows of lakeshare init unless they are there, and
// reads off them what the jobs may do: stories show that this is enough.
func (h *hub) layOutWorkflows() error {
	files, err := scaffold.Files(scaffold.Input{
		Repository: scaffold.Repository{Owner: "acme", Name: "lake-shares"}, Branch: "main", Owners: "@acme/data-platform", Repair: true,
		Action: scaffold.DefaultAction + "@" + scaffold.Placeholder,
	})
	if err != nil {
		return err
	}
	h.jobs = map[string]job{}
	for _, f := range files {
		if path.Dir(f.Path) != ".github/workflows" {
			continue
		}
		if err := h.readJobs(f); err != nil {
			return fmt.Errorf("%s: %w", f.Path, err)
		}
		to := filepath.Join(h.work, filepath.FromSlash(f.Path))
		if _, err := os.Stat(to); err == nil {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(to, []byte(f.Content), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func (h *hub) readJobs(f scaffold.File) error {
	var w workflow
	if err := yaml.Unmarshal([]byte(f.Content), &w); err != nil {
		return err
	}
	for _, j := range w.Jobs {
		made := job{workflow: path.Base(f.Path), environment: j.Environment, permissions: j.Permissions}
		for _, step := range j.Steps {
			made.branch = made.branch || step.With["ref"] == "refs/heads/main"
			switch command := step.With["command"]; {
			case strings.Contains(command, "inputs.command"): // or what somebody chooses who runs it by hand
				h.jobs["apply"], h.jobs["repair"] = made, made
			case command != "":
				h.jobs[command] = made
			}
		}
	}
	return nil
}
