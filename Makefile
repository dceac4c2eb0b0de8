# The commands of the project. `make demo` and `make test` do all the set-up they need (Python 3.11 and make).
SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
SUPERSET := .venv-superset
METRICFLOW := .venv-metrics
WORKERS := .venv-workers
SPARK := .venv-spark
export WAREHOUSE_DATA ?= $(CURDIR)/data
export DAGSTER_HOME ?= $(WAREHOUSE_DATA)/.dagster
export PYTHONPATH := $(CURDIR)
export DBT_SEND_ANONYMOUS_USAGE_STATS := false

LOCKING := --quiet --python 3.11 --no-emit-index-url --no-emit-find-links --no-annotate --no-header

# Ten months more than three years, so that 2023 is whole: the last year with a published total to compare with.
MONTHS ?= 46
SCALE ?= 1.0
# Rows of the deliveries that are measured, one size after another: 1m, 10m, 50m.
SIZE ?= 1m,10m
REPEAT ?= 3
# Processes that test at once; a process with its nights takes up to two gigabytes of memory.
PROCESSES ?= 2
# Words of a person, which the shell must not read as its own: they reach a command by the environment.
export RELEASE REASON TAG CANDIDATE BY METRICS WHERE ORDER
WORKERS_PORT ?= 3010

.PHONY: help setup demo nightly approve trace releases verify rollback tag contract check serve-postgres verify-postgres superset metrics spark parity dev view workers audit test test-distributed faults serving defects linking lint bench docs lock clean

help:                ## say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

define needs_python
@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' 2>/dev/null \
	|| { echo "Python 3.11 is needed: set PYTHON=/path/to/python3.11"; exit 1; }
endef

$(VENV)/.ready: requirements.lock
	$(needs_python)
	@echo "setting up $(VENV) (once; about a minute) …"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements.lock
	@touch $@
	@echo "environment ready in $(VENV)"

# What asks for other packages than the project has an environment of its own.
$(SUPERSET)/.ready: TAKES := a minute or two, 0.9 GB
$(METRICFLOW)/.ready: TAKES := half a minute, 0.2 GB
$(WORKERS)/.ready: TAKES := about a minute, 1.2 GB
$(SPARK)/.ready: TAKES := two minutes, 1.2 GB
define environment_of_its_own
$(needs_python)
@echo "setting up .venv-$*, an environment of its own (once; $(TAKES)) …"
@$(PYTHON) -m venv .venv-$*
@.venv-$*/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r $<
@touch $@
endef
.venv-%/.ready: serving/%/requirements.lock
	$(environment_of_its_own)
.venv-%/.ready: distributed/%/requirements.lock
	$(environment_of_its_own)

setup: $(VENV)/.ready ## the environment alone

demo: setup          ## synthetic deliveries through the whole night to a published release
	@$(BIN)/python -m sample_data --root "$(WAREHOUSE_DATA)" --months $(MONTHS) --scale $(SCALE)
	@$(BIN)/python -m orchestration.nightly

nightly: setup       ## a real night on whatever is in the inbox
	@$(BIN)/python -m orchestration.nightly $(if $(FORCE),--force)

approve: setup       ## what is revised beyond its bounds; with CANDIDATE=… BY=… REASON=… approve and release it
	@$(BIN)/python -m orchestration.approve --candidate "$$CANDIDATE" --by "$$BY" --reason "$$REASON"

trace: setup         ## where a figure comes from: INDICATOR=… PERIOD=… [AREA=… SEX=… …]
	@$(BIN)/python -m orchestration.trace "$(INDICATOR)" "$(PERIOD)" --area "$(AREA)" --sex "$(SEX)" --age "$(AGE)" \
		--counterpart "$(COUNTERPART)" --breakdown "$(BREAKDOWN)" --basis "$(BASIS)" --vintage "$(VINTAGE)" \
		--method "$(METHOD)" --release "$(RELEASE)"

contract: setup      ## draft a contract from a sample: FILE=… [EXTRACT=sender__name] [RECORD=…] [OUT=file.yml]
	@$(BIN)/python -m ingestion.drafting "$(FILE)" --extract "$(EXTRACT)" --record "$(RECORD)" $(if $(OUT),--out "$(OUT)")

check: setup         ## what would become of a file, nothing landed: FILE=… EXTRACT=… [PERIOD=YYYY-MM] [RECEIPT=folder]
	@$(BIN)/python -m orchestration.check "$(FILE)" "$(EXTRACT)" --period "$(PERIOD)" $(if $(RECEIPT),--receipt "$(RECEIPT)")

releases: setup      ## the releases that are kept: when, by whom, tags, size, what was rolled back
	@$(BIN)/python -m orchestration.releases list

verify: setup        ## whether a release is what was judged: [RELEASE=version, tag, latest or the path of a copy]
	@$(BIN)/python -m orchestration.releases verify "$${RELEASE:-latest}"

rollback: setup      ## let latest point to another release, back or forward: RELEASE=… REASON="…"
	@$(BIN)/python -m orchestration.releases rollback "$$RELEASE" --reason "$$REASON"

tag: setup           ## name a release, which keeps it for good: RELEASE=… TAG="Migration Profile 2026"
	@$(BIN)/python -m orchestration.releases tag "$$RELEASE" "$$TAG"

serve-postgres: setup ## let PostgreSQL (WAREHOUSE_POSTGRES_URL) show a release: [RELEASE=version, tag, latest or the path of a copy]
	@$(BIN)/python -m serving.postgres load "$${RELEASE:-latest}"

verify-postgres: setup ## whether what PostgreSQL shows is what the release's data package says
	@$(BIN)/python -m serving.postgres verify

