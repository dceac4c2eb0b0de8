"""dbt's data tests, asked of the closed build as the queries that dbt compiled them to.

Of the time that dbt spends on a test nine tenths are templates and messages around its query, and there are seven hundred. The queries
depend on the project alone, so the manifest holds them compiled, and a night only asks them. Every test of the project is asked, whatever
failed before it, and answers in the shape of dbt's own results; what is not asked has no verdict, and the gate refuses it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import duckdb
import yaml

from ingestion.paths import DataRoot
from orchestration.manifest import DBT_PROJECT


def run_tests(root: DataRoot, tests: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield an entry as of ``run_results.json`` for each test, in their order; ``tests`` are compiled nodes of the manifest.

    A test passes when its query returns no row. One whose query fails is an error, which blocks whatever its severity.
    """
    with duckdb.connect(str(root.build), read_only=True, config=_config(root)) as con:
        for name, value in _profile()["settings"].items():
            con.execute(f"set {name} = '{value}'")
        for test in tests:
            yield {"unique_id": test["unique_id"], **_outcome(con, test)}


def _outcome(con: duckdb.DuckDBPyConnection, test: Mapping[str, Any]) -> dict[str, Any]:
    try:
        (failures,) = con.execute(f"select {test['config']['fail_calc']} from (\n{test['compiled_code']}\n) as test").fetchone()
    except duckdb.Error as error:
        return {"status": "error", "failures": None, "message": str(error)}
    if not failures:
        return {"status": "pass", "failures": 0, "message": None}
    status = "warn" if test["config"]["severity"].lower() == "warn" else "fail"
    return {"status": status, "failures": failures, "message": f"{failures:,} rows"}


def _config(root: DataRoot) -> dict[str, str]:
    # half of what the models get: the step's own process, with all that it has imported, comes on top
    return {"memory_limit": os.environ.get("WAREHOUSE_MEMORY_LIMIT", "1GB"), "temp_directory": str(root.path / ".dbt" / "spill")}


def _profile() -> dict[str, Any]:
    return yaml.safe_load((DBT_PROJECT / "profiles.yml").read_text(encoding="utf-8"))["migration_warehouse"]["outputs"]["build"]
