"""The process in which workbooks are parsed: started by ``isolated.py``, asked through a socket, never imported.

What belongs here: everything that touches the insides of a workbook. A file of one kilobyte with cells at two
corners of a sheet makes any parser that lays out a grid ask for half a terabyte, and that ends its process: this
one. So it holds no key, writes to no disk and has no more memory than it is given. It imports nothing of the
project, because it starts in isolated mode and has to start fast.
"""

import json
import os
import re
import resource
import socket
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import fastexcel
import pyarrow
from pyarrow import compute, ipc

CHUNK = 1 << 18
PROLOG_BYTES = 1 << 16
LONGEST_CELL = 1 << 20
MOST_PARTS = 10_000
LISTED_CELLS = 5
LISTED_SHEETS = 50
REQUEST_BYTES = 1 << 16
READY = b"ready"
DOTTED_NUMBER = r"^-?[0-9]+\.[0-9]+$"
MARKS = (re.compile(b"<f"), re.compile(b't="e"'))
PLACE = rb'<c\b(?=[^>]*\br="([A-Z]{1,3}[0-9]{1,7})")'
# A formula whose result is the empty text is stored with t="str" and no value: that is a result.
VALUELESS = {
    "an error": re.compile(PLACE + rb'[^>]*\bt="e"'),
    "a formula without its result": re.compile(
        PLACE + rb'(?![^>]*\bt="str")[^>]*>(?:<f\b[^>]*>[^<]*</f>|<f\b[^>]*/>)(?:<v></v>|<v\s*/>)?</c>'
    ),
}


class Refused(Exception):
    """The workbook is refused: a slug of ``reasons.yml`` and the words for it."""

    def __init__(self, slug: str, **words: str):
        super().__init__(slug)
        self.answer = {"refused": slug, "words": words}


def load(request: dict, target: int) -> dict:
    """Write one sheet as an Arrow stream of text columns to the descriptor ``target``; tell how it went."""
    path, limits = request["path"], request["limits"]
    if zipfile.is_zipfile(path):
        check_container(path, limits["unpacked_mb"])
    workbook = opened(path)
    names = workbook.sheet_names
    name = sheet_called(request["sheet"], names)
    if name is None:
        return {"names": names[:LISTED_SHEETS], "sheet": None}
    check_cells(path, name)
    shape = {"header_row": None, "skip_rows": 0, "n_rows": request["rows"]}
    sheet = workbook.load_sheet(name, dtypes="string", whitespace_as_null=True, **shape)
    # The parser begins at the first column that holds anything; the sender counts from A.
    before = sheet.available_columns()[0].absolute_index if sheet.width else 0
    if before + sheet.width > limits["columns"]:
        raise Refused("too_many_columns", found=f"{before + sheet.width:,}", expected=f"{limits['columns']:,}")
    batch = sheet.to_arrow()
    columns = batch.columns
    if request["mark_numbers"] and any(has_dotted_number(column) for column in columns):
        numeric = workbook.load_sheet(name, dtypes="datetime", **shape).to_arrow()
        columns = [with_numbers_marked(text, number) for text, number in zip(columns, numeric.columns, strict=True)]
    columns = [pyarrow.nulls(batch.num_rows, pyarrow.string())] * max(before, not columns) + columns
    batch = pyarrow.record_batch(columns, names=[f"c{number}" for number in range(1, len(columns) + 1)])
    with os.fdopen(target, "wb", closefd=False) as out, ipc.new_stream(out, batch.schema) as stream:
        stream.write_batch(batch)
    return {"names": names[:LISTED_SHEETS], "sheet": name}


def opened(path: str) -> fastexcel.ExcelReader:
    """The workbook, also where its name ends like that of another kind of workbook, after which the parser chooses."""
    try:
        return fastexcel.read_excel(path)
    except fastexcel.CalamineError as problem:
        try:
            return fastexcel.read_excel(Path(path).read_bytes())
        except fastexcel.FastExcelError:
            raise problem from None


def sheet_called(wanted: str | int | None, names: list[str]) -> str | None:
    """The name of the sheet asked for, by number from 1 or by name; blanks at its ends and capitals do not matter."""
    if wanted is None or isinstance(wanted, int):
        number = (wanted or 1) - 1
        return names[number] if 0 <= number < len(names) else None
    if wanted in names:
        return wanted
    alike = [name for name in names if name.strip().casefold() == wanted.strip().casefold()]
    return alike[0] if len(alike) == 1 else None


