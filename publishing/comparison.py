"""What a candidate changes against the latest release: by table, by indicator, by delivery."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from ingestion.paths import DataRoot
from ingestion.sql import identifier, quoted, rows
from publishing import approval, fingerprint, parquet, revision

SHOWN_REVISIONS = 50
BY_INDICATOR = """
    select measure_code,
        count(*) filter (where change_code = 'added') as added,
        count(*) filter (where change_code = 'revised') as revised,
        count(*) filter (where change_code = 'flagged') as flagged,
        count(*) filter (where change_code = 'withdrawn') as withdrawn,
        count(*) filter (where is_beyond_bound) as beyond_bound
    from marts.indicator_revision where release_version = ? group by measure_code order by measure_code
"""
REVISIONS = f"""
    select measure_code, time_period, {approval.CELL} as cell, change_code, cause_code, value_before, value, change_pct,
        bound_name, bound_pct, is_beyond_bound, explanation
    from marts.indicator_revision
    where release_version = ? and change_code in ('revised', 'withdrawn')
    order by is_beyond_bound desc, {approval.DEPTH}, abs(change_pct) desc nulls first, measure_code, time_period, cell
    limit {SHOWN_REVISIONS}
"""
Columns = dict[str, str]
"""Name → type."""


@dataclass(frozen=True)
class Compared:
    """What is told of a comparison, the release that was compared with, and the parts of tables that are as there, row for row."""

    told: dict[str, Any]
    previous: Path | None
    unchanged: dict[str, frozenset[str]]


@dataclass(frozen=True)
class Held:
    """A table of one side: how a query names it, and its columns."""

    path: str
    columns: Columns


def compare(con: duckdb.DuckDBPyConnection, root: DataRoot, version: str, record: dict[str, Any]) -> Compared:
    """Compare the candidate that ``con`` uses with the latest release, and fill its history of revisions.

    Returns:
        of which ``told`` has ``previous`` (version or None), ``not_comparable`` (what cannot be told, and why), ``deliveries``
        (months whose delivery is another one), ``tables`` (those that differ: rows and columns), ``indicators`` (changes by
        measure), ``revisions`` (the widest and largest), ``beyond_bounds`` (how many, and the hash that an approval is for).
    """
    previous, damaged = _newest_intact(root)
    if previous:
        con.execute(f"attach {quoted(str(previous / 'warehouse.duckdb'))} as before (read_only)")
    told: dict[str, Any] = {"previous": previous.name if previous else None}
    if absent := revision.absent(con):
        told["not_comparable"] = [f"not comparable: the build has no {', '.join(absent)}"]
    else:
        told["not_comparable"] = revision.write(con, root, version, record, previous)
        deliveries = con.execute("select told from delivery_change order by told").fetchall() if previous else []
        beyond, sha256 = approval.beyond_bounds(con, version)
        told |= {
            "deliveries": [delivery for (delivery,) in deliveries],
            "indicators": rows(con.execute(BY_INDICATOR, [version])),
            "revisions": rows(con.execute(REVISIONS, [version])),
            "beyond_bounds": {"values": beyond, "sha256": sha256},
        }
    told["not_comparable"] += [f"not comparable: release {version} is damaged" for version in damaged]
    told["tables"], unchanged = _tables(con, record["tables"])
    if previous:
        con.execute("detach before")
    return Compared(told, previous, unchanged)


def _newest_intact(root: DataRoot) -> tuple[Path | None, list[str]]:
    """The latest release, or the newest before it that is undamaged, with the versions that are not.

    One that cannot be read must not stand in the way of what replaces it, and the history is carried on from one that can.
    """
    if not root.latest.is_symlink():
        return None, []
    latest = root.latest.resolve().name
    damaged = []
    for release in sorted((path for path in root.releases.glob("[0-9]*") if path.name <= latest), reverse=True):
        if fingerprint.is_intact(release):
            return release, damaged
        damaged.append(release.name)
    return None, damaged


def _tables(con: duckdb.DuckDBPyConnection, about: dict[str, Any]) -> tuple[dict[str, dict[str, Any]], dict[str, frozenset[str]]]:
    """The tables that differ, but for those that tell of earlier releases; and the parts of tables that do not."""
    now, before = _held(con, "frozen"), _held(con, "before")
    differing, unchanged = {}, {}
    for name in sorted({*now, *before}):
        entry, unchanged[name] = _table(con, now.get(name), before.get(name), about.get(name, {}))
        if entry and about.get(name, {}).get("reproducible", True):
            differing[name] = entry
    return differing, unchanged


def _table(
    con: duckdb.DuckDBPyConnection, now: Held | None, before: Held | None, about: dict[str, Any]
) -> tuple[dict[str, Any], frozenset[str]]:
    """How a table differs, nothing where it does not; and which of its parts do not. Rows are told apart by its key, else counted."""
    new, old = ({*now.columns.items()}, {*before.columns.items()}) if now and before else (set(), set())
    added, removed = new - old, old - new
    comparable = now is not None and before is not None and [*now.columns.items()] == [*before.columns.items()]
    parts_now, parts_before = (parquet.parts(con, side.path, side.columns, about) for side in (now, before)) if comparable else ({}, {})
    unchanged = frozenset(part for part, state in parts_now.items() if parts_before.get(part) == state)
    if comparable and parts_now == parts_before:
        return {}, unchanged
    entry: dict[str, Any] = {
        "rows_before": _count(con, before) if before else None,
        "rows_after": _count(con, now) if now else None,
        "columns_added": sorted(" ".join(column) for column in added),
        "columns_removed": sorted(" ".join(column) for column in removed),
    }
    key = about.get("key")
    differs = bool(added or removed) or entry["rows_before"] != entry["rows_after"]
    if now and before and key and {*key} <= (shared := {*now.columns} & {*before.columns}):
        changed = _rows_by_key(con, now, before, key, sorted(shared - {*key}), _outside(unchanged, about))
        entry |= changed
        differs = differs or any(changed.values())
    return entry if differs else {}, unchanged


def _outside(parts: frozenset[str], about: dict[str, Any]) -> str:
    """Only the parts that differ: a row that went from one to another is in two of them."""
    return f"where {parquet.part_of(about)} not in ({', '.join(map(quoted, sorted(parts)))})" if parts else ""


def _rows_by_key(con: duckdb.DuckDBPyConnection, now: Held, before: Held, key: list[str], others: list[str], only: str) -> dict[str, int]:
    keys = ", ".join(map(identifier, key))
    content = f"hash({', '.join(map(identifier, others))})" if others else "0"
    sides = [f"(select {keys}, true as held, {content} as content from {side.path} {only})" for side in (now, before)]
    return rows(
        con.execute(
            f"""
            select count(*) filter (where before.held is null) as rows_added,
                count(*) filter (where now.held is null) as rows_removed,
                count(*) filter (where now.content <> before.content) as rows_changed
            from {sides[0]} as now full join {sides[1]} as before using ({keys})
            """
        )
    )[0]


def _held(con: duckdb.DuckDBPyConnection, catalog: str) -> dict[str, Held]:
    """The tables of a catalog by name."""
    found: dict[str, Held] = {}
    for schema, table, column, kind in con.execute(
        "select schema_name, table_name, column_name, data_type from duckdb_columns() where database_name = ? and not internal", [catalog]
    ).fetchall():
        found.setdefault(table, Held(f"{catalog}.{schema}.{identifier(table)}", {})).columns[column] = kind
    return found


def _count(con: duckdb.DuckDBPyConnection, side: Held) -> int:
    return con.execute(f"select count(*) from {side.path}").fetchone()[0]
