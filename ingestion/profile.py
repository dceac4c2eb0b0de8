"""The profile of a delivery: a few numbers over all its rows, which the landing suites judge."""

from __future__ import annotations

import duckdb

from ingestion.decode import JUDGED
from ingestion.record import LINEAGE, Record


def profile_columns(con: duckdb.DuckDBPyConnection, record: Record, delivered: set[str]) -> dict[str, object]:
    """One row of numbers about ``judged``.

    Returns:
        ``rows_*`` counts, ``rejected_pct``, per delivered field ``<field>_null_pct`` (of accepted rows) and for
        codes ``<field>_unrecognised_pct``; plus ``rejected_by_reason`` and ``unrecognised`` as counts by
        ``field:slug`` and field, and ``content_hash`` over the rows in scope in any order.
    """
    good = "len(_reasons) = 0 and _in_scope"
    measures = {
        "rows_read": "count(*)",
        "rows_accepted": f"count(*) filter ({good})",
        "rows_rejected": "count(*) filter (len(_reasons) > 0 and _in_scope)",
        "rows_out_of_scope": "count(*) filter (not _in_scope)",
    }
    for name, field in record.fields.items():
        if name in delivered:
            share = f"count(*) filter ({good} and {{}}) * 100.0 / nullif(count(*) filter ({good}), 0)"
            if field.type == "code":
                measures[f"{name}_unrecognised_pct"] = share.format(f"list_contains(_unrecognised, '{name}')")
            else:
                measures[f"{name}_null_pct"] = share.format(f"{record.landed_name(name)} is null")
    listed = ", ".join(f'{expression} as "{name}"' for name, expression in measures.items())
    cursor = con.execute(f"select {listed} from {JUDGED}")
    profile = dict(zip([column[0] for column in cursor.description], cursor.fetchone(), strict=True))
    in_scope = max(profile["rows_accepted"] + profile["rows_rejected"], 1)
    # As text where they are text: an ENUM hashes to something else than its word.
    columns = ", ".join(
        f"{name}::varchar" if kind == "VARCHAR" else name for name, kind in record.landed_columns.items() if name not in LINEAGE
    )
    # A sum, because in an exclusive or two equal rows cancel out; over the rejected rows too, because mending one changes the file.
    content = con.execute(
        f"select sum(hash({columns}, case when len(_reasons) > 0 then _reasons end)::hugeint)::varchar || ':' || count(*) "
        f"from {JUDGED} where _in_scope"
    ).fetchone()[0]
    return {
        **profile,
        "rejected_pct": 100.0 * profile["rows_rejected"] / in_scope,
        "rejected_by_reason": _counts(con, "_reasons", "_in_scope"),
        "unrecognised": _counts(con, "_unrecognised", good),
        "content_hash": content or "empty",
    }


def _counts(con: duckdb.DuckDBPyConnection, column: str, where: str) -> dict[str, int]:
    return dict(
        con.execute(
            f"select label, count(*) from (select unnest({column}) as label from {JUDGED} where {where}) group by 1 order by 2 desc, 1"
        ).fetchall()
    )
