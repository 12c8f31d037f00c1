GO          ?= go
FUZZTIME    ?= 60s
TESTTIMEOUT ?= 10m
RACECOUNT   ?= 5
BENCH       ?= .
BENCHTIME   ?= 1s
BENCHCOUNT  ?= 1
SIMTIME     ?= 10m
SPECSERVERS ?= redis-7.0 redis-8.0 valkey-8.1 valkey-9.1

RUNBENCH = cd benchmarks && $(GO) run ./cmd/bench -out ../docs/benchmarks -readme ../README.md

# Run by "go run", so that the version is the same everywhere and go.mod does not know it.
STATICCHECK ?= honnef.co/go/tools/cmd/staticcheck@v0.8.2

GOVULNCHECK ?= golang.org/x/vuln/cmd/govulncheck@v1.9.0
VULNGO      ?= go1.26.11

# What has to be covered by tests, in percent of its statements; what is generated does not count.
COVERMIN  ?= 90
COVERED    = ./future/... ./redis/... ./internal/lend ./generator
COVERFILE ?= cover.out

# Systems that nobody tests on; that everything compiles there is checked.
CROSS := linux/386 windows/amd64 darwin/arm64

CODE := future redis generator internal examples

# The modules in folders of their own, with dependencies that the root module does without.
NESTED := benchmarks integration contrib/redisotel

.DEFAULT_GOAL := help
.PHONY: help test test-short race simulate live integration e2e bench bench-quick bench-report microbench size spec generate lint check api cross vuln cover fuzz servers clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# The race detector distorts costs, so the tests of costs skip themselves under it; the third run is theirs, and that of all quick tests
# in which sockets are read and written as in production, since quiet system calls are not for the race detector. It also slows the
# simulator down, which plays as many schedules as it has time for there; the fourth run plays all 10 000.
test: servers ## every test, with the race detector and real servers; gets the servers first if need be
	$(GO) test -race -count=1 -timeout $(TESTTIMEOUT) ./...
	CALM_TURNS=1 $(GO) test -race -short -count=1 -timeout $(TESTTIMEOUT) ./redis ./redis/pool
	$(GO) test -short -count=1 -timeout $(TESTTIMEOUT) ./future/... ./redis/... ./internal/socket
	$(GO) test -count=1 -v -timeout $(TESTTIMEOUT) -run '^TestSchedules$$' ./internal/simulator
	$(GO) -C benchmarks test -count=1 -timeout $(TESTTIMEOUT) ./...
	$(GO) -C contrib/redisotel test -race -count=1 -timeout $(TESTTIMEOUT) ./...

test-short: ## the quick tests, without the race detector; needs no server and no gcc
	$(GO) test -short -count=1 -timeout $(TESTTIMEOUT) ./...

race: ## the quick tests RACECOUNT times (5) with the race detector, to look for what happens now and then
	$(GO) test -race -short -count=$(RACECOUNT) -timeout 30m ./future/... ./redis/...

simulate: ## schedules of faults for SIMTIME (10m), from a seed on that is taken from the clock; see docs/testing.md
	SIM_DURATION=$(SIMTIME) $(GO) test -count=1 -v -timeout 0 -run '^TestSchedules$$' ./internal/simulator

live: servers ## the tests in live_*_test.go alone, against every version of the servers, which it gets first; a missing one is a failure
	@[ -n "$$REDIS_TEST_ADDR" ] || ! command -v apt-get >/dev/null || internal/redistest/servers.sh all
	@set -e; dirs=$$(find $(CODE) -name 'live_*_test.go' -exec dirname {} + | sort -u); \
	test -n "$$dirs" || { echo "there is no live_*_test.go in $(CODE)"; exit 1; }; \
	for dir in $$dirs; do \
		names=$$(sed -n 's/^func \(Test[A-Za-z0-9_]*\)(.*/\1/p' $$dir/live_*_test.go | paste -s -d '|' -); \
		CI=true CHECK_SPEC=1 $(GO) test -race -count=1 -timeout $(TESTTIMEOUT) -run "^($$names)$$" ./$$dir; \
	done

integration: ## every server version, transport and login, then containers; gets servers and, on Debian as root, an engine
	@if command -v apt-get >/dev/null; then internal/redistest/servers.sh all; else $(MAKE) servers; fi
	cd integration && CI=true $(GO) test -race -count=1 -timeout $(TESTTIMEOUT) -skip '^Test(AnEngine|Container)' ./...
	GO="$(GO)" TESTTIMEOUT=$(TESTTIMEOUT) integration/containers.sh

# Chromium is installed, being too much to be unpacked by the way as servers are.
e2e: servers ## the pages of examples/chat and examples/observability in a headless Chromium, which is installed from the distribution's packages when there is none
	@command -v chromium-headless-shell || command -v chromium || command -v chromium-browser || command -v google-chrome || { \
		sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
		$$sudo apt-get update -q && { $$sudo apt-get install -q -y --no-install-recommends chromium-headless-shell || $$sudo apt-get install -q -y --no-install-recommends chromium; }; } || { \
		echo "Put a Chromium on PATH, and run it again."; exit 1; }
	E2E=1 CI=true E2E_SCREENSHOT="$(CURDIR)/docs/chat.png" $(GO) test -race -count=1 -timeout $(TESTTIMEOUT) -v ./examples/chat
	E2E=1 CI=true E2E_DASHBOARD="$(CURDIR)/docs/dashboard.png" $(GO) test -race -count=1 -timeout $(TESTTIMEOUT) -v ./examples/observability

