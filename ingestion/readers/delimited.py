"""Delimited text → text table. DuckDB reads the rows; Python only looks at the lines above the data."""

from __future__ import annotations

import codecs
import csv
import os
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TextIO

import duckdb

from ingestion.contract import FileKind
from ingestion.limits import Limits
from ingestion.readers.disguise import marked_encoding, other_kind
from ingestion.refusal import Refusal

WORKBOOK_MAGIC = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
CHUNK = 1 << 20
TAIL = 1 << 16
BREAKS_IN_HEADINGS = 100
BLANK_LINE = re.compile(rb"(?<=\n)(?=\r?\n)")
ROW_BELOW_A_BLANK_LINE = re.compile(rb"\n\r?\n[^\r\n]")
BLANK_MARK = "\x1f"
"""Stands in each empty line while DuckDB reads, because it skips empty lines and every row number below would be wrong."""


def read(
    con: duckdb.DuckDBPyConnection, path: Path, kind: FileKind, banner_rows: int, scratch: Path, limits: Limits | None = None
) -> tuple[list[list[str]], bool]:
    """Fill temp table ``sheet_cells`` with the rows below the first ``banner_rows``.

    One column more is read than there are headings: what stands in it has slipped sideways, and its row with it.

    Returns:
        the rows above, and whether the file ends within a row.
    """
    limits = limits or Limits()
    readable, has_blank_lines = _as_utf8(path, kind, scratch, limits)
    banner = _banner(readable, kind, banner_rows, limits)
    width = max((len(row) for row in banner), default=0)
    is_cut = ends_within_a_row(readable, kind, len(banner[-1])) if len(banner) == banner_rows else False
    names = [f"c{number}" for number in range(1, width + 2)]
    columns = ", ".join(f"'{name}': 'varchar'" for name in names)
    options = (
        f"header = false, auto_detect = false, delim = '{kind.delimiter}', quote = '\"', escape = '\"', new_line = '\\n', "
        f"skip = {banner_rows}, null_padding = true, strict_mode = false, "
        # Told, so that nothing is read from how the file or a folder above it is named.
        f"compression = 'none', hive_partitioning = false, max_line_size = {limits.line_kb * 1024}, columns = {{{columns}}}"
    )
    with readable.open("rb") as start:
        if b"\r\n" in start.read(CHUNK):
            options = options.replace("'\\n'", "'\\r\\n'")
    cells = "*"
    if has_blank_lines:
        readable = _with_blank_lines_marked(readable, scratch)
        cells = ", ".join(map(_without_mark, names))
    for parallel in ("true", "false"):
        try:
            con.execute(
                f"create or replace temp table sheet_cells as select {cells} from read_csv(?, {options}, parallel = {parallel})",
                [str(readable)],
            )
            return banner, is_cut
        except (duckdb.IOException, duckdb.OutOfMemoryException):
            raise  # a full disk is not the sender's fault
        except duckdb.Error as error:
            problem = str(error)
            if parallel == "true" and "null_padding" in problem and "quoted new lines" in problem:
                continue
            raise Refusal("unreadable_file", expected="CSV", found=_kind_of_csv_error(problem)) from None
    return banner, is_cut


def _banner(path: Path, kind: FileKind, rows: int, limits: Limits) -> list[list[str]]:
    """The rows above the data, of which a heading may hold line breaks; no line is read beyond the longest allowed."""
    with path.open(encoding="utf-8-sig", newline="") as source:
        try:
            banner = list(islice(csv.reader(_lines(source, rows + BREAKS_IN_HEADINGS, limits), delimiter=kind.delimiter), rows))
        except csv.Error:
            raise Refusal("unreadable_file", expected="CSV", found="a heading has no end") from None
    if (width := max(map(len, banner), default=0)) > limits.columns:
        raise Refusal("too_many_columns", found=f"{width:,}", expected=f"{limits.columns:,}")
    return banner


def _lines(source: TextIO, count: int, limits: Limits) -> Iterator[str]:
    longest = limits.line_kb * 1024
    for number in range(1, count + 1):
        if not (line := source.readline(longest + 1)):
            return
        if len(line) > longest:
            raise Refusal("line_too_long", expected=f"{limits.line_kb:,} kB", found=f"it begins at line {number}")
        yield line


