"""Files as senders make them. The same rows always give the same bytes."""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd
import xlsxwriter

MADE_ON = dt.datetime(2026, 1, 1)


def write_csv(
    path: Path, table: pd.DataFrame, *, delimiter: str = ",", banner: Sequence[str] = (), footer: Sequence[str] = (), bom: bool = False
) -> None:
    """A delimited text file; ``banner`` and ``footer`` are whole lines."""
    text = io.StringIO()
    text.writelines(f"{line}\n" for line in banner)
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows(zip(*(table[column] for column in table.columns), strict=True))
    text.writelines(f"{line}\n" for line in footer)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.getvalue().encode("utf-8-sig" if bom else "utf-8"))


def write_workbook(
    path: Path, sheet: str, banner: list[list], header: list[str], rows: Iterable[Sequence], footer: list[list], *, cover: str | None = None
) -> None:
    """A workbook whose numbers are numbers and whose text is text; ``cover`` puts a title sheet in front."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as workbook:
        workbook.set_properties({"title": "SYNTHETIC", "created": MADE_ON})
        if cover is not None:
            workbook.add_worksheet("ໜ້າປົກ").write_string(0, 0, cover)
        target = workbook.add_worksheet(sheet)
        date_form = workbook.add_format({"num_format": "yyyy-mm-dd"})
        for place, row in enumerate([*banner, header, *rows, *footer]):
            for column, cell in enumerate(row):
                if cell.__class__ is str:
                    if cell:
                        target.write_string(place, column, cell)
                elif isinstance(cell, dt.date):
                    target.write_datetime(place, column, cell, date_form)
                else:
                    target.write_number(place, column, cell)


def delivered_on(path: Path, moment: dt.datetime) -> None:
    """Give a file the time at which its sender delivered it."""
    os.utime(path, (moment.timestamp(), moment.timestamp()))