# The benchmarks against the peers are a module of their own, so that none of these is a dependency of ours.
bench: servers ## our client beside its peers, into docs/benchmarks and README.md, about 15 minutes; BENCHARGS="-rows get16@128" and the like
	$(RUNBENCH) $(BENCHARGS)

bench-quick: servers ## a look at the core rows in a minute or two; writes nothing
	$(RUNBENCH) -rows core -clients gates -rounds 2 -for 4m -out "" $(BENCHARGS)

bench-report: ## docs/benchmarks and README.md again from the results of the last make bench
	$(RUNBENCH) -report

microbench: ## the benchmarks of single parts; BENCH=regexp, BENCHTIME=1s, BENCHCOUNT=1
	$(GO) test -run '^$$' -bench '$(BENCH)' -benchmem -benchtime $(BENCHTIME) -count $(BENCHCOUNT) ./future/... ./redis/...

size: ## what the commands cost at build time: CPU to compile them, bytes in a program that calls one
	MEASURE_COMPILE=1 $(GO) test -count=1 -v ./internal/size

spec: ## spec/commands.json anew from SPECSERVERS (four versions), which it gets first if need be
	internal/redistest/servers.sh $(SPECSERVERS)
	$(GO) run ./generator spec --servers "$${SERVERS_DIR:-.servers}" $(SPECSERVERS)

generate: ## redis/commands/zz_*.go anew from spec/
	$(GO) generate ./...

lint: check ## check, staticcheck, and golangci-lint if it is on PATH
	$(GO) run $(STATICCHECK) ./...
	@set -e; for module in $(NESTED); do (cd $$module; set -x; $(GO) run $(STATICCHECK) ./...); done
	@if command -v golangci-lint >/dev/null; then echo golangci-lint run; golangci-lint run; \
	else echo "golangci-lint is not on PATH: its part is left out"; fi

check: ## gofmt, go vet, go mod tidy: the part of lint that needs no other tool
	@unformatted=$$("$$($(GO) env GOROOT)/bin/gofmt" -l $(CODE) $(NESTED)); test -z "$$unformatted" || { echo "gofmt wants: $$unformatted"; exit 1; }
	$(GO) vet ./...
	$(GO) mod tidy -diff
	@set -e; for module in $(NESTED); do (cd $$module; set -x; $(GO) vet ./...; $(GO) mod tidy -diff); done

api: ## what has been exported since, into api/; a name that is gone or has changed is an error
	$(GO) run ./internal/api

cross: ## compiles everything, tests too, for the systems in CROSS; the first time, the standard library as well
	@set -e; for system in $(CROSS); do echo "== $$system"; \
		for command in build vet; do GOOS=$${system%/*} GOARCH=$${system#*/} CGO_ENABLED=0 $(GO) $$command ./...; done; \
	done

# The database comes as a module from the module proxy, so that this works wherever modules do; govulncheck takes a folder of reports as one.
# The standard library that is looked at is that of VULNGO: a program has that of whoever builds it.
vuln: ## known vulnerabilities in what the modules call, built by Go VULNGO
	@set -e; db=$$($(GO) mod download -json golang.org/x/vulndb@latest | sed -n 's/^\t"Dir": "\(.*\)",$$/\1/p')/data/osv; ls $$db/GO-*.json | wc -l | sed 's/$$/ reports/'; \
	for module in . $(NESTED); do echo "$$module:"; GOTOOLCHAIN=$(VULNGO) $(GO) -C $$module run $(GOVULNCHECK) -db file://$$db ./...; done

cover: servers ## the quick tests with servers, and how much of the hand-written code they run; less than COVERMIN (90) % fails
	$(GO) test -short -count=1 -timeout $(TESTTIMEOUT) -coverpkg=$$(echo $(COVERED) | tr ' ' ',') -coverprofile=$(COVERFILE) $(COVERED)
	@grep -v '/zz_' $(COVERFILE) > $(COVERFILE:.out=)-written.out
	@$(GO) tool cover -func=$(COVERFILE:.out=)-written.out | awk '/^total:/ { sub("%", "", $$NF); print "covered: " $$NF " % of the hand-written code"; \
		if ($$NF + 0 < $(COVERMIN)) { print "want at least $(COVERMIN) %"; exit 1 } }'

fuzz: ## every fuzz target for FUZZTIME (60s)
	@set -e; for file in $$(grep -rlE '^func Fuzz[A-Z]' --include='*_test.go' $(CODE)); do \
		for target in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' $$file); do \
			echo "== $$target in ./$$(dirname $$file)"; \
			$(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1s ./$$(dirname $$file); \
		done; \
	done

servers: ## a Redis and a Valkey into .servers/ from the packages of Debian or Ubuntu, unless they are on PATH
	@if [ -n "$$REDIS_TEST_ADDR" ]; then echo "servers: REDIS_TEST_ADDR=$$REDIS_TEST_ADDR is used"; \
	elif command -v redis-server >/dev/null && command -v valkey-server >/dev/null; then :; \
	else internal/redistest/servers.sh || { \
		echo "Put a redis-server and a valkey-server on PATH, or set REDIS_TEST_ADDR=host:port, and run it again."; \
		echo "make test-short needs no server."; exit 1; }; fi

clean: ## removes .servers/ and what tests left behind
	rm -rf .servers
	find $(CODE) $(NESTED) -name '*.test' -o -name '*.prof' -o -name '*.out' | xargs -r rm -f
