"""The dbt project on its own: its unit tests, which speak of code and so do not run every night, and its data tests beside dbt's word."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb

from ingestion.paths import PROJECT, DataRoot
from orchestration.dbt_tests import run_tests
from orchestration.manifest import fresh_manifest
from tests.integration.conftest import environment

FEWEST_UNIT_TESTS = 20
ODD = {"VARCHAR": "'planted {0}'", "BIGINT": "-{0}", "INTEGER": "-{0}"}


def dbt_test(root: DataRoot, scratch: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name("dbt"), *arguments]
    folders = ["--project-dir", "dbt_project", "--profiles-dir", "dbt_project", "--target-path", scratch, "--log-path", scratch]
    return subprocess.run([*command, *folders], cwd=PROJECT, env=environment(root.path), capture_output=True, text=True, check=False)


def test_every_rule_of_meaning_that_is_logic_passes_its_unit_tests(published: DataRoot, tmp_path: Path) -> None:
    done = dbt_test(published, tmp_path, "--warn-error", "test", "--select", "test_type:unit")
    assert done.returncode == 0, done.stdout
    passed = int(done.stdout.split("PASS=")[1].split()[0])
    assert passed >= FEWEST_UNIT_TESTS, done.stdout


def test_a_night_passes_the_verdicts_that_dbt_would_pass(published: DataRoot, tmp_path: Path) -> None:
    """On a build in which every table has a row of nulls, and one, twice, whose codes and keys nobody knows: none of their tests passes."""
    planted = plant_violations(published)
    nodes = json.loads(fresh_manifest(published).read_bytes())["nodes"]
    tests = [node for node in nodes.values() if node["resource_type"] == "test"]
    found = verdicts(run_tests(published, tests))
    dbt_test(published, tmp_path, "test", "--select", "test_type:data")
    assert found == verdicts(json.loads((tmp_path / "run_results.json").read_bytes())["results"])
    of_one_row = [node for node in tests if node.get("test_metadata", {}).get("name") not in (None, "delivered_once")]
    broken = [node["unique_id"] for node in of_one_row if nodes[node["attached_node"]]["name"] in planted]
    assert len(broken) > len(tests) / 2
    assert [name for name in broken if found[name][0] == "pass"] == []


def plant_violations(root: DataRoot) -> set[str]:
    """Break every table of the build, and return their names; its constraints fall with the first blow."""
    with duckdb.connect(str(root.build)) as con:
        tables = con.execute("select schema_name, table_name from duckdb_tables() order by all").fetchall()
        for number, (schema, name) in enumerate(tables, start=1_000_001):
            columns = con.execute(f"select column_name, column_type from (describe {schema}.{name})").fetchall()
            odd = ", ".join(f"{ODD.get(kind, 'null').format(number * 1000 + place)}::{kind}" for place, (_, kind) in enumerate(columns))
            nulls = ", ".join(f"null::{kind}" for _, kind in columns)
            con.execute(
                f"create or replace table {schema}.{name} as from {schema}.{name} "
                f"union all select {odd} union all select {odd} union all select {nulls}"
            )
    return {name for _, name in tables}


def verdicts(results: Any) -> dict[str, tuple[str, int | None]]:
    return {entry["unique_id"]: (entry["status"], entry["failures"]) for entry in results}
