"""The code location loads as the server loads it, and its asset graph is the one that was agreed.

The keys stand in ``asset_keys.txt``, so that a change of the graph shows in review. After an intended change:
``UPDATE_SNAPSHOT=1 pytest tests/unit/test_definitions.py``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.definitions.assets.graph.base_asset_graph import BaseAssetGraph

from expectations.suite import MARTS, load_suites
from ingestion.contract import load_contracts
from ingestion.paths import PROJECT
from ingestion.record import load_records
from orchestration import keys
from orchestration.defs.checks import ACCEPTED, GATE
from orchestration.defs.raw import MONTHS
from orchestration.manifest import MANIFEST

SNAPSHOT = Path(__file__).with_name("asset_keys.txt")
HEAVY = ["great_expectations", "openpyxl", "matplotlib"]


@pytest.fixture(scope="module")
def definitions() -> dg.Definitions:
    from orchestration.definitions import build_definitions

    return build_definitions()


@pytest.fixture(scope="module")
def graph(definitions: dg.Definitions) -> BaseAssetGraph:
    return definitions.resolve_asset_graph()


def in_a_process_of_its_own(*command: str, home: Path) -> str:
    environment = {**os.environ, "WAREHOUSE_DATA": str(home), "DAGSTER_HOME": str(home)}
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_the_workspace_loads_as_the_server_loads_it(tmp_path: Path) -> None:
    dagster = str(Path(sys.executable).with_name("dagster"))
    said = in_a_process_of_its_own(dagster, "definitions", "validate", "--workspace", "workspace.yaml", home=tmp_path)
    assert "All code locations passed validation" in said


def test_loading_imports_nothing_heavy_and_touches_no_data(tmp_path: Path) -> None:
    program = f"import orchestration.definitions, sys; print([name for name in {HEAVY} if name in sys.modules])"
    said = in_a_process_of_its_own(sys.executable, "-c", program, home=tmp_path)
    assert said.strip().splitlines()[-1] == "[]"
    assert list(tmp_path.iterdir()) == []


def test_every_definition_can_be_used(definitions: dg.Definitions) -> None:
    dg.Definitions.validate_loadable(definitions)


def test_the_asset_graph_is_the_one_agreed(graph: BaseAssetGraph) -> None:
    found = sorted(key.to_user_string() for key in graph.get_all_asset_keys())
    if os.environ.get("UPDATE_SNAPSHOT"):
        SNAPSHOT.write_text("\n".join([*found, ""]), encoding="utf-8")
    assert found == SNAPSHOT.read_text(encoding="utf-8").split()


@pytest.mark.parametrize("extract", sorted(load_contracts()))
def test_every_contract_has_its_delivery_and_its_months(graph: BaseAssetGraph, extract: str) -> None:
    contract = load_contracts()[extract]
    delivery, raw = graph.get(keys.delivery(extract)), graph.get(keys.raw(extract))
    assert delivery.is_external and raw.is_materializable
    assert {delivery.group_name, raw.group_name} == {contract.sender}
    assert contract.title.lo in delivery.description and contract.licence in delivery.description
    assert delivery.owners == raw.owners == [contract.owner]
    assert raw.partitions_def == MONTHS and raw.parent_keys == {keys.delivery(extract)}
    assert (delivery.freshness_policy is None) == (contract.cadence == "irregular" or contract.until is not None)
    assert [check.name for check in graph.asset_check_keys if check.asset_key == keys.raw(extract)] == [ACCEPTED]


def test_lineage_has_no_gap_from_the_sender_to_the_release(graph: BaseAssetGraph) -> None:
    """Every delivery reaches the release; every model can be followed back to a delivery or a code list."""
    upstream = _ancestors(graph, keys.RELEASE)
    for extract, contract in load_contracts().items():
        staging = dg.AssetKey(["staging", f"stg_{contract.record}"])
        assert {keys.delivery(extract), keys.raw(extract)} <= _ancestors(graph, keys.record(contract.record))
        assert keys.raw(extract) in _ancestors(graph, staging)
        assert keys.delivery(extract) in upstream
    roots = {key for key in graph.get_all_asset_keys() if not graph.get(key).parent_keys}
    assert {key.path[0] for key in roots} <= {"delivery", "codes", "marts", "approval"}
    assert [key for key in roots if key.path[0] == "marts" and not key.path[1].startswith("dim_")] == []


def test_every_source_of_the_warehouse_comes_out_of_the_landing_step(graph: BaseAssetGraph) -> None:
    """So that in the unpartitioned night the warehouse runs after the landing."""
    outputs = {keys.LANDED, *map(keys.record, load_records())}
    assert all(graph.get(key).assets_def.op.name == "landing_of_all_extracts" for key in outputs)
    staging = [key for key in graph.get_all_asset_keys() if key.path[0] == "staging"]
    assert staging and all(graph.get(key).parent_keys & outputs for key in staging)


def test_the_candidate_waits_for_everything_that_is_published(graph: BaseAssetGraph) -> None:
    published = {key for key in graph.get_all_asset_keys() if key.path[0] in ("marts", "quality", "published")}
    assert graph.get(keys.CANDIDATE).parent_keys == {*published, keys.APPROVAL}
    assert graph.get(keys.RELEASE).parent_keys == {keys.CANDIDATE}


def test_every_dbt_test_is_a_check_and_every_suite_is_shown(graph: BaseAssetGraph) -> None:
    manifest = json.loads(MANIFEST.read_bytes())
    tests = {node["name"] for node in manifest["nodes"].values() if node["resource_type"] == "test"}
    shown = {check.name for check in graph.asset_check_keys}
    assert tests - shown == set(), "a test over several models is a check of the one that meta.dagster.ref names, if it refers to it"
    of_candidate = {check.name for check in graph.asset_check_keys if check.asset_key == keys.CANDIDATE}
    assert of_candidate == {GATE, *(f"{name}_meets_expectations" for name in load_suites(MARTS))}


def test_the_jobs_run_in_one_process_and_the_night_is_not_partitioned(definitions: dg.Definitions) -> None:
    landing, nightly = definitions.resolve_job_def("landing"), definitions.resolve_job_def("nightly")
    assert nightly.partitions_def is None and nightly.executor_def is dg.in_process_executor
    assert set(landing.graph.node_names()) == {"landing_of_all_extracts"}
    assert set(nightly.graph.node_names()) == {"landing_of_all_extracts", "warehouse", "candidate", "release"}


def test_an_approval_builds_nothing_and_no_night_waits_for_one(definitions: dg.Definitions) -> None:
    assert set(definitions.resolve_job_def("approve_revisions").graph.node_names()) == {"approval", "candidate", "release"}
    assert "approval" not in definitions.resolve_job_def("nightly").graph.node_names()


def test_the_schedule_and_the_sensors_run_without_being_switched_on(definitions: dg.Definitions) -> None:
    schedule = definitions.resolve_schedule_def("nightly_schedule")
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("0 2 * * *", "Asia/Vientiane")
    assert schedule.default_status == dg.DefaultScheduleStatus.RUNNING
    for name in ("inbox_sensor", "run_failure_sensor"):
        assert definitions.resolve_sensor_def(name).default_status == dg.DefaultSensorStatus.RUNNING


def test_whatever_writes_has_a_pool(graph: BaseAssetGraph) -> None:
    """The pool limit of one keeps runs apart that the queue does not see."""
    pools = {key: graph.get(key).pools for key in graph.get_all_asset_keys() if graph.get(key).is_materializable}
    assert {key.to_user_string() for key, held in pools.items() if not held} == {"approval", "release"}
    assert set().union(*pools.values()) == {"landing", "build_database"}


def _ancestors(graph: BaseAssetGraph, key: dg.AssetKey) -> set[dg.AssetKey]:
    found: set[dg.AssetKey] = set()
    waiting = [key]
    while waiting:
        parents = graph.get(waiting.pop()).parent_keys - found
        found |= parents
        waiting += parents
    return found
