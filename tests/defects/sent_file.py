"""A delivery as sent, opened and closed as a clerk would: cells under their headings, all else left as it stands."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pandas as pd

from ingestion.contract import Contract, load_contract
from ingestion.paths import CONTRACTS

Cell = object


@dataclass
class SentFile:
    """``table`` holds the rows of the first table, its columns named by field where the contract knows the heading.

    ``above`` ends with the header row; ``below`` begins where the table ends.
    """

    path: Path
    contract: Contract
    above: list[list[Cell]]
    table: pd.DataFrame
    below: list[list[Cell]]

    @classmethod
    def open(cls, path: Path) -> SentFile:
        contract = load_contract(CONTRACTS / f"{path.parent.name}.yml")
        rows = _csv_rows(path, contract) if contract.file.kind == "csv" else _sheet_rows(_sheet(openpyxl.load_workbook(path), contract))
        layout = contract.tables[0]
        first = max(layout.header_rows)
        ends = re.compile(layout.ends_at or "$^")
        last = next((place for place, row in enumerate(rows[first:], first) if _is_end(row, ends)), len(rows))
        fields = {heading: field for field, column in contract.columns.items() for heading in column.header or []}
        heads = [next((str(rows[number - 1][place]) for number in layout.header_rows[::-1] if rows[number - 1][place]), "")
                 for place in range(len(rows[first - 1]))]  # fmt: skip
        table = pd.DataFrame(rows[first:last], columns=[fields.get(head, head or f"column {place}") for place, head in enumerate(heads)])
        return cls(path, contract, rows[:first], table.astype(object), rows[last:])

    def before(self, deliveries: int = 1) -> SentFile:
        """The first delivery of an earlier month of the same extract."""
        first = {path.stem.split("_SYNTHETIC")[0]: path for path in sorted(self.path.parent.iterdir(), reverse=True)}
        earlier = sorted((path for path in first.values() if path.name < self.path.name), key=lambda path: path.name)
        return SentFile.open(earlier[-deliveries])

    def write(self, path: Path) -> None:
        """Write the file anew, in its own kind."""
        rows = [*self.above, *self.table.itertuples(index=False, name=None), *self.below]
        path.parent.mkdir(parents=True, exist_ok=True)
        if self.contract.file.kind == "csv":
            text = io.StringIO()
            csv.writer(text, delimiter=self.contract.file.delimiter, lineterminator="\n").writerows(rows)
            path.write_bytes(text.getvalue().encode())
            return
        book = openpyxl.load_workbook(self.path)
        sheet = _sheet(book, self.contract)
        sheet.delete_rows(1, sheet.max_row)
        for row in rows:
            sheet.append([None if _is_empty(cell) else cell for cell in row])
        book.save(path)

    def day(self, field: str) -> pd.Series:
        """A column of dates as the contract reads it."""
        formats = self.contract.columns[field].format
        read = pd.Series(pd.NaT, index=self.table.index)
        for form in formats:
            read = read.fillna(pd.to_datetime(self.table[field], format=form, errors="coerce"))
        return read

    def put_days(self, field: str, days: pd.Series) -> None:
        """Write a column of dates back as the contract reads it; what is no date stays as it was."""
        form = self.contract.columns[field].format[0]
        told = days.dt.strftime(form).astype(object)
        self.table[field] = told.where(days.notna(), self.table[field])


def _csv_rows(path: Path, contract: Contract) -> list[list[Cell]]:
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig")), delimiter=contract.file.delimiter))


def _sheet(book: openpyxl.Workbook, contract: Contract):
    return book[contract.tables[0].sheet] if contract.tables[0].sheet else book.worksheets[0]


def _sheet_rows(sheet) -> list[list[Cell]]:
    return [["" if cell is None else cell for cell in row] for row in sheet.iter_rows(values_only=True)]


def _is_empty(cell: Cell) -> bool:
    return cell is None or cell == "" or (not isinstance(cell, (str, dt.date)) and pd.isna(cell))


def _is_end(row: list[Cell], ends: re.Pattern) -> bool:
    return any(ends.search(str(cell)) for cell in row[:2] if cell != "")
