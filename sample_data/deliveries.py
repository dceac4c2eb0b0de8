"""Which files are delivered, when, and which of them twice."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from sample_data.dirt import soil
from sample_data.sheets import contract_of, write_delivery
from sample_data.window import Window
from sample_data.writers import delivered_on

OFFICE_HOURS = 9
LATE_DAYS = 24


@dataclass
class Outcome:
    """What was written: counted for the report, and the dirt for the truth."""

    files: int = 0
    rows: int = 0
    bytes: int = 0
    dirt: list[pd.DataFrame] = field(default_factory=list)

    def add(self, other: Outcome) -> None:
        self.files, self.rows, self.bytes = self.files + other.files, self.rows + other.rows, self.bytes + other.bytes
        self.dirt += other.dirt


def deliver_monthly(inbox: Path, window: Window, extract: str, table: pd.DataFrame, *, stem: str, clean: bool = False) -> Outcome:
    """One file per month. The third month from the end comes late.

    Two thirds into the window the sender's template changes: later files use its other headers.
    """
    outcome = Outcome()
    if not clean:
        table, spoilt = soil(window, extract, table)
        outcome.dirt.append(spoilt)
    contract = contract_of(extract)
    groups = dict(tuple(table.groupby("month", sort=False)))
    for place, month in enumerate(window.months):
        rows = groups.get(month, table.iloc[:0]).reset_index(drop=True)
        path = _file(inbox, extract, f"{stem}_{month}")
        write_delivery(
            extract,
            path,
            rows,
            banner=[],
            totals=contract.tables[0].ends_at is not None,
            variant=int(place >= window.count * 2 // 3),
            bom=extract == "molsw__agency_deployments",
        )
        late = LATE_DAYS if place == window.count - 3 else 0
        _stamp(outcome, path, extract, month, len(rows), late)
    return outcome


def deliver_yearly(inbox: Path, extract: str, year: int, table: pd.DataFrame, *, stem: str, banner: Sequence[str] = ()) -> Outcome:
    """One file for one year."""
    outcome = Outcome()
    path = _file(inbox, extract, f"{stem}_{year}")
    write_delivery(extract, path, table, banner=banner, totals=False)
    _stamp(outcome, path, extract, f"{year}-12", len(table), 0)
    return outcome


def deliver_quarterly(inbox: Path, window: Window, extract: str, texts: Callable[[dt.date], pd.DataFrame], *, stem: str) -> Outcome:
    """A file for each quarter that ends in the window, or else for the last one before it.

    Args:
        texts: the table on the last day of a quarter.
    """
    outcome = Outcome()
    for period in quarter_ends(window):
        year, month = map(int, period.split("-"))
        table = texts(dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1))
        path = _file(inbox, extract, f"{stem}_{year}-Q{month // 3}")
        write_delivery(extract, path, table, banner=[], totals=contract_of(extract).tables[0].ends_at is not None)
        _stamp(outcome, path, extract, period, len(table), 0)
    return outcome


def quarter_ends(window: Window) -> list[str]:
    """The last months (YYYY-MM) of the quarters that end in the window, or else of the last one before it."""
    ends = [month for month in window.months if int(month[5:]) % 3 == 0]
    first = np.datetime64(window.months[0], "M")
    return ends or [str(first - 1 - int(first.astype(int)) % 3)]


def resubmit_corrected(inbox: Path, window: Window, extract: str, *, stem: str) -> str:
    """Cut a month's first delivery short by its last fifth, and deliver the whole of it as a correction."""
    month = window.months[window.count // 2]
    first = next((inbox / extract).glob(f"{stem}_{month}_*.csv"))
    whole = first.read_bytes()
    lines = whole.splitlines(keepends=True)
    second = first.with_name(first.name.replace("_SYNTHETIC", "_SYNTHETIC_corrected"))
    second.write_bytes(whole)
    stamp = dt.datetime.fromtimestamp(first.stat().st_mtime)
    first.write_bytes(b"".join(lines[: len(lines) * 4 // 5]))
    delivered_on(first, stamp)
    delivered_on(second, stamp + dt.timedelta(days=9))
    return f"{first.name} is incomplete and followed by {second.name}"


def deliver_twice(inbox: Path, window: Window, extract: str, *, stem: str) -> str:
    """The same bytes again under another name."""
    month = window.months[window.count // 3]
    first = next((inbox / extract).glob(f"{stem}_{month}_*.csv"))
    again = first.with_name(first.name.replace("_SYNTHETIC", "_SYNTHETIC_resent"))
    shutil.copyfile(first, again)
    delivered_on(again, dt.datetime.fromtimestamp(first.stat().st_mtime) + dt.timedelta(days=2))
    return f"{again.name} has the bytes of {first.name}"


def filed(extract: str, path: Path, period: str, rows: int) -> Outcome:
    """Count a file that has a layout of its own, and date it before it was due; one that is never due keeps its time."""
    outcome = Outcome()
    if contract_of(extract).due_on(period):
        _stamp(outcome, path, extract, period, rows, 0)
        return outcome
    return Outcome(files=1, rows=rows, bytes=path.stat().st_size)


def _file(inbox: Path, extract: str, name: str) -> Path:
    """Where a file goes, with the ending that its contract asks for."""
    suffix = ".csv" if contract_of(extract).file.kind == "csv" else ".xlsx"
    return inbox / extract / f"{name}_SYNTHETIC{suffix}"


def _stamp(outcome: Outcome, path: Path, extract: str, period: str, rows: int, late: int) -> None:
    """Count the file and date it two days before it was due, or ``late`` days after."""
    due = contract_of(extract).due_on(period)
    days = late or -2
    moment = dt.datetime.combine(due, dt.time(OFFICE_HOURS)) + dt.timedelta(days=days)
    delivered_on(path, min(moment, dt.datetime.now() - dt.timedelta(hours=1)))
    outcome.files += 1
    outcome.rows += rows
    outcome.bytes += path.stat().st_size
