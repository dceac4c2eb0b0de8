"""What is wrong with a contract beyond the shape of its YAML: every mistake with its key, all in one go.

What belongs here: whether the parts of a contract fit together and fit the record and the code lists. What does
not: which keys there are and of which type (``contract.py``).
"""

from __future__ import annotations

import codecs
import csv
import difflib
import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from ingestion.paths import ALIASES, CODE_LISTS
from ingestion.record import NUMERIC, TEMPORAL, Record, load_records

if TYPE_CHECKING:
    from ingestion.contract import Column, Contract

TODO = re.compile(r"\bTODO\b")
DATE_FORMATS = {"excel", "quarter", "roman_quarter"}
DATE_CODES = set("aAbBdmyYHIMSfgnpjwuUWVzZGcxX%-")


def misfits(contract: Contract, doubtful: frozenset[str] = frozenset()) -> list[str]:
    """One ``key: mistake`` per mistake.

    Args:
        doubtful: keys whose own shape is wrong, of which nothing more can be told (``tables.0``, ``cadence``).
    """
    record = load_records().get(contract.record)
    if record is None:
        unknown = [f"record: '{contract.record}' is unknown{_perhaps(contract.record, load_records())}; known: {', '.join(load_records())}"]
        return [*([] if "record" in doubtful else unknown), *_patterns(contract), *_file_kind(contract)]
    return [
        *_unknown_fields(contract, record),
        *_missing_fields(contract, record, doubtful),
        *_patterns(contract),
        *_file_kind(contract),
        *_due_day(contract, doubtful),
        *_cells(contract, record),
        *_codes(contract, record),
        *_shared_headings(contract),
    ]


def undecided(loaded: object, key: str = "") -> list[str]:
    """Where a drafted contract still says TODO."""
    if isinstance(loaded, dict):
        return [line for name, value in loaded.items() for line in [*undecided(value, f"{key}.{name}"), *undecided(name, key)]]
    if isinstance(loaded, list):
        return [line for number, value in enumerate(loaded) for line in undecided(value, f"{key}.{number}")]
    return [f"{key.lstrip('.')}: still to be decided ({loaded})"] if isinstance(loaded, str) and TODO.search(loaded) else []


def _unknown_fields(contract: Contract, record: Record) -> Iterator[str]:
    named = {f"columns.{name}": name for name in contract.columns}
    for number, table in enumerate(contract.tables):
        named |= {f"tables.{number}.constants.{name}": name for name in table.constants}
        if table.unpivot:
            named |= {f"tables.{number}.unpivot.into.{name}": name for name in table.unpivot.into}
            named[f"tables.{number}.unpivot.value"] = table.unpivot.value
    if contract.totals:
        named["totals.field"] = contract.totals.field
    if contract.residual:
        named["residual.field"] = contract.residual.field
    if contract.scope:
        named |= {f"scope.fields.{number}": name for number, name in enumerate(contract.scope.fields)}
    for key, name in named.items():
        if name not in record.fields:
            yield f"{key}: '{name}' is not a field of record {record.name}{_perhaps(name, record.fields)}"


def _missing_fields(contract: Contract, record: Record, doubtful: frozenset[str]) -> Iterator[str]:
    for number, table in enumerate(contract.tables):
        if f"tables.{number}" not in doubtful:
            for name, field in record.fields.items():
                if field.required and name not in contract.provided(table):
                    yield f"tables.{number}: required field '{name}' of record {record.name} comes from nowhere"


def _patterns(contract: Contract) -> Iterator[str]:
    """Regular expressions that do not compile, and those whose parts nobody could take out."""
    plain = {"period.pattern": contract.period and contract.period.pattern}
    with_group = {f"columns.{name}.captured": column.captured for name, column in contract.columns.items()}
    with_group |= {f"columns.{name}.extract": column.extract for name, column in contract.columns.items()}
    for number, table in enumerate(contract.tables):
        plain |= {f"tables.{number}.{key}": getattr(table, key, None) for key in ("ends_at", "leave_out")}
        plain[f"tables.{number}.unpivot.headers"] = table.unpivot and table.unpivot.headers
    for key, pattern in (plain | with_group).items():
        if pattern:
            try:
                groups = re.compile(pattern).groups
            except re.error as error:
                yield f"{key}: not a regular expression: {error}"
                continue
            if key in with_group and not groups:
                yield f"{key}: put the part to be used into (parentheses)"
    for number, table in enumerate(contract.tables):
        if table.unpivot and (broken := _group_names(table.unpivot.headers)) is not None:
            for name, group in table.unpivot.into.items():
                if group not in broken:
                    yield f"tables.{number}.unpivot.into.{name}: 'headers' has no group named '{group}'"


def _group_names(pattern: str) -> set[str] | None:
    try:
        return set(re.compile(pattern).groupindex)
    except re.error:
        return None