def _as_utf8(path: Path, kind: FileKind, scratch: Path, limits: Limits) -> tuple[Path, bool]:
    """The file itself where it is UTF-8, else a transcoded copy in ``scratch``; and whether rows stand below an empty line."""
    with path.open("rb") as source:
        _check_beginning(source.read(512), kind)
        decoder = codecs.getincrementaldecoder(kind.encoding)()
        copy = None
        if codecs.lookup(kind.encoding).name not in ("utf-8", "ascii"):
            copy = (scratch / f"{path.stem}.utf8.csv").open("wb")
        source.seek(0)
        offset, has_blank_lines, tail, line_length = 0, False, b"", 0
        try:
            while chunk := source.read(CHUNK):
                text = decoder.decode(chunk)
                offset += len(chunk)
                if copy:
                    copy.write(chunk := text.encode())
                has_blank_lines = has_blank_lines or ROW_BELOW_A_BLANK_LINE.search(tail + chunk) is not None
                tail = chunk[-3:]
                # DuckDB leaves out a line that is longer than its buffers (32 MB), and says nothing.
                first_end = chunk.find(b"\n")
                line_length += len(chunk) if first_end < 0 else first_end
                if line_length > limits.line_kb * 1024:
                    raise Refusal("line_too_long", expected=f"{limits.line_kb:,} kB", found=f"it ends beyond byte {offset:,}")
                line_length = line_length if first_end < 0 else len(chunk) - chunk.rfind(b"\n") - 1
            decoder.decode(b"", final=True)
        except UnicodeError as error:
            found = f"byte {offset + getattr(error, 'start', 0)} does not fit"
            raise Refusal("wrong_encoding", expected=kind.encoding, found=found) from None
        finally:
            if copy:
                copy.close()
    return Path(copy.name) if copy else path, has_blank_lines


def _check_beginning(start: bytes, kind: FileKind) -> None:
    if start.startswith(WORKBOOK_MAGIC):
        raise Refusal("unreadable_file", expected="CSV", found="it is a spreadsheet workbook")
    if found := other_kind(start):
        raise Refusal("unreadable_file", expected="CSV", found=found)
    declared, marked = codecs.lookup(kind.encoding).name, marked_encoding(start)
    if marked and not declared.startswith(marked):
        raise Refusal("wrong_encoding", expected=kind.encoding, found=f"it is marked as {marked}")
    if declared == "utf-16" and not marked:
        # Without the mark the order of the bytes would be guessed.
        raise Refusal("wrong_encoding", expected=kind.encoding, found="it does not begin with a byte order mark")


def ends_within_a_row(path: Path, kind: FileKind, width: int) -> bool:
    """Whether the last line has no end and fewer cells than the heading, as when the sending was cut off.

    Some programs leave out the end of the last line, and notes below a table have few cells; not both in a row of data.
    """
    with path.open("rb") as source:
        size = source.seek(0, os.SEEK_END)
        source.seek(max(0, size - TAIL))
        tail = source.read()
    if not tail or tail.endswith(b"\n"):
        return False
    line = tail.rpartition(b"\n")[2].decode("utf-8", errors="replace")
    return len(next(csv.reader([line], delimiter=kind.delimiter), [])) < width


def _with_blank_lines_marked(path: Path, scratch: Path) -> Path:
    """A copy in which each empty line holds a mark. One inside a quoted cell gets it too, and loses it again when read."""
    marked = scratch / f"{path.stem}.marked.csv"
    with path.open("rb") as source, marked.open("wb") as copy:
        last = held = b""
        while chunk := source.read(CHUNK):
            data = last + held + chunk
            held = b"\r" if data.endswith(b"\r") else b""  # its line feed, which decides, is still to come
            data = data.removesuffix(b"\r")
            copy.write(BLANK_LINE.sub(BLANK_MARK.encode(), data)[len(last) :])
            last = data[-1:]
        copy.write(held)
    return marked


def _without_mark(cell: str) -> str:
    mark = f"chr({ord(BLANK_MARK)})"
    restored = f"nullif(replace({cell}, chr(10) || {mark}, chr(10)), {mark})"
    return f"case when contains({cell}, {mark}) then {restored} else {cell} end as {cell}"


def _kind_of_csv_error(problem: str) -> str:
    """What kind of trouble the reader met, without the line it stood in (cells may be identifiers)."""
    line = re.search(r"Line: (\d+)", problem)
    kind = "a quoted cell is not closed" if "quote" in problem.lower() else "a line does not fit the delimiter"
    if "line size" in problem:
        kind = "a line has no end"
    return f"{kind} (line {line[1]})" if line else kind
