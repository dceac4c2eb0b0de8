"""What a candidate changes against the latest release, by table and by headline figure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from ingestion.paths import DataRoot
from ingestion.sql import identifier, quoted

HEADLINE = """
    select * from {database}.marts.indicator_value
    where frequency_code = 'A' and area_code = 'LAO' and counterpart_country_code = '_T' and sex_code = '_T'
        and age_group_code = '_T' and breakdown_name = '_Z'
"""
"""The yearly totals: the values that a change is told of one by one."""


def compare(root: DataRoot, candidate: Path) -> dict[str, Any]:
    """Rows, columns and headline figures, before and after.

    Returns:
        ``previous`` (version or None), ``tables`` (name → rows_before, rows_after, columns_added,
        columns_removed; only those that differ) and ``headline`` (figures added, revised or withdrawn).
    """
    previous = root.latest / "warehouse.duckdb"
    with duckdb.connect() as con:
        con.execute(f"attach {quoted(str(candidate))} as after (read_only)")
        if not previous.exists():
            return {
                "previous": None,
                "tables": {name: {"rows_after": rows} for name, (rows, _) in _tables(con, "after").items()},
                "headline": [],
            }
        con.execute(f"attach {quoted(str(previous.resolve()))} as before (read_only)")
        before, after = _tables(con, "before"), _tables(con, "after")
        tables = {}
        for name in sorted(before.keys() | after.keys()):
            rows_before, columns_before = before.get(name, (None, set()))
            rows_after, columns_after = after.get(name, (None, set()))
            if (rows_before, columns_before) != (rows_after, columns_after):
                tables[name] = {
                    "rows_before": rows_before,
                    "rows_after": rows_after,
                    "columns_added": sorted(columns_after - columns_before),
                    "columns_removed": sorted(columns_before - columns_after),
                }
        return {"previous": root.latest.resolve().name, "tables": tables, "headline": _headline(con)}


def _tables(con: duckdb.DuckDBPyConnection, database: str) -> dict[str, tuple[int, set[str]]]:
    found = {}
    for schema, name in con.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = ? order by all", [database]
    ).fetchall():
        table = f"{database}.{schema}.{identifier(name)}"
        columns = {f"{row[0]} {row[1]}" for row in con.execute(f"describe {table}").fetchall()}
        found[name] = (con.execute(f"select count(*) from {table}").fetchone()[0], columns)
    return found


def _headline(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    try:
        relation = con.execute(
            f"""
            select coalesce(after.measure_code, before.measure_code) as measure_code,
                coalesce(after.basis, before.basis) as basis,
                coalesce(after.time_period, before.time_period) as time_period,
                coalesce(after.vintage, before.vintage) as vintage,
                before.value as value_before, after.value as value_after,
                case when before.indicator_value_key is null then 'added'
                    when after.indicator_value_key is null then 'withdrawn' else 'revised' end as change
            from ({HEADLINE.format(database="before")}) as before
            full join ({HEADLINE.format(database="after")}) as after using (indicator_value_key)
            where before.value is distinct from after.value
                or before.indicator_value_key is null or after.indicator_value_key is null
            order by all
            """
        )
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        return [{"change": f"not comparable: {str(error).splitlines()[0]}"}]
    names = [column[0] for column in relation.description]
    return [dict(zip(names, row, strict=True)) for row in relation.fetchall()]
