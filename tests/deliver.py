"""Helpers that put files into an inbox and take them through the front door."""

from __future__ import annotations

from pathlib import Path

import duckdb
import openpyxl

from ingestion.archive import Submission
from ingestion.contract import Contract, load_contracts
from ingestion.intake import Unclaimed, take_in
from ingestion.landing import Judge, accept_all, land_pending, require_key
from ingestion.meta import write_meta
from ingestion.paths import DataRoot

CROSSINGS = "mops__crossings_airports"


def drop(root: DataRoot, extract: str, name: str, content: bytes | str) -> Path:
    """Write a file into ``inbox/<extract>``."""
    path = root.inbox / extract / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def drop_workbook(root: DataRoot, extract: str, name: str, rows: list[list[object]], sheet: str = "Sheet1") -> Path:
    """Write rows as a real .xlsx file into ``inbox/<extract>``."""
    path = root.inbox / extract / name
    path.parent.mkdir(parents=True, exist_ok=True)
    workbook = openpyxl.Workbook()
    workbook.active.title = sheet
    for row in rows:
        workbook.active.append(row)
    workbook.save(path)
    return path


def receive(
    root: DataRoot, contracts: dict[str, Contract] | None = None, judge: Judge = accept_all
) -> tuple[list[Submission], list[Unclaimed]]:
    """Take in and land everything that waits; what was refused at the door stands before what was landed."""
    known = contracts or load_contracts()
    taken, unclaimed = take_in(root, known, progress=lambda _line: None)
    landed = land_pending(root, known, judge, progress=lambda _line: None)
    write_meta(root, known)
    require_key(root, known)
    return [entry for entry in taken if entry.outcome == "refused"] + landed, unclaimed


def with_limits(**limits: int) -> dict[str, Contract]:
    """The project's contracts, each with other limits."""
    return {
        name: contract.model_copy(update={"limits": contract.limits.model_copy(update=limits)})
        for name, contract in load_contracts().items()
    }


def landed_rows(root: DataRoot, record: str, columns: str = "*") -> list[tuple]:
    """Rows of a record as landed, in the order they were sent."""
    with duckdb.connect() as con:
        return con.execute(
            f"select {columns} from read_parquet('{root.raw}/{record}/*/*.parquet', union_by_name = true) order by _extract, _period, _row"
        ).fetchall()


def quarantined(root: DataRoot, extract: str) -> list[tuple]:
    """(row, reasons, row_as_sent) of an extract's rejected rows."""
    with duckdb.connect() as con:
        return con.execute(f"select row, reasons, row_as_sent from '{root.quarantine}/{extract}/*.parquet' order by period, row").fetchall()


def everything_below(folder: Path) -> dict[str, bytes]:
    """Path → bytes of every file, to prove that nothing changed."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def crossings_csv(rows: list[str], header: str | None = None) -> str:
    """A CSV of ``mops__crossings_airports`` from data lines."""
    return "\n".join([header or crossings_header(), *rows]) + "\n"


def crossings_header() -> str:
    columns = load_contracts()[CROSSINGS].columns
    return ",".join(column.header[0] for column in columns.values() if column.header)
