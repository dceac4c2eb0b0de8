"""Delimited text → text table. DuckDB reads the rows; Python only looks at the lines above the data."""

from __future__ import annotations

import codecs
import csv
from itertools import islice
from pathlib import Path

import duckdb

from ingestion.contract import FileKind
from ingestion.refusal import Refusal

WORKBOOK_MAGIC = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
CHUNK = 1 << 20


def read(con: duckdb.DuckDBPyConnection, path: Path, kind: FileKind, banner_rows: int, scratch: Path) -> list[list[str]]:
    """Fill temp table ``sheet_cells`` with the rows below line ``banner_rows``; return the lines above."""
    readable = _as_utf8(path, kind, scratch)
    with readable.open(encoding="utf-8-sig", newline="") as lines:
        banner = list(islice(csv.reader(islice(lines, banner_rows), delimiter=kind.delimiter), banner_rows))
        width = max((len(row) for row in banner), default=0)
    columns = ", ".join(f"'c{number}': 'varchar'" for number in range(1, max(width, 1) + 1))
    options = (
        f"header = false, auto_detect = false, delim = '{kind.delimiter}', quote = '\"', escape = '\"', new_line = '\\n', "
        f"skip = {banner_rows}, null_padding = true, strict_mode = false, columns = {{{columns}}}"
    )
    with readable.open("rb") as start:
        if b"\r\n" in start.read(CHUNK):
            options = options.replace("'\\n'", "'\\r\\n'")
    for parallel in ("true", "false"):
        try:
            con.execute(f"create or replace temp table sheet_cells as from read_csv(?, {options}, parallel = {parallel})", [str(readable)])
            return banner
        except (duckdb.IOException, duckdb.OutOfMemoryException):
            raise  # a full disk is not the sender's fault
        except duckdb.Error as error:
            problem = str(error)
            if parallel == "true" and "null_padding" in problem and "quoted new lines" in problem:
                continue
            raise Refusal("unreadable_file", expected="CSV", found=_kind_of_csv_error(problem)) from None
    return banner


def _as_utf8(path: Path, kind: FileKind, scratch: Path) -> Path:
    """The file itself where it is UTF-8, else a transcoded copy in ``scratch``."""
    with path.open("rb") as source:
        start = source.read(4)
        if start.startswith(WORKBOOK_MAGIC):
            raise Refusal("unreadable_file", expected="CSV", found="it is a spreadsheet workbook")
        decoder = codecs.getincrementaldecoder(kind.encoding)()
        copy = None
        if codecs.lookup(kind.encoding).name not in ("utf-8", "ascii"):
            copy = (scratch / f"{path.stem}.utf8.csv").open("w", encoding="utf-8", newline="")
        source.seek(0)
        offset = 0
        try:
            while chunk := source.read(CHUNK):
                text = decoder.decode(chunk)
                if copy:
                    copy.write(text)
                offset += len(chunk)
            decoder.decode(b"", final=True)
        except UnicodeError as error:
            found = f"byte {offset + getattr(error, 'start', 0)} does not fit"
            raise Refusal("wrong_encoding", expected=kind.encoding, found=found) from None
        finally:
            if copy:
                copy.close()
    return Path(copy.name) if copy else path


def _kind_of_csv_error(problem: str) -> str:
    """What kind of trouble the reader met, without the line it stood in (cells may be identifiers)."""
    line = next((part for part in problem.splitlines() if "Line:" in part), "")
    kind = "a quoted cell is not closed" if "quote" in problem.lower() else "a line does not fit the delimiter"
    return f"{kind} ({line.strip()})" if line else kind
