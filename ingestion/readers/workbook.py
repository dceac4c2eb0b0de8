"""Workbooks (.xlsx, .xls, .xlsb, .ods) → text table, through calamine and Arrow, without a Python object per cell."""

from __future__ import annotations

from pathlib import Path

import duckdb
import fastexcel
import pyarrow

from ingestion.refusal import Refusal


def read(con: duckdb.DuckDBPyConnection, path: Path, sheet: str | None, banner_rows: int) -> tuple[list[list[str]], str]:
    """Fill temp table ``sheet_cells`` with all rows of the sheet; return the rows above the data and the sheet's name."""
    try:
        workbook = fastexcel.read_excel(path)
        names = workbook.sheet_names
        name = sheet or names[0]
        if name not in names:
            raise Refusal("missing_sheet", expected=name, found=", ".join(names))
        loaded = workbook.load_sheet(name, header_row=None, skip_rows=0, dtypes="string", whitespace_as_null=True)
    except fastexcel.FastExcelError as error:
        raise Refusal("unreadable_file", expected="a workbook", found=_kind_of_workbook(path, error)) from None
    con.register("arrow_sheet", pyarrow.Table.from_batches([loaded.to_arrow()]))
    try:
        columns = [row[0] for row in con.execute("describe arrow_sheet").fetchall()]
        listed = ", ".join(f'"{column}" as c{number}' for number, column in enumerate(columns, start=1))
        con.execute(f"create or replace temp table sheet_cells as select {listed} from arrow_sheet")
    finally:
        con.unregister("arrow_sheet")
    banner = con.execute("select * from sheet_cells where rowid < ? order by rowid", [banner_rows]).fetchall()
    return [[cell or "" for cell in row] for row in banner], name


def top_rows(path: Path, sheet: str, count: int = 10) -> list[list[str]]:
    """The first rows of a sheet as text, for what a title tells."""
    loaded = fastexcel.read_excel(path).load_sheet(sheet, header_row=None, skip_rows=0, n_rows=count, dtypes="string")
    return [[cell or "" for cell in row.values()] for row in loaded.to_arrow().to_pylist()]


def _kind_of_workbook(path: Path, error: Exception) -> str:
    with path.open("rb") as source:
        start = source.read(512).lstrip().lower()
    if start.startswith((b"<html", b"<!doctype", b"<table")):
        return "it is a web page with another name"
    if b"password" in str(error).lower().encode():
        return "it is protected by a password"
    if not start.startswith((b"pk", b"\xd0\xcf")):
        return "it is not a workbook (perhaps a CSV with another name)"
    return "the workbook is damaged or protected"
