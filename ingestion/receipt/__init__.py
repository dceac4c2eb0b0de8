"""The receipt of a delivery, for its sender: what was received, accepted and rejected, why, and how to mend it.

Two forms. The JSON is for programs: long numbers are masked in it. The workbook beside it is for the sender, in
Lao and English, and holds the sender's own cells; like the archive it is readable by its owner only.
"""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from ingestion.archive import Submission, write_atomically
from ingestion.contract import Contract
from ingestion.paths import DataRoot
from ingestion.receipt import cells
from ingestion.receipt.cells import HEADER, LISTED_ROWS, SenderSheet, WrongCell
from ingestion.receipt.summary import COUNTS, how_to_mend, sections, suggested
from ingestion.receipt.texts import explain, text
from ingestion.receipt.workbook import NOTED_CELLS, Content, can_be_copied, write_workbook
from ingestion.record import Label
from ingestion.refusal import Refusal
from ingestion.spellings import Spelling
from ingestion.stage import open_scratch

COPIED_ROWS = 200_000
COPIED_BYTES = 64 << 20
COPIED_COLUMNS = 300
LONGEST_CELL = 32_767
"""Above any of these the sender mends the file that was sent: a copy would cost more than the landing did."""
MARGIN_ROWS = 1000
"""Rows of a sheet that are no data: titles, totals, footnotes, empty rows."""
LONGEST_NAME = 255
WRONG_HEADERS = {"missing_column", "ambiguous_column"}
WORKBOOK = "receipt.xlsx"


@dataclass(frozen=True)
class _Findings:
    """What is shown beyond the counts: the wrong cells, and which kind of copy there is to mend."""

    wrong: list[WrongCell]
    kind: str
    copied: list[SenderSheet | None] = field(default_factory=list)
    excerpts: list[SenderSheet] = field(default_factory=list)


def write_receipt(
    root: DataRoot,
    submission: Submission,
    contract: Contract,
    quarantine: Path | None,
    refusal: Refusal | None = None,
    spellings: Sequence[Spelling] = (),
) -> Path:
    """Write the receipt of a delivery; return the path of its JSON, beside which a folder of that name holds the workbook.

    Args:
        quarantine: the rejected rows, where there are any.
        refusal: why the file was refused as a whole, where it was.
        spellings: words of it that no code list knows.
    """
    target = root.receipt(submission.extract, submission.period, submission.record_path(root).stem)
    folder, scratch = target.with_suffix(""), root.staging / "receipt"
    for private in (root.receipts, target.parent.parent, target.parent, folder, root.staging, scratch):
        private.mkdir(parents=True, exist_ok=True)
        private.chmod(0o700)
    has_wrong_header = refusal is not None and refusal.slug in WRONG_HEADERS
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, scratch, ignore_errors=True)
        con = stack.enter_context(open_scratch(root)) if submission.rows_rejected or has_wrong_header else None
        rejected = _rejected_rows(con, quarantine) if submission.rows_rejected else []
        found = _Findings(_listed(rejected), "own_file" if rejected else "nothing")
        if con and submission.rows_read <= COPIED_ROWS and submission.bytes <= COPIED_BYTES:
            found = _examine(con, root, submission, contract, quarantine if rejected else None, spellings, scratch) or found
        advice = [*how_to_mend(found.kind, submission, [sheet.name for sheet in found.copied if sheet]), *_remarks(submission, found)]
        content = Content(
            sections(submission, contract, refusal, spellings, advice),
            found.wrong,
            {cell.reason: _why(contract, cell, refusal) for cell in found.wrong},
            {(word.field, word.text): suggested(word) for word in spellings},
            found.copied,
            found.excerpts,
        )
        workbook = folder / (_name_of_copy(submission) if found.kind == "copy" else WORKBOOK)
        with _placed(workbook) as partial:
            write_workbook(con, content, partial)
    if found.kind == "file_copy":
        with _placed(folder / _fitting(submission.file_name)) as partial:
            shutil.copyfile(submission.bytes_path(root), partial)
    receipt = _as_json(submission, contract, refusal, spellings, rejected, advice) | {"workbook": f"{folder.name}/{workbook.name}"}
    write_atomically(target, json.dumps(receipt, ensure_ascii=False, indent=1).encode())
    target.chmod(0o600)
    return target


def _examine(
    con: duckdb.DuckDBPyConnection,
    root: DataRoot,
    submission: Submission,
    contract: Contract,
    quarantine: Path | None,
    spellings: Sequence[Spelling],
    scratch: Path,
) -> _Findings | None:
    """Find the wrong cells on the sender's own sheets; None when they cannot be read now."""
    try:
        sheets = cells.read_again(con, submission.bytes_path(root), submission, contract, scratch)
    except Refusal:
        return None
    cells.find_offending(con, sheets, quarantine)
    cells.note_unrecognised(sheets, spellings)
    wrong = cells.list_wrong_cells(con, sheets)
    if contract.file.kind == "csv" or not all(_fits_a_workbook(con, sheet) for sheet in sheets):
        excerpts = [cells.take_excerpt(con, sheet) for sheet in sheets if sheet.width < COPIED_COLUMNS]
        return _Findings(wrong, "file_copy" if contract.file.kind == "csv" else "own_file", excerpts=excerpts)
    return _Findings(wrong, "copy", copied=cells.in_order(con, sheets))


