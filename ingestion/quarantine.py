"""Quarantine: each rejected row as it was sent, where it stood, and every reason; identifiers masked."""

from __future__ import annotations

from pathlib import Path

import duckdb

from ingestion.archive import Submission
from ingestion.contract import Contract
from ingestion.decode import JUDGED, SENT
from ingestion.record import TEMPORAL, Record
from ingestion.sql import quoted

MASK = "•••"
MANY_DIGITS = 5


NOTHING = """
    select ''::varchar as extract, ''::varchar as period, ''::varchar as submission_sha256, ''::varchar as sheet, 0::bigint as row,
        0::bigint as column_number, []::varchar[] as reasons, []::varchar[] as columns, ''::varchar as row_as_sent
    limit 0
    """


def write_quarantine(
    con: duckdb.DuckDBPyConnection, record: Record, contract: Contract, submission: Submission, headers: dict[str, str], target: Path
) -> None:
    """Write the rejected rows of ``judged``; ``submission`` tells how many there are.

    Columns: extract, period, submission_sha256, sheet, row, column_number (where values are laid across the
    sheet, else null), reasons (``field:slug``), columns (the sender's headings of those fields), row_as_sent
    (JSON by heading). Only declared fields are kept, and a cell with five digits or more that is not a date of
    its column is shown as its shape (``A9999999``): in a row whose cells have slipped sideways it may be a
    document number.
    """
    rejected = _rejected(record, contract, submission, headers) if submission.rows_rejected else NOTHING
    con.execute(f"copy ({rejected}) to '{target}' (format parquet, compression zstd)")


def _rejected(record: Record, contract: Contract, submission: Submission, headers: dict[str, str]) -> str:
    declared = [name for name in contract.columns if contract.columns[name].constant is None and contract.columns[name].captured is None]
    declared += [name for name in headers if name in record.fields and name not in contract.columns]
    shown = ", ".join(f"{quoted(headers[name])}, {_shown(record, name, at)}" for at, name in enumerate(declared, start=1))
    cells = ", ".join(f'sent."{name}"' for name in declared)
    read = "".join(f', judged.{name} is not null as "_is_read_{name}"' for name in declared if record.fields[name].type in TEMPORAL)
    heading = "map {" + ", ".join(f"{quoted(name)}: {quoted(label)}" for name, label in headers.items()) + "}"
    return f"""
            with rejected as materialized (
                select sent._sheet, sent._row, sent._column, {cells}, judged._reasons{read}
                from {JUDGED} as judged
                join {SENT} as sent on sent._cell = judged._cell
                where len(judged._reasons) > 0 and judged._in_scope
            ),
            masked as (
                select *, list_transform([{cells.replace("sent.", "")}], lambda cell: {_masked("cell")}) as _masked from rejected
            )
            select {quoted(submission.extract)} as extract, {quoted(submission.period)} as period,
                {quoted(submission.sha256)} as submission_sha256, _sheet as sheet, _row as row, _column as column_number,
                _reasons as reasons,
                list_transform(
                    _reasons, lambda reason: coalesce({heading}[split_part(reason, ':', 1)], split_part(reason, ':', 1))
                ) as columns,
                json_object({shown})::varchar as row_as_sent
            from masked
            order by _sheet, _row
        """


def _shown(record: Record, name: str, at: int) -> str:
    field = record.fields[name]
    if field.type == "identifier":
        return f"""case when "{name}" is not null then '{MASK}' end"""
    if field.type in TEMPORAL:
        return f'case when "_is_read_{name}" then "{name}" else _masked[{at}] end'
    return f"_masked[{at}]"


def _masked(cell: str) -> str:
    """A cell of many digits as its shape. Said once for all columns: each copy would compile its patterns anew, 1 ms a file."""
    shape = f"regexp_replace(regexp_replace({cell}, '\\p{{Nd}}', '9', 'g'), '\\p{{L}}', 'A', 'g')"
    return f"case when regexp_matches({cell}, '(\\p{{Nd}}\\P{{Nd}}*){{{MANY_DIGITS}}}') then {shape} else {cell} end"
