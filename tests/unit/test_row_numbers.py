"""Row numbers are those the sender sees: an empty line is a row, a cell with line breaks is part of one."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingestion.contract import FileKind
from ingestion.paths import DataRoot
from ingestion.readers import delimited
from tests.deliver import CROSSINGS, crossings_csv, drop, landed_rows, quarantined, receive
from tests.unit.test_landing import line


def rows_read(path: Path, kind: FileKind, scratch: Path) -> list[tuple]:
    with duckdb.connect() as con:
        delimited.read(con, path, kind, 1, scratch)
        return con.execute("select rowid + 2, c1, c2 from sheet_cells order by rowid").fetchall()


def filled(rows: list[tuple]) -> list[tuple]:
    return [(number, first, second) for number, first, second in rows if first or second]


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_empty_lines_within_the_data_count_as_rows(root: DataRoot, ending: str) -> None:
    good = [line(number=f"SYN9{number:06d}") for number in range(60)]
    sent = crossings_csv([good[0], "", line(time="never"), "", "", *good[1:], "", line(days="many"), "", ""])
    drop(root, CROSSINGS, "crossings_2026-03.csv", sent.replace("\n", ending))
    ((entry,), _) = receive(root)
    assert (entry.rows_read, entry.rows_rejected) == (62, 2)
    by_spreadsheet = dict(enumerate(csv.reader(io.StringIO(sent)), start=1))
    wrong = [number for number, row in by_spreadsheet.items() if "never" in row or "many" in row]
    assert [row for row, _reasons, _sent in quarantined(root, CROSSINGS)] == wrong == [4, 67]
    assert [row for (row,) in landed_rows(root, "border_crossing", "_row")][:2] == [2, 7]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp874"])
def test_a_quoted_cell_keeps_its_own_empty_lines(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "notes.csv"
    path.write_bytes('a,b\n1,"x\n\n\ny"\n\n2,z\n'.encode(encoding))
    assert filled(rows_read(path, FileKind(kind="csv", encoding=encoding), tmp_path)) == [(2, "1", "x\n\n\ny"), (4, "2", "z")]


cell = st.text(alphabet='ab\n\r "', max_size=5)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.one_of(st.none(), st.tuples(cell, cell)), max_size=12),
    ending=st.sampled_from(["\n", "\r\n"]),
    chunk=st.integers(4, 40),
)
def test_numbers_and_cells_are_those_of_a_spreadsheet_wherever_a_chunk_ends(
    rows: list, ending: str, chunk: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Against Python's own reader; None is an empty line."""
    monkeypatch.setattr(delimited, "CHUNK", chunk)
    written = io.StringIO()
    writer = csv.writer(written, lineterminator=ending, quoting=csv.QUOTE_ALL)
    for row in [("head", "tail"), *rows, ("last", "row")]:
        writer.writerow(row) if row else written.write(ending)
    path = tmp_path / "x.csv"
    path.write_bytes(written.getvalue().encode())
    expected = [(number, *row) for number, row in enumerate(csv.reader(io.StringIO(written.getvalue(), newline="")), start=1) if any(row)]
    assert [tuple(cell or "" for cell in row) for row in filled(rows_read(path, FileKind(kind="csv"), tmp_path))] == expected[1:]