superset: $(SUPERSET)/.ready ## dashboards on the latest release, http://127.0.0.1:8088: [SUPERSET_PORT=…] [SOURCE=postgres with SUPERSET_POSTGRES_URL]
	@SUPERSET_SOURCE="$(SOURCE)" exec $(SUPERSET)/bin/python -m serving.superset

metrics: setup $(METRICFLOW)/.ready ## ask a release for metrics: METRICS=… BY=metric_time__month,sex__sex_code [WHERE=…] [ORDER=…] [CSV=…] [RELEASE=…]; lists them without METRICS
	@$(BIN)/python -m serving.metrics --metrics "$$METRICS" --by "$$BY" --where "$$WHERE" --order "$$ORDER" $(if $(CSV),--csv "$(CSV)") \
		--release "$${RELEASE:-latest}"

spark: $(SPARK)/.ready ## build what is landed on Apache Spark: a cluster of this machine, or SPARK_MASTER=spark://host:port (docs/spark.md)
	@SPARK_MASTER="$(SPARK_MASTER)" $(SPARK)/bin/python -m distributed.spark

parity: $(SPARK)/.ready ## whether the tables that Spark built equal those of DuckDB, table by table
	@$(SPARK)/bin/python -m distributed.spark.parity

dev: setup           ## the Dagster UI and daemon on this machine, http://127.0.0.1:3000
	@$(BIN)/python -m orchestration.home
	@$(BIN)/dagster dev --workspace workspace.yaml --host 127.0.0.1 --port 3000

view: setup          ## the Dagster UI for looking only, beside `make dev`: http://127.0.0.1:3001/view
	@$(BIN)/python -m orchestration.home
	@$(BIN)/dagster-webserver --workspace workspace.yaml --host 127.0.0.1 --port 3001 --read-only --path-prefix /view

workers: $(WORKERS)/.ready ## Dagster with several workers, history in PostgreSQL, http://127.0.0.1:3010: [WAREHOUSE_WORKERS=2] [WORKERS_PORT=…]
	@exec $(WORKERS)/bin/python -m distributed.workers --port $(WORKERS_PORT)

audit:               ## ask the public list of advisories about every package that is pinned, Superset's, MetricFlow's and those of Spark and the workers too (needs the internet)
	@test -x $(VENV)-audit/bin/pip-audit || { $(PYTHON) -m venv $(VENV)-audit && $(VENV)-audit/bin/pip install --quiet pip-audit; }
	@for lock in requirements.lock serving/superset/requirements.lock serving/metrics/requirements.lock \
		distributed/spark/requirements.lock distributed/workers/requirements.lock; do echo "$$lock:"; \
		$(VENV)-audit/bin/pip-audit --strict --no-deps --disable-pip --requirement $$lock || failed=1; done; test -z "$$failed"

test: setup $(METRICFLOW)/.ready ## every test, in two processes at once: [PROCESSES=…]
	@$(BIN)/python -m pytest -n $(PROCESSES) --dist loadfile --no-loadscope-reorder

faults: setup        ## every fault of docs/faults.md, also those that take whole nights (about half an hour)
	@FAULTS=full $(BIN)/python -m pytest tests/integration/faults -rs

serving: setup $(SUPERSET)/.ready ## readers of PostgreSQL beside thirty publications; Superset in a real browser (about ten minutes)
	@SERVING=full $(BIN)/python -m pytest tests/integration/postgres tests/integration/superset -rs -s

test-distributed: setup $(SPARK)/.ready $(WORKERS)/.ready ## the same tables by DuckDB and by a cluster of Spark (needs Java 17); several workers; one of each is killed
	@DISTRIBUTED=full $(BIN)/python -m pytest tests/distributed -rs -s

defects: setup       ## seed 40 plausible defects, one at a time, and write docs/defects.md; about half an hour
	@$(BIN)/python -m tests.defects

linking: setup       ## whether persons without a document can be linked: the figures of docs/linking.md anew; about twenty minutes
	@$(BIN)/python -m sample_data.linking

lint: setup          ## style of the Python code
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

bench: setup         ## ratios against bare DuckDB, written to benchmarks/RESULTS.md: [SIZE=1m,10m] [ONLY=land,build …] [REPEAT=3]
	@$(BIN)/python -m benchmarks --size $(SIZE) --repeat $(REPEAT) $(if $(ONLY),--only $(ONLY))

docs: setup          ## the pages that are made from the project: the bus matrix, the list of indicators
	@$(BIN)/python -m orchestration.bus_matrix
	@$(BIN)/python -m orchestration.indicator_list

lock:                ## compile the lock files anew: of the project from pyproject.toml and constraints.txt, of Superset, MetricFlow, Spark and the workers from their own lists
	@$(BIN)/uv pip compile $(LOCKING) --extra dev -c constraints.txt pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile $(LOCKING) -c constraints.txt serving/superset/requirements.txt -o serving/superset/requirements.lock
	@$(BIN)/uv pip compile $(LOCKING) -c constraints.txt serving/metrics/requirements.txt -o serving/metrics/requirements.lock
	@$(BIN)/uv pip compile $(LOCKING) -c constraints.txt distributed/spark/requirements.txt -o distributed/spark/requirements.lock
	@$(BIN)/uv pip compile $(LOCKING) -c constraints.txt -c <(grep -v '^sqlalchemy==' requirements.lock) pyproject.toml \
		distributed/workers/requirements.txt -o distributed/workers/requirements.lock

clean:               ## remove the environments and caches; data stay
	@rm -rf $(VENV) $(VENV)-audit $(SUPERSET) $(METRICFLOW) $(SPARK) $(WORKERS) .pytest_cache .ruff_cache dbt_project/target
