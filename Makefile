# gloss: "make" builds bin/gloss, "make help" lists the targets.

SOURCES  := go.mod go.sum $(shell find cmd tui engine kb corpus -type f ! -name '*_test.go' ! -path '*/testdata/*' ! -path '*/__pycache__/*' 2>/dev/null)
PACKAGES := ./...
LIBS     := build/lib/libtokenizers.a build/lib/libonnxruntime.so bin/libonnxruntime.so

.DEFAULT_GOAL := build
.PHONY: help deps gpu tools build demo test test-race test-train e2e bench crash fuzz walk check tidy fmt lint notices growth pictures clean
.DELETE_ON_ERROR:

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

deps: $(LIBS) ## get the native libraries (cached under ~/.cache/gloss)

gpu: $(LIBS) ## put ONNX Runtime with CUDA beside bin/gloss (250 MB)
	@scripts/onnxruntime.sh onnxruntime-gpu bin

tools: ## tell which tools are missing, and how to install them
	@scripts/tools.sh go cargo cc c++ python3 pip git tmux && echo "all tools are here" >&2

build: bin/gloss ## build bin/gloss

demo: tools build ## set everything up and open the workbench on the demo
	@bin/gloss demo

test: tools deps ## run every test
	go test $(PACKAGES)

test-race: deps ## run the tests under the race detector
	go test -race $$(go list $(PACKAGES) | grep -v /e2e)

test-train: deps ## train tiny models by every recipe (needs torch) and compare; retrain on the demo
	GLOSS_TRAIN_TESTS=1 go test -count=1 -v -run 'TestRecipes|TestRetraining' -timeout 30m ./engine/train ./e2e

e2e: deps ## run the end-to-end tests in tmux, telling each
	go test -count=1 -v ./e2e

bench: deps ## measure: sizes are in the names; BENCH=regexp for some
	go test -run '^$$' -bench '$(or $(BENCH),.)' -benchmem -timeout 60m ./corpus/... ./engine/workbench

fuzz: deps ## fuzz every target for 60 s; FUZZ=regexp for some, FUZZTIME=t for longer
	@scripts/fuzz.sh $(or $(FUZZTIME),60s) '$(or $(FUZZ),.)'

crash: deps ## kill the program a thousand times while it saves; RUNS=n for fewer
	GLOSS_CRASH_RUNS=$(or $(RUNS),1000) go test -count=1 -v -timeout 120m -parallel 4 -run TestCrash ./e2e

walk: deps ## press 50,000 random keys, and compare screen, memory, journal and files; KEYS=n, SEED=n
	GLOSS_WALK_KEYS=$(or $(KEYS),50000) GLOSS_WALK_SEED=$(or $(SEED),7) go test -count=1 -v -timeout 60m -run 'TestWalk$$' ./tui

check: tools lint tidy test-race ## what CI runs beside the tests

tidy: ## fail where go.mod or go.sum is not tidy
	@go mod tidy -diff || { echo "go.mod is not tidy: run go mod tidy" >&2; exit 1; }

fmt: ## format the Go code
	gofmt -w $(shell find . -name '*.go' -not -path './build/*')

lint: deps ## gofmt, go vet and staticcheck, changing nothing
	@unformatted=$$(gofmt -l $(shell find . -name '*.go' -not -path './build/*')); \
	if [ -n "$$unformatted" ]; then echo "not formatted (run make fmt):" $$unformatted >&2; exit 1; fi
	go vet $(PACKAGES)
	go run honnef.co/go/tools/cmd/staticcheck@v0.8.2 $(PACKAGES)

notices: ## write THIRD_PARTY_NOTICES.md anew
	@scripts/notices.sh

growth: build ## measure knowledge bases of 10,000 to 2.5 million names, and draw docs/growth.svg
	bin/gloss bench kb --sizes 10000,100000,290000,1000000,2460000 --rounds 3 --json >docs/growth.json
	scripts/growth.py docs/growth.json >docs/growth.svg

pictures: build ## draw the README's picture of the workbench anew
	@scripts/pictures.sh

clean: ## remove what was built here; the user's cache stays
	rm -rf bin build

bin/gloss: $(SOURCES) | $(LIBS)
	@mkdir -p bin
	go build -o $@ ./cmd/gloss
	@touch $@

build/lib/libtokenizers.a: go.mod scripts/tokenizers.sh scripts/common.sh
	@scripts/tokenizers.sh $@

build/lib/libonnxruntime.so: scripts/deps.lock scripts/onnxruntime.sh scripts/common.sh
	@scripts/onnxruntime.sh onnxruntime $(@D)

# The program looks for the library beside itself first.
bin/libonnxruntime.so: build/lib/libonnxruntime.so
	@mkdir -p bin
	@ln -f $< $@ 2>/dev/null || cp $< $@
