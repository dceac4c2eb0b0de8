"""The audit of a candidate's public file: what a reader could work out of it, as the evidence ``quality.qa_disclosure``.

It reads the file as it will be published, not the plan by which it was made. SQL lays out what is shown, with the equations
between it (``disclosure.sql``), and sums up what was found; only the intervals are Python.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import scipy.sparse as sp

from disclosure.bounds import intervals
from disclosure.memory import keep, recall
from ingestion.sql import identifier, quoted
from publishing.public_part import is_public

LAYOUT = Path(__file__).with_suffix(".sql")
COORDINATES = (
    *("frequency_code", "period_starts_on", "area_code", "counterpart_country_code", "sex_code", "age_group_code"),
    *("breakdown_name", "breakdown_code", "basis"),
)
SERIES = {"vintage": "_Z", "estimation_method": "reported"}
"""What a table that does not have the column holds."""


def audit(con: duckdb.DuckDBPyConnection, public: Path, tables: dict[str, Any], solved: Path) -> None:
    """Fill ``quality.qa_disclosure`` of the candidate that ``con`` uses.

    Args:
        public: the public database file, finished.
        tables: those of the build record; ``measures`` of a public one maps its columns of values to measures.
        solved: where intervals of parts that are the same as last night are kept.
    """
    con.execute(f"attach {quoted(str(public))} as shown_to_all (read_only)")
    shown = [_values(con, name, about) for name, about in sorted(tables.items()) if is_public(about) and about["measures"]]
    con.execute(f"create temp table shown as {' union all by name '.join(shown)}")
    con.execute("detach shown_to_all")
    con.execute(LAYOUT.read_text(encoding="utf-8"))
    held = con.execute("select cell, value, is_withheld, least, asked from audited order by cell").fetchnumpy()
    terms = con.execute(
        "select equation, unnest(cells) as cell, 1 as coefficient, tolerance from equation "
        "union all select equation, total_cell, -1, tolerance from equation order by equation, cell"
    ).fetchnumpy()
    found = _intervals(held, terms, solved)
    con.register("found", found)
    con.execute(EVIDENCE)
    con.unregister("found")
    for name in ("shown", "audited", "equation"):
        con.execute(f"drop table {name}")


def _values(con: duckdb.DuckDBPyConnection, name: str, about: dict[str, Any]) -> str:
    """Every value of a public table in one shape: the measure, the coordinates, the status and the value."""
    table = f"shown_to_all.{about['schema']}.{identifier(name)}"
    columns = {column for column, *_ in con.execute(f"describe {table}").fetchall()}
    series = [column if column in columns else f"{quoted(other)} as {column}" for column, other in SERIES.items()]
    return " union all by name ".join(
        f"select {quoted(name)} as public_table, {measure if measure in columns else quoted(measure)} as measure_code, "
        f"{', '.join([*COORDINATES, *series])}, obs_status, cast({identifier(column)} as double) as value from {table}"
        for column, measure in about["measures"].items()
    )


def _intervals(held: dict[str, np.ndarray], terms: dict[str, np.ndarray], solved: Path) -> Any:
    """Cell and width of the interval of every withheld value, in an equation or not."""
    import pandas as pd

    shown = np.where(held["is_withheld"].astype(bool), np.nan, np.ma.filled(held["value"].astype(float), 0))
    rows = int(terms["equation"].max()) + 1 if len(terms["equation"]) else 0
    matrix = sp.csr_matrix((terms["coefficient"].astype(float), (terms["equation"], terms["cell"])), shape=(rows, len(shown)))
    tolerance = np.zeros(rows)
    tolerance[terms["equation"]] = terms["tolerance"].astype(float)
    told = intervals(matrix, shown, held["least"].astype(float), held["asked"].astype(float), tolerance, recall(solved))
    keep(solved, told.components)
    hidden = np.isnan(shown)
    return pd.DataFrame({"cell": held["cell"][hidden], "width": told.width[hidden]})


EVIDENCE = """
    insert into quality.qa_disclosure by name
    select
        measure_code,
        cast(year(period_starts_on) as integer) as year,
        count(*) as rows,
        count(*) filter (where is_withheld) as withheld_rows,
        count(*) filter (where is_small) as small_rows,
        count(*) filter (where is_small and value is not null) as small_shown_rows,
        count(*) filter (where is_told_and_withheld) as told_and_withheld_rows,
        count(*) filter (where is_unmarked) as unmarked_rows,
        count(*) filter (where is_unknown or is_told_in_two_ways or abs(value - true_value) > 0.005) as altered_rows,
        -- no interval at all; pandas has no other word for it than null
        count(*) filter (where is_withheld and (width is null or isnan(width))) as contradictory_rows,
        count(*) filter (where is_withheld and width < asked - 0.00001) as narrow_rows,
        least(min(width) filter (where is_withheld), 1000000000) as narrowest_width,
        count(*) filter (
            where measure_code in (select measure_code from marts.dim_indicator where disclosure_code = 'sensitive')
                and area_code not in (select province_code from marts.dim_province union all select 'LAO')
        ) as below_province_rows
    from audited
    left join found using (cell)
    group by all
    order by all
"""
