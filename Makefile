# Ackademy: what to type. `make` alone lists the targets; make and Python 3.11 or newer are all that is needed.

MAKEFLAGS += --no-print-directory  # heeded from make 4.4 on; before, say make -s -C DIR
.DEFAULT_GOAL := help
.NOTPARALLEL:

# May be given: a Python to use instead of the one found (make test PYTHON=python3.13),
# more words for the program (make play ARGS="--lang ko").
PYTHON ?=
ARGS =
export PYTHON
# A module is compiled once, not by each of the many processes that the tests start.
export PYTHONDONTWRITEBYTECODE =

PY := .venv/bin/python
# .ci/venv makes .venv, quietly, with everything it says on stderr; these files say that it is up to date.
RUN := .venv/.ready-to-play
DEV := .venv/.ready-to-develop
# A moved checkout, a vanished or another Python: set up again.
ifneq ($(shell PYTHON='$(PYTHON)' sh .ci/venv --usable || echo no),)
.PHONY: $(RUN) $(DEV)
endif

.PHONY: help play test test-real check truth screens bench soak

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' Makefile

play: $(RUN) ## play the first lesson in this terminal; ARGS="--lang ko" and the like
	@.venv/bin/ackademy play three-task-order $(ARGS)

test: $(DEV) ## run the tests on every core
	@$(PY) -m pytest -n auto --dist worksteal $(ARGS)

test-real: $(DEV) ## run all tests of a real Celery: on Redis and RabbitMQ, where they answer
	@$(PY) -m pytest -m 'real and not soak' -n 2 --dist worksteal tests/real $(ARGS)

check: $(DEV) ## style, format, types, and who imports whom
	@$(PY) -m ruff check
	@$(PY) -m ruff format --check
	@$(PY) -m mypy
	@.venv/bin/lint-imports

truth: $(DEV) ## what a real Celery did, and whether it is predicted; ARGS="-v redis"
	@$(PY) -m tests.recordings $(ARGS)

screens: $(DEV) ## draw the screens anew
	@$(PY) -m tests.screens.make $(ARGS)

bench: $(DEV) ## measure speed and memory
	@$(PY) -m tests.benchmarks $(ARGS)

soak: $(DEV) ## the long runs
	@HYPOTHESIS_PROFILE=soak $(PY) -m pytest -m 'soak or law' -n auto $(ARGS)

$(RUN): pyproject.toml .ci/constraints.txt
	@sh .ci/venv . $@

$(DEV): pyproject.toml .ci/constraints.txt
	@sh .ci/venv '.[dev]' $@ $(RUN)