def _fits_a_workbook(con: duckdb.DuckDBPyConnection, sheet: SenderSheet) -> bool:
    """Whether a sheet can stand in an .xlsx under its own name, no cell cut short."""
    if sheet.width > COPIED_COLUMNS or not can_be_copied(sheet.name):
        return False
    longest = ", ".join(f"max(length(c{number}))" for number in range(1, sheet.width + 1))
    rows, cell = con.execute(f"select max(_row), greatest(0, {longest}) from {sheet.table}").fetchone()
    return (rows or 0) <= COPIED_ROWS + MARGIN_ROWS and cell <= LONGEST_CELL


def _name_of_copy(submission: Submission) -> str:
    """The sender's own name, since it may tell the month; a workbook of any kind comes back as .xlsx."""
    name = Path(submission.file_name).with_suffix(".xlsx").name
    return name if len(name.encode()) <= LONGEST_NAME else WORKBOOK


def _fitting(name: str) -> str:
    """A name that a file may have: one with its invisible marks spelled out may be too long."""
    while len(name.encode()) > LONGEST_NAME:
        name = name[1:]
    return name


@contextlib.contextmanager
def _placed(path: Path) -> Iterator[Path]:
    """A path to write to; what was written there is put in place for its owner only."""
    partial = path.with_name(".receipt.partial")
    yield partial
    partial.chmod(0o600)
    partial.replace(path)


def _why(contract: Contract, cell: WrongCell, refusal: Refusal | None) -> Label:
    if cell.reason == HEADER and refusal is not None:
        return Label(lo=refusal.reason_lo, en=refusal.reason)
    return Label(**explain(contract, cell.reason, cell.heading))


def _remarks(submission: Submission, found: _Findings) -> list[Label]:
    """What of the wrong cells is not shown, and why."""
    said = []
    if submission.rows_rejected > LISTED_ROWS:
        said.append(text("notes", "listed", listed=LISTED_ROWS, rows=submission.rows_rejected))
    if found.copied and len({(cell.sheet, cell.row, cell.column) for cell in found.wrong}) > NOTED_CELLS:
        said.append(text("notes", "noted", cells=NOTED_CELLS))
    if any(cell.column is None for cell in found.wrong):
        said.append(text("notes", "masked"))
    return said


def _as_json(
    submission: Submission,
    contract: Contract,
    refusal: Refusal | None,
    spellings: Sequence[Spelling],
    rejected: list[dict],
    advice: Sequence[Label],
) -> dict[str, object]:
    return {
        "extract": submission.extract,
        "title": contract.title.model_dump(),
        "file": submission.file_name,
        "period": submission.period,
        "received_at": submission.received_at,
        "sha256": submission.sha256,
        "outcome": submission.outcome,
        "reason": submission.reason,
        "remedy": submission.remedy,
        "reason_lo": refusal.reason_lo if refusal else "",
        "remedy_lo": refusal.remedy_lo if refusal else "",
        "what_to_do": [step.model_dump() for step in advice],
        "rows": {name: getattr(submission, f"rows_{name}") for name in COUNTS},
        "rejected_by_reason": [
            {"reason": reason, "rows": count, **explain(contract, reason)} for reason, count in submission.rejected_by_reason.items()
        ],
        "unrecognised_codes": submission.unrecognised,
        "unrecognised_spellings": [word.masked() for word in spellings],
        "columns_not_used": submission.unused_columns,
        "rejected_rows": rejected,
    }


def _rejected_rows(con: duckdb.DuckDBPyConnection, quarantine: Path | None) -> list[dict]:
    if quarantine is None or not quarantine.exists():
        return []
    found = con.execute(
        f"select to_json(list({{sheet: sheet, row: row, reasons: reasons, columns: columns, row_as_sent: row_as_sent::json}})) "
        f"from (from '{quarantine}' limit {LISTED_ROWS})"
    ).fetchone()[0]
    return json.loads(found or "[]")


def _listed(rejected: list[dict]) -> list[WrongCell]:
    """The wrong cells as the quarantine knows them, for a file that is too large to be read once more."""
    return [
        WrongCell(row["sheet"], row["row"], None, heading, row["row_as_sent"].get(heading), reason)
        for row in rejected
        for heading, reason in zip(row["columns"], row["reasons"], strict=True)
    ]
