# One machine, two commands: `make run` and `make test`. `make help` tells the rest.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup run test check chaos bench demo shell

PYTHON := .venv/bin/python
# Without compiled files every process compiles all that it imports, which takes longer than starting.
unexport PYTHONDONTWRITEBYTECODE
SCALE ?= 1
# Where a shell exports HOST it means its own name; only `make run HOST=…` counts.
ADDRESS = $(if $(filter command line,$(origin HOST)),--host $(HOST)) $(if $(filter command line,$(origin PORT)),--port $(PORT))

help: ## tell what each target does
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install everything into .venv, .tools and static/vendor
	@bin/bootstrap

run: setup ## start everything here; HOST=0.0.0.0 lets a phone in, PORT=n picks another port
	@exec $(PYTHON) -m prm.embedded run $(ADDRESS)

test: setup ## run all tests, browser journeys included; ARGS="-k partner" picks some
	@bin/itip || true
	@CANOPY_CHROMIUM="$$(bin/chromium || true)" $(PYTHON) -m pytest -n 2 --dist loadgroup -m "not chaos and not scale" $(ARGS)

check: setup ## formatting, types, templates, import floors, migrations, policies, settings
	@bin/check $(ARGS)

chaos: setup ## kill workers and servers for some minutes: nothing may be lost or doubled
	@$(PYTHON) -m pytest -n 0 -p no:randomly -m chaos $(ARGS)

bench: setup ## load the scaled demo into its own database and measure; SCALE=10 GROWTH=100 for more of it
	@$(PYTHON) -m prm.embedded with-test-servers -- $(PYTHON) -m tests.bench --scale $(SCALE) --output $${CANOPY_HOME:-.canopy} $(if $(GROWTH),--growth $(GROWTH))

demo: setup ## fill an empty database with the demo; SCALE=100 adds 100,000 partners
	@CANOPY_EMBEDDED=1 $(PYTHON) -m prm.embedded with-servers -- \
		bash -c '$(PYTHON) manage.py migrate --verbosity 0 && $(PYTHON) manage.py demo --scale $(SCALE)'

shell: setup ## a Django shell on the data of `make run`
	@CANOPY_EMBEDDED=1 $(PYTHON) -m prm.embedded with-servers -- $(PYTHON) manage.py shell
