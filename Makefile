# lakeshare: `make demo` shows it at work, `make test` tests it. Both need Go and nothing else.

GO      ?= go
GOLDEN  := ./cmd/lakeshare ./internal/cli ./internal/intake ./internal/report ./internal/scaffold

# Tools and descriptions that only some checks need. A new version is a new path.
ACT        := .tmp/bin/act@v0.2.89/act
ACTIONLINT := .tmp/bin/actionlint@v1.7.12/actionlint
OPENAPI    := .cache/openapi/23.0.2/api.github.com.json

.PHONY: help build demo test race explore fuzz check format vet lint tidy generate update clean
.PHONY: act actionlint bench contract release release-check reproducible

help: ## Show this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## Build bin/lakeshare
	CGO_ENABLED=0 $(GO) build -trimpath -o bin/lakeshare ./cmd/lakeshare

demo: build ## Share a table between simulated accounts, and take it away again
	@bin/lakeshare demo

test: build ## Run every test
	$(GO) test -shuffle=on ./...

race: ## Run every test under the race detector, with a tenth of the random cases
	LAKESHARE_CASES=200 $(GO) test -race -shuffle=on ./...

explore: ## Play ten thousand random stories that no run has played before
	LAKESHARE_CASES=10000 LAKESHARE_SEED=random $(GO) test -timeout 60m -run TestRandom -v ./internal/scenario

fuzz: ## Fuzz the loader for a minute
	$(GO) test -run '^$$' -fuzz FuzzLoad -fuzztime 60s ./internal/manifest

check: format vet lint tidy generate ## Run every check that is no test

format: ## Fail if a file is not formatted
	@out=$$($(GO) tool gofumpt -l $$(git ls-files '*.go')); test -z "$$out" || { echo "not formatted:"; echo "$$out"; exit 1; }

vet: ## Run go vet
	$(GO) vet ./...

lint: ## Run staticcheck
	$(GO) tool staticcheck ./...

tidy: ## Fail if go.mod or go.sum are not tidy
	$(GO) mod tidy -diff

generate: ## Fail if generated files are not up to date
	$(GO) test ./internal/cli -run TestFindingsPage -count=1 -update
	@git diff --exit-code -- docs schema || { echo "generated files are stale: commit what make generate wrote"; exit 1; }

actionlint: $(ACTIONLINT) ## Lint our scripts and workflows, and those that lakeshare init writes
	! command -v shellcheck >/dev/null || shellcheck action/install.sh .ci/run .ci/release
	$(ACTIONLINT) .github/workflows/*.yml
	PATH="$(CURDIR)/$(dir $(ACTIONLINT)):$$PATH" LAKESHARE_ACTIONLINT=1 $(GO) test -count=1 -run Actionlint ./internal/scaffold

act: build $(ACT) ## Run our sample workflow, and those that lakeshare init writes
	LAKESHARE_ACT="$(CURDIR)/$(ACT)" $(GO) test -count=1 -timeout 10m -run 'Workflows?Runs?$$' ./cmd/lakeshare

contract: $(OPENAPI) ## Hold every call of GitHub in the tests against GitHub's description of its API
	LAKESHARE_OPENAPI="$(CURDIR)/$(OPENAPI)" $(GO) test -count=1 ./internal/githubsim/... ./internal/github/... ./cmd/lakeshare

bench: build ## Print what a plan on a pull request takes, beside the least that is possible
	@mkdir -p .tmp
	@LAKESHARE_BENCH="$(CURDIR)/.tmp/figures.txt" $(GO) test -count=1 -run TestFigures ./cmd/lakeshare >.tmp/figures.log 2>&1 || { tail -n 40 .tmp/figures.log; exit 1; }
	@cat .tmp/figures.txt

release: export VERSION := $(VERSION)
release: ## Build the four binaries of VERSION=v1.2.3 from HEAD, and the table of their digests
	.ci/release build "$$VERSION"

release-check: ## Build what action/checksums.txt lists again, and compare
	.ci/release check

reproducible: ## Build HEAD twice, in two places, and compare the bytes
	.ci/release reproducible

$(ACT):
	GOBIN="$(CURDIR)/$(@D)" $(GO) install github.com/nektos/act@v0.2.89

$(ACTIONLINT):
	GOBIN="$(CURDIR)/$(@D)" $(GO) install github.com/rhysd/actionlint/cmd/actionlint@v1.7.12

$(OPENAPI):
	mkdir -p $(@D)
	cd $(@D) && npm pack --silent @octokit/openapi@23.0.2 >/dev/null && tar -xzf octokit-openapi-23.0.2.tgz --strip-components=2 package/generated/api.github.com.json
	rm $(@D)/octokit-openapi-23.0.2.tgz

update: ## Rewrite golden files from what the tests see
	$(GO) test ./internal/manifest -update -update-load
	$(GO) test $(GOLDEN) -update

clean: ## Remove what was built
	rm -rf bin dist .tmp .cache
