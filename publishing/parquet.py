"""The tables of a candidate as Parquet: a file each, or a file for each year of a table that grows with the years.

What the release before holds alike, row for row, is copied from it and not written and hashed again: a night costs what changed.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from ingestion.sql import identifier, quoted
from publishing import content_hash

FOLDER = "parquet"
WHOLE = "all"
UNDATED = "undated"
PACKAGE = "datapackage.json"
Parts = dict[str, tuple[int, int]]
"""Rows, and a sum over all of them that tells other rows apart, by the name of a part: a year, or ``all``."""


@dataclass(frozen=True)
class Written:
    """One file of a table: its path in the folder, its part, its rows, and the sums that its content hash is made of."""

    path: str
    part: str
    rows: int
    sums: tuple[str, str]


def part_of(about: Mapping[str, Any]) -> str:
    """The SQL that names the part a row is in. ``meta.parquet_by`` beside a model is the key of the day whose year it is."""
    by = about.get("parquet_by")
    return f"case when {identifier(by)} > 0 then cast({identifier(by)} // 10000 as varchar) else '{UNDATED}' end" if by else f"'{WHOLE}'"


def parts(con: duckdb.DuckDBPyConnection, relation: str, columns: Iterable[str], about: Mapping[str, Any]) -> Parts:
    """The parts of a relation. Sums of different sides may be compared within one run: another DuckDB may hash otherwise."""
    row = f"hash({', '.join(map(identifier, columns))})"
    found = con.execute(f"select {part_of(about)} as part, count(*), sum({row}) from {relation} group by part").fetchall()
    return {part: (rows, int(total)) for part, rows, total in found}


def write(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    published: Mapping[str, str],
    tables: Mapping[str, Any],
    previous: Path | None,
    unchanged: Mapping[str, frozenset[str]],
) -> dict[str, list[Written]]:
    """Write every table that ``con`` holds below ``folder``, and return its files.

    Args:
        published: how a query names each table, by its name.
        tables: those of the build record.
        previous: the release before, undamaged.
        unchanged: the parts of each table that are row for row those of ``previous``.
    """
    (folder / FOLDER).mkdir(parents=True)
    before = _held(previous)
    written: dict[str, list[Written]] = {}
    for name, table in published.items():
        by_part = {entry.part: entry for entry in before.get(name, ())}
        if not tables[name].get("parquet_by"):
            names = [WHOLE]
        else:
            (folder / FOLDER / name).mkdir()
            told = con.execute(f"select distinct {part_of(tables[name])} as part from {table} order by part").fetchall()
            # A table without rows has its columns all the same.
            names = [part for (part,) in told] or [UNDATED]
        written[name] = [
            _taken_over(previous, folder, by_part[part])
            if previous and part in by_part and part in unchanged.get(name, ())
            else _write(con, folder, name, table, part, tables[name])
            for part in names
        ]
    return written


def files(resource: Mapping[str, Any]) -> list[str]:
    """The files of a table in a data package, by their paths in the release."""
    path = resource["path"]
    return [path] if isinstance(path, str) else path


def resource_name(table: str) -> str:
    """What a table is called in a data package, whose standard has no underscores."""
    return table.replace("_", "-")


def table_of(resource: Mapping[str, Any]) -> str:
    """The name of the table that a resource of a data package is."""
    return resource["name"].replace("-", "_")


def told(entries: Iterable[Written]) -> list[dict[str, Any]]:
    """What the data package keeps of a table's files, for the night after."""
    return [asdict(entry) for entry in entries]


def _held(previous: Path | None) -> dict[str, list[Written]]:
    """The files of the release before, by table; none of one whose contents were hashed another way."""
    if previous is None:
        return {}
    package = json.loads((previous / PACKAGE).read_text(encoding="utf-8"))
    return {
        table_of(resource): [Written(**entry) for entry in resource.get("files", ())]
        for resource in package["resources"]
        if resource.get("content_hash", "").startswith(content_hash.METHOD)
    }


def _taken_over(previous: Path, folder: Path, entry: Written) -> Written:
    # Not linked: whoever damages a file of one release must not damage another.
    shutil.copyfile(previous / entry.path, folder / entry.path)
    return entry


def _write(con: duckdb.DuckDBPyConnection, folder: Path, name: str, table: str, part: str, about: Mapping[str, Any]) -> Written:
    path = f"{FOLDER}/{name}.parquet" if part == WHOLE else f"{FOLDER}/{name}/{part}.parquet"
    target = quoted(str(folder / path))
    only = "" if part == WHOLE else f" where {part_of(about)} = '{part}'"
    con.execute(f"copy (from {table}{only}) to {target} (format parquet, compression zstd)")
    rows, *halves = content_hash.sums(con, target)
    return Written(path, part, rows, tuple(halves))
