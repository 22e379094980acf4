# Needs only make and Python 3.10 or newer; everything else goes into .venv.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
BENCH_OUT ?= benchmarks/results
DATA ?= ../shared/data
KILLS ?= 50
WORKERS ?= 2
SECONDS ?= 600
MAN ?= build/man/man1

# Tests start many processes, each of which would compile every module.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test test-all golden kill boundscheck fuzz man lint format bench clean

demo: $(VENV)/.installed
	$(BIN)/w2v-nce demo

# All tests but those marked as slow, which take long and are rarely broken by a change.
test: $(VENV)/.tests
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup -m "not slow" $(PYTEST_ARGS)

test-all: $(VENV)/.tests
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup $(PYTEST_ARGS)

# What tests expect of help and messages, written anew; look at the difference before committing it.
golden: $(VENV)/.tests
	W2VNCE_TEST_UPDATE_GOLDEN=1 $(BIN)/python -m pytest tests/cli/test_golden.py tests/cli/test_output.py tests/cli/test_schemas.py

# Runs of one process and of several that are killed at random moments and go on each time.
kill: $(VENV)/.tests
	W2VNCE_TEST_KILLS=$(KILLS) $(BIN)/python -m pytest tests/cli/test_kill.py tests/cli/test_distributed.py -k kill

# Kernels that look where they read and write. Their SIMD loads and stores are not checked.
boundscheck: $(VENV)/.tests
	NUMBA_BOUNDSCHECK=1 NUMBA_CACHE_DIR=$(VENV)/boundscheck $(BIN)/python -m pytest \
		tests/kernels/test_kernels.py tests/kernels/test_windows.py tests/corpus/test_tokenizer.py tests/corpus/test_counting.py \
		tests/training/test_hot_rows.py

# Coverage-guided fuzzing of the readers, for so many seconds each.
fuzz: $(VENV)/.fuzz
	for target in vectors vocabulary scanner model; do \
		$(BIN)/python -m tests.fuzz $$target -max_total_time=$(SECONDS) -max_len=4096 || exit 1; \
	done

# Manual pages: `make man MAN=~/.local/share/man/man1` puts them where man looks.
man: $(VENV)/.installed
	$(BIN)/python -m w2v_nce.cli.manual $(MAN)

lint: $(VENV)/.lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.lint
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The documentation as a site; to look at it: python3 -m http.server -d site
.PHONY: docs
docs: $(VENV)/.docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

# Our figures against those of the peers on the same text; see benchmarks/README.md.
bench: $(VENV)/.bench
	$(BIN)/python -m benchmarks.compare --corpus $(DATA)/novels.txt.gz \
		--eval $(DATA)/questions-words.txt $(DATA)/EN-MEN-TR-3k.txt $(DATA)/EN-WS-353-ALL.txt \
			$(DATA)/EN-SIMLEX-999.txt \
		--out $(BENCH_OUT) $(BENCH_ARGS)
	$(BIN)/python -m benchmarks.speed --corpus $(DATA)/novels.txt.gz --out $(BENCH_OUT) $(SPEED_ARGS)

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "Python 3.10 or newer is needed: make PYTHON=python3.x")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/.tests: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	touch $@

$(VENV)/.fuzz: $(VENV)/.tests
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[fuzz]'
	touch $@

$(VENV)/.lint: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[lint]'
	touch $@

$(VENV)/.docs: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[docs]'
	touch $@

$(VENV)/.bench: $(VENV)/.installed benchmarks/requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r benchmarks/requirements.txt
	touch $@

clean:
	rm -rf $(VENV) build dist site *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
