"""Reading a workbook as text into DuckDB, against the bare libraries that parse it."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec

import fastexcel

from benchmarks.generate import LAND, WORKBOOK_ROWS, crossings_workbook
from benchmarks.work import Bare, Bench, Work
from ingestion.contract import load_contracts
from ingestion.paths import DataRoot
from ingestion.readers import isolated, workbook
from ingestion.stage import open_scratch

TARGET = 1.5


def rows(size: int) -> int:
    return min(size, WORKBOOK_ROWS)


def prepare(bench: Bench) -> None:
    crossings_workbook(bench.cache, rows(bench.rows))


def ours(bench: Bench) -> Callable[[], int]:
    """The reader of the landing: every cell as text in a table, with row numbers."""
    path = crossings_workbook(bench.cache, rows(bench.rows))
    table = load_contracts()[LAND].tables[0]
    con = open_scratch(DataRoot(bench.scratch))
    isolated.start()

    def read() -> int:
        workbook.read(con, path, table.sheet, max(table.header_rows))
        return con.execute("select count(*) from sheet_cells").fetchone()[0]

    return read


def to_arrow(bench: Bench) -> Callable[[], int]:
    """fastexcel (calamine) to Arrow, with no table."""
    path = crossings_workbook(bench.cache, rows(bench.rows))
    return lambda: fastexcel.read_excel(path).load_sheet_eager(0, header_row=None, skip_rows=0, dtypes="string").num_rows


def to_python(bench: Bench) -> Callable[[], int]:
    """calamine's rows as Python lists."""
    from python_calamine import CalamineWorkbook

    path = crossings_workbook(bench.cache, rows(bench.rows))
    return lambda: len(CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python(skip_empty_area=False))


WORK = Work(
    title="read a workbook as text",
    prepare=prepare,
    ours=ours,
    bare=(
        Bare("fastexcel → Arrow", to_arrow, TARGET),
        # Not a dependency of the project; measured where it happens to be installed.
        *([Bare("calamine rows (python-calamine)", to_python, TARGET)] if find_spec("python_calamine") else []),
    ),
    rows=rows,
)
