"""What a careless office does to a file: functions that make the change, from what they are told."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pandas as pd

from tests.defects.sent_file import SentFile

Change = Callable[[SentFile], None]


def exchanged(field: str, one: str, other: str) -> Change:
    """Two words stand for each other; each is a pattern for a whole cell."""

    def change(sent: SentFile) -> None:
        cells = sent.table[field].astype(str)
        words = [next(word for word in cells if re.fullmatch(pattern, word)) for pattern in (one, other)]
        first, second = cells.str.fullmatch(one), cells.str.fullmatch(other)
        sent.table.loc[first, field], sent.table.loc[second, field] = words[1], words[0]

    return change


def columns_exchanged(one: str, other: str) -> Change:
    """Two columns lie under each other's heading."""

    def change(sent: SentFile) -> None:
        sent.table[one], sent.table[other] = sent.table[other].copy(), sent.table[one].copy()

    return change


def put(field: str, word: object, only: str = "(?s).*") -> Change:
    """One word in every cell, or in those that match."""

    def change(sent: SentFile) -> None:
        sent.table.loc[sent.table[field].astype(str).str.fullmatch(only), field] = word

    return change


def left_out(field: str, pattern: str) -> Change:
    """Rows that match are not in the file."""

    def change(sent: SentFile) -> None:
        sent.table = sent.table[~sent.table[field].astype(str).str.fullmatch(pattern)].reset_index(drop=True)

    return change


def commonest_left_out(field: str, rank: int = 1) -> Change:
    """All rows of one member are missing: the commonest, or one of the next."""

    def change(sent: SentFile) -> None:
        member = sent.table[field].value_counts().index[rank - 1]
        sent.table = sent.table[sent.table[field] != member].reset_index(drop=True)

    return change


def one_off(field: str, apart: str = "Total") -> Change:
    """A column that was filled from a list, from the wrong line: each member stands as the next in the list."""

    def change(sent: SentFile) -> None:
        listed = sorted(set(sent.table[field].astype(str)) - {apart})
        following = dict(zip(listed, [*listed[1:], listed[0]], strict=True)) | {apart: apart}
        sent.table[field] = sent.table[field].astype(str).map(following)

    return change


def sorted_alone(field: str) -> Change:
    """One column was sorted without the others."""

    def change(sent: SentFile) -> None:
        sent.table[field] = sorted(sent.table[field].astype(str))

    return change


def times(*fields: str, by: float, only: str | None = None, where: str = "(?s).*") -> Change:
    """Numbers in another unit. Where ``only`` names a column, in the rows in which it matches ``where``."""

    def change(sent: SentFile) -> None:
        rows = sent.table[only].astype(str).str.fullmatch(where) if only else pd.Series(True, index=sent.table.index)
        for field in fields:
            sent.table.loc[rows, field] = [scaled(cell, by, sent, field) for cell in sent.table.loc[rows, field]]

    return change


def scaled(cell: object, by: float, sent: SentFile, field: str = "") -> object:
    """A cell as its sender would write another number; what is no number stays."""
    column = sent.contract.columns.get(field)
    numbers = (column.number if column else None) or sent.contract.numbers
    text = str(cell).replace(numbers.thousands or "\0", "").replace(numbers.decimal, ".")
    try:
        number = float(text) * by
    except ValueError:
        return cell
    digits = len(text.partition(".")[2]) if number == round(number, 2) or "." in text else 6
    told = f"{number:.{max(digits, 4 if abs(number) < 10 else digits)}f}".rstrip("0").rstrip(".") if "." in f"{number:.6f}" else str(number)
    if not isinstance(cell, str):
        return float(told) if "." in told else int(told)
    return told.replace(".", numbers.decimal)


def all_numbers_times(by: float) -> Change:
    """Every number cell of a sheet in another unit, also below the first table."""

    def change(sent: SentFile) -> None:
        def moved(cell: object) -> object:
            return cell * by if isinstance(cell, (int, float)) and not isinstance(cell, bool) else cell

        sent.table = sent.table.map(moved)
        sent.below = [[moved(cell) for cell in row] for row in sent.below]

    return change


