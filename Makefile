# gloss: "make" builds bin/gloss, "make help" lists the targets.

SOURCES  := go.mod go.sum $(shell find cmd tui engine kb corpus -type f ! -name '*_test.go' ! -path '*/testdata/*' ! -path '*/__pycache__/*' 2>/dev/null)
PACKAGES := ./...
LIBS     := build/lib/libtokenizers.a build/lib/libonnxruntime.so bin/libonnxruntime.so

.DEFAULT_GOAL := build
.PHONY: help deps tools build test test-race fmt lint clean
.DELETE_ON_ERROR:

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

deps: $(LIBS) ## get the native libraries (cached under ~/.cache/gloss)

tools: ## tell which tools are missing, and how to install them
	@scripts/tools.sh go cargo cc c++ python3 pip git tmux && echo "all tools are here" >&2

build: bin/gloss ## build bin/gloss

test: deps ## run the tests
	go test $(PACKAGES)

test-race: deps ## run the tests under the race detector
	go test -race $(PACKAGES)

fmt: ## format the Go code
	gofmt -w $(shell find . -name '*.go' -not -path './build/*')

lint: deps ## gofmt and go vet, changing nothing
	@unformatted=$$(gofmt -l $(shell find . -name '*.go' -not -path './build/*')); \
	if [ -n "$$unformatted" ]; then echo "not formatted (run make fmt):" $$unformatted >&2; exit 1; fi
	go vet $(PACKAGES)

clean: ## remove what was built here; the user's cache stays
	rm -rf bin build

bin/gloss: $(SOURCES) | $(LIBS)
	@mkdir -p bin
	go build -o $@ ./cmd/gloss
	@touch $@

build/lib/libtokenizers.a: go.mod scripts/tokenizers.sh scripts/common.sh
	@scripts/tokenizers.sh $@

build/lib/libonnxruntime.so: scripts/deps.lock scripts/onnxruntime.sh scripts/common.sh
	@scripts/onnxruntime.sh $@

# The program looks for the library beside itself first.
bin/libonnxruntime.so: build/lib/libonnxruntime.so
	@mkdir -p bin
	@ln -f $< $@ 2>/dev/null || cp $< $@
