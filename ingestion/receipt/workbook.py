"""How a receipt looks as a workbook: a summary, the rejected rows, and the sender's own sheets with the wrong cells coloured.

Everything is written as text, never as a formula, and a cell that a spreadsheet might take for one when it is
edited (it begins with = + - @, a tab or a carriage return) is marked as text once more; its content stays as sent.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice
from pathlib import Path

import duckdb
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from ingestion.receipt.cells import SenderSheet, WrongCell
from ingestion.receipt.sheet_xml import STYLES, column_letters, fill
from ingestion.receipt.texts import both, text
from ingestion.record import Label

NOTED_CELLS = 500
LONGEST_VALUE = 1000
LONGEST_SHEET_NAME = 31
FORBIDDEN_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\]|^'|'$")
LOOKS_LIKE_A_FORMULA = re.compile(r"[=+\-@\t\r]")
COLOURS = {"plain": {}, "wrong": {"bg_color": "#FFC7CE"}, "unrecognised": {"bg_color": "#FFEB9C"}}
TEXT = {"num_format": 49, "valign": "top"}
SUMMARY_WIDTHS = (30, 30, 64, 64)
REJECTED = ("sheet", "row", "column", "cell", "value", "wrong", "wrong", "suggestions", "reason")
REJECTED_WIDTHS = (14, 8, 24, 8, 28, 50, 50, 36, 34)
CELL_WIDTH = 16
LINE_HEIGHT = 15


@dataclass(frozen=True)
class Section:
    """A heading of the summary and the lines below it, each of up to four cells."""

    heading: Label
    lines: Sequence[Sequence[object]]


@dataclass
class Content:
    """What the workbook says.

    ``copied`` sheets stand first and in full, so that the workbook can be read like the one that was sent (None
    keeps the place of a sheet that nobody reads); ``excerpts`` stand last. ``why`` tells each reason of ``cells``
    in words; ``meant`` what may have been meant by a text that a code field (``field, text``) does not know.
    """

    sections: list[Section]
    cells: list[WrongCell] = field(default_factory=list)
    why: dict[str, Label] = field(default_factory=dict)
    meant: dict[tuple[str, str], str] = field(default_factory=dict)
    copied: list[SenderSheet | None] = field(default_factory=list)
    excerpts: list[SenderSheet] = field(default_factory=list)

    def suggestion(self, cell: WrongCell) -> str:
        name, _, slug = cell.reason.partition(":")
        return self.meant.get((name, (cell.value or "").strip()), "") if slug == "unrecognised_code" else ""


class _Pen:
    """The formats of a workbook, and strings that stay strings."""

    def __init__(self, book: xlsxwriter.Workbook):
        self.shown = [book.add_format({**TEXT, **COLOURS[style], "quote_prefix": twin}) for style in STYLES for twin in (False, True)]
        self.wrapped = [book.add_format({**TEXT, "text_wrap": True, "quote_prefix": twin}) for twin in (False, True)]
        self.heading = book.add_format({**TEXT, "bold": True, "bg_color": "#DDEBF7", "text_wrap": True})
        self.number = book.add_format({"num_format": "#,##0", "align": "left", "valign": "top"})

    def put(self, sheet: Worksheet, row: int, column: int, value: object, style: Format | None = None) -> None:
        if isinstance(value, int):
            sheet.write_number(row, column, value, self.number)
        elif value not in (None, ""):
            shown = str(value)[:LONGEST_VALUE]
            sheet.write_string(row, column, shown, style or self.wrapped[bool(LOOKS_LIKE_A_FORMULA.match(shown))])

    def put_line(self, sheet: Worksheet, row: int, values: Sequence[object], widths: Sequence[int], style: Format | None = None) -> None:
        """A row high enough for its longest text: not every program finds the height by itself."""
        for column, value in enumerate(values):
            self.put(sheet, row, column, value, style)
        lines = (math.ceil(len(str(value)[:LONGEST_VALUE]) / width) for value, width in zip(values, widths, strict=False))
        sheet.set_row(row, LINE_HEIGHT * max(1, *lines))


def write_workbook(con: duckdb.DuckDBPyConnection | None, content: Content, target: Path) -> None:
    """Write the receipt to ``target``; ``con`` holds the sender's sheets where there are any to show."""
    template = io.BytesIO()
    taken: set[str] = set()
    pages: dict[str, SenderSheet] = {}
    with xlsxwriter.Workbook(template, {"in_memory": True}) as book:
        pen = _Pen(book)
        taken |= {sheet.name.lower() for sheet in content.copied if sheet}
        for sheet in content.copied:
            page = book.add_worksheet(sheet.name if sheet else name_as_sheet("-", taken))
            if sheet:
                pages[page.get_name()] = sheet
                _prepare(page, pen, sheet)
        _write_notes(book, content)
        summary = book.add_worksheet(name_as_sheet(both(text("sheets", "summary")), taken))
        _write_summary(summary, pen, content.sections)
        summary.activate()
        if content.cells:
            _write_rejected(book.add_worksheet(name_as_sheet(both(text("sheets", "rejected")), taken)), pen, content)
        for sheet in content.excerpts:
            page = book.add_worksheet(name_as_sheet(sheet.name or both(text("sheets", "excerpt")), taken))
            pages[page.get_name()] = sheet
            _prepare(page, pen, sheet)
        parts = {page.get_name(): f"xl/worksheets/sheet{number}.xml" for number, page in enumerate(book.worksheets(), start=1)}
    fill(con, template, target, {parts[name]: sheet for name, sheet in pages.items()})


