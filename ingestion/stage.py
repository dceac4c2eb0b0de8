"""Staging: one archived file, read by its contract, becomes typed Parquet in the staging folder, not yet in place."""

from __future__ import annotations

import hashlib
import os
import time
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from ingestion.archive import Submission
from ingestion.checks import check_totals, settle_residual, too_many_rejected
from ingestion.codelists import code_list_fingerprint
from ingestion.contract import Contract
from ingestion.decode import JUDGED, SENT, STACKED, Decoder
from ingestion.fold import load_fold
from ingestion.identifiers import key_fingerprint, load_key, pseudonym_key
from ingestion.key_bridge import write_bridge
from ingestion.layout import arrange
from ingestion.paths import DataRoot
from ingestion.profile import profile_columns
from ingestion.quarantine import write_quarantine
from ingestion.readers import forget_text, read_text
from ingestion.record import Record, load_records
from ingestion.refusal import Refusal
from ingestion.spellings import Spelling, unrecognised_spellings
from ingestion.sql import quoted

LANDING_VERSION = 2
"""Raised when landing itself changes meaning, so that everything held is landed anew from the archive."""


@dataclass
class Staged:
    """One submission read, typed and profiled in the staging folder, not yet in place.

    ``submission`` tells what was read now, ``before`` what the archive says of it; ``refusal`` is there when
    too many of its rows are rejected. ``spellings`` are the words that no code list knows, for the receipt alone.
    """

    before: Submission
    submission: Submission
    contract: Contract
    accepted: Path
    quarantine: Path
    profile: dict[str, object]
    refusal: Refusal | None
    spellings: list[Spelling]
    bridge: Path | None


def landing_id(root: DataRoot, submission: Submission, contract: Contract) -> int:
    """Sixty bits that change with the bytes, the contract, the record, its code lists or the key."""
    record = load_records()[contract.record]
    about = {"title", "ministry", "owner", "licence", "citation", "caveats", "due_day", "until", "limits", "correction_min_pct"}
    parts = [
        str(LANDING_VERSION),
        submission.extract,
        submission.period,
        submission.sha256,
        contract.model_dump_json(exclude=about),
        record.model_dump_json(exclude={"title", "grain"}),
        *(code_list_fingerprint(field.codes) for field in record.fields.values() if field.codes),
        *([key_fingerprint(pseudonym_key(root))] if record.identifiers else []),
    ]
    return int(hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:15], 16)


def open_scratch(root: DataRoot) -> duckdb.DuckDBPyConnection:
    """An in-memory DuckDB that spills below the data root."""
    root.staging.mkdir(parents=True, exist_ok=True)
    con = duckdb.connect(
        config={
            "memory_limit": os.environ.get("WAREHOUSE_MEMORY_LIMIT", "1GB"),
            "temp_directory": str(root.staging / "spill"),
            "threads": os.cpu_count() or 2,
        }
    )
    load_fold(con)
    return con


def stage(con: duckdb.DuckDBPyConnection, root: DataRoot, submission: Submission, contract: Contract) -> Staged:
    """Read one archived file by its contract into the staging folder.

    Raises:
        Refusal: when the file as a whole cannot be taken.
        PseudonymKeyError: when it holds identifiers and no key is configured.
    """
    started = time.perf_counter()
    record = load_records()[contract.record]
    if record.identifiers:
        load_key(con, pseudonym_key(root))
    folder = root.staging / f"{submission.extract}.{submission.period}"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        return _staged(con, root, submission, contract, folder, started)
    finally:
        _forget_sent(con)


def _staged(
    con: duckdb.DuckDBPyConnection, root: DataRoot, submission: Submission, contract: Contract, folder: Path, started: float
) -> Staged:
    record = load_records()[contract.record]
    headers, unused, left_out = _read_sent(con, root, submission, contract, folder)
    totals = left_out + check_totals(con, contract, record)
    Decoder(con, record, contract, submission.period, headers).run()
    settle_residual(con, contract, record)
    profile = profile_columns(con, record, set(headers))
    if not profile["rows_read"]:
        raise Refusal("no_rows")
    number = landing_id(root, submission, contract)
    counted = ("rows_read", "rows_accepted", "rows_rejected", "rows_out_of_scope")
    only_recorded = ("rejected_by_reason", "unrecognised", "content_hash")
    read = replace(
        submission,
        rows_totals=totals,
        landing_id=number,
        unused_columns=unused,
        **{name: profile[name] for name in (*counted, *only_recorded)},
    )
    accepted, rejected = folder / "accepted.parquet", folder / "quarantine.parquet"
    _write_accepted(con, record, submission, number, accepted)
    write_quarantine(con, record, contract, read, headers, rejected)
    bridge = write_bridge(con, root, record, set(headers), folder / "bridge.parquet")
    read = replace(read, seconds=round(time.perf_counter() - started, 3))
    judged = {name: value for name, value in profile.items() if name not in only_recorded}
    about = {"sha256": submission.sha256, "extract": submission.extract, "period": submission.period}
    spellings = unrecognised_spellings(con, record, headers)
    return Staged(submission, read, contract, accepted, rejected, about | judged, too_many_rejected(contract, profile), spellings, bridge)


def _read_sent(
    con: duckdb.DuckDBPyConnection, root: DataRoot, submission: Submission, contract: Contract, scratch: Path
) -> tuple[dict[str, str], list[str], int]:
    """Make ``sent_text`` of the declared tables of the file; tell the headings, the columns not used and the rows left out.

    It is a view: of the sheet itself where that will do, because copying all its text takes as long as decoding it, else of
    ``stacked_text``, the tables one upon another.
    """
    headers: dict[str, str] = {}
    unused: list[str] = []
    left_out = 0
    for table in contract.tables:
        text = read_text(con, submission.bytes_path(root), contract, table, scratch)
        sent = arrange(con, text, contract, table, submission.file_name)
        headers |= sent.headers
        unused += sent.unused
        left_out += sent.left_out
        if sent.is_cheap and len(contract.tables) == 1 and not contract.totals:
            con.execute(f"create temp view {SENT} as select *, _row as _cell from ({sent.query})")
            return headers, unused, left_out
        rows = f"from ({sent.query}) where _is_filled"
        first = table is contract.tables[0]
        con.execute(f"create temp table {STACKED} as {rows}" if first else f"insert into {STACKED} by name {rows}")
        forget_text(con)
    con.execute(f"create temp view {SENT} as select *, rowid as _cell from {STACKED}")
    return headers, unused, left_out


def _forget_sent(con: duckdb.DuckDBPyConnection) -> None:
    """Free the memory that the text of a file takes."""
    con.execute(f"drop view if exists {SENT}")
    con.execute(f"drop table if exists {STACKED}")
    forget_text(con)


def _write_accepted(con: duckdb.DuckDBPyConnection, record: Record, submission: Submission, number: int, target: Path) -> None:
    constants = {"_extract": submission.extract, "_period": submission.period}
    # Codes and constants may be ENUMs, which Parquet takes over as its dictionaries; a reader sees text.
    lineage = {name: f"{quoted(value)}::enum({quoted(value)})" for name, value in constants.items()} | {"_landing_id": f"{number}::bigint"}
    codes = {record.landed_name(name) for name, field in record.fields.items() if field.type == "code"}
    columns = ", ".join(
        f"{lineage.get(name, name if name in codes else f'{name}::{kind}')} as {name}" for name, kind in record.landed_columns.items()
    )
    con.execute(
        f"copy (select {columns} from {JUDGED} where len(_reasons) = 0 and _in_scope) "
        f"to '{target}' (format parquet, parquet_version v2, compression zstd)"
    )