def blocks_exchanged(sent: SentFile) -> None:
    """Two blocks of one sheet, one above the other, hold each other's figures."""
    rows = sent.table[sent.table.iloc[:, 0] != ""].index
    first = next(place for place, row in enumerate(sent.below) if row[0] == sent.table.iloc[0, 0])
    for place, row in enumerate(rows):
        upper = sent.table.loc[row].tolist()
        sent.table.loc[row] = sent.below[first + place]
        sent.below[first + place] = upper


def days_up_to(field: str, last: int) -> Change:
    """The month ends early."""

    def change(sent: SentFile) -> None:
        sent.table = sent.table[sent.day(field).dt.day <= last].reset_index(drop=True)

    return change


def every_other_row(sent: SentFile) -> None:
    """Half of the rows are missing."""
    sent.table = sent.table.iloc[::2].reset_index(drop=True)


def pasted_twice(share: float) -> Change:
    """A block of rows is there a second time."""

    def change(sent: SentFile) -> None:
        sent.table = pd.concat([sent.table, sent.table.head(int(len(sent.table) * share))], ignore_index=True)

    return change


def copy_of(deliveries: int, *days: str) -> Change:
    """An earlier delivery under this one's name, its days moved into this month."""

    def change(sent: SentFile) -> None:
        earlier = sent.before(deliveries)
        for field in days:
            now, then = sent.day(field).dropna().iloc[0], earlier.day(field)
            months = (now.year - then.dropna().iloc[0].year) * 12 + now.month - then.dropna().iloc[0].month
            # a day that the month lacks becomes its last
            earlier.put_days(field, then.map(lambda day, months=months: day + pd.DateOffset(months=months)))
        sent.table = earlier.table.reindex(columns=sent.table.columns)

    return change


def added_from(deliveries: int, *days: str) -> Change:
    """This month, and below it an earlier one again, its days moved into this month."""

    def change(sent: SentFile) -> None:
        own = sent.table
        copy_of(deliveries, *days)(sent)
        sent.table = pd.concat([own, sent.table], ignore_index=True)

    return change


def years_later(field: str, years: int, share: float = 1.0) -> Change:
    """Years of another calendar, in all rows or in the first of them."""

    def change(sent: SentFile) -> None:
        here = np.arange(len(sent.table)) < share * len(sent.table)
        moved = sent.table[field].astype(str).str.replace(r"\d{4}", lambda year: str(int(year[0]) + years), n=1, regex=True)
        sent.table.loc[here, field] = moved[here]

    return change


def summed_up(value: str, *within: str) -> Change:
    """A running total since the first of the month in place of each day's count."""

    def change(sent: SentFile) -> None:
        counts = pd.to_numeric(sent.table[value], errors="coerce").fillna(0).astype(int)
        sent.table[value] = counts.groupby([sent.table[name] for name in within]).cumsum().astype(str)

    return change


def filled_down(field: str, share: float = 1.0) -> Change:
    """The first cell was drawn down the column, to its end or part of the way."""

    def change(sent: SentFile) -> None:
        sent.table.loc[sent.table.index < share * len(sent.table), field] = sent.table[field].iloc[0]

    return change


def turned_over(field: str) -> Change:
    """One over the number."""

    def change(sent: SentFile) -> None:
        sent.table[field] = [f"{1 / float(cell):.8f}" for cell in sent.table[field]]

    return change


def years_until(field: str, year: int) -> Change:
    """An age where the year of birth belongs."""

    def change(sent: SentFile) -> None:
        sent.table[field] = [year - int(cell) if str(cell).isdecimal() else cell for cell in sent.table[field]]

    return change


def numbered_anew(field: str, prefix: str) -> Change:
    """A running number stands where the number of a document belongs."""

    def change(sent: SentFile) -> None:
        sent.table[field] = [f"{prefix}{number:06d}" for number in range(1, len(sent.table) + 1)]

    return change


def both(*changes: Change) -> Change:
    """Several changes of one mistake."""

    def change(sent: SentFile) -> None:
        for step in changes:
            step(sent)

    return change
