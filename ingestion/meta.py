"""What the warehouse needs to know about deliveries: typed Parquet that dbt reads as sources."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb
import pandas as pd

from ingestion.archive import UNPLACED, Submission, submissions
from ingestion.contract import Contract
from ingestion.paths import DataRoot
from ingestion.record import load_records

SUBMISSION_COLUMNS = {
    "landing_id": "BIGINT",
    "submission_sha256": "VARCHAR",
    "extract": "VARCHAR",
    "sender": "VARCHAR",
    "record": "VARCHAR",
    "period": "VARCHAR",
    "file_name": "VARCHAR",
    "bytes": "BIGINT",
    "received_at": "TIMESTAMP",
    "landed_at": "TIMESTAMP",
    "status": "VARCHAR",
    "rows_read": "BIGINT",
    "rows_accepted": "BIGINT",
    "rows_rejected": "BIGINT",
    "rows_out_of_scope": "BIGINT",
    "rows_totals": "BIGINT",
    "due_on": "DATE",
    "is_synthetic": "BOOLEAN",
    "reason": "VARCHAR",
}
EXTRACT_COLUMNS = {
    "extract": "VARCHAR",
    "sender": "VARCHAR",
    "ministry_en": "VARCHAR",
    "ministry_lo": "VARCHAR",
    "title_en": "VARCHAR",
    "title_lo": "VARCHAR",
    "record": "VARCHAR",
    "cadence": "VARCHAR",
    "due_day": "BIGINT",
    "due_until": "VARCHAR",
    "licence": "VARCHAR",
    "citation": "VARCHAR",
    "is_current": "BOOLEAN",
}


def write_meta(root: DataRoot, contracts: Mapping[str, Contract]) -> None:
    """Write the schema file of every record and the two meta tables."""
    with duckdb.connect() as con:
        for record in load_records().values():
            # Written each time: a field added to a record must be there before anything lands with it.
            listed = ", ".join(f"null::{kind} as {name}" for name, kind in record.landed_columns.items())
            _write(con, f"select {listed} where false", root.raw_schema(record.name))
        rows = pd.DataFrame(_submission_rows(root, contracts), columns=list(SUBMISSION_COLUMNS), dtype=object)
        _write_frame(con, rows, SUBMISSION_COLUMNS, root.submissions_meta)
        described = pd.DataFrame([_extract_row(contract) for contract in contracts.values()], columns=list(EXTRACT_COLUMNS), dtype=object)
        _write_frame(con, described, EXTRACT_COLUMNS, root.extracts_meta)


def landed_now(root: DataRoot, contracts: Mapping[str, Contract]) -> dict[tuple[str, str], Submission]:
    """The submission whose rows are in place, by (extract, period)."""
    return _newest_landed(submissions(root), contracts)


def _newest_landed(history: list[Submission], contracts: Mapping[str, Contract]) -> dict[tuple[str, str], Submission]:
    return {(entry.extract, entry.period): entry for entry in history if entry.extract in contracts and entry.outcome == "landed"}


def _submission_rows(root: DataRoot, contracts: Mapping[str, Contract]) -> list[tuple]:
    history = submissions(root)
    current = _newest_landed(history, contracts)
    rows = []
    for entry in history:
        if (contract := contracts.get(entry.extract)) is None:
            continue
        status = entry.outcome
        if status == "landed" and current[entry.extract, entry.period] != entry:
            status = "superseded"
        # A vintage, and what could not be placed, belongs to no month in which it was due.
        due = None if entry.period == UNPLACED or contract.coverage == "history" else contract.due_on(entry.period)
        rows.append(
            (entry.landing_id, entry.sha256, entry.extract, contract.sender, contract.record, entry.period, entry.file_name,
             entry.bytes, entry.received_at, entry.landed_at, status, entry.rows_read, entry.rows_accepted,
             entry.rows_rejected, entry.rows_out_of_scope, entry.rows_totals, due, entry.is_synthetic, entry.reason)
        )  # fmt: skip
    return rows


def _extract_row(contract: Contract) -> tuple:
    # A delivery of a whole history is a vintage: no month of it is ever due.
    cadence = contract.cadence if contract.coverage == "period" else "irregular"
    return (
        contract.extract, contract.sender, contract.ministry.en, contract.ministry.lo, contract.title.en, contract.title.lo,
        contract.record, cadence, contract.due_day, contract.until, contract.licence, contract.citation, True,
    )  # fmt: skip


def _write_frame(con: duckdb.DuckDBPyConnection, frame: pd.DataFrame, columns: Mapping[str, str], target: Path) -> None:
    text = frame.map(lambda value: None if value is None else str(value)).astype("string")
    con.register("frame", text)
    listed = ", ".join(f'try_cast("{name}" as {kind}) as "{name}"' for name, kind in columns.items())
    _write(con, f"select {listed} from frame", target)


def _write(con: duckdb.DuckDBPyConnection, query: str, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.partial")
    con.execute(f"copy ({query}) to '{partial}' (format parquet)")
    partial.replace(target)
