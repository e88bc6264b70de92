# Everything a developer or an operator does here has a target; `make help` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.PHONY: help install develop demo test check lint types imports contracts proto nats-conf format fuzz bench bench-retrieve bench-ingest bench-audit bench-generate bench-pages torture evaluate clean

DATA ?= .data
PORT ?= 8080
TESTS ?= tests
# One more than the cores: a test that starts a platform waits for it a third of its time.
WORKERS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
# Where tests write: in memory where 8 GiB of it are free, for each flush of a disk is 5 to 30 ms and they make thousands.
FOLDER ?= $(shell df --output=avail /dev/shm 2>/dev/null | awk 'END { print ($$1 > 8 * 1024 ^ 2) ? "/dev/shm" : "/tmp" }')
SIZES ?= 10000 100000
SETS ?= swefaq helsingborg swequad-mc sfs
IDENTIFIERS ?= 10000
EXAMPLES ?= 100

# uv from the machine if there is one, otherwise from PyPI into .tools.
UV := $(or $(shell command -v uv 2>/dev/null),.tools/bin/uv)
export UV_PYTHON_DOWNLOADS := never
# Containers of Python's set it. Without compiled files each service takes a second or two more of processor time to start.
unexport PYTHONDONTWRITEBYTECODE
RUN := .venv/bin
PROTO_BASE := $(shell git describe --tags --abbrev=0 2>/dev/null || git rev-list --max-parents=0 HEAD 2>/dev/null | tail -n 1)

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

.tools/bin/uv:
	python3 -m venv .tools
	.tools/bin/pip install --quiet --disable-pip-version-check 'uv>=0.9,<1'

install: | $(filter .tools/%,$(UV)) ## Install the product into .venv and prepare the embedder's weights
	$(UV) sync --frozen --no-dev --inexact --quiet
	$(RUN)/python -m allmanning.index.prepare
	$(RUN)/python -m allmanning.gateway.typeface

develop: | $(filter .tools/%,$(UV)) ## Install the product and what its tests need
	$(UV) sync --frozen --quiet
	$(RUN)/python -m allmanning.index.prepare
	$(RUN)/python -m allmanning.gateway.typeface

demo: install ## Start the whole platform with the demo authority (PORT=8080 DATA=.data)
	@exec $(RUN)/allmanning up --data $(DATA) --port $(PORT)

test: develop ## Run the tests side by side, those with a platform first (TESTS=tests/unit for a part, WORKERS=0 for one process)
	TMPDIR=$(FOLDER) $(RUN)/pytest -n $(WORKERS) --dist loadscope --no-loadscope-reorder $(TESTS)

check: develop lint types imports contracts ## Lint, types, import directions and contracts

lint: ## ruff: rules and format
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .

types: ## mypy, strict
	$(RUN)/mypy services/*/src

imports: ## Data flows one way between the packages
	$(RUN)/lint-imports

contracts: ## buf: lint, and no message breaks an older one
	$(RUN)/buf lint
	$(RUN)/buf breaking --against '.git#ref=$(PROTO_BASE)'

proto: ## Generate the code of the contracts
	PATH="$(CURDIR)/$(RUN):$$PATH" $(RUN)/buf generate

nats-conf: ## Write infra/nats/server.conf from the permissions
	$(RUN)/python -m allmanning.runtime.permissions > infra/nats/server.conf

format: ## Format the code
	$(RUN)/ruff check --fix-only --quiet .
	$(RUN)/ruff format --quiet .

fuzz: develop ## Ask every operation of the API what a machine can think of (EXAMPLES=100 each)
	ALLMANNING_FUZZ_EXAMPLES=$(EXAMPLES) $(RUN)/pytest -n 0 tests/e2e/api

bench: develop ## Measure the platform beside its baselines
	$(RUN)/python -m tests.benchmark

bench-retrieve: develop ## Measure search at scale (SIZES="10000 100000") and the embedder
	$(RUN)/python -m tests.benchmark.retrieve --sizes $(SIZES)

bench-ingest: develop ## Measure ingest: documents a second, long and large files, and how much of each format is read
	$(RUN)/python -m tests.benchmark.ingest

bench-audit: develop ## Measure the log: records a second, proofs at 1 M records, checking a bundle
	$(RUN)/python -m tests.benchmark.audit.log
	$(RUN)/python -m tests.benchmark.audit.verify

bench-generate: develop ## Measure answering: first words, streams, chats a second, and fairness beside 500 streams, replicas
	$(RUN)/python -m tests.benchmark.generate
	$(RUN)/python -m tests.benchmark.generate.replicas

bench-pages: develop ## Measure the pages: 200 people browsing at once, processor time, weight, until usable
	$(RUN)/python -m tests.benchmark.pages

torture: develop ## Files that break parsers: each is read, or set aside for a true reason (needs ../shared/data)
	$(RUN)/python -m tests.evaluation.ingest.torture

evaluate: develop ## Measure answers and search beside their aims and baselines (SETS=swefaq, IDENTIFIERS=10000 documents)
	$(RUN)/python -m tests.evaluation.generate.answers
	$(RUN)/python -m tests.evaluation.generate.extractive
	$(RUN)/python -m tests.evaluation.generate.kinds
	$(RUN)/python -m tests.evaluation.generate.planted
	$(RUN)/python -m tests.evaluation.generate.contradictions
	$(RUN)/python -m tests.evaluation.generate.lies
	$(RUN)/python -m tests.evaluation.generate.conflicts
	$(RUN)/python -m tests.evaluation.retrieval --sets $(SETS) --identifiers $(IDENTIFIERS)
	$(RUN)/python -m tests.evaluation.personal
	test ! -d ../shared/data || $(RUN)/allmanning evaluate pii ../shared/data/pii
	$(RUN)/allmanning evaluate injection tests/evaluation/injection/own
	test ! -d ../shared/data || $(RUN)/allmanning evaluate injection ../shared/data/injection

clean: ## Remove what was installed and built; data folders stay
	rm -rf .venv .tools dist .mypy_cache .ruff_cache .pytest_cache
