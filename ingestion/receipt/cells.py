"""Which cells of the sender's own sheets are wrong: the sheets read once more, and the reasons put in their place.

What belongs here: temp tables and SQL. What does not: how a workbook looks (``workbook.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from ingestion.archive import Submission
from ingestion.contract import Contract, Table
from ingestion.layout import arrange, column_labels
from ingestion.normalise import cleaned
from ingestion.readers import TextTable, forget_text, read_text, workbook
from ingestion.receipt.texts import both, text
from ingestion.refusal import Refusal
from ingestion.spellings import Spelling
from ingestion.sql import quoted

OFFENDING = "offending_cells"
LISTED_ROWS = 1000
NEIGHBOURS = 1
SHOWN = 1000
"""Signs of a cell that an excerpt shows; a copy shows all."""
MARKED_NUMBER = "-?[0-9]+[.][0-9]+e0"
HEADER = "header"
"""Stands for a reason where it is the header row that cannot be understood."""


@dataclass
class SenderSheet:
    """One sheet as sent, in temp table ``table`` (``_row``, ``c1`` …), the wrong cells of each row in ``marks``.

    ``number`` is its place in the workbook, where the contract goes by that. ``places`` tells by table (the row of
    its header) the columns that fields stand in; ``unrecognised``, per column, the spellings that no code list knows.
    """

    name: str
    table: str
    width: int
    header_rows: list[int]
    labels: list[str]
    number: int | None = None
    places: dict[int, dict[str, int]] = field(default_factory=dict)
    unrecognised: dict[int, list[str]] = field(default_factory=dict)

    @property
    def marks(self) -> str:
        return f"{self.table}_marks"


@dataclass(frozen=True)
class WrongCell:
    """A cell and one reason; ``column`` counts from 1 and is None where the sheet was not read again."""

    sheet: str
    row: int
    column: int | None
    heading: str
    value: str | None
    reason: str


def read_again(con: duckdb.DuckDBPyConnection, path: Path, submission: Submission, contract: Contract, scratch: Path) -> list[SenderSheet]:
    """Every sheet that the contract reads, each once.

    Raises:
        Refusal: when the file cannot be read at all.
    """
    con.execute(f"create or replace temp table {OFFENDING} (sheet varchar, row bigint, column_number bigint, reason varchar)")
    sheets: dict[str, SenderSheet] = {}
    for table in contract.tables:
        read = read_text(con, path, contract, table, scratch)
        sheet = sheets.get(read.sheet) or _keep(con, read, table, len(sheets))
        sheets[read.sheet] = sheet
        try:
            placed = arrange(con, read, contract, table, submission.file_name).places
            sheet.places[max(table.header_rows)] = placed | sheet.places.get(max(table.header_rows), {})
        except Refusal:
            _mark_header(con, read, table)
        forget_text(con)
        if contract.has_decimal_comma:
            _show_numbers(con, sheet, contract, table)
    other = contract.file.text_sheet
    if other and other not in sheets:
        workbook.read(con, path, other, 0, contract.limits)
        width = len(con.execute("describe sheet_cells").fetchall())
        con.execute("create temp table sent_text_sheet as select rowid + 1 as _row, * from sheet_cells")
        con.execute("drop table sheet_cells")
        sheets[other] = SenderSheet(other, "sent_text_sheet", width, [], [])
    return list(sheets.values())


def _keep(con: duckdb.DuckDBPyConnection, read: TextTable, table: Table, number: int) -> SenderSheet:
    name = f"sent_sheet_{number}"
    con.execute(f"create or replace temp table {name} as from {read.name}")
    width = len(con.execute(f"describe {name}").fetchall()) - 1
    number = table.sheet if isinstance(table.sheet, int) else 1 if table.sheet is None else None
    return SenderSheet(read.sheet, name, width, table.header_rows, column_labels(read, table), number)


def _show_numbers(con: duckdb.DuckDBPyConnection, sheet: SenderSheet, contract: Contract, table: Table) -> None:
    """Numbers that the reader marked as such (``12.5e0``) in the sender's own notation, in which they mean the same."""
    spread = contract.columns.get(table.unpivot.value) if table.unpivot else None
    numbers = dict.fromkeys(range(1, sheet.width + 1), (spread and spread.number) or contract.numbers)
    for name, column in sheet.places.get(max(table.header_rows), {}).items():
        numbers[column] = contract.columns[name].number or contract.numbers
    shown = ", ".join(
        f"c{column} = case when regexp_full_match(c{column}, '{MARKED_NUMBER}') "
        f"then replace(c{column}[:-3], '.', '{written.decimal}') else c{column} end"
        for column, written in numbers.items()
    )
    con.execute(f"update {sheet.table} set {shown}")


def _mark_header(con: duckdb.DuckDBPyConnection, read: TextTable, table: Table) -> None:
    cells = [
        (read.sheet, row, column, HEADER)
        for row in table.header_rows
        for column, cell in enumerate(read.banner[row - 1] if row <= len(read.banner) else [], start=1)
        if cell
    ]
    if cells:
        con.executemany(f"insert into {OFFENDING} values (?, ?, ?, ?)", cells)