def can_be_copied(name: str) -> bool:
    """Whether a sheet of an .xlsx may have this name, unchanged."""
    return 0 < len(name) <= LONGEST_SHEET_NAME and name.lower() != "history" and not FORBIDDEN_IN_SHEET_NAMES.search(name)


def name_as_sheet(name: str, taken: set[str]) -> str:
    """``name`` as a sheet name that no other sheet has, which spreadsheets compare without regard to case."""
    clean = FORBIDDEN_IN_SHEET_NAMES.sub("_", name)[:LONGEST_SHEET_NAME] or "_"
    chosen, number = clean, 1
    while chosen.lower() in taken:
        number += 1
        chosen = f"{clean[: LONGEST_SHEET_NAME - 4]} {number}"
    taken.add(chosen.lower())
    return chosen


def _prepare(page: Worksheet, pen: _Pen, sheet: SenderSheet) -> None:
    """An empty sheet on which whatever is typed stays text, with the styles shown once for ``fill``."""
    page.set_column(0, sheet.width - 1, CELL_WIDTH, pen.shown[0])
    page.freeze_panes(max(sheet.header_rows, default=0), 0)
    page.ignore_errors({"number_stored_as_text": f"A1:{column_letters(sheet.width)}1048576"})
    for column, style in enumerate(pen.shown):
        page.write_blank(0, column, None, style)


def _write_notes(book: xlsxwriter.Workbook, content: Content) -> None:
    """A note on each wrong cell of a copied sheet, up to a limit: spreadsheets grow slow with thousands."""
    pages = {sheet.name: page for sheet, page in zip(content.copied, book.worksheets(), strict=True) if sheet}
    on_copies = (cell for cell in content.cells if cell.sheet in pages)
    by_place = groupby(on_copies, key=lambda cell: (cell.sheet, cell.row, cell.column))
    for (name, row, column), cells in islice(by_place, NOTED_CELLS):
        cells = list(cells)
        said = [content.why[cell.reason] for cell in cells]
        meant = [f"{both(text('headings', 'suggestions'))}: {near}" for cell in cells if (near := content.suggestion(cell))]
        note = "\n".join([*(label.lo for label in said), *(label.en for label in said), *meant])
        pages[name].write_comment(row - 1, column - 1, note, {"x_scale": 2.2, "y_scale": 1 + 0.4 * (len(said) + len(meant))})


def _lay_out(page: Worksheet, widths: Sequence[int]) -> None:
    for column, width in enumerate(widths):
        page.set_column(column, column, width)
    page.set_landscape()
    page.fit_to_pages(1, 0)


def _write_summary(page: Worksheet, pen: _Pen, sections: Sequence[Section]) -> None:
    _lay_out(page, SUMMARY_WIDTHS)
    row = 0
    for section in sections:
        pen.put_line(page, row, (section.heading.lo, section.heading.en), SUMMARY_WIDTHS, pen.heading)
        for line in section.lines:
            row += 1
            pen.put_line(page, row, line, SUMMARY_WIDTHS)
        row += 2


def _write_rejected(page: Worksheet, pen: _Pen, content: Content) -> None:
    """One line per wrong cell and reason, with a link to the cell where its sheet is in this workbook."""
    linked = {sheet.name for sheet in content.copied if sheet}
    _lay_out(page, REJECTED_WIDTHS)
    page.freeze_panes(1, 0)
    pen.put_line(page, 0, [both(text("headings", name)) for name in REJECTED], REJECTED_WIDTHS, pen.heading)
    for row, cell in enumerate(content.cells, start=1):
        said = content.why[cell.reason]
        line = (cell.sheet, cell.row, cell.heading, "", cell.value, said.lo, said.en, content.suggestion(cell), cell.reason)
        pen.put_line(page, row, line, REJECTED_WIDTHS)
        if cell.sheet in linked:
            place, quoted_name = f"{column_letters(cell.column)}{cell.row}", cell.sheet.replace("'", "''")
            page.write_url(row, REJECTED.index("cell"), f"internal:'{quoted_name}'!{place}", string=place)
