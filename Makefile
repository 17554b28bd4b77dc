# The commands of this house. `make` alone lists them.
PYTHON_TOOLS := .venv/bin
SEEDS ?= 500
# uv works where the home folder is empty or not writable, and trusts an office's own certificate authority.
export UV_CACHE_DIR ?= $(CURDIR)/.venv/.uv-cache
export UV_SYSTEM_CERTS ?= true
export PIP_DISABLE_PIP_VERSION_CHECK = 1
.DEFAULT_GOAL := help
.PHONY: help setup run test check audit bench simulate chaos

help: ## list the commands
	@sed -n 's/^\([a-z]*\):.*## /  make \1 \t/p' $(MAKEFILE_LIST) | expand -t 18

setup: .venv/.ready ## make .venv with the locked dependencies

.venv/.ready: pyproject.toml uv.lock .ci/setup .ci/uv.txt
	@.ci/setup

run: setup ## set up, load the sample county, start web and engine on http://127.0.0.1:8000
	@$(PYTHON_TOOLS)/liaison up --sample $(ARGS)

test: setup ## run the suite; the long campaigns are those of `make chaos`
	@$(PYTHON_TOOLS)/pytest -n auto --dist worksteal -m "not campaign" $(ARGS)

check: setup ## format, lint, types, import directions, translations, migrations, lock, licences, docs
	@.ci/check

audit: setup ## look for known advisories and write the list of parts (SBOM)
	@.ci/audit

bench: setup ## measure; ARGS="--peers" measures the peers in the same run
	@$(if $(findstring --peers,$(ARGS)),.ci/setup --group bench)
	@$(PYTHON_TOOLS)/python -m bench $(ARGS)

simulate: setup ## replay SEEDS=n seeded histories with faults, RIG=A|B|C for one rig alone
	@$(PYTHON_TOOLS)/python -m tests.simulation --seeds $(SEEDS) $(if $(RIG),--rig $(RIG)) $(ARGS)

chaos: setup ## kill real processes and scratch servers, race acts; ROW=F08 or ROW=races runs one row
	@$(PYTHON_TOOLS)/pytest -m "crash or campaign" $(if $(ROW),-k $(ROW)) $(ARGS)
