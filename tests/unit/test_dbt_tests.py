"""dbt's tests as a night asks them: compiled beforehand, of the closed build, each with a verdict of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion.paths import DataRoot
from orchestration.dbt_tests import run_tests
from orchestration.manifest import fresh_manifest

KNOWN = {"fail_calc": "count(*)", "error_if": "!= 0", "warn_if": "!= 0", "limit": None, "store_failures": False, "enabled": True}


@pytest.fixture
def root(tmp_path: Path) -> DataRoot:
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as con:
        con.execute("create table held as select unnest([1, 2, 2, null]) as key")
    return DataRoot(tmp_path)


def asked(query: str, severity: str = "ERROR") -> dict[str, Any]:
    return {"unique_id": query, "compiled_code": query, "config": {"fail_calc": "count(*)", "severity": severity}}


def test_a_test_passes_when_its_query_finds_nothing_and_says_how_much_it_found(root: DataRoot) -> None:
    queries = [asked("from held where key = 7"), asked("from held where key is null -- a comment at the end"), asked("from held", "warn")]
    found = [(outcome["status"], outcome["failures"]) for outcome in run_tests(root, queries)]
    assert found == [("pass", 0), ("fail", 1), ("warn", 4)]


def test_a_test_that_cannot_be_asked_has_failed_and_hides_no_other(root: DataRoot) -> None:
    queries = [asked("from not_there", "warn"), asked("from held where key = 7")]
    assert [outcome["status"] for outcome in run_tests(root, queries)] == ["error", "pass"]


def test_every_test_of_the_project_is_compiled_and_asks_for_nothing_else(tmp_path: Path) -> None:
    """What dbt would do beside the query, a night would leave out."""
    nodes = json.loads(fresh_manifest(DataRoot(tmp_path)).read_bytes())["nodes"].values()
    tests = [node for node in nodes if node["resource_type"] == "test"]
    assert tests and [node["name"] for node in tests if not node.get("compiled_code")] == []
    assert [node["name"] for node in tests if {name: node["config"][name] for name in KNOWN} != KNOWN] == []
    assert [node["name"] for node in tests if str(tmp_path) in node["compiled_code"] or node["sources"]] == []
