"""Workbooks (.xlsx, .xls, .xlsb, .ods) → text table, through calamine and Arrow, without a Python object per cell."""

from __future__ import annotations

from pathlib import Path

import duckdb

from ingestion.limits import Limits
from ingestion.names import listed
from ingestion.readers.disguise import other_kind
from ingestion.readers.isolated import LoadedSheet, WorkbookError, load_sheet
from ingestion.refusal import Refusal

COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
DIRECTORY_BYTES = 1 << 20


def read(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    sheet: str | int | None,
    banner_rows: int,
    limits: Limits | None = None,
    mark_numbers: bool = False,
) -> tuple[list[list[str]], str]:
    """Fill temp table ``sheet_cells`` with all rows of the sheet; return the rows above the data and the sheet's name.

    ``mark_numbers`` tells numbers of the workbook (``12.345e0``) from text that looks like one, for contracts in
    which a dot in text separates thousands.
    """
    loaded = _load(path, sheet, limits or Limits(), mark_numbers=mark_numbers)
    if loaded.table is None:
        raise Refusal("missing_sheet", expected=loaded.name, found=listed(loaded.names))
    con.register("arrow_sheet", loaded.table)
    try:
        cells = ", ".join(f'"{column}" as c{number}' for number, column in enumerate(loaded.table.column_names, start=1))
        con.execute(f"create or replace temp table sheet_cells as select {cells or 'null as c1'} from arrow_sheet")
    finally:
        con.unregister("arrow_sheet")
    banner = con.execute("select * from sheet_cells where rowid < ? order by rowid", [banner_rows]).fetchall()
    return [[cell or "" for cell in row] for row in banner], loaded.name


def top_rows(path: Path, sheet: str, count: int = 10) -> list[list[str]]:
    """The first rows of a sheet as text, for what a title tells."""
    table = _load(path, sheet, Limits(), count).table
    return [] if table is None else [[cell or "" for cell in row.values()] for row in table.to_pylist()]


def _load(path: Path, sheet: str | int | None, limits: Limits, rows: int | None = None, mark_numbers: bool = False) -> LoadedSheet:
    try:
        return load_sheet(path, sheet, limits, rows, mark_numbers)
    except WorkbookError as error:
        raise Refusal("unreadable_file", expected="a workbook", found=_kind_of_workbook(path, str(error))) from None


def _kind_of_workbook(path: Path, problem: str) -> str:
    """What the file is instead, as far as its beginning tells."""
    with path.open("rb") as source:
        start = source.read(DIRECTORY_BYTES)
    if "password" in problem.lower() or (start.startswith(COMPOUND_FILE) and ENCRYPTED in start):
        return "it is protected by a password"
    if kind := other_kind(start):
        return kind
    if start.startswith(b"PK"):
        return "the workbook is damaged, perhaps cut off on its way"
    if start.startswith(COMPOUND_FILE):
        return "it is damaged, protected, or another kind of Office document"
    return "it is not a workbook (perhaps a CSV with another name)"
