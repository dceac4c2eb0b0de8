"""Readers: one file of one kind → one text table per declared table, with the sender's row numbers.

A reader decides nothing: every cell arrives as text, headers and banners included.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from ingestion.contract import Contract, Table
from ingestion.readers import delimited, workbook


@dataclass(frozen=True)
class TextTable:
    """A temp view ``name`` with ``_row`` (BIGINT, from 1) and ``c1`` … ``c<width>`` (VARCHAR).

    ``banner`` holds the rows above the data, headers included; their index is the row number less one. ``is_cut``
    says that the file ends within a row; ``beyond`` names the column in which cells stand that no heading is above.
    """

    name: str
    path: Path
    width: int
    sheet: str
    banner: list[list[str]]
    is_cut: bool = False
    beyond: str | None = None


def read_text(con: duckdb.DuckDBPyConnection, path: Path, contract: Contract, table: Table, scratch: Path) -> TextTable:
    """Read one declared table of a file as text.

    Raises:
        Refusal: when the file is not of its declared kind, or the sheet is not there.
    """
    first_data_row = max(table.header_rows)
    if contract.file.kind == "csv":
        banner, is_cut = delimited.read(con, path, contract.file, first_data_row, scratch, contract.limits)
        sheet, before = "", first_data_row
    else:
        banner, sheet = workbook.read(con, path, table.sheet, first_data_row, contract.limits, contract.has_decimal_comma)
        before, is_cut = 0, False
    # Numbered by their place in the table: row_number() over the reader itself would hold it to one thread.
    con.execute(f"create or replace temp view sheet_text as select rowid + {before + 1} as _row, * from sheet_cells")
    width = max(map(len, banner), default=0)
    beyond = f"c{width + 1}" if contract.file.kind == "csv" else None
    return TextTable("sheet_text", path, width, sheet, banner, is_cut, beyond)


def forget_text(con: duckdb.DuckDBPyConnection) -> None:
    """Free the memory that the sheet read last takes."""
    con.execute("drop view if exists sheet_text")
    con.execute("drop table if exists sheet_cells")
