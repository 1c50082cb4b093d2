# lakeshare: `make demo` shows it at work, `make test` tests it. Both need Go and nothing else.

GO      ?= go
GOLDEN  := ./cmd/lakeshare ./internal/cli ./internal/intake ./internal/report

.PHONY: help build demo test race explore fuzz check format vet lint tidy generate update clean

help: ## Show this list
	@awk -F':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## Build bin/lakeshare
	$(GO) build -trimpath -o bin/lakeshare ./cmd/lakeshare

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

update: ## Rewrite golden files from what the tests see
	$(GO) test ./internal/manifest -update -update-load
	$(GO) test $(GOLDEN) -update

clean: ## Remove what was built
	rm -rf bin .tmp