def find_offending(con: duckdb.DuckDBPyConnection, sheets: Sequence[SenderSheet], quarantine: Path | None) -> None:
    """Add the quarantine's reasons to ``offending_cells`` and make each sheet's table of marks.

    A reason whose field stands in no column (a constant, the file's name) is shown on the row's first cell.
    """
    if quarantine is not None and quarantine.exists():
        places = [
            f"({quoted(sheet.name)}, {quoted(name)}, {header}, {column})"
            for sheet in sheets
            for header, placed in sheet.places.items()
            for name, column in placed.items()
        ]
        widths = [f"({quoted(sheet.name)}, {sheet.width})" for sheet in sheets]
        con.execute(
            f"""
            insert into {OFFENDING}
            with places(sheet, field, header_row, place) as (values {", ".join(places) or "(null, null, null, null)"}),
            widths(sheet, width) as (values {", ".join(widths)}),
            reasons as (select sheet, row, column_number, unnest(reasons) as reason from '{quarantine}'),
            placed as (
                select reasons.*, arg_max(place, header_row) as place
                from reasons left join places
                    on places.sheet = reasons.sheet and places.field = split_part(reason, ':', 1) and header_row < row
                group by all
            )
            select sheet, row, case when ends_with(reason, ':too_many_cells') then width else coalesce(place, column_number, 1) end, reason
            from placed join widths using (sheet)
            """
        )
    for sheet in sheets:
        con.execute(
            f"create or replace temp table {sheet.marks} as select row as _row, list(distinct column_number) as wrong "
            f"from {OFFENDING} where sheet = {quoted(sheet.name)} group by row"
        )


def list_wrong_cells(con: duckdb.DuckDBPyConnection, sheets: Sequence[SenderSheet]) -> list[WrongCell]:
    """The wrong cells of the first ``LISTED_ROWS`` wrong rows, with what stands in them."""
    con.execute(
        f"create or replace temp table listed_rows as select distinct sheet, row from {OFFENDING} order by sheet, row limit {LISTED_ROWS}"
    )
    found = []
    for sheet in sheets:
        cells = ", ".join(f"c{number}" for number in range(1, sheet.width + 1))
        rows = con.execute(
            f"""
            select row, column_number, reason, [{cells}][column_number]::varchar
            from {OFFENDING} join listed_rows using (sheet, row) left join {sheet.table} as sent on sent._row = row
            where sheet = {quoted(sheet.name)} order by row, column_number, reason
            """
        ).fetchall()
        for row, column, reason, value in rows:
            heading = sheet.labels[column - 1] if column <= len(sheet.labels) else ""
            found.append(WrongCell(sheet.name, row, column, heading, heading if reason == HEADER else value, reason))
    return found


def note_unrecognised(sheets: Sequence[SenderSheet], spellings: Sequence[Spelling]) -> None:
    """Remember on each sheet which cells to show as not recognised."""
    for sheet in sheets:
        for spelling in spellings:
            for column in {placed[spelling.field] for placed in sheet.places.values() if spelling.field in placed}:
                sheet.unrecognised.setdefault(column, []).append(spelling.text)


def unrecognised_in(sheet: SenderSheet) -> dict[int, str]:
    """Column → SQL condition under which its cell is a spelling that was not recognised."""
    return {column: f"{cleaned(f'c{column}')} in ({', '.join(map(quoted, known))})" for column, known in sheet.unrecognised.items()}


def in_order(con: duckdb.DuckDBPyConnection, sheets: Sequence[SenderSheet]) -> list[SenderSheet | None]:
    """The sheets as they must stand for a workbook of them to be read by the same contract; None where any may stand.

    A first column that only seems empty is kept: a reader begins a sheet at its first filled column.
    """
    for sheet in sheets:
        if not con.execute(f"select count(c1) from {sheet.table}").fetchone()[0]:
            con.execute(f"update {sheet.table} set c1 = ' ' where _row = 1")
    numbered = {sheet.number: sheet for sheet in sheets if sheet.number is not None}
    others = iter([sheet for sheet in sheets if sheet.number is None])
    return [numbered.get(number) or next(others, None) for number in range(1, max(numbered, default=0) + 1)] + list(others)


def take_excerpt(con: duckdb.DuckDBPyConnection, sheet: SenderSheet) -> SenderSheet:
    """The wrong rows and their neighbours below their headings, each with its row number before it."""
    cells = ", ".join(f"left(c{number}, {SHOWN}) as c{number + 1}" for number in range(1, sheet.width + 1))
    labels = [both(text("headings", "row")), *sheet.labels, *[""] * sheet.width][: sheet.width + 1]
    taken = f"{sheet.table}_excerpt"
    con.execute(
        f"""
        create or replace temp table {taken} as
        with near as (
            select distinct row + step as _row from listed_rows, range(-{NEIGHBOURS}, {NEIGHBOURS + 1}) as steps(step)
            where sheet = {quoted(sheet.name)}
        )
        select 1 as _row, 0 as sent_row, {", ".join(f"{quoted(label)} as c{at}" for at, label in enumerate(labels, start=1))}
        union all by name
        select row_number() over (order by _row) + 1 as _row, _row as sent_row, _row::varchar as c1, {cells}
        from {sheet.table} semi join near using (_row)
        order by _row
        """
    )
    moved = {column + 1: known for column, known in sheet.unrecognised.items()}
    excerpt = SenderSheet(sheet.name, taken, sheet.width + 1, [1], labels, unrecognised=moved)
    con.execute(
        f"create or replace temp table {excerpt.marks} as "
        f"select {taken}._row, list_transform(wrong, lambda place: place + 1) as wrong "
        f"from {taken} join {sheet.marks} as marks on marks._row = {taken}.sent_row"
    )
    return excerpt