def has_dotted_number(texts: pyarrow.Array) -> bool:
    return bool(compute.any(compute.match_substring_regex(texts, DOTTED_NUMBER)).as_py())


def with_numbers_marked(texts: pyarrow.Array, as_moments: pyarrow.Array) -> pyarrow.Array:
    """The texts, with an exponent behind each that is a number in the workbook.

    The parser tells kinds of cells only by what they can be turned into: a number is a moment too, text is none.
    """
    is_number = compute.and_(compute.match_substring_regex(texts, DOTTED_NUMBER), compute.is_valid(as_moments))
    return compute.if_else(compute.fill_null(is_number, False), compute.binary_join_element_wise(texts, "e0", ""), texts)


def check_container(path: str, unpacked_mb: int) -> None:
    """What the zip says of itself, before anything is unpacked; one that lies meets this process's own limit."""
    with zipfile.ZipFile(path) as package:
        parts = package.infolist()
        unpacked = sum(part.file_size for part in parts) >> 20
        if unpacked > unpacked_mb or len(parts) > MOST_PARTS:
            raise Refused("unpacks_too_large", found=f"{unpacked:,} MB in {len(parts):,} parts", expected=f"{unpacked_mb:,} MB")
        for part in parts:
            if part.filename.endswith((".xml", ".rels")):
                with package.open(part) as content:
                    if b"<!DOCTYPE" in content.read(PROLOG_BYTES):
                        raise Refused("unreadable_file", expected="a workbook", found="it declares entities, as no spreadsheet does")


def check_cells(path: str, sheet: str) -> None:
    """Refuse an .xlsx sheet with cells that show an error, or a formula of which the file holds no result.

    The parser gives both as empty, and an empty cell means something: nobody would notice.
    """
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as package:
        part = part_of(package, sheet)
        if part is None or not any(mark.search(text) for text in overlapping(package, part) for mark in MARKS):
            return
        found, count = [], 0
        for cells in whole_cells(package, part):
            for kind, pattern in VALUELESS.items():
                places = pattern.findall(cells)
                count += len(places)
                found += [f"{place.decode()} ({kind})" for place in places[: LISTED_CELLS - len(found)]]
    if count:
        more = f" and {count - len(found):,} more" if count > len(found) else ""
        raise Refused("cell_without_value", found=", ".join(found) + more)


def overlapping(package: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """The part in pieces, and the seams between them, where a mark of a few bytes may stand."""
    seam = b""
    with package.open(part) as content:
        while chunk := content.read(CHUNK):
            yield seam + chunk[:8]
            yield chunk
            seam = chunk[-8:]


def whole_cells(package: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """The part in pieces that end where a cell ends."""
    rest = b""
    with package.open(part) as content:
        while chunk := content.read(CHUNK):
            cells, end, tail = (rest + chunk).rpartition(b"</c>")
            rest = tail[-LONGEST_CELL:]
            yield cells + end


def part_of(package: zipfile.ZipFile, sheet: str) -> str | None:
    """The part of an .xlsx that holds a sheet; None in the other kinds of workbook."""
    parts = set(package.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= parts:
        return None
    listed = [element for element in ElementTree.fromstring(package.read("xl/workbook.xml")).iter() if element.tag.endswith("}sheet")]
    relations = {value for element in listed if element.get("name") == sheet for key, value in element.items() if key.endswith("}id")}
    for element in ElementTree.fromstring(package.read("xl/_rels/workbook.xml.rels")):
        if element.get("Id") in relations:
            target = element.get("Target", "")
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            return part if part in parts else None
    return None


def answer(request: dict, target: int) -> dict:
    try:
        return load(request, target)
    except Refused as refused:
        return refused.answer
    except BaseException as trouble:  # a panic of the parser is no Exception
        return {"error": type(trouble).__name__, "says": str(trouble)[:2000]}


def serve(channel: socket.socket) -> None:
    """Answer requests until the other end closes."""
    channel.send(READY)
    while True:
        request, descriptors, _flags, _address = socket.recv_fds(channel, REQUEST_BYTES, 1)
        if not request:
            return
        (target,) = descriptors
        try:
            told = answer(json.loads(request), target)
        finally:
            os.close(target)
        channel.send(json.dumps(told).encode())


if __name__ == "__main__":
    channel, megabytes = int(sys.argv[1]), int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    # A core file would hold what the sender sent.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    pyarrow.set_memory_pool(pyarrow.system_memory_pool())
    serve(socket.socket(fileno=channel))
