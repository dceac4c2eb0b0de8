"""What a sample file is: its kind, its sheets, its cells as text. Looks at bytes and places, not at meaning."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from ingestion.limits import Limits
from ingestion.readers.delimited import WORKBOOK_MAGIC
from ingestion.readers.isolated import WorkbookError, load_sheet
from ingestion.refusal import Refusal

HEAD, TAIL = 400, 40
LOOKED_AT = 1 << 20
LONGEST_LINE = 1 << 16
DELIMITERS = ",;\t|"
BYTE_ORDER_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8"}


@dataclass
class SampleSheet:
    """The first rows of a sheet and, where it is longer, the last ones by their row number."""

    name: str
    head: list[list[str]]
    tail: dict[int, list[str]]

    @property
    def width(self) -> int:
        return max(map(len, self.head), default=0)


@dataclass
class Sample:
    """A sample as far as it could be read; ``doubts`` lists in words what could not be told for certain."""

    path: Path
    kind: str
    sheets: list[SampleSheet]
    encoding: str = "utf-8"
    delimiter: str = ","
    other_sheets: list[str] = field(default_factory=list)
    doubts: dict[str, str] = field(default_factory=dict)


def read_sample(path: Path) -> Sample:
    """Read what a draft needs of a file.

    Raises:
        Refusal: when it is neither a workbook nor text.
    """
    with path.open("rb") as source:
        start = source.read(LOOKED_AT)
    if not start:
        raise Refusal("empty_file")
    if b"\0" in start and not start.startswith((*WORKBOOK_MAGIC, *BYTE_ORDER_MARKS)):
        raise Refusal("unreadable_file", expected="a workbook or CSV", found="it is neither")
    return _workbook(path) if start.startswith(WORKBOOK_MAGIC) else _text(path, start)


def _workbook(path: Path) -> Sample:
    sheets, names = [], [None]
    number = 0
    while number < len(names):
        try:
            loaded = load_sheet(path, names[number], Limits())
        except WorkbookError:
            raise Refusal("unreadable_file", expected="a workbook", found="it is damaged, protected, or another kind of file") from None
        except Refusal:
            if number == 0:
                raise
            loaded = None
        if loaded and loaded.table is not None:
            names = list(loaded.names)
            table = loaded.table
            rows = table.num_rows
            tail = table.slice(max(HEAD, rows - TAIL)) if rows > HEAD else table.slice(0, 0)
            first = rows - tail.num_rows + 1
            sheets.append(SampleSheet(loaded.name, _cells(table.slice(0, HEAD)), dict(enumerate(_cells(tail), start=first))))
        number += 1
    return Sample(path, "excel", sheets)


def _cells(table) -> list[list[str]]:
    return [[" ".join((cell or "").split()) for cell in row.values()] for row in table.to_pylist()]


def _text(path: Path, start: bytes) -> Sample:
    doubts = {}
    encoding = next((name for mark, name in BYTE_ORDER_MARKS.items() if start.startswith(mark)), None)
    if encoding is None:
        encoding = "utf-8"
        try:
            start[: start.rfind(b"\n") + 1 or None].decode("utf-8")
        except UnicodeDecodeError:
            doubts["encoding"] = "the text is not UTF-8; cp874 where it is Thai of an old program"
            encoding = "cp874"
    with path.open(encoding="utf-8-sig" if encoding == "utf-8" else encoding, errors="replace", newline="") as lines:
        text = list(islice(_lines(lines), HEAD))
        tail: dict[int, str] = {}
        for number, line in enumerate(_lines(lines), start=len(text) + 1):
            tail[number] = line
            tail.pop(number - TAIL, None)
    delimiter, doubt = _delimiter(text)
    if doubt:
        doubts["delimiter"] = doubt
    head = [next(csv.reader([line], delimiter=delimiter), []) for line in text]
    last = {number: next(csv.reader([line], delimiter=delimiter), []) for number, line in tail.items()}
    sheet = SampleSheet("", [[" ".join(cell.split()) for cell in row] for row in head], last)
    return Sample(path, "csv", [sheet], encoding, delimiter, doubts=doubts)


def _lines(source) -> Iterator[str]:
    while line := source.readline(LONGEST_LINE):
        yield line


def _delimiter(lines: list[str]) -> tuple[str, str]:
    """The mark that most lines hold equally often; and a doubt where another one does nearly as well."""
    scores = {}
    for mark in DELIMITERS:
        counts = Counter(len(next(csv.reader([line], delimiter=mark), [])) for line in lines if line.strip())
        cells, times = max(counts.items(), key=lambda found: (found[1] * (found[0] > 1), found[0]), default=(1, 0))
        scores[mark] = times * (cells > 1)
    best, second = sorted(scores, key=scores.get, reverse=True)[:2]
    if not scores[best]:
        return ",", "no delimiter was found"
    if scores[second] * 10 >= scores[best] * 9:
        return best, f"{second!r} divides the lines as evenly"
    return best, ""
