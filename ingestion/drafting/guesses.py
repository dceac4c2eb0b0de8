"""What the cells of a sample suggest: headers, fields, date forms, number notation, totals. Each with its evidence."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as attribute

import duckdb

from ingestion.codelists import load_code_list
from ingestion.contract import Contract
from ingestion.drafting.sample import SampleSheet
from ingestion.fold import fold_all, with_ascii_digits
from ingestion.period import BUDDHIST_OFFSET
from ingestion.record import Record

HEADER_WITHIN = 30
LIKE_FROM = 0.8
RESOLVED_FROM = 0.6
FORMATS = (
    "%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y/%m/%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M",
    "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%m/%d/%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%Y%m%d",
    "%d %B %Y", "%d %b %Y", "%d-%b-%Y",
)  # fmt: skip
QUARTER = re.compile(r"\d{4} ?-?Q[1-4]")
NUMBER = re.compile(r"[+-]?[\d.,\u00a0 ]*\d(%|\s*)")
TOTAL = re.compile(r"^(ລວມ|ທັງໝົດ|ຍອດລວມ|รวม|ยอดรวม|grand total|sub-?total|total|ໝາຍເຫດ|หมายเหตุ|notes?\b|source)", re.IGNORECASE)
MARKS = {"-", "–", "..", "...", "*", "**", "n/a", "na", "-99", "-9", "99", "x", ":"}
YEAR = re.compile(r"(19|20|24|25)\d\d")


@dataclass(frozen=True)
class Known:
    """A heading that some contract already has: the field it is there, and of which record and extract."""

    field: str
    record: str
    extract: str
    heading: str


@dataclass
class Heading:
    """One column of the sample: what it is headed, and the field it is for certain, or may be, with the evidence."""

    position: int
    label: str
    field: str | None = None
    because: str = ""
    perhaps: dict[str, str] = attribute(default_factory=dict)
    ignored_by: str = ""


def known_headings(con: duckdb.DuckDBPyConnection, contracts: Mapping[str, Contract]) -> dict[str, list[Known]]:
    """Folded heading → where it is known from."""
    entries = [
        Known(name, contract.record, extract, heading)
        for extract, contract in contracts.items()
        for name, column in contract.columns.items()
        for heading in column.header
    ]
    found = defaultdict(list)
    for entry, key in zip(entries, fold_all(con, [entry.heading for entry in entries]), strict=True):
        found[key].append(entry)
    return found


def find_header(con: duckdb.DuckDBPyConnection, sheet: SampleSheet, known: Mapping[str, object]) -> tuple[int, int, str]:
    """(row of the header, headings known, doubt). By known headings, else the first full row that is all words."""
    rows = sheet.head[:HEADER_WITHIN]
    hits = [sum(key in known for key in fold_all(con, [cell for cell in row if cell])) for row in rows]
    if max(hits, default=0) >= 2:
        return hits.index(max(hits)) + 1, max(hits), ""
    widest = max((sum(map(bool, row)) for row in rows), default=0)
    for number, row in enumerate(rows, start=1):
        filled = [cell for cell in row if cell]
        if filled and len(filled) >= 0.7 * widest and not any(is_number(cell) and not YEAR.fullmatch(cell) for cell in filled):
            return number, max(hits), f"row {number} is the first full row of words; no contract knows its headings"
    return 1, 0, "no row looks like a header"


def upper_header(sheet: SampleSheet, header: int) -> str:
    """A doubt where the row above or below seems to be a part of the header."""
    row, below = sheet.head[header - 1], sheet.head[header] if header < len(sheet.head) else []
    if any(not cell for cell in row) and below:
        words = [cell for cell in below if cell and not is_number(cell)]
        if len(words) == sum(map(bool, below)) and any(b and not a for a, b in zip(row, below, strict=False)):
            return f"rows {header} and {header + 1} may both be header: header_rows: [{header}, {header + 1}]"
    above = sheet.head[header - 2] if header > 1 else []
    if 2 <= sum(map(bool, above)) < sum(map(bool, row)):
        return f"row {header - 1} may head groups of columns: header_rows: [{header - 1}, {header}]"
    return ""


def choose_record(headings: Iterable[str], known: Mapping[str, list[Known]], records: Mapping[str, Record]) -> list[tuple[str, int, float]]:
    """(record, fields found, share of its required fields found), the likeliest first."""
    fields = defaultdict(set)
    for key in headings:
        for entry in known.get(key, []):
            fields[entry.record].add(entry.field)
    scores = []
    for name, found in fields.items():
        required = {wanted for wanted, one in records[name].fields.items() if one.required}
        scores.append((name, len(found), len(found & required) / max(len(required), 1)))
    return sorted(scores, key=lambda score: (score[2] * score[1], score[1]), reverse=True)


def match_columns(
    con: duckdb.DuckDBPyConnection, headings: list[Heading], sheet: SampleSheet, header: int, record: Record,
    known: Mapping[str, list[Known]], ignored: Mapping[str, str],
) -> None:  # fmt: skip
    """Give each column the field whose heading it has; what is only alike, or alike by its cells, is a perhaps."""
    keys = fold_all(con, [heading.label for heading in headings])
    taken: set[str] = set()
    for heading, key in zip(headings, keys, strict=True):
        entries = [entry for entry in known.get(key, []) if entry.field in record.fields]
        entries.sort(key=lambda entry: entry.record != record.name)
        own = {entry.field for entry in entries if entry.record == record.name} or {entry.field for entry in entries}
        if len(own) == 1 and not own & taken:
            heading.field, heading.because = entries[0].field, f"so headed in {entries[0].extract}"
            taken.add(entries[0].field)
        elif own:
            heading.perhaps = dict.fromkeys(sorted(own - taken), "so headed elsewhere")
        elif key in ignored:
            heading.ignored_by = ignored[key]
    for heading, key in zip(headings, keys, strict=True):
        if heading.label and not (heading.field or heading.ignored_by):
            cells = column(sheet, header, heading.position)
            heading.perhaps = _by_cells(con, cells, record, taken) | _alike(key, record, known, taken) | heading.perhaps


def _alike(key: str, record: Record, known: Mapping[str, list[Known]], taken: set[str]) -> dict[str, str]:
    fields = {name.replace("_", " "): Known(name, record.name, "", name) for name in record.fields if name not in taken}
    fields |= {
        other: entry for other, entries in known.items() for entry in entries if entry.record == record.name and entry.field not in taken
    }
    near = difflib.get_close_matches(key, fields, n=2, cutoff=LIKE_FROM)
    return {fields[other].field: f"alike '{fields[other].heading}'" for other in reversed(near)}


def _by_cells(con: duckdb.DuckDBPyConnection, cells: list[str], record: Record, taken: set[str]) -> dict[str, str]:
    """Code fields in whose list most of the cells are found."""
    words = sorted({cell for cell in cells if not is_number(cell)})
    if not words or sum(map(is_number, cells)) * 2 > len(cells):
        return {}
    found = {}
    for name, one in record.fields.items():
        if one.type == "code" and name not in taken:
            share = 1 - len(unlisted(con, words, one.codes)) / len(words)
            if share >= RESOLVED_FROM:
                found[name] = f"{share:.0%} of its words are in the list {one.codes}"
    return found


def unlisted(con: duckdb.DuckDBPyConnection, words: Iterable[str], code_list: str) -> list[str]:
    """The words that a code list does not know."""
    words = sorted(set(words))
    listed = {key for (key,) in con.execute(f"select key from {load_code_list(con, code_list)}").fetchall()}
    return [word for word, key in zip(words, fold_all(con, words), strict=True) if key not in listed]


def column(sheet: SampleSheet, header: int, position: int) -> list[str]:
    """The filled cells of a column below the header, those of total rows and notes left out."""
    rows = [row for row in sheet.head[header:] if not TOTAL.match(next(filter(None, row), ""))]
    return [row[position - 1] for row in rows if position <= len(row) and row[position - 1]]


def is_number(cell: str) -> bool:
    return NUMBER.fullmatch(with_ascii_digits(cell)) is not None


def date_formats(cells: Sequence[str]) -> tuple[list[str], str, bool]:
    """(formats that fit all cells, what is in doubt, whether the years are Buddhist)."""
    cells = [with_ascii_digits(cell) for cell in cells]
    if not cells:
        return [], "the sample has no date here", False
    years = [int(year[0]) for cell in cells if (year := YEAR.search(cell))]
    buddhist = bool(years) and min(years) > 2400
    if buddhist:
        cells = [YEAR.sub(lambda year: str(int(year[0]) - BUDDHIST_OFFSET), cell, count=1) for cell in cells]
    if all(QUARTER.fullmatch(cell) for cell in cells):
        return ["quarter"], "", buddhist
    if all(re.fullmatch(r"\d{5}([.]\d+)?", cell) for cell in cells):
        return ["excel"], "", buddhist
    fits = {form: {number for number, cell in enumerate(cells) if _parses(cell, form)} for form in FORMATS}
    whole = [form for form, rows in fits.items() if len(rows) == len(cells)]
    if len(whole) == 1:
        return whole, "", buddhist
    if whole:
        return whole, f"no cell of the sample tells which: {' or '.join(whole)}", buddhist
    best = max(fits, key=lambda form: len(fits[form]))
    if not fits[best]:
        return [], f"the cells are of the form {shape(cells[0])}, which no known format fits", buddhist
    odd = shape(next(cell for number, cell in enumerate(cells) if number not in fits[best]))
    return [best], f"{best} fits {len(fits[best])} of {len(cells)} cells; one that it does not fit is of the form {odd}", buddhist


def _parses(cell: str, form: str) -> bool:
    try:
        dt.datetime.strptime(cell, form)
    except ValueError:
        return False
    return True


def shape(cell: str) -> str:
    """A cell without what it says: digits as 9, letters as A. A sample may be of real persons."""
    return "".join("9" if sign.isdigit() else "A" if sign.isalpha() else sign for sign in cell)


def number_notation(cells: Iterable[str]) -> tuple[str | None, str | None, str]:
    """(decimal mark, thousands mark, doubt); None for a mark that no cell shows."""
    decimal, thousands, unclear = Counter(), Counter(), 0
    for cell in map(with_ascii_digits, cells):
        marks = re.findall(r"[.,]", cell)
        if len(set(marks)) == 2:
            decimal[marks[-1]] += 1
            thousands[marks[0]] += 1
        elif len(marks) > 1:
            thousands[marks[0]] += 1
        elif marks and not re.search(r"[.,]\d{3}$", cell):
            decimal[marks[0]] += 1
        elif marks:
            unclear += 1
    if len(decimal) > 1 or len(thousands) > 1 or set(decimal) & set(thousands):
        return None, None, "both notations are in the sample"
    found = next(iter(decimal), None), next(iter(thousands), None)
    if unclear and found == (None, None):
        return None, None, "cells like 1.234 or 1,234 can be read in two ways"
    return *found, ""


def missing_marks(cells: Iterable[str]) -> Counter[str]:
    """Cells of a measure that are no number but a known kind of mark, with how often they are there."""
    return Counter(cell for cell in cells if cell.lower() in MARKS)


def total_rows(sheet: SampleSheet, header: int) -> list[tuple[int, str]]:
    """(row, its first words) of rows below the header that begin like totals or notes."""
    rows = {**dict(enumerate(sheet.head, start=1)), **sheet.tail}
    first = ((number, next((cell for cell in row if cell), "")) for number, row in rows.items() if number > header)
    return [(number, cell) for number, cell in first if TOTAL.match(cell)]
