"""The workbooks of the themes: notes, contents, measures and sources, the yearly figures side by side, a sheet per breakdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import xlsxwriter

from ingestion.receipt.workbook import name_as_sheet
from publishing.about import About
from publishing.workbooks import tables
from publishing.workbooks.sheets import BODY, HEADER, Sheet, add_table, lay_out, write_sheets
from publishing.workbooks.words import word, words

FOLDER = "workbooks"
NOTES_WIDTH = 78
LINE_HEIGHT = 15
CONTENTS_WIDTHS = (40, 76, 76, 14, 18)
LAO_FONT = "Phetsarath OT"
WRAPPED = {**BODY, "text_wrap": True}
TITLE = {**WRAPPED, "bold": True, "font_size": 16, "font_color": "#1F4E79"}
BANNER = {**WRAPPED, "bold": True, "bg_color": "#FFE699"}


@dataclass(frozen=True)
class Theme:
    """A theme as SQL tells it."""

    code: str
    label_en: str
    label_lo: str


def write_workbooks(public: Path, database: Path, about: About) -> None:
    """Write a workbook for every theme into the folder ``public``, from the finished public ``database``."""
    folder = public / FOLDER
    folder.mkdir()
    with tables.laid_out(database) as con:
        for row in con.execute("select theme_code, label_en, label_lo from theme order by theme_code").fetchall():
            theme = Theme(*row)
            _write_theme(con, theme, about, folder / f"{theme.code}.xlsx")


def _write_theme(con: duckdb.DuckDBPyConnection, theme: Theme, about: About, target: Path) -> None:
    taken = {word("sheets", name).lower() for name in ("notes", "contents")}
    sheets = [Sheet(name_as_sheet(tab, taken), holds, table, withheld) for tab, holds, table, withheld in tables.of_theme(con, theme.code)]

    def front(book: xlsxwriter.Workbook) -> None:
        _write_notes(book, theme, about)
        _write_contents(book, sheets)

    properties = {
        "title": f"{theme.label_en} · {theme.label_lo}",
        "subject": f"Migration data warehouse of Lao PDR, release {about.version}",
        "created": about.frozen_at,
    }
    write_sheets(con, target, properties, sheets, front)


def _write_notes(book: xlsxwriter.Workbook, theme: Theme, about: About) -> None:
    """English on the left, Lao on the right; what warns of synthetic data stands first."""
    page = book.add_worksheet(word("sheets", "notes"))
    page.set_column(0, 1, NOTES_WIDTH)
    page.hide_gridlines(2)
    lay_out(page)
    facts = {"version": about.version, "date": f"{about.frozen_at:%Y-%m-%d}", "years": tables.YEARS}
    lines = [({"en": theme.label_en, "lo": theme.label_lo}, TITLE)]
    lines += [
        (said, BANNER if name == "synthetic" else WRAPPED)
        for name, said in words("notes").items()
        if name != "synthetic" or about.synthetic
    ]
    for row, (said, look) in enumerate(lines):
        english, lao = said["en"].format(title=theme.label_en, **facts), said["lo"].format(title=theme.label_lo, **facts)
        page.write_string(row, 0, english, book.add_format(look))
        page.write_string(row, 1, lao, book.add_format({**look, "font_name": LAO_FONT}))
        # Not every program finds the height of a line by itself.
        page.set_row(row, 6 + LINE_HEIGHT * (1 + max(len(english), len(lao)) // NOTES_WIDTH + (look is TITLE)))


def _write_contents(book: xlsxwriter.Workbook, sheets: Sequence[Sheet]) -> None:
    """A table of the sheets, each a link."""
    page = book.add_worksheet(word("sheets", "contents"))
    headings = [word("headings", name) for name in ("sheet", "holds", "holds_lo", "rows", "withheld")]
    add_table(page, "contents", headings, CONTENTS_WIDTHS, len(sheets), book.add_format(HEADER))
    plain, number = book.add_format(WRAPPED), book.add_format({**BODY, "num_format": "#,##0"})
    for row, sheet in enumerate(sheets, start=1):
        page.write_url(row, 0, f"internal:'{sheet.tab}'!A1", string=sheet.tab)
        for column, said in enumerate(sheet.holds, start=1):
            page.write_string(row, column, said, plain)
        page.write_number(row, 3, sheet.table.rows, number)
        if sheet.withheld is not None:
            page.write_number(row, 4, sheet.withheld, number)
