"""Rows of a sheet as the XML of an .xlsx, written by DuckDB and put into a workbook that was made without them.

A library that is handed cell by cell takes nine seconds for 100,000 rows; this takes one and a half, and holds a
slice of the rows at a time. Every cell is an inline string: none can be taken for a formula, a number or a date.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path

import duckdb

from ingestion.receipt.cells import SenderSheet, unrecognised_in
from ingestion.sql import quoted

SLICE = 4000
STYLES = ("plain", "wrong", "unrecognised")
"""Each is followed by its twin for cells that a spreadsheet might take for a formula when they are edited."""
SHEET_DATA = re.compile(rb"<sheetData>(.*?)</sheetData>", re.DOTALL)
DIMENSION = re.compile(rb'<dimension ref="[^"]*"/>')
STYLED_CELL = re.compile(rb'<c r="([A-F])1" s="(\d+)"/>')
SHOWN_BY = [b"A", b"B", b"C", b"D", b"E", b"F"]
# What XML cannot hold is written as spreadsheets write it; and so is text that only looks like that.
UNWRITABLE = [*range(1, 9), *range(11, 32)]
NEEDS_ESCAPE = r"[&<>\x{00}-\x{08}\x{0B}-\x{1F}\x{FFFE}\x{FFFF}]|_x"


def write_rows(con: duckdb.DuckDBPyConnection, sheet: SenderSheet, styles: list[str], write: Callable[[bytes], object]) -> None:
    """Write the ``<row>`` elements of a sheet, slice by slice; ``styles`` are the numbers of ``STYLES`` and their twins."""
    query = _rows_query(sheet, styles)
    last = con.execute(f"select max(rowid) from {sheet.table}").fetchone()[0]
    for start in range(0, (last if last is not None else -1) + 1, SLICE):
        written = con.execute(query, [start, start + SLICE - 1]).fetchone()[0]
        if written:
            write(written.encode())


def _rows_query(sheet: SenderSheet, styles: list[str]) -> str:
    letters = ", ".join(quoted(column_letters(number)) for number in range(1, sheet.width + 1))
    cells = ", ".join(f"c{number}" for number in range(1, sheet.width + 1))
    odd = ", ".join(f"case when {condition} then {column} end" for column, condition in unrecognised_in(sheet).items())
    plain, plain_twin, wrong, wrong_twin, unknown, unknown_twin = styles
    style = "case when list_contains(wrong, place) then {} when list_contains(odd, place) then {} else {} end"
    style = (
        f"case when cell is not null and regexp_matches(cell, '^[=+\\-@\\t\\r]') then {style.format(wrong_twin, unknown_twin, plain_twin)} "
        f"else {style.format(wrong, unknown, plain)} end"
    )
    opening = f"""'<c r="' || [{letters}][place] || _row || '" s="' || ({style}) || '"'"""
    element = f"""
        case
            when cell is not null then {opening} || ' t="inlineStr"><is><t xml:space="preserve">' || {escaped("cell")} || '</t></is></c>'
            when list_contains(wrong, place) then {opening} || '/>'
            else ''
        end"""
    return f"""
        with slice as (
            select sent._row, [{cells}] as cells, coalesce(marks.wrong, []) as wrong, [{odd}]::bigint[] as odd
            from {sheet.table} as sent left join {sheet.marks} as marks on marks._row = sent._row
            where sent.rowid between ? and ?
        )
        select string_agg(
            '<row r="' || _row || '">' || array_to_string(list_transform(cells, lambda cell, place: {element}), '') || '</row>',
            '' order by _row
        ) from slice
        """


def escaped(cell: str) -> str:
    """SQL for the text of a SQL expression as it stands in the XML of a sheet."""
    text = f"replace(translate({cell}, chr(0) || chr(65534) || chr(65535), ''), '_x', '_x005F_x')"
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = f"replace({text}, '{character}', '{entity}')"
    for code in UNWRITABLE:
        text = f"replace({text}, chr({code}), '_x{code:04X}_')"
    return f"case when regexp_matches({cell}, '{NEEDS_ESCAPE}') then {text} else {cell} end"


def column_letters(number: int) -> str:
    """A, B … Z, AA …"""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def fill(con: duckdb.DuckDBPyConnection | None, template: BytesIO, target: Path, sheets: Mapping[str, SenderSheet]) -> None:
    """Copy the workbook ``template`` to ``target``, putting rows into the parts of the package that ``sheets`` names.

    In the template the cells A1 to F1 of such a sheet show the six styles, whose numbers only the library knows.
    """
    if not sheets:
        target.write_bytes(template.getvalue())
        return
    with zipfile.ZipFile(template) as package, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
        for part in package.infolist():
            content = package.read(part)
            if (sheet := sheets.get(part.filename)) is None:
                made.writestr(part.filename, content)
                continue
            last = con.execute(f"select coalesce(max(_row), 1) from {sheet.table}").fetchone()[0]
            content = DIMENSION.sub(f'<dimension ref="A1:{column_letters(sheet.width)}{last}"/>'.encode(), content)
            rows = SHEET_DATA.search(content)
            styles = dict(STYLED_CELL.findall(rows[1]))
            with made.open(part.filename, "w") as out:
                out.write(content[: rows.start(1)])
                write_rows(con, sheet, [quoted(styles[letter].decode()) for letter in SHOWN_BY], out.write)
                out.write(content[rows.end(1) :])
