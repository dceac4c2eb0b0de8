"""What must hold of a file as a whole beyond its shape: totals add up, margins are settled, rejects are few."""

from __future__ import annotations

import duckdb

from ingestion import normalise
from ingestion.codelists import unknown_code
from ingestion.contract import Column, Contract, Residual
from ingestion.decode import JUDGED, SENT, STACKED
from ingestion.fold import fold_all
from ingestion.record import NUMERIC, Record
from ingestion.refusal import Refusal
from ingestion.sql import quoted


def check_totals(con: duckdb.DuckDBPyConnection, contract: Contract, record: Record) -> int:
    """Take the declared total rows out of ``sent_text``; where declared, compare them with their parts first.

    Returns:
        the number of total rows.

    Raises:
        Refusal: ``totals_do_not_add_up``.
    """
    rule = contract.totals
    if rule is None:
        return 0
    labels = ", ".join(map(quoted, fold_all(con, rule.labels)))
    con.execute(
        f"""
        create or replace temp table total_labels as
        select raw from (select distinct "{rule.field}" as raw from {SENT}) where fold(raw) in ({labels})
        """
    )
    is_total = f'"{rule.field}" in (select raw from total_labels)'
    if rule.must_add_up:
        _compare_totals(con, contract, record, is_total)
    return con.execute(f"delete from {STACKED} where {is_total}").fetchone()[0]


def _compare_totals(con: duckdb.DuckDBPyConnection, contract: Contract, record: Record, is_total: str) -> None:
    rule = contract.totals
    sent = [row[0] for row in con.execute(f"describe {SENT}").fetchall() if not row[0].startswith("_")]
    measures = [name for name in sent if record.fields[name].type in NUMERIC and name not in record.key]
    others = [name for name in record.key if name in sent and name != rule.field]
    keys = ", ".join(f'coalesce(fold("{name}"), \'\') as "{name}"' for name in others) or "'' as everything"
    names = ", ".join(f'"{name}"' for name in others) or "everything"
    for measure in measures:
        column = contract.columns.get(measure) or Column(constant="")
        cell = normalise.without_marks("clean", contract)
        value = normalise.number("cell", record.fields[measure], column, column.number or contract.numbers)
        wrong = con.execute(
            f"""
            with cleaned as (select *, {normalise.cleaned(f'"{measure}"')} as clean from {SENT}),
            cells as (select {keys}, {is_total} as is_total, ({value})::double as value from (select *, {cell} as cell from cleaned)),
            compared as (
                select {names}, sum(value) filter (is_total) as total, sum(value) filter (not is_total) as parts
                from cells group by {names}
                having count(*) filter (is_total) > 0
            )
            select count(*), any_value(concat_ws(', ', {names})), any_value(total), any_value(parts)
            from compared where abs(coalesce(total, 0) - coalesce(parts, 0)) > {rule.tolerance}
            """
        ).fetchone()
        if wrong[0]:
            found = f"{measure}, {wrong[0]} times; for instance {wrong[1]}: total {wrong[2]:,.0f}, sum of parts {wrong[3] or 0:,.0f}"
            raise Refusal("totals_do_not_add_up", found=found)


def settle_residual(con: duckdb.DuckDBPyConnection, contract: Contract, record: Record) -> None:
    """Turn each published total into the difference from its parts, under the declared member.

    Parts plus residual then sum to the published total exactly. What falls to the unknown member may be negative, is
    marked by ``is_margin_residual`` and never silently dropped (DOMAIN: margins). What falls to another member is
    that member's number (male = total less "of which female"), so its rows are rejected where it cannot be told.
    """
    rule = contract.residual
    if rule is None:
        return
    measure = next(name for name, field in record.fields.items() if field.type in NUMERIC and name not in record.key)
    others = [record.landed_name(name) for name in record.key if name != rule.field]
    same = " and ".join(f"parts.{name} is not distinct from {JUDGED}.{name}" for name in others)
    con.execute(
        f"""
        create or replace temp table parts as
        select {", ".join(others)}, sum({measure}) as value from {JUDGED}
        where {rule.field} is distinct from {quoted(rule.total)} and len(_reasons) = 0 group by all
        """
    )
    if rule.into != unknown_code(record.fields[rule.field].codes):
        _reject_underivable(con, rule, measure, same)
    con.execute(
        f"""
        update {JUDGED} set {measure} = round({measure} - parts.value, 6) from parts
        where {JUDGED}.{rule.field} = {quoted(rule.total)} and {same}
        """
    )
    flag = ", is_margin_residual = true" if "is_margin_residual" in record.fields else ""
    con.execute(f"update {JUDGED} set {rule.field} = {quoted(rule.into)}{flag} where {rule.field} = {quoted(rule.total)}")


def _reject_underivable(con: duckdb.DuckDBPyConnection, rule: Residual, measure: str, same: str) -> None:
    """Reject totals without their parts, and totals with their parts where these are more."""
    is_total = f"{JUDGED}.{rule.field} = {quoted(rule.total)}"
    con.execute(
        f"""
        update {JUDGED} set _reasons = list_append(_reasons, '{measure}:part_missing')
        where {is_total} and len(_reasons) = 0 and not exists (from parts where {same} and parts.value is not null)
        """
    )
    con.execute(
        f"""
        create or replace temp table exceeded as
        select parts.* from parts join {JUDGED} on {same} where {is_total} and {JUDGED}.{measure} < parts.value
        """
    )
    con.execute(
        f"update {JUDGED} set _reasons = list_append(_reasons, '{measure}:part_exceeds_total') from exceeded as parts "
        f"where {same} and len(_reasons) = 0"
    )


def too_many_rejected(contract: Contract, profile: dict[str, object]) -> Refusal | None:
    """Why a file is refused of which more rows are rejected than its contract allows; None when it is not."""
    if profile["rejected_pct"] <= contract.max_rejected_pct:
        return None
    commonest = list(profile["rejected_by_reason"].items())[:5]
    return Refusal(
        "too_many_rejected",
        found=f"{profile['rejected_pct']:.1f} %",
        expected=f"{contract.max_rejected_pct:g} %",
        detail=", ".join(f"{reason} ({count:,})" for reason, count in commonest),
    )
