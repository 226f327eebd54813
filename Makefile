.DEFAULT_GOAL := help
ROOMS := list export check download close finish
GO ?= go

.PHONY: help demo test build lint bench check check-arcgis deploy

help: ## say what there is
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' $(MAKEFILE_LIST)

demo: ## play a whole backup against a simulated portal
	$(GO) run ./infra/mapkeep demo

test: ## run all tests
	$(GO) test -race ./...

build: $(ROOMS:%=dist/%/bootstrap) ## build the Lambda functions (arm64) and bin/mapkeep
	$(GO) build -trimpath -o bin/mapkeep ./infra/mapkeep

dist/%/bootstrap: FORCE
	GOOS=linux GOARCH=$(or $(LAMBDA_ARCH),arm64) CGO_ENABLED=0 $(GO) build -trimpath -tags lambda.norpc -ldflags '-s -w' -o $@ ./functions/$*

FORCE:

lint: ## vet, formatting and golangci-lint
	@test -z "$$(gofmt -l . | tee /dev/stderr)"
	$(GO) vet ./...
	$(GO) mod verify
