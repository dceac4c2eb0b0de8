"""A workbook of tables: each on a sheet of its own, with filters, and its head in sight."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from ingestion.receipt.sheet_xml import column_letters
from publishing.workbooks.sheet_rows import STYLES, Table, fill

HEADER_HEIGHT = 48
TABLE_STYLE = "Table Style Light 1"
GREY = "#D9D9D9"
BODY = {"font_name": "Calibri", "font_size": 11, "valign": "top"}
HEADER = {**BODY, "bold": True, "text_wrap": True, "bottom": 1, "bg_color": "#DDEBF7"}
A4 = 9
NUMBER = {"align": "right", "indent": 1}
DECIMAL = "[>=1000]#,##0;[<=-1000]-#,##0;#,##0.00"
LOOKS = {
    "text": {},
    "total": {"bold": True},
    "unknown": {"italic": True},
    "withheld": {"bg_color": GREY, "align": "center"},
    "withheld_status": {"bg_color": GREY},
    "wrapped": {"text_wrap": True},
    "date": {"num_format": "yyyy-mm-dd", "align": "left"},
    "whole": {**NUMBER, "num_format": "#,##0"},
    "whole_uncertain": {**NUMBER, "num_format": "#,##0", "italic": True},
    "decimal": {**NUMBER, "num_format": DECIMAL},
    "decimal_uncertain": {**NUMBER, "num_format": DECIMAL, "italic": True},
}


@dataclass(frozen=True)
class Sheet:
    """A sheet to be filled: its tab, what it holds in English and Lao, its table, and how many of its values are withheld."""

    tab: str
    holds: tuple[str, str]
    table: Table
    withheld: int | None = None


def write_sheets(
    con: duckdb.DuckDBPyConnection,
    target: Path,
    properties: dict[str, Any],
    sheets: Sequence[Sheet],
    front: Callable[[xlsxwriter.Workbook], object] = lambda book: None,
) -> None:
    """Write a workbook whose tables ``con`` tells; ``front`` adds what stands before them."""
    template = io.BytesIO()
    with xlsxwriter.Workbook(template, {"in_memory": True}) as book:
        book.set_properties(properties)
        front(book)
        formats = [book.add_format({**BODY, **LOOKS[name]}) for name in STYLES]
        header = book.add_format(HEADER)
        for sheet in sheets:
            _prepare(book.add_worksheet(sheet.tab), sheet.table, formats, header)
        parts = {page.get_name(): f"xl/worksheets/sheet{number}.xml" for number, page in enumerate(book.worksheets(), start=1)}
    fill(con, template, target, {parts[sheet.tab]: sheet.table for sheet in sheets})


def lay_out(page: Worksheet) -> None:
    """How a sheet is printed."""
    page.set_landscape()
    page.set_paper(A4)
    page.fit_to_pages(1, 0)
    page.set_footer("&L&A&R&P / &N")


def add_table(page: Worksheet, name: str, headings: Sequence[str], widths: Sequence[int], rows: int, header: Format) -> None:
    """A table with its headings, and panes that keep them in sight."""
    columns = [{"header": heading, "header_format": header} for heading in headings]
    page.add_table(0, 0, rows, len(columns) - 1, {"name": name, "style": TABLE_STYLE, "columns": columns})
    for number, width in enumerate(widths):
        page.set_column(number, number, width)
    page.set_row(0, HEADER_HEIGHT)
    page.freeze_panes(1, 1)
    page.repeat_rows(0)
    lay_out(page)


def _prepare(page: Worksheet, table: Table, formats: list[Format], header: Format) -> None:
    """A sheet with its table, still without rows; the styles stand in its second row for ``fill`` to find."""
    add_table(
        page, table.name, [column.heading for column in table.columns], [column.width for column in table.columns], table.rows, header
    )
    for number, style in enumerate(formats):
        page.write_blank(1, number, None, style)
    page.ignore_errors({"number_stored_as_text": f"A1:{column_letters(len(table.columns))}{table.rows + 1}"})
