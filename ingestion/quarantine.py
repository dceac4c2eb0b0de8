"""Quarantine: each rejected row as it was sent, where it stood, and every reason; identifiers masked."""

from __future__ import annotations

from pathlib import Path

import duckdb

from ingestion.archive import Submission
from ingestion.contract import Contract
from ingestion.decode import JUDGED, SENT
from ingestion.layout import quoted
from ingestion.record import TEMPORAL, Record

MASK = "•••"
MANY_DIGITS = 5


def write_quarantine(
    con: duckdb.DuckDBPyConnection, record: Record, contract: Contract, submission: Submission, headers: dict[str, str], target: Path
) -> None:
    """Write the rejected rows of ``judged``.

    Columns: extract, period, submission_sha256, sheet, row, reasons (``field:slug``), columns (the sender's
    headings of those fields), row_as_sent (JSON by heading). Only declared fields are kept, and a cell with
    five digits or more that is not a date of its column is shown as its shape (``A9999999``): in a row whose
    cells have slipped sideways it may be a document number.
    """
    declared = [name for name in contract.columns if contract.columns[name].constant is None and contract.columns[name].captured is None]
    declared += [name for name in headers if name in record.fields and name not in contract.columns]
    cells = ", ".join(f"{quoted(headers[name])}, {_masked(record, name)}" for name in declared)
    heading = "map {" + ", ".join(f"{quoted(name)}: {quoted(label)}" for name, label in headers.items()) + "}"
    con.execute(
        f"""
        copy (
            select {quoted(submission.extract)} as extract, {quoted(submission.period)} as period,
                {quoted(submission.sha256)} as submission_sha256, judged._sheet as sheet, judged._row as row,
                judged._reasons as reasons,
                list_transform(
                    judged._reasons, reason -> coalesce({heading}[split_part(reason, ':', 1)], split_part(reason, ':', 1))
                ) as columns,
                json_object({cells})::varchar as row_as_sent
            from {JUDGED} as judged
            join {SENT} as sent on sent.rowid = judged._cell
            where len(judged._reasons) > 0 and judged._in_scope
            order by judged._sheet, judged._row
        ) to '{target}' (format parquet, compression zstd)
        """
    )


def _masked(record: Record, name: str) -> str:
    field, cell = record.fields[name], f'sent."{name}"'
    if field.type == "identifier":
        return f"case when {cell} is not null then '{MASK}' end"
    shape = f"regexp_replace(regexp_replace({cell}, '\\d', '9', 'g'), '\\p{{L}}', 'A', 'g')"
    suspicious = f"length(regexp_replace({cell}, '\\D', '', 'g')) >= {MANY_DIGITS}"
    if field.type in TEMPORAL:
        suspicious = f"({suspicious} and judged.{name} is null)"
    return f"case when {suspicious} then {shape} else {cell} end"