def _file_kind(contract: Contract) -> Iterator[str]:
    kind = contract.file
    if kind is None:
        return
    try:
        codecs.lookup(kind.encoding)
    except LookupError:
        yield f"file.encoding: '{kind.encoding}' is unknown; for instance utf-8, utf-16, cp874"
    if len(kind.delimiter) != 1:
        yield "file.delimiter: one character; '\\t' in double quotes for a tab"
    if kind.kind == "csv" and kind.text_sheet:
        yield "file.text_sheet: a CSV has no sheets"
    for number, table in enumerate(contract.tables):
        if kind.kind == "csv" and table.sheet is not None:
            yield f"tables.{number}.sheet: a CSV has no sheets"
        if not table.header_rows or min(table.header_rows) < 1 or sorted(set(table.header_rows)) != table.header_rows:
            yield f"tables.{number}.header_rows: row numbers from 1, in order, at least one"


def _due_day(contract: Contract, doubtful: frozenset[str]) -> Iterator[str]:
    if not {"cadence", "due_day"} & doubtful and (contract.due_day is None) != (contract.cadence == "irregular"):
        yield "due_day: needed unless cadence is irregular, and only then absent"
    if not {"cadence", "until"} & doubtful and contract.until and contract.cadence == "irregular":
        yield "until: only of a cadence; nothing irregular is ever due"


def _cells(contract: Contract, record: Record) -> Iterator[str]:
    """How cells are said to be written: formats, notations and factors."""
    notations = {"numbers": contract.numbers} | {f"columns.{name}.number": column.number for name, column in contract.columns.items()}
    for key, numbers in notations.items():
        if numbers and numbers.decimal == numbers.thousands:
            yield f"{key}: decimal and thousands are the same mark"
    for name, column in contract.columns.items():
        if (field := record.fields.get(name)) is None:
            continue
        if column.format and field.type not in TEMPORAL:
            yield f"columns.{name}.format: only for dates; the field is of type {field.type}"
        for form in column.format:
            if form not in DATE_FORMATS and ("%" not in form or {found[1] for found in re.finditer("%(.)", form)} - DATE_CODES):
                known = ", ".join(sorted(DATE_FORMATS))
                yield f"columns.{name}.format: '{form}' is no date format; write '%d/%m/%Y' for 31/12/2026, or {known}"
        for key in ("scale", "number"):
            if getattr(column, key) is not None and field.type not in NUMERIC:
                yield f"columns.{name}.{key}: only for numbers; the field is of type {field.type}"


def _codes(contract: Contract, record: Record) -> Iterator[str]:
    """Codes that the contract gives by itself, which no file could correct."""
    told = {
        f"columns.{name}.codes.{spelling}": (name, code)
        for name, column in contract.columns.items()
        for spelling, code in column.codes.items()
    }
    told |= {f"columns.{name}.constant": (name, column.constant) for name, column in contract.columns.items() if column.constant}
    for number, table in enumerate(contract.tables):
        told |= {f"tables.{number}.constants.{name}": (name, text) for name, text in table.constants.items()}
    if contract.scope:
        told |= {f"scope.code ({name})": (name, contract.scope.code) for name in contract.scope.fields}
    for key, (name, code) in told.items():
        field = record.fields.get(name)
        if field is None or field.type != "code":
            if field is not None and ".codes." in key:
                yield f"{key}: only for codes; the field is of type {field.type}"
            continue
        known = _members(field.codes) if ".codes." in key else _words(contract, name, field.codes)
        total = contract.residual.total if contract.residual and contract.residual.field == name else None
        if code not in known and code != total:
            yield f"{key}: '{code}' is not in the code list {field.codes}{_perhaps(code, known)}"


def _words(contract: Contract, name: str, code_list: str) -> set[str]:
    column: Column | None = contract.columns.get(name)
    return _members(code_list) | _spellings(code_list) | set(column.codes if column else ())


@cache
def _members(code_list: str) -> set[str]:
    with (CODE_LISTS / f"{code_list}.csv").open(encoding="utf-8", newline="") as rows:
        return {row["code"] for row in csv.DictReader(rows)}


@cache
def _spellings(code_list: str) -> set[str]:
    with (CODE_LISTS / f"{code_list}.csv").open(encoding="utf-8", newline="") as rows:
        found = {row[label] for row in csv.DictReader(rows) for label in ("label_en", "label_lo")}
    aliases = ALIASES / f"{code_list}.csv"
    if aliases.exists():
        with aliases.open(encoding="utf-8", newline="") as rows:
            found |= {row["alias"] for row in csv.DictReader(rows)}
    return found


def _shared_headings(contract: Contract) -> Iterator[str]:
    """A heading under two fields means one of them by mistake, unless each takes its own part of the cell."""
    owner: dict[str, str] = {}
    for name, column in contract.columns.items():
        for heading in {" ".join(heading.split()).lower() for heading in column.header}:
            first = owner.setdefault(heading, name)
            if first != name and not (column.extract and contract.columns[first].extract):
                yield f"columns.{name}.header: '{heading}' is a heading of columns.{first} too"


def _perhaps(word: str, known: object) -> str:
    near = difflib.get_close_matches(str(word), list(known), n=1)
    return f" (perhaps '{near[0]}'?)" if near else ""
