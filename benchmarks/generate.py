"""Inputs, made once per size by DuckDB SQL and kept in ``benchmarks/.cache``: no randomness, so the same rows each time."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import duckdb
import xlsxwriter

from ingestion.contract import load_contracts

AIRPORTS = "mops__crossings_airports"
LAND = "mops__crossings_land"
PERIOD = "2026-03"
WORKBOOK_ROWS = 100_000
MONTHS = 60
ROWS_PER_WRONG_CELL = 100
ROWS_PER_DUPLICATE = 200

SPOKEN = {
    "direction": ["Departure", "Arrival"],
    "point_of_entry": ["Wattay International Airport", "Luang Prabang International Airport", "Pakse International Airport", "LA_VTE_APT"],
    "document_type": ["Ordinary passport", "passport", "Passport"],
    "nationality": ["Lao", "Thailand", "VNM", "China", "ຄົນລາວ", "France", "Korea", "ไทย", "JPN", "USA"],
    "sex": ["F", "M", "Female", "Male", "ຍິງ", "ຊາຍ"],
    "purpose": ["tourism", "Business", "ທ່ອງທ່ຽວ", "", "visit_family"],
    "counterpart_country": ["Thailand", "VNM", "China", "ປະເທດໄທ", "Japan", "KHM", "Singapore"],
    "visa_class": ["exempt", "Tourist visa", "ວີຊາທ່ອງທ່ຽວ", ""],
}
"""What senders write for each code field; picked by a hash of row number and field, so no two fields move together."""


def crossings_csv(cache: Path, rows: int) -> Path:
    """One month of ``mops__crossings_airports`` as CSV, with 1 % wrong cells and 0.5 % repeated rows."""
    query = crossings(rows, headings(AIRPORTS), "%Y-%m-%d %H:%M:%S", "%Y-%m-%d")
    return once(cache, f"crossings_{rows}_{mark(query)}_{PERIOD}.csv", lambda path: _write_csv(path, query))


def crossings_workbook(cache: Path, rows: int = WORKBOOK_ROWS) -> Path:
    """One month of ``mops__crossings_land`` as .xlsx: three rows of title, headings in row 4."""
    query = crossings(rows, headings(LAND), "%d/%m/%Y %H:%M", "%d/%m/%Y")
    return once(cache, f"crossings_land_{rows}_{mark(query)}_{PERIOD}.xlsx", lambda path: _write_workbook(path, query))


def build_database(cache: Path, rows: int) -> Path:
    """A build of one fact."""
    statements = ["create schema marts", _fact(rows)]
    return once(cache, f"build_{rows}_{mark(*statements)}.duckdb", lambda path: _write_build(path, statements))


def crossings(rows: int, headings: dict[str, str], time_format: str, date_format: str) -> str:
    """A SQL query for the cells of a delivery; ``headings`` gives each field's name in the file.

    One row in 200 repeats the row before it; one in 100 has a wrong cell, of four kinds in turn.
    """
    number = f"(i - (i % {ROWS_PER_DUPLICATE} = 1)::bigint)"
    dirt = f"i % {ROWS_PER_WRONG_CELL} = {ROWS_PER_WRONG_CELL // 2} and i // {ROWS_PER_WRONG_CELL} % 4 ="
    moment = f"timestamp '{PERIOD}-01' + to_seconds({hashed(number, 'moment', 31 * 86_400)})"
    birth = f"date '1950-01-01' + {hashed(number, 'birth', 20_000)}::integer"
    cells = {
        "crossed_at": f"case when {dirt} 0 then '31/31/2026' else strftime({moment}, '{time_format}') end",
        "document_no": f"'SYN' || lpad({hashed(number, 'person', max(rows // 3, 1))}::varchar, 8, '0')",
        "birth_date": f"case when {dirt} 1 then '2090-01-01' else strftime({birth}, '{date_format}') end",
        "intended_days": f"case when {dirt} 2 then 'many' else {hashed(number, 'days', 90)}::varchar end",
        "birth_year": f"strftime({birth}, '%Y')",
        **{field: picked(field, number, words) for field, words in SPOKEN.items()},
    }
    cells["direction"] = f"case when {dirt} 3 then 'sideways' else {cells['direction']} end"
    listed = ", ".join(f'{cells[field]} as "{heading}"' for field, heading in headings.items())
    return f"select {listed} from range({rows}) as numbers(i)"


def headings(extract: str) -> dict[str, str]:
    """Each field of a contract with the first of its headings."""
    columns = load_contracts()[extract].columns
    return {field: column.header[0] for field, column in columns.items() if column.header}


def picked(what: str, number: str, words: list[str]) -> str:
    """One of the words, by a hash of the number and of what it is picked for."""
    listed = ", ".join(f"'{word}'" for word in words)
    return f"[{listed}][1 + {hashed(number, what, len(words))}]"


def hashed(number: str, what: str, below: int) -> str:
    """A whole number below a limit that another number always gives, as if by chance."""
    return f"(hash({number}, '{what}') % {below})::bigint"


def _write_csv(path: Path, query: str) -> None:
    with duckdb.connect() as con:
        con.execute(f"copy ({query}) to '{path}' (header, delimiter ',')")


def _write_workbook(path: Path, query: str) -> None:
    with duckdb.connect() as con, xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("03")
        cursor = con.execute(query)
        sheet.write_row(0, 0, ["ກະຊວງປ້ອງກັນຄວາມສະຫງົບ"])
        sheet.write_row(3, 0, [column[0] for column in cursor.description])
        at = 4
        while block := cursor.fetchmany(5_000):
            for cells in block:
                sheet.write_row(at, 0, cells)
                at += 1


def _write_build(path: Path, statements: list[str]) -> None:
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as con:
        for statement in statements:
            con.execute(statement)


def _fact(rows: int) -> str:
    keys = ", ".join(f"{hashed('i', name, 250)} as {name}" for name in ("point_of_entry_key", "nationality_key", "country_key"))

    def spoken(field: str) -> str:
        return picked(field, "i", SPOKEN[field])

    return f"""
        create table marts.fct_border_crossing as
        select (hash(i, 'key') >> 1)::bigint as border_crossing_key, strftime(crossed_at, '%Y%m%d')::integer as date_key,
            {hashed("i", "person", max(rows // 5, 1))} as person_key, {keys}, {hashed("i", "sex", 2)} as sex_key,
            {hashed("i", "age", 21)} as age_group_key, 1::bigint as source_key, (i * {MONTHS} // {rows}) as submission_key,
            crossed_at, {spoken("direction")} as direction_code, {spoken("purpose")} as purpose_code,
            {spoken("visa_class")} as visa_class_code, 'event' as measure_type, 'reported' as estimation_method,
            {hashed("i", "years", 90)}::integer as age_years, {hashed("i", "days", 90)} as intended_days, i as _row
        from (
            select i, timestamp '2021-01-01' + to_seconds(i * {MONTHS * 30 * 86_400} // {rows}) as crossed_at
            from range({rows}) as numbers(i)
        )
        order by crossed_at
        """


def mark(*statements: str) -> str:
    """Eight hex digits that change with what makes an input, so that a stale one is not taken from the cache."""
    return hashlib.sha256("".join(statements).encode()).hexdigest()[:8]


def once(cache: Path, name: str, write: Callable[[Path], None]) -> Path:
    """The cached file, written under another name first so that half a file is never taken for the whole."""
    path = cache / name
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        partial = cache / f"partial_{name}"
        write(partial)
        partial.replace(path)
    return path
