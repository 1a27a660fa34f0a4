# Duikou: `make` lists what can be done. Two suffice: `make run` and `make test`.
SHELL := /bin/bash
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
RUN_STAMP := $(VENV)/.installed
DEV_STAMP := $(VENV)/.installed-dev
SPARK_STAMP := $(VENV)/.installed-spark
PIP := $(BIN)/python -m pip --disable-pip-version-check -q

.DEFAULT_GOAL := help
.PHONY: help run test test-unit test-postgres test-browser test-kill test-spark fuzz lint types imports messages vendor bench bench-casemix bench-pairing bench-peers bench-web bench-agreements bench-rostering bench-tele tele tele-stop test-tele demo-reset lock clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 16

$(RUN_STAMP): requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { echo "A virtual environment could not be made. On Debian: apt-get install python3-venv"; exit 1; }
	@echo "Installing what Duikou needs into $(VENV) …"
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(DEV_STAMP): $(RUN_STAMP) requirements-dev.lock
	@echo "Installing what the tests need into $(VENV) …"
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

$(SPARK_STAMP): $(DEV_STAMP) requirements-spark.lock
	@echo "Installing PySpark into $(VENV) …"
	@$(PIP) install --require-hashes -r requirements-spark.lock
	@touch $@

run: $(RUN_STAMP) ## serve the site with Zhejiang's round on 127.0.0.1:$PORT (default 8000)
	@set -a; settings="$${DUIKOU_HOME:-var}/tele/site.env"; if [ -f "$$settings" ]; then . "$$settings"; fi; set +a; $(BIN)/duikou serve --port $(PORT)

test: $(DEV_STAMP) ## run every test that this machine can run; says what it skipped and why
	@$(BIN)/python scripts/test.py

test-unit: $(DEV_STAMP) ## run the tests without a browser on SQLite only
	@$(BIN)/python -m pytest -q -n 2 --dist worksteal tests/unit tests/spec tests/wings

test-postgres: $(DEV_STAMP) ## run the database tests on a throw-away PostgreSQL
	@scripts/with_postgres $(BIN)/python -m pytest -q -n 2 --dist worksteal --near-the-database tests/wings tests/spec

test-browser: $(DEV_STAMP) ## walk the pages in a real browser (Debian: apt-get install chromium fonts-noto-cjk)
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder tests/browser

test-kill: $(DEV_STAMP) ## kill imports and jobs at random moments, on both databases
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile tests/kill
	@scripts/with_postgres $(BIN)/python -m pytest -q -n 2 --dist loadfile tests/kill --ignore=tests/kill/test_store.py

test-spark: $(SPARK_STAMP) ## compare every indicator on a real Spark cluster of two workers (Debian: apt-get install openjdk-17-jre-headless)
	@$(BIN)/python -m pytest -q tests/spark

fuzz: $(DEV_STAMP) ## look for new counter-examples of the properties: other examples in each run
	@DUIKOU_HYPOTHESIS=fuzz $(BIN)/python -m pytest -q -n 2 tests/unit tests/spec tests/wings

lint: $(DEV_STAMP) ## check style
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: $(DEV_STAMP) ## check types
	@$(BIN)/mypy

imports: $(DEV_STAMP) ## check that imports run downward only
	@$(BIN)/lint-imports

messages: $(DEV_STAMP) ## collect texts, report what lacks English, compile the catalogues
	@$(BIN)/python scripts/messages.py

vendor: $(DEV_STAMP) ## fetch the front-end files anew from the npm registry and compare digests
	@$(BIN)/python scripts/vendor.py

bench: $(DEV_STAMP) ## measure the engines; prints ratios against a peer in the same run
	@for file in tests/bench/bench_*.py; do case $$file in *bench_web.py|*bench_pairing*.py|*bench_casemix*.py|*bench_agreements*.py|*bench_ledger.py|*bench_rostering.py|*bench_swap.py|*bench_scheduling.py|*bench_credits.py|*bench_call.py|*bench_referrals.py|*bench_imaging.py|*bench_tiles.py|*bench_media.py|*bench_upload.py) ;; *) $(BIN)/python $$file || exit 1;; esac; done

bench-casemix: $(DEV_STAMP) ## measure the case-mix engine: CPU seconds, ratios beside other readers and groupers
	@status=0; for file in tests/bench/bench_casemix_*.py; do $(BIN)/python $$file || status=1; done; exit $$status

bench-pairing: $(DEV_STAMP) ## measure the pairing optimiser against other solvers in the same run
	@status=0; for file in tests/bench/bench_pairing*.py; do $(BIN)/python $$file || status=1; done; exit $$status

bench-agreements: $(DEV_STAMP) ## measure the check of agreements, their Word files and PDFs, plan books (peer: LibreOffice), and the pages of the ledger
	@status=0; for file in tests/bench/bench_agreements*.py tests/bench/bench_ledger.py; do $(BIN)/python $$file || status=1; done; exit $$status

bench-rostering: $(DEV_STAMP) ## measure rosters on public instances, swap plans, consultations and credits, beside plain solvers in the same run
	@status=0; for name in rostering swap scheduling credits; do $(BIN)/python tests/bench/bench_$$name.py || status=1; done; exit $$status

bench-tele: $(DEV_STAMP) ## measure telemedicine: how long a call takes to connect, what streams and authorised frames, tiles of slides and a cut-off upload of 5 GB cost (after make tele); the worklist of referrals on PostgreSQL
	@status=0; for name in call imaging tiles media upload; do $(BIN)/python tests/bench/bench_$$name.py || status=1; done; scripts/with_postgres $(BIN)/python tests/bench/bench_referrals.py || status=1; exit $$status

bench-peers: $(DEV_STAMP) ## add the optional solvers that bench-pairing compares with (PuLP with CBC, networkx)
	@$(PIP) install --no-build-isolation -e ".[bench]"

bench-web: $(DEV_STAMP) ## measure CPU per request of the lists on PostgreSQL
	@scripts/with_postgres $(BIN)/python tests/bench/bench_web.py

tele: $(RUN_STAMP) ## install and start the components of telemedicine on loopback; then start the site anew
	@$(BIN)/python -m scripts.tele up

tele-stop: ## stop the components of telemedicine
	@$(BIN)/python -m scripts.tele down

test-tele: $(DEV_STAMP) ## test telemedicine end to end against the real components; says what is absent
	@$(BIN)/python -m pytest -q -n 0 tests/tele

demo-reset: $(RUN_STAMP) ## remove the demonstration data and make them anew
	@$(BIN)/duikou demo clear && $(BIN)/duikou demo load

lock: ## resolve the dependencies anew (needs uv); lock files hold hashes and no addresses
	@uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra build pyproject.toml -o requirements.lock
	@uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra build --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	@uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra build --extra spark -c requirements.lock pyproject.toml -o requirements-spark.lock

clean: ## remove the environment and caches (not var/, where the data are)
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache build *.egg-info src/*.egg-info
