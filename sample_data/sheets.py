"""Tables of text → a sender's file, headed as the extract's contract says, so that headers stand in one place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pandas as pd

from ingestion.contract import Contract, load_contract
from ingestion.paths import CONTRACTS
from ingestion.record import NUMERIC, load_records
from sample_data.writers import write_csv, write_workbook

NOTICE = "SYNTHETIC DATA - ຂໍ້ມູນສັງເຄາະ"
LINE_NUMBER_HEADERS = {"ລ/ດ", "Line"}


@cache
def contract_of(extract: str) -> Contract:
    return load_contract(CONTRACTS / f"{extract}.yml")


def headed(extract: str, table: pd.DataFrame, variant: int = 0) -> pd.DataFrame:
    """The table's columns in the contract's order under the sender's headers.

    Columns that the contract ignores come first: a line number, or what ``table`` has of that name. Those that it
    finds laid across the sheet come last, under the headers that ``table`` has.

    Args:
        variant: which of the alternative headers to use where a column has that many.
    """
    contract = contract_of(extract)
    columns: dict[str, object] = {name: table[name] for name in contract.ignore if name in table.columns}
    if numbering := [name for name in contract.ignore if name in LINE_NUMBER_HEADERS]:
        columns[numbering[0]] = range(1, len(table) + 1)
    for field, column in contract.columns.items():
        if column.header:
            columns[column.header[min(variant, len(column.header) - 1)]] = _cells(contract, field, table[field])
    if spread := contract.tables[0].unpivot:
        columns |= {name: table[name] for name in table.columns if re.fullmatch(spread.headers, name)}
    return pd.DataFrame(columns, index=table.index)


def write_delivery(
    extract: str, path: Path, table: pd.DataFrame, *, banner: Sequence[str], totals: bool, variant: int = 0, bom: bool = False
) -> None:
    """Write one delivery in the kind of file that the contract names.

    Args:
        banner: lines above the header row of a CSV; a workbook has its own.
        totals: whether a total row closes the file, as senders' templates have it.
    """
    contract = contract_of(extract)
    sheet = headed(extract, table, variant)
    if contract.file.kind == "csv":
        footer = [f"TOTAL{contract.file.delimiter}{len(table)}"] if totals else []
        write_csv(path, sheet, delimiter=contract.file.delimiter, banner=banner, footer=footer, bom=bom)
        return
    name = contract.tables[0].sheet
    above = [[NOTICE], [contract.ministry.lo], [contract.title.lo]]
    below = [["ລວມ", len(table)], [f"ໝາຍເຫດ: {NOTICE}"]] if totals else []
    rows = zip(*(sheet[column].tolist() for column in sheet.columns), strict=True)
    cover = f"{contract.title.lo} - {NOTICE}" if name else None
    write_workbook(path, name or "Sheet1", above, list(sheet.columns), rows, below, cover=cover)


def _cells(contract: Contract, field: str, column: pd.Series) -> pd.Series:
    """In a workbook a clerk's plain numbers become number cells; all else is text as typed."""
    if contract.file.kind == "csv" or load_records()[contract.record].fields[field].type not in NUMERIC:
        return column
    typed = [int(cell) if cell.isascii() and cell.isdecimal() else cell for cell in column]
    return pd.Series(typed, index=column.index, dtype=object)
