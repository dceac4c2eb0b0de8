"""The bus matrix, facts by conformed dimensions, read from the manifest: ``python -m orchestration.bus_matrix``.

A cell stands where a fact's key is tested to be in the dimension, so the page cannot promise a join that does not hold.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

from ingestion.paths import PROJECT, DataRoot
from orchestration.manifest import fresh_manifest
from orchestration.markdown import table

PAGE = PROJECT / "docs" / "bus-matrix.md"
REFERENCE = re.compile(r"ref\('(dim_\w+)'\)")
LINEAGE = ("dim_source", "dim_submission")

Matrix = dict[str, dict[str, list[str]]]


def joins(manifest: dict[str, Any], prefix: str = "fct_") -> Matrix:
    """Fact → dimension → the fact's key columns that are tested to be in it; with ``dim_``, of dimensions."""
    found: Matrix = {name: defaultdict(list) for name in _models(manifest, prefix)}
    for node in manifest["nodes"].values():
        about = node.get("test_metadata") or {}
        fact = (node.get("attached_node") or "").rsplit(".", 1)[-1]
        if about.get("name") == "relationships" and fact in found and (told := REFERENCE.search(about["kwargs"]["to"])):
            found[fact][told[1]].append(about["kwargs"]["column_name"])
    return {fact: {dimension: sorted(columns) for dimension, columns in sorted(keys.items())} for fact, keys in sorted(found.items())}


def page(manifest: dict[str, Any]) -> str:
    """The page as Markdown."""
    matrix, facts, outriggers = joins(manifest), _models(manifest, "fct_"), joins(manifest, "dim_")
    through = {fact: {further for dimension in keys for further in outriggers[dimension]} for fact, keys in matrix.items()}
    used = sorted(
        {dimension for fact, keys in matrix.items() for dimension in {*keys, *through[fact]} if dimension not in LINEAGE},
        key=lambda name: _rank(matrix, name),
    )
    head = ["fact", *(dimension.removeprefix("dim_").replace("_", " ") for dimension in used)]
    rows = [
        [f"`{fact}`", *(_cell(keys.get(dimension, []), dimension in through[fact]) for dimension in used)] for fact, keys in matrix.items()
    ]
    grains = [[f"`{fact}`", facts[fact]["description"].split(". ")[0].rstrip(".")] for fact in matrix]
    roles = [
        [f"`{fact}`", f"`{dimension}`", ", ".join(f"`{column}`" for column in keys[dimension])]
        for fact, keys in matrix.items()
        for dimension in keys
        if dimension not in LINEAGE and (len(keys[dimension]) > 1 or keys[dimension] != [_plain_key(dimension)])
    ]
    return "\n".join(
        [
            "# Bus matrix",
            "",
            "Made from dbt's manifest by `make docs`; a test fails when it is out of date. A mark says that every row of the fact",
            "has a key that is in the dimension, which a dbt test holds each night; a number is how many roles the dimension plays.",
            "○: the dimension is reached through another, as the COVID-19 period through the date.",
            "Every fact also has `source_key` and `submission_key`. [Drilling across](drilling-across.md) puts facts side by side.",
            "",
            table(head, rows, centred=True),
            "",
            "## Grain",
            "",
            table(["fact", "one row is"], grains),
            "",
            "## Roles",
            "",
            "Keys that are not simply named after their dimension.",
            "",
            table(["fact", "dimension", "key"], roles),
            "",
        ]
    )


def _models(manifest: dict[str, Any], prefix: str) -> dict[str, dict[str, Any]]:
    nodes = (node for node in manifest["nodes"].values() if node["resource_type"] == "model")
    return {node["name"]: node for node in nodes if node["name"].startswith(prefix)}


def _plain_key(dimension: str) -> str:
    return f"{dimension.removeprefix('dim_')}_key"


def _rank(matrix: Matrix, dimension: str) -> tuple[int, str]:
    """The dimensions most facts share come first."""
    return -sum(dimension in keys for keys in matrix.values()), dimension


def _cell(columns: list[str], is_within_reach: bool) -> str:
    if columns:
        return "●" if len(columns) == 1 else str(len(columns))
    return "○" if is_within_reach else ""


def write(path: Path = PAGE) -> Path:
    """Write the page anew from the project as it is."""
    manifest = json.loads(fresh_manifest(DataRoot.from_env()).read_text(encoding="utf-8"))
    path.write_text(page(manifest), encoding="utf-8")
    return path


if __name__ == "__main__":
    print(f"wrote {write().relative_to(PROJECT)}")
