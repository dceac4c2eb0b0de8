"""The revision history of the indicator values, written into a candidate: ``marts.indicator_revision``.

What belongs here: how the history of the latest release is carried on and how each change finds its bound. What does
not: how changes and their reasons are found (``revision.sql``), and who may let them pass (``approval.py``).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb

from expectations.revision_bounds import RevisionBounds, load_bounds
from ingestion.paths import DataRoot
from ingestion.sql import identifier, quoted
from publishing import approval

CHANGES = Path(__file__).with_suffix(".sql")
MANY_WITHDRAWN = "withdrawn"
"""Name of the bound on how many values of a measure may go, as its key in the declaration."""
NEEDED = {
    "indicator_value": {"indicator_value_key", "measure_code", "value", "obs_status"},
    "dim_submission": {"submission_key", "extract", "record", "period", "status", "submission_sha256"},
    "agg_submission_month": {"submission_key", "month_on"},
    "bridge_indicator_submission": {"indicator_value_key", "submission_key"},
    "indicator_revision": {"indicator_value_key", "release_version"},
}
"""Tables of the latest release that are read, and the columns without which a table cannot be."""


def absent(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Tables that the comparison needs and a failed or broken build may not have; the gate says so itself."""
    held = {name for (name,) in con.execute("select table_name from duckdb_tables() where database_name = current_database()").fetchall()}
    return sorted({*NEEDED, "dim_indicator", "indicator_lineage"} - held)


def write(con: duckdb.DuckDBPyConnection, root: DataRoot, version: str, record: dict[str, Any], previous: Path | None) -> list[str]:
    """Fill ``marts.indicator_revision`` of the candidate that ``con`` uses; leave its changes as the table ``explained``.

    Args:
        previous: the folder of the latest release, attached as ``before``; None before the first.

    Returns:
        What of the latest release cannot be compared with, and why.
    """
    missing = [told for name, columns in NEEDED.items() if (told := _as_now(con, name, columns, previous))]
    code_before = json.loads((previous / "build.json").read_text(encoding="utf-8"))["warehouse_code"] if previous else None
    con.execute(f"set variable version = {quoted(version)}")
    con.execute(f"set variable previous = {quoted(previous.name) if previous else 'null'}")
    con.execute(f"set variable code_changed = {previous is not None and code_before != record['warehouse_code']}")
    con.execute(CHANGES.read_text(encoding="utf-8"))
    _insert(con, load_bounds())
    approval.disclose(con, root, version)
    return missing


def _as_now(con: duckdb.DuckDBPyConnection, name: str, needed: set[str], previous: Path | None) -> str | None:
    """A table of the latest release in the shape it has now, or an empty one and the reason why."""
    wanted = {column: kind for column, kind, *_ in con.execute(f"describe marts.{name}").fetchall()}
    held: set[str] = set()
    if previous:
        found = con.execute(
            "select column_name from duckdb_columns() where database_name = 'before' and schema_name = 'marts' and table_name = ?", [name]
        )
        held = {column for (column,) in found.fetchall()}
    if not needed <= held:
        con.execute(f"create temp view before_{name} as from marts.{name} where false")
        lacks = f"has no {', '.join(sorted(needed - held))}" if held else "is not in it"
        return f"not comparable: {name} of release {previous.name} {lacks}" if previous else None
    columns = ", ".join(
        f"try_cast({identifier(column)} as {kind}) as {identifier(column)}" if column in held else f"cast(null as {kind}) as {column}"
        for column, kind in wanted.items()
    )
    con.execute(f"create temp view before_{name} as select {columns} from before.marts.{name}")
    return None


def _insert(con: duckdb.DuckDBPyConnection, bounds: RevisionBounds) -> None:
    con.execute("create temp table bound (number integer, bound_name varchar, bound_pct double, min_counted bigint)")
    con.executemany(
        "insert into bound values (?, ?, ?, ?)",
        [(number, entry.bound, entry.max_change_pct, entry.min_counted) for number, entry in enumerate(bounds.bounds)],
    )
    conditions = " ".join(f"when {entry.where} then {number}" for number, entry in enumerate(bounds.bounds) if entry.where)
    con.execute(
        f"""
        insert into marts.indicator_revision by name
        with history as (
            from before_indicator_revision
            union all by name
            -- a latest release from before there was a history begins it
            select * exclude (source_key, date_key, indicator_code, periods_covered, numerator, denominator),
                getvariable('previous') as release_version, 1 as revision_number, 'added' as change_code,
                'held before the history of revisions begins' as explanation, false as is_beyond_bound
            from before_indicator_value where not exists (from before_indicator_revision)
        ),

        numbered as (
            select indicator_value_key, max(revision_number) as last_number from history group by indicator_value_key
        ),

        withdrawn as (
            select measure_code
            from before_indicator_value as before
            left join (select indicator_value_key from explained where change_code = 'withdrawn') as gone using (indicator_value_key)
            group by measure_code
            having count(gone.indicator_value_key) >= {bounds.withdrawn.min_values}
                and 100 * count(gone.indicator_value_key) > {bounds.withdrawn.max_share_pct} * count(*)
        ),

        numbered_bounds as (
            select *, case {conditions} else {len(bounds.bounds) - 1} end as number from explained
        ),

        bounded as (
            select
                changes.*,
                changes.change_code in ('revised', 'withdrawn') and changes.value_before is not null as is_bounded,
                bound.bound_name,
                bound.bound_pct,
                is_bounded
                and bound.bound_pct is not null
                and changes.counted >= bound.min_counted
                and (changes.change_pct is null or abs(changes.change_pct) > bound.bound_pct) as is_too_large,
                changes.change_code = 'withdrawn' and withdrawn.measure_code is not null as is_one_of_many
            from numbered_bounds as changes
            join bound using (number)
            left join withdrawn using (measure_code)
        )

        from history
        union all by name
        select
            bounded.* exclude (
                number, unit, months_past, counted, periods_covered, periods_covered_before, source_value, source_value_before,
                is_bounded, is_too_large, is_one_of_many
            ) replace (
                case
                    when is_bounded and not is_too_large and is_one_of_many then '{MANY_WITHDRAWN}'
                    when is_bounded then bound_name
                end as bound_name,
                if(is_bounded and (is_too_large or not is_one_of_many), bound_pct, null) as bound_pct
            ),
            getvariable('version') as release_version,
            getvariable('previous') as previous_release_version,
            coalesce(numbered.last_number, 0) + 1 as revision_number,
            is_too_large or is_one_of_many as is_beyond_bound
        from bounded
        left join numbered using (indicator_value_key)
        order by release_version, measure_code, basis, frequency_code, period_starts_on, indicator_value_key
        """
    )
