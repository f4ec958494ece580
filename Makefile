# Plain recipes; CI runs the same. `make report` and `make test` are all a newcomer needs.
PYTHON ?= python3.11
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --require-hashes --no-warn-script-location
UNCOMPILED := tests/survey/one_pass tests/survey/inference tests/accession/ratification
PLAIN := --universal --python-version 3.11 --no-header --no-annotate --quiet
HASHED := --generate-hashes $(PLAIN)
PINS := printf 'hatchling>=1.27\neditables>=0.5\n' | uv pip compile pyproject.toml -
WORKERS ?= auto
SPREAD := -n $(WORKERS) --dist loadfile --max-worker-restart 0
export SOURCE_DATE_EPOCH ?= 1767225600

.PHONY: report test processors fuzz check coverage uncompiled reference golden bench bench-smoke docs lock clean wheel sdist slow

report: .venv/.report
	$(BIN)/shteg build kosovo-nato --out site

test: .venv/.test
	$(BIN)/python -m pytest -m "not slow" $(SPREAD)

slow: .venv/.test
	$(BIN)/python -m pytest -m slow

processors: .venv/.test  ## the same printed figures as on other processors
	$(BIN)/python -m tests.processors

fuzz: .venv/.test  ## 20,000 mutated inputs: no traceback, no hang, no silent change of a figure
	$(BIN)/python tools/fuzz.py --count 20000 --seed 1

check: .venv/.test
	$(BIN)/ruff check src tests benchmarks tools docs noxfile.py
	$(BIN)/ruff format --check src tests benchmarks tools docs noxfile.py
	$(BIN)/mypy --strict src tests/typing

coverage: .venv/.test  ## lines and branches that tests reach; fails under the floor of pyproject.toml
	$(BIN)/python -m pytest -m "not slow" $(SPREAD) --cov --cov-report=term:skip-covered

uncompiled: .venv/.test  ## kernels as plain Python: what machine code would not tell, such as an index out of bounds
	NUMBA_DISABLE_JIT=1 $(BIN)/python -m pytest -m "not slow" $(UNCOMPILED)

reference:  ## needs R: see tests/reference/README.md
	for script in tests/reference/*.R; do Rscript $$script || exit 1; done

golden: .venv/.test
	$(BIN)/python -m tests.golden.write

bench: .venv/.test
	for script in benchmarks/*.py; do $(BIN)/python $$script || exit 1; done

bench-smoke: .venv/.test
	for script in benchmarks/*.py; do $(BIN)/python $$script --smoke || exit 1; done

docs: .venv/.docs  ## the documentation as a site, in build/docs/index.html; a warning is an error
	$(BIN)/sphinx-build --fail-on-warning --keep-going --quiet --jobs auto docs build/docs

wheel: .venv/.test
	rm -rf dist && $(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

sdist: .venv/.test  ## beside the wheel, in dist; `tools/distribution.py dist` looks into both
	$(BIN)/python -c "from hatchling.build import build_sdist; print(build_sdist('dist'))"

lock:  ## needs uv on the path; pins every dependency with hashes, records no address
	$(PINS) $(HASHED) -o constraints.txt
	$(PINS) --extra dev -c constraints.txt $(HASHED) -o constraints-dev.txt
	$(PINS) --extra docs -c constraints-dev.txt $(HASHED) -o constraints-docs.txt
	rm -f constraints-lowest.txt
	$(PINS) --resolution lowest-direct $(PLAIN) -o .lowest.txt
	$(PINS) --extra dev -c .lowest.txt $(HASHED) -o constraints-lowest.txt
	rm -f .lowest.txt

clean:
	rm -rf .venv site dist build .shteg-cache

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/.report: constraints.txt pyproject.toml | .venv/bin/python
	$(PIP) -r constraints.txt
	$(BIN)/python -m pip --disable-pip-version-check install --quiet --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q .venv/lib src || true
	touch $@

.venv/.test: constraints-dev.txt .venv/.report
	$(PIP) -r constraints-dev.txt
	$(BIN)/python -m compileall -q .venv/lib || true
	touch $@

.venv/.docs: constraints-docs.txt .venv/.test
	$(PIP) -r constraints-docs.txt
	touch $@
