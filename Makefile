# Ackademy. `make` alone lists the targets; all you need is make and Python 3.11 or newer.

MAKEFLAGS += --no-print-directory  # takes effect from make 4.4 on; with an older one, use make -s -C DIR
.DEFAULT_GOAL := help
.NOTPARALLEL:

# Optional: a Python to use instead of the one found (make test PYTHON=python3.13),
# further arguments (make play ARGS="--lang ko").
PYTHON ?=
ARGS =
export PYTHON
# Compile a module once, not in each of the many processes that the tests start.
export PYTHONDONTWRITEBYTECODE =

PY := .venv/bin/python
# .ci/venv makes .venv and writes only to stderr; these files mark it as up to date.
RUN := .venv/.ready-to-play
DEV := .venv/.ready-to-develop
# Set up again if the checkout was moved or its Python is gone or another one.
ifneq ($(shell PYTHON='$(PYTHON)' sh .ci/venv --usable || echo no),)
.PHONY: $(RUN) $(DEV)
endif

.PHONY: help play test test-real test-versions check truth screens bench soak compiled

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' Makefile

play: $(RUN) ## play the first lesson in this terminal; e.g. ARGS="--lang ko"
	@.venv/bin/ackademy play three-task-order $(ARGS)

test: $(DEV) ## run the tests on every core
	@$(PY) -m pytest -n auto --dist worksteal $(ARGS)

test-real: $(DEV) ## run the tests against a real Celery, on Redis and RabbitMQ if they answer
	@$(PY) -m pytest -m 'real and not soak' -n 2 --dist worksteal tests/real $(ARGS)

test-versions: $(DEV) ## run the fast tests with the lowest and highest allowed versions, and try each extra alone
	@bash .ci/versions

check: $(DEV) ## check style, format, types, import contracts and wording
	@$(PY) -m ruff check
	@$(PY) -m ruff format --check
	@$(PY) -m mypy
	@.venv/bin/lint-imports
	@$(PY) -m pytest -q tests/test_wording.py

truth: $(DEV) ## compare predictions with recordings of a real Celery; e.g. ARGS="-v redis"
	@$(PY) -m tests.recordings $(ARGS)

screens: $(DEV) ## redraw the pictures of the screens
	@$(PY) -m tests.screens.make $(ARGS)

bench: $(DEV) ## measure speed and memory
	@$(PY) -m tests.benchmarks $(ARGS)

compiled: $(DEV) ## compile the engine into a wheel (needs a C compiler) and install it in .venv-compiled
	@sh .ci/compiled

soak: $(DEV) ## run the long tests and the laws with many examples
	@HYPOTHESIS_PROFILE=soak $(PY) -m pytest -m 'soak or law' -n auto $(ARGS)

$(RUN): pyproject.toml .ci/constraints.txt
	@sh .ci/venv . $@

$(DEV): pyproject.toml .ci/constraints.txt
	@sh .ci/venv '.[dev]' $@ $(RUN)
