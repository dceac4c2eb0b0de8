"""Rows of a table as the XML of a sheet, written by DuckDB and put into a workbook that was made without them.

A library that is handed cell by cell takes several times as long; this holds a slice of the rows at a time. Text is
written as text, so that no cell can be taken for a formula; numbers and dates are numbers.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import duckdb

from ingestion.receipt.sheet_xml import DIMENSION, SHEET_DATA, column_letters, escaped
from ingestion.sql import quoted

SLICE = 4000
LINE_HEIGHT = 15
STYLES = (
    *("text", "total", "unknown", "withheld", "withheld_status", "wrapped", "date"),
    *("whole", "whole_uncertain", "decimal", "decimal_uncertain"),
)
"""In the template the cells A2, B2 … of a sheet to be filled show these, whose numbers only the library knows."""
SHOWN_STYLES = re.compile(rb'<row r="2"[^>]*>(.*?)</row>', re.DOTALL)
STYLE_NUMBER = re.compile(rb' s="(\d+)"')


@dataclass(frozen=True)
class Column:
    """A column: its heading, its width, in SQL its content, and its style: a name, or SQL that gives one.

    A cell whose ``content`` is null shows ``instead``, where that is given, in the style of what is withheld.
    """

    heading: str
    width: int
    content: str
    style: str = "text"
    is_number: bool = False
    instead: str | None = None


@dataclass(frozen=True)
class Table:
    """A table of a workbook: its name there, its columns, and the rows as a relation with their number as ``place``."""

    name: str
    columns: Sequence[Column]
    relation: str
    rows: int


def fill(con: duckdb.DuckDBPyConnection, template: BinaryIO, target: Path, tables: Mapping[str, Table]) -> None:
    """Copy the workbook ``template`` to ``target``, putting rows into the parts of the package that ``tables`` names."""
    with zipfile.ZipFile(template) as package, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for part in package.infolist():
            content = package.read(part)
            if (table := tables.get(part.filename)) is None:
                made.writestr(part, content)
                continue
            area = f'<dimension ref="A1:{column_letters(len(table.columns))}{table.rows + 1}"/>'
            content = DIMENSION.sub(area.encode(), content)
            shown = SHOWN_STYLES.search(content)
            styles = dict(zip(STYLES, (number.decode() for number in STYLE_NUMBER.findall(shown[1])), strict=True))
            end = SHEET_DATA.search(content).end(1)
            with made.open(_entry(part), "w") as out:
                out.write(content[: shown.start()])
                for rows in _rows(con, table, styles):
                    out.write(rows)
                out.write(content[end:])


def _entry(part: zipfile.ZipInfo) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(part.filename, part.date_time)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _rows(con: duckdb.DuckDBPyConnection, table: Table, styles: Mapping[str, str]) -> Iterator[bytes]:
    """The rows, slice by slice.

    Texts are escaped in a list: the expression for one text is so long that planning it for every column took ten times as long as
    writing the rows.
    """
    texts = list(dict.fromkeys(text for column in table.columns for text in _texts(column)))
    shown = {text: f"escaped_texts[{number}]" for number, text in enumerate(texts, start=1)}
    cells = ", ".join(_cell(column, column_letters(number), styles, shown) for number, column in enumerate(table.columns, start=1))
    query = f"""
        select string_agg(concat('<row r="', place + 1, '"{_height(table)}>', {cells}, '</row>'), '' order by place)
        from (
            select *, list_transform([{", ".join(texts)}]::varchar[], lambda cell: {escaped("cell")}) as escaped_texts
            from ({table.relation})
        )
        group by place // {SLICE} order by place // {SLICE}
    """
    found = con.execute(query)
    while (one := found.fetchone()) is not None:
        yield one[0].encode()


def _texts(column: Column) -> list[str]:
    """What is written as text of a column, in SQL."""
    return [*([] if column.is_number else [column.content]), *([] if column.instead is None else [column.instead])]


def _height(table: Table) -> str:
    """The height of a row whose texts are wrapped; not every program finds it by itself."""
    lines = [f"ceil(length({column.content}) / {column.width}.0)" for column in table.columns if column.style == "wrapped"]
    return f""" customHeight="1" ht="', {LINE_HEIGHT} * greatest({", ".join(lines)}, 1), '\"""" if lines else ""


def _cell(column: Column, letters: str, styles: Mapping[str, str], shown: Mapping[str, str]) -> str:
    written = column.content if column.is_number else shown[column.content]
    cases = [(column.content, _element(written, column.is_number, letters, _number(column.style, styles)))]
    if column.instead is not None:
        cases.append((column.instead, _element(shown[column.instead], False, letters, quoted(styles["withheld"]))))
    return f"case {' '.join(f'when ({content}) is not null then {element}' for content, element in cases)} else '' end"


def _number(style: str, styles: Mapping[str, str]) -> str:
    """SQL for the number of a style; a name that stands for all rows is looked up once."""
    if style in styles:
        return quoted(styles[style])
    return f"case {style} {' '.join(f'when {quoted(name)} then {quoted(number)}' for name, number in styles.items())} end"


def _element(content: str, is_number: bool, letters: str, style: str) -> str:
    opening = f"""'<c r="{letters}', place + 1, '" s="', {style}"""
    if is_number:
        return f"""concat({opening}, '"><v>', {content}, '</v></c>')"""
    return f"""concat({opening}, '" t="inlineStr"><is><t>', {content}, '</t></is></c>')"""
