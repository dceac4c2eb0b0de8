"""What a release holds, as its data package says, once its bytes are those that were judged."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from publishing import parquet
from publishing.gate import read_gate
from publishing.release import other_bytes
from serving.postgres.settings import ServingError
from serving.postgres.types import postgres_type

PARTS = ("public", "restricted")
RESTRICTED = "restricted"
LONGEST_NAME = 63
NARROWING = ("date_key", "month_on", "person_key", "permit_key", "case_key", "measure_code", "indicator_code")
"""Columns by which readers pick a few rows of many."""


@dataclass(frozen=True)
class Column:
    name: str
    duckdb_type: str
    description: str

    @property
    def postgres_type(self) -> str:
        return postgres_type(self.duckdb_type)


@dataclass(frozen=True)
class Table:
    """One table of a release: its Parquet files and what is told of it."""

    part: str
    name: str
    parquet: tuple[Path, ...]
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    comment: str
    rows: int
    content_hash: str

    @property
    def shape(self) -> list[list[str]]:
        """Names and types of the columns: releases of one shape share a partitioned table."""
        return [[column.name, column.postgres_type] for column in self.columns]

    @property
    def indexed(self) -> list[str]:
        """Columns that get an index beside the key: a dimension's surrogate key, and what narrows a fact."""
        own = f"{self.name.removeprefix('dim_')}_key"
        return [column.name for column in self.columns if column.name in (own, *NARROWING) and (column.name,) != self.key]


@dataclass(frozen=True)
class Source:
    """A release to be served."""

    version: str
    is_synthetic: bool
    tables: tuple[Table, ...]


def read_source(release: Path) -> Source:
    """Read the data package of a release.

    Raises:
        ServingError: when the release did not pass its gate, is not what was judged, or holds what PostgreSQL cannot.
    """
    gate = read_gate(release)
    wrong = ["it was never judged"] if gate is None else [*gate.unmet, *other_bytes(release, gate.files)]
    if wrong:
        raise ServingError("\n  - ".join([f"release {release.name} is not fit to be served:", *wrong]))
    package = json.loads((release / "datapackage.json").read_text(encoding="utf-8"))
    build = json.loads((release / "build.json").read_text(encoding="utf-8"))["tables"]
    tables = tuple(_table(release, resource, build) for resource in package["resources"])
    unknown = [
        f"{table.name}.{column.name} {column.duckdb_type}"
        for table in tables
        for column in table.columns
        if not _is_known(column.duckdb_type)
    ]
    unknown += [f"part '{table.part}' of {table.name}" for table in tables if table.part not in PARTS]
    unknown += [
        f"the name {table.part}_{table.name}, which is too long" for table in tables if len(table.part + table.name) > LONGEST_NAME - 12
    ]
    if unknown:
        raise ServingError(f"PostgreSQL cannot hold {', '.join(unknown)}; publish another type, part or name (serving/postgres)")
    return Source(package["version"], package["synthetic"], tables)


def _table(release: Path, resource: dict[str, Any], build: dict[str, Any]) -> Table:
    name = parquet.table_of(resource)
    fields = resource["schema"]["fields"]
    names = {field["name"] for field in fields}
    key = resource["schema"].get("primaryKey") or build.get(name, {}).get("key") or []
    label = "" if resource["title"] == name else f"{resource['title']} · "
    return Table(
        # What does not say that it is public is not.
        part=resource.get("part", RESTRICTED),
        name=name,
        parquet=tuple(release / path for path in parquet.files(resource)),
        columns=tuple(Column(field["name"], field["duckdb_type"], _described(field)) for field in fields),
        key=tuple(key) if names.issuperset(key) else (),
        comment=label + resource["description"],
        rows=resource["rows"],
        content_hash=resource.get("content_hash", ""),
    )


def _described(field: dict[str, Any]) -> str:
    return " · ".join(filter(None, (field.get("title"), field.get("description"))))


def _is_known(kind: str) -> bool:
    try:
        return bool(postgres_type(kind))
    except KeyError:
        return False
