.DEFAULT_GOAL := help
GO ?= go
STACK ?= mapkeep
ROOMS := list export check download close finish
GOLANGCI := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

.PHONY: help demo test build lint cross bench check check-arcgis release deploy FORCE

help: ## say what there is
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1	\2/p' $(MAKEFILE_LIST) | awk -F'\t' '{printf "  make %-13s %s\n", $$1, $$2}'

demo: ## play a whole backup against a simulated portal
	$(GO) run ./infra/mapkeep demo

test: ## run all tests
	$(GO) test -race -timeout 30m ./...

build: $(ROOMS:%=dist/%/bootstrap) ## build the Lambda functions (arm64) and bin/mapkeep
	$(GO) build -trimpath -o bin/mapkeep ./infra/mapkeep

# A function starts the sooner the smaller it is. Not inlining saves an eighth
# of it; where bytes are moved, only the SDK is built so. S3 speaks no HTTP/2,
# and the portal is not asked by it, so it is left out.
COLD := all=-l
dist/download/bootstrap: COLD := github.com/aws/...=-l
STAMP = $(if $(VERSION),-X github.com/mapkeep/mapkeep/internal/backup.Version=$(VERSION:v%=%))
dist/%/bootstrap: FORCE
	GOOS=$(or $(LAMBDA_OS),linux) GOARCH=$(or $(LAMBDA_ARCH),arm64) CGO_ENABLED=0 $(GO) build -trimpath -buildvcs=false -tags lambda.norpc,nethttpomithttp2 -ldflags '-s -w $(STAMP)' -gcflags '$(COLD)' -o $@ ./functions/$*

lint: ## formatting, go.mod, vet and golangci-lint (fetched by Go, pinned)
	@test -z "$$(gofmt -l . | tee /dev/stderr)"
	$(GO) mod tidy -diff
	$(GO) vet -tags judges,localstack,arcgis ./...
	$(GO) run $(GOLANGCI) run ./...

cross: ## build, tests too, for each system of users
	set -e; for on in linux/amd64 darwin/arm64 windows/amd64; do export GOOS=$${on%/*} GOARCH=$${on#*/}; $(GO) build ./...; $(GO) vet -tags judges ./...; done

bench: ## measure, and write bench/RESULTS.md
	$(GO) run ./bench

check: lint cross test ## all that CI runs
	$(GO) test -run TestElevenThousandItems ./infra
	bash .ci/judges

check-arcgis: ## try Esri's Python package (640 MB) on the simulated portal
	bash .ci/tools arcgis
	$(GO) test -count=1 -tags arcgis ./infra/judge/esri/

release: ## build what a release of VERSION=vX.Y.Z holds, into dist/release
	bash .ci/release $(VERSION)

deploy: build ## deploy the stack STACK; asks for its parameters the first time
	sam deploy --template-file template.yaml --stack-name $(STACK) --capabilities CAPABILITY_IAM \
	  $(if $(PARAMETERS),--resolve-s3 --parameter-overrides $(PARAMETERS),$(if $(wildcard samconfig.toml),--resolve-s3,--guided))
