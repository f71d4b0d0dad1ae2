# Every target does its own set-up from nothing but python3 with pip.
export UV_PYTHON_DOWNLOADS = never
export PYTHONUTF8 = 1
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
SPARK  := build/venv-spark
PEERS  := build/venv-bench
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: demo test test-spark check fix bench bench-setup bench-report bench-keys coverage docs lock generate golden screenshots apt r-oracles clean

demo: $(VENV)/.core
	$(BIN)/malar demo --out build/demo

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n auto --cov=malar --cov-branch --cov-report=term:skip-covered

test-spark:              ## the same answers on a local Spark session (needs Java 17 or newer)
	@if java -version 2>&1 | grep -Eq '"(1[7-9]|[2-9][0-9])[."]'; then $(MAKE) --no-print-directory $(SPARK)/.ready && \
	$(SPARK)/bin/python -m pytest tests/spark; else echo "skipped: Spark needs Java 17 or newer, and none is here"; fi

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/basedpyright
	$(BIN)/python tools/check_house.py
	$(BIN)/python tools/generate.py --check

fix: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

generate: $(VENV)/.dev   ## definition sheets, data model, column names, definitions.lock
	$(BIN)/python tools/generate.py

golden: $(VENV)/.dev     ## accept the bundled study's results as the new golden file
	$(BIN)/python tools/golden.py

bench: $(VENV)/.dev      ## ratios against peers where they are here (make bench-setup), and how cost grows
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks.every_key --short

bench-setup: $(PEERS)/.ready  ## the peers: R's packages from Debian, Python's in an environment of their own
	apt-get update -qq && apt-get install -y -qq r-base-core r-cran-survival r-cran-cmprsk r-cran-nlme r-cran-lme4 \
	  r-cran-metafor r-cran-rpact r-cran-matchit r-cran-mass

bench-report: $(VENV)/.dev    ## estimators' tables of docs/performance.md; wants a quiet machine
	$(BIN)/python -m benchmarks peers growth --write docs/performance.md

bench-keys: $(VENV)/.dev ## table of docs/performance.md: every key, also over two million visits; about an hour
	$(BIN)/python -m benchmarks.every_key --write docs/performance.md

coverage: $(VENV)/.dev   ## how often the limits cover: about three quarters of an hour on two cores; results and pages are committed
	$(BIN)/python -m simulations.coverage

docs: $(VENV)/.dev generate
	$(BIN)/mkdocs build --strict --site-dir build/site

lock: $(VENV)/.dev
	$(BIN)/uv pip compile --universal --generate-hashes --no-header --python-version 3.11 pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --universal --generate-hashes --no-header --python-version 3.11 --group dev pyproject.toml -c requirements.lock -o requirements-dev.lock

apt:                     ## Debian packages some optional parts need: a browser for screenshots, R for the oracles
	apt-get update -qq && apt-get install -y -qq chromium r-base-core r-cran-survival r-cran-cmprsk r-cran-jsonlite r-cran-msm \
	  r-cran-numderiv r-cran-nlme r-cran-lme4 r-cran-pbkrtest r-cran-metafor r-cran-rpact r-cran-matchit r-cran-lpsolve

r-oracles:               ## make the numbers of tests/oracles again; a script whose R packages are not here is left out (make apt)
	@for script in tests/oracles/scripts/*.R; do \
	echo $$script; Rscript $$script tests/oracles || echo "left out: R said why above"; done

screenshots: $(VENV)/.core  ## the picture in the README (needs chromium: make apt)
	$(BIN)/python tools/picture.py build/picture.html
	tools/screenshot build/picture.html docs/images/report.png 1240 1870

clean:
	rm -rf build .coverage* .pytest_cache .ruff_cache

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.core: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(PIP) install --no-deps --require-hashes -r requirements.lock
	$(PIP) install --no-deps --editable .
	touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.core
	$(PIP) install --no-deps --require-hashes -r requirements-dev.lock
	touch $@

$(PEERS)/.ready: benchmarks/peers/python.txt
	$(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python -m pip --disable-pip-version-check --quiet install -r benchmarks/peers/python.txt
	touch $@

$(SPARK)/.ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(SPARK)
	$(SPARK)/bin/python -m pip --disable-pip-version-check --quiet install --no-deps --require-hashes -r requirements.lock
	$(SPARK)/bin/python -m pip --disable-pip-version-check --quiet install --editable '.[scale]' pytest
	touch $@
