# The commands of the README. All they make stays in this folder: .venv, web/node_modules, gorev/page, build,
# tests/conformance/node_modules.
# Each part is made once and again only when what it depends on has changed.

PYTHON ?= python3

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
APT_GET := $(if $(filter-out 0,$(shell id -u)),sudo -n) env DEBIAN_FRONTEND=noninteractive apt-get

# Waits until the running daemon is ready, a long migration included, makes sure that it has this folder as a workspace
# (it may be one that was started elsewhere), and tells how to reach it.
define SHOW_CONNECTION
import json, os, sys, sysconfig, time, urllib.request
from pathlib import Path
from gorev.daemon.token import TokenFile
from gorev.launcher import daemon_directory, read_lock
ask = urllib.request.build_opener(urllib.request.ProxyHandler({})).open
give_up = time.monotonic() + 60
while True:
    lock = read_lock(daemon_directory())
    try:
        if lock and ask(lock.url + "/api/health/ready", timeout=5).status == 200:
            break
    except OSError as problem:
        trouble = problem
    else:
        trouble = "there is no lock file"
    if time.monotonic() > give_up:
        sys.exit(f"The daemon is not ready: {trouble}. Its log is {daemon_directory()}/daemon.log")
    time.sleep(0.05)
folder = json.dumps({"path": os.getcwd()}).encode()
headers = {"Content-Type": "application/json"}
token = TokenFile(Path(daemon_directory(), "token")).known()
if token:
    headers["Authorization"] = "Bearer " + token
register = urllib.request.Request(lock.url + "/api/v1/workspaces/register", folder, headers)
ask(register, timeout=10).close()
program = os.path.join(sysconfig.get_path("scripts"), "gorev")
server = {"command": program, "args": ["mcp-proxy"]}
print(f"Web page:   {lock.url}/")
print(f"Lock file:  {daemon_directory()}/.lock")
print("MCP configuration of your assistant:")
print(json.dumps({"mcpServers": {"gorev": server}}, indent=2))
print(f"This writes it for the assistants of this machine: {program} setup")
endef
export SHOW_CONNECTION

.PHONY: install run test lint docs bench campaign built browser lock

install: built

run: built
	@$(BIN)/gorev daemon status >/dev/null 2>&1 || $(BIN)/gorev daemon --detach --workspace "$(CURDIR)" >/dev/null || $(BIN)/gorev daemon status >/dev/null
	@$(BIN)/python -c "$$SHOW_CONNECTION"

# The tests of a module run one after the other, so many modules at once: make test WORKERS=4
WORKERS ?= 2

test: built $(VENV)/.dev-installed tests/conformance/node_modules/.package-lock.json browser
	cd web && npm test
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadscope --no-loadscope-reorder

lint: docs web/node_modules/.package-lock.json
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	cd web && npm run check

# Into build/docs/html; a warning is an error, and so is a reference that leads nowhere.
docs: $(VENV)/.dev-installed
	$(BIN)/python setup.py --quiet compile_catalog
	$(BIN)/sphinx-build --fail-on-warning --nitpicky --quiet --doctree-dir build/docs/doctrees docs build/docs/html

bench: built $(VENV)/.dev-installed
	$(BIN)/python -m tests.bench

# Kills, floods and crowds, for so many seconds each: make campaign SECONDS=600
SECONDS ?= 150

campaign: built $(VENV)/.dev-installed
	$(BIN)/python -m tests.campaigns --seconds $(SECONDS)

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Gorev needs Python >= 3.11, and this is " + sys.version.split()[0] + ". Name another one: make PYTHON=...")'
	$(PYTHON) -m venv $(VENV)
	@touch $@

# Only what the program itself needs, in the versions of requirements-dev.txt. The build runs in this environment and not
# in one of pip's own, so that its tools are pinned as well.
$(VENV)/.installed: $(VENV)/.made setup.cfg setup.py pyproject.toml requirements-dev.txt gorev/__init__.py
	$(PIP) install --quiet --constraint requirements-dev.txt setuptools babel
	$(PIP) install --quiet --constraint requirements-dev.txt --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev-installed: $(VENV)/.installed
	$(PIP) install --quiet --requirement requirements-dev.txt
	@touch $@

# setup.py knows when the page is out of date; it and pip build it in one and the same way.
built: $(VENV)/.installed
	@$(BIN)/python setup.py --quiet compile_catalog build_page

web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	cd web && npm ci --no-fund --no-audit
	@touch $@

# Only programs that the tests run: none of their install scripts is needed, and their Node comes with the .dev packages.
tests/conformance/node_modules/.package-lock.json: tests/conformance/package.json tests/conformance/package-lock.json
	cd tests/conformance && npm ci --no-fund --no-audit --ignore-scripts --loglevel=error
	@touch $@

browser:
	@command -v chromium >/dev/null && command -v chromedriver >/dev/null || { \
		echo "Installing the Debian packages chromium and chromium-driver"; \
		$(APT_GET) update -qq; \
		$(APT_GET) install -qq --no-install-recommends chromium chromium-driver; \
	} || { \
		echo "The tests drive a browser, and it could not be installed: they need the Debian packages" \
			"chromium and chromium-driver (on other systems: chromium and chromedriver in PATH)." >&2; \
		exit 1; \
	}

# Writes requirements-dev.txt anew: the newest versions of everything that setup.cfg asks for.
lock:
	rm -rf build/lock
	$(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip --disable-pip-version-check install --quiet --upgrade --editable '.[dev]'
	{ \
		echo "# Every package of the development environment and of CI. Written by: make lock"; \
		build/lock/bin/python -m pip --disable-pip-version-check freeze --all --exclude-editable \
			--exclude pip; \
	} >requirements-dev.txt.new
	mv requirements-dev.txt.new requirements-dev.txt
	rm -rf build/lock
