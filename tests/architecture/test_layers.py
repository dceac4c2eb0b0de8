"""Layers only look down, and names say where a thing lives."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from ingestion.paths import PROJECT

ALLOWED = {
    "ingestion": {"ingestion"},
    "expectations": {"expectations", "ingestion"},
    "disclosure": {"disclosure"},
    "publishing": {"publishing", "disclosure", "expectations", "ingestion"},
    "sample_data": {"sample_data", "ingestion"},
    "serving": {"serving", "publishing", "disclosure", "ingestion"},
    "orchestration": {"orchestration", "serving", "publishing", "disclosure", "expectations", "ingestion"},
    "distributed": {"distributed", "orchestration", "serving", "publishing", "disclosure", "expectations", "ingestion"},
    "benchmarks": {"benchmarks", "orchestration", "serving", "publishing", "disclosure", "expectations", "ingestion"},
}
FORBIDDEN_LIBRARIES = {
    "ingestion": {"dagster", "dagster_dbt", "dbt", "great_expectations"},
    "expectations": {"dagster", "dagster_dbt", "dbt"},
    "disclosure": {"dagster", "dagster_dbt", "dbt", "duckdb", "great_expectations"},
    "publishing": {"dagster", "dagster_dbt", "dbt", "great_expectations"},
    "sample_data": {"dagster", "dagster_dbt", "dbt", "great_expectations"},
    "serving": {"dagster", "dagster_dbt", "dbt", "great_expectations"},
    "orchestration": {"great_expectations"},
    "distributed": {"great_expectations"},
    # What it measures is run by Dagster.
    "benchmarks": {"great_expectations"},
}
LONGEST_MODULE = 300


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("package", ALLOWED)
def test_a_layer_imports_only_those_below_it(package: str) -> None:
    others = set(ALLOWED) - ALLOWED[package]
    wrong = {
        str(path.relative_to(PROJECT)): sorted(found)
        for path in (PROJECT / package).rglob("*.py")
        if (found := imported(path) & (others | FORBIDDEN_LIBRARIES[package]))
    }
    assert wrong == {}


@pytest.mark.parametrize("package", ALLOWED)
def test_modules_are_short_and_say_what_they_are(package: str) -> None:
    modules = [path for path in (PROJECT / package).rglob("*.py") if path.stat().st_size]
    too_long = {path.name: lines for path in modules if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_MODULE}
    silent = [path.name for path in modules if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))]
    assert modules and too_long == {} and silent == []


def test_nothing_names_a_machine_path_or_a_registry() -> None:
    suspicious = [f"/{folder}/" for folder in ("work", "tmp", "root")] + ["://" + host for host in ("pypi", "files.pythonhosted")]
    sources = [path for path in PROJECT.rglob("*") if path.suffix in {".py", ".sql", ".yml", ".yaml", ".toml", ".lock", ".md", ".txt"}]
    kept = [
        path
        for path in sources
        if not {"target", "data", ".git", ".hypothesis", "node_modules", ".cache"} & set(inside := path.relative_to(PROJECT).parts)
        and not inside[0].startswith(".venv")
    ]
    found = {str(path.relative_to(PROJECT)): mark for path in kept for mark in suspicious if mark in path.read_text(encoding="utf-8")}
    assert found == {}


def test_every_contract_record_and_suite_is_valid_and_every_record_is_delivered() -> None:
    from expectations.suite import LANDING, MARTS, load_suites
    from ingestion.contract import load_contracts
    from ingestion.record import load_records

    assert {contract.record for contract in load_contracts().values()} == set(load_records())
    assert set(load_suites(LANDING)) <= set(load_records())
    assert load_suites(MARTS)


def test_the_warehouse_names_every_record_that_lands() -> None:
    """dbt cannot read the declarations, so it has a list of its own."""
    from ingestion.record import load_records

    macros = (PROJECT / "dbt_project" / "macros" / "records.sql").read_text(encoding="utf-8")
    lists = re.findall(r"macro (\w+)\(\) -%\}\s+\{\{ return\(\[(.*?)\]\)", macros, re.DOTALL)
    named = {name: re.findall(r"'(\w+)'", members) for name, members in lists}
    assert sorted(named["records"] + named["records_of_dimensions"]) == sorted(load_records())
    assert {*named["records_with_vintages"], *named["records_loaded_by_unit"]} <= set(named["records"])
