"""Which month a delivery is for: told by its folder, its name, its text or a column, never guessed."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

from ingestion.contract import Contract
from ingestion.fold import fold_all, with_ascii_digits
from ingestion.layout import column_index, column_labels, find_in_text
from ingestion.names import listed
from ingestion.readers import read_text
from ingestion.refusal import Refusal

FOLDER = re.compile(r"(?P<year>\d{4})-(?P<month>0[1-9]|1[0-2])")
# By their first three letters, in which no two of one language are alike.
MONTHS = {
    name: number
    for names in (
        "jan feb mar apr may jun jul aug sep oct nov dec",
        "ມັງ ກຸມ ມີນ ເມສ ພຶດ ມິຖ ກໍລ ສິງ ກັນ ຕຸລ ພະຈ ທັນ",
        "มกร กุม มีน เมษ พฤษ มิถ กรก สิง กัน ตุล พฤศ ธัน",
    )
    for number, name in enumerate(names.split(), start=1)
}
BUDDHIST_OFFSET = 543
PARTS = {"year": "YYYY", "quarter": "n", "month": "MM"}


def period_of(con: duckdb.DuckDBPyConnection, path: Path, folder: str, contract: Contract, scratch: Path, name: str = "") -> str:
    """The period (YYYY-MM) of a delivered file; a quarter or a year is named by the month it ends in.

    Args:
        folder: name of the inbox sub-folder the file lay in, empty where there was none.
        name: the sender's name of the file, where ``path`` is a copy.

    Raises:
        Refusal: ``period_not_told``, or what stopped the file from being read.
    """
    if found := FOLDER.fullmatch(folder):
        return found[0]
    rule = contract.period
    if rule.source == "file_name":
        found = re.search(rule.pattern, with_ascii_digits(name or path.name))
        where = f"file name *{legible(rule.pattern)}*"
    elif rule.source == "text":
        found = _search_text(con, path, contract, scratch)
        where = f"'{legible(rule.pattern)}' in the file"
    else:
        found = _latest_in_column(con, path, contract, scratch)
        where = f"column '{rule.column}'"
    period = _from_groups(found, rule.calendar) if found else None
    if period is None:
        raise Refusal("period_not_told", expected=where)
    return period


def legible(pattern: str) -> str:
    """A pattern as a person would write it down: ``(?P<year>\\d{4})-(?P<month>\\d{2})`` is ``YYYY-MM``."""
    told = re.sub(r"\(\?P<(\w+)>[^()]*\)", lambda group: PARTS[group[1]], pattern)
    told = re.sub(r"\\d\{(\d)\}", lambda digits: "#" * int(digits[1]), told)
    told = re.sub(r"\\[a-zA-Z][+*?]?", " ", re.sub(r"[\^$]|(?<!\\)\?", "", told))
    return " ".join(re.sub(r"\\(\W)", r"\1", told).split())


def _from_groups(found: re.Match, calendar: str) -> str | None:
    groups = found.groupdict()
    year = int(groups["year"]) - (BUDDHIST_OFFSET if calendar == "buddhist" else 0)
    if quarter := groups.get("quarter"):
        month = int(quarter) * 3
    elif word := groups.get("month"):
        month = int(word) if word.isdecimal() else MONTHS.get(word[:3].lower(), 0)
    else:
        month = 12
    return f"{year:04d}-{month:02d}" if 1 <= month <= 12 and 1900 <= year <= 2100 else None


def _search_text(con: duckdb.DuckDBPyConnection, path: Path, contract: Contract, scratch: Path) -> re.Match | None:
    text = read_text(con, path, contract, contract.tables[0], scratch)
    return find_in_text(con, contract.period.pattern, text, contract)


def _latest_in_column(con: duckdb.DuckDBPyConnection, path: Path, contract: Contract, scratch: Path) -> re.Match | None:
    text = read_text(con, path, contract, contract.tables[0], scratch)
    labels = column_labels(text, contract.tables[0])
    index = column_index(con, [contract.period.column], None, fold_all(con, labels), labels)
    if index is None:
        raise Refusal("missing_column", expected=contract.period.column, found=listed(labels), sheet=text.sheet)
    latest = con.execute(f"select max(c{index}) from {text.name} where c{index} is not null").fetchone()[0]
    return re.search(contract.period.pattern, latest or "")
