# Run `make` or `make help` to see what there is to do.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
LOCK := requirements.lock
DEPLOYMENT_LOCK := tests/deployment/requirements.lock

# Which tests `make test` runs (a pytest -m expression), and more arguments for pytest or the command that a target runs.
MARKS ?= not slow
PROCESSES ?= auto
ARGS ?=

HAVE_KAFKA := $(shell command -v java >/dev/null && command -v mvn >/dev/null && echo yes)
HAVE_PROMETHEUS := $(shell command -v prometheus >/dev/null && command -v promtool >/dev/null && command -v amtool >/dev/null && echo yes)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: help
help: ## list the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

.PHONY: demo
demo: $(STAMP) ## a broker, a worker and a simulated helpdesk in one command; ARGS="..." for its options
	$(BIN)/deskpulse demo $(ARGS)

.PHONY: test
test: $(STAMP) ## the quick tests and those with the embedded broker, on all cores; PROCESSES=0 for one after the other
ifneq ($(HAVE_PROMETHEUS),yes)
	@echo "make test: the tests of rules and alerts are skipped: install Debian's prometheus and prometheus-alertmanager."
endif
	$(BIN)/python -m pytest -n $(PROCESSES) -m "($(MARKS)) and not kafka" $(ARGS)
	@echo "make test: the tests on a real Apache Kafka have a target of their own, make test-kafka."

.PHONY: test-kafka
test-kafka: $(STAMP) ## all tests on a real Apache Kafka; fails without Java and Maven
ifneq ($(HAVE_KAFKA),yes)
	@echo "make test-kafka: needs Java 17 and Maven (commands java and mvn)." >&2; exit 1
endif
	DESKPULSE_REQUIRE_KAFKA=1 $(BIN)/python -m pytest -m kafka $(ARGS)

.PHONY: test-faults
test-faults: $(STAMP) ## kill, freeze and cut off workers and brokers under load; ARGS="..." for its options
	$(BIN)/python -m tests.faults $(ARGS)

.PHONY: lint
lint: $(STAMP) ## style, types and freshness of generated files; changes nothing
	$(BIN)/ruff check --no-fix .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict
	$(BIN)/python -m stream.generated --check
	$(BIN)/python -m tests.contributions --check

.PHONY: deploy-check
deploy-check: $(STAMP) ## judge the Dockerfile, the Compose files and the manifests; installs the tools for that once
	$(BIN)/python -m tests.deployment $(ARGS)

.PHONY: format
format: $(STAMP) ## put the code in shape
	$(BIN)/ruff check --fix-only --exit-zero .
	$(BIN)/ruff format .

.PHONY: bench
bench: $(STAMP) ## measure the throughput on this machine; ARGS="..." for its options
	$(BIN)/python -m tests.bench $(ARGS)

.PHONY: soak
soak: $(STAMP) ## years of load in a quarter of an hour; memory and changelog have to level off; ARGS="..." for its options
	$(BIN)/python -m tests.soak $(ARGS)

.PHONY: fuzz
fuzz: $(STAMP) ## feed hostile records, mappings, logs and settings to the code; ARGS="--seed 2 --inputs 1000000"
	$(BIN)/python -m tests.fuzz $(ARGS)

.PHONY: pictures
pictures: $(STAMP) ## draw the pictures of the documentation anew; the dashboards need Node.js, Chromium and Prometheus
	$(BIN)/python -m tests.pictures $(ARGS)
	$(BIN)/python -m tests.pictures.demo_snapshot

.PHONY: generate
generate: $(STAMP) ## write the schemas, the Prometheus rules, the tables in the documentation and the recorded contributions anew
	$(BIN)/python -m stream.generated
	$(BIN)/python -m tests.contributions

# Not through the stamp: a lock that lags behind pyproject.toml must not stop its own renewal.
.PHONY: lock
lock: ## resolve the lock anew; ARGS=--upgrade for newer versions of everything
	@test -x $(BIN)/uv || { $(PYTHON) -m venv $(VENV) && $(PIP) install uv; }
	$(BIN)/uv pip compile pyproject.toml --extra demo --extra monitoring --extra rocksdb --group dev --universal --python-version 3.11 \
		--generate-hashes --no-header --no-emit-index-url --no-emit-find-links --quiet \
		--output-file $(LOCK) $(ARGS)
	$(BIN)/uv pip compile --group deployment --universal --python-version 3.11 \
		--generate-hashes --no-header --no-emit-index-url --no-emit-find-links --quiet \
		--output-file $(DEPLOYMENT_LOCK) $(ARGS)

.PHONY: venv
venv: $(STAMP) ## the virtual environment alone

$(STAMP): $(LOCK) pyproject.toml
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("deskpulse needs Python 3.11 or newer, $(PYTHON) is " + sys.version.split()[0])'
	@echo "Installing into $(VENV) ..."
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install --require-hashes --requirement $(LOCK)
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m pip check
	@touch $@

.PHONY: clean
clean: ## remove the environment, the caches and what was built
	rm -rf $(VENV) build dist .pytest_cache .ruff_cache .mypy_cache .hypothesis
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
