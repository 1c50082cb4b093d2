package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestGitHubStories runs what happens around a repository on GitHub. A script is
// the repository acme/lake-shares, whoever works on it, and the steps that its
// workflows run against a simulated GitHub and a simulated AWS. The work folder is
// somebody's clone; files named *.txt, *.md and *.json in it are not committed.
//
//	hub                           lays out lakeshare.yaml and world.yaml of the sample, and the
//	                              workflows of lakeshare init, unless they are there; all but
//	                              the world is put on GitHub
//	branch NAME                   switches to a branch, which starts at main as it is on GitHub
//	commit MESSAGE                commits the work tree
//	amend                         puts the work tree into the last commit
//	push [--force] BRANCH         pushes a branch; main too
//	pull NUMBER BRANCH [--fork]   opens a pull request
//	merge NUMBER squash|rebase|merge|queue
//	queue NUMBER                  puts a pull request into the merge queue
//	close NUMBER                  closes it without merging
//	back COUNT                    forces main back by so many commits
//	pass DURATION                 lets time pass
//	runs CODE EVENT COMMAND [KEY=VALUE...]
//	                              runs a command as a step of a workflow, which has to end with
//	                              this code, or be killed. EVENT is pull_request:NUMBER,
//	                              merge_group:NUMBER, push (the last one to main, push~1 the one
//	                              before), workflow_dispatch or schedule. A KEY is config, allow,
//	                              depth, credentials (an account), as (a name for rerun), or environment or a permission of the job. It
//	                              leaves out.txt, summary.md and plan.json
//	rerun CODE NAME               runs a step again, with its event and commit of then
//	output VARIABLE NAME          sets a variable to an output of the last step
//	comments NUMBER FILE          writes down the comments of a pull request
//	issues FILE                   writes down the issues
//	deployments FILE              writes down the deployments
//	[!] reads ROLE TABLE [COLUMNS]
//	                              asks AWS whether a role reads a table, and just these columns
//	hostile [broken]              writes a share for each text that tries to act where it is shown,
//	                              or with each where no text may be
//	harmless                      reads the log and the outputs of the last step as the runner does
//	[!] wrote                     whether the last step changed anything in AWS
//	[!] asked ACCOUNT             whether the last step asked anything of an account
//	byhand grant|revoke ROLE PERMISSION DATABASE.TABLE
//	                              somebody with the console changes a grant on a table of sales
//	forge KIND                    somebody who may push makes a deployment at HEAD of the clone
//	undeploy NUMBER               somebody deletes a deployment
//	during CALL WHAT [ARGUMENT...]
//	                              does something when the next step makes a call: aws:PATTERN, or
//	                              METHOD:PATTERN below the repository; @2 behind it means the
//	                              second. WHAT is kill, fail CODE (every call of that kind), or
//	                              merge, push, back, byhand or forge
func TestGitHubStories(t *testing.T) {
	t.Parallel()
	testscript.Run(t, stories("testdata/github", githubCommands()))
}

// stories are scripts that have a hub.
func stories(dir string, commands map[string]command) testscript.Params {
	return testscript.Params{
		Dir:                 dir,
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("HOME", e.WorkDir)
			e.Setenv("GORACE", noPause)
			e.Values[hubKey{}] = &hub{work: e.WorkDir, t: e.T().(testing.TB), path: os.Getenv("PATH")}
			return nil
		},
		Cmds: commands,
	}
}

type command = func(*testscript.TestScript, bool, []string)

func githubCommands() map[string]command {
	all := map[string]command{
		"edit": edit, "text": text, "many": many, "atmost": atMost, "jsonkey": jsonKey,
		"hub": startHub, "runs": runStep, "rerun": runAgain, "output": output,
		"reads": reads, "wrote": wrote, "asked": asked, "during": during,
		"harmless": harmless, "comments": writeComments, "issues": writeIssues, "deployments": writeDeployments,
	}
	for name, do := range deeds() {
		all[name] = func(ts *testscript.TestScript, neg bool, args []string) {
			if neg {
				ts.Fatalf("%s cannot be negated", name)
			}
			ts.Check(do(hubOf(ts), args))
		}
	}
	return all
}

// deed is what somebody does to the repository or to AWS. It may be done while a
// step runs, by a hook, so it returns its error.
type deed func(*hub, []string) error

func deeds() map[string]deed {
	return map[string]deed{
		"branch": (*hub).branch, "commit": (*hub).commitAll, "amend": (*hub).amend, "push": (*hub).push, "pull": (*hub).pull, "merge": (*hub).merge,
		"queue": (*hub).enqueue, "close": (*hub).closePull, "back": (*hub).back, "pass": (*hub).pass,
		"byhand": (*hub).byHand, "hostile": hostileShares, "forge": (*hub).forge, "undeploy": (*hub).undeploy,
	}
}

// hubKey finds the hub among the values of a script.
type hubKey struct{}

func hubOf(ts *testscript.TestScript) *hub { return ts.Value(hubKey{}).(*hub) }
