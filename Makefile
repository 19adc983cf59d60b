# Two commands a newcomer needs: `make demo` and `make test`. Each sets up what it needs.
PYTHON ?= python3.11
PY := .venv/bin/python
ARGS ?=

.PHONY: demo test check lint types floors bench lock
.DELETE_ON_ERROR:

# What people read on standard output is the command's own: set-up speaks on standard error.
demo: .venv/.installed
	@$(PY) -m fabrique demo $(ARGS)

test: .venv/.installed-test
	@$(MAKE) --no-print-directory check
	$(PY) -m pytest -n 2 --dist loadgroup
	FABRIQUE_TEST_DATABASE=postgresql $(PY) -m pytest -n 2 --dist loadgroup tests

check: lint types floors

lint: .venv/.installed-test
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m djlint --lint --quiet fabrique capture matching steering

types: .venv/.installed-test
	$(PY) -m mypy

floors: .venv/.installed-test
	.venv/bin/lint-imports

bench: .venv/.installed-test
	$(PY) -m bench

# Pinned and hashed requirements, without the address of any index.
lock:
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header -q -o requirements/main.txt
	uv pip compile --group build --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header -q -o requirements/build.txt
	uv pip compile --group node --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header -q -o requirements/node.txt
	uv pip compile pyproject.toml --group test --group build --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header -q -o requirements/test.txt

.venv/bin/python:
	@$(PYTHON) -m venv .venv 1>&2

# The lists hold everything, pinned: there is nothing to resolve. What is imported gets compiled then.
EXACTLY = --require-hashes --no-deps --no-compile

# The front-end assets come from npm while the package is built; Node.js comes with a Python
# package where the machine has none.
INSTALL_SELF = (command -v npm >/dev/null || $(PY) -m pip install -q $(EXACTLY) -r requirements/node.txt) \
	&& $(PY) -m pip install -q --no-deps --no-build-isolation -e .

.venv/.installed: requirements/main.txt requirements/build.txt pyproject.toml fabrique/web/package-lock.json | .venv/bin/python
	@echo "Installation (une fois) : environ deux minutes…" 1>&2
	@($(PY) -m pip install -q $(EXACTLY) -r requirements/main.txt \
		&& $(PY) -m pip install -q $(EXACTLY) -r requirements/build.txt \
		&& $(INSTALL_SELF)) 1>&2
	@touch $@

.venv/.installed-test: requirements/test.txt requirements/build.txt pyproject.toml fabrique/web/package-lock.json | .venv/bin/python
	@echo "Installation (une fois) : environ deux minutes…" 1>&2
	@($(PY) -m pip install -q $(EXACTLY) -r requirements/test.txt && $(INSTALL_SELF)) 1>&2
	@touch $@ .venv/.installed
