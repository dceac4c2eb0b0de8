"""The delivery calendar as the UI shows it: extracts down, months across, a mark in each cell.

The same rule as ``quality.qa_delivery_calendar``, which a test compares it with. It is drawn anew at every
landing, also on nights that build nothing: a delivery becomes missing by waiting.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from ingestion.archive import UNPLACED, Submission
from ingestion.contract import Contract

MONTHS_SHOWN = 12
MONTHS_OF = {"monthly": 1, "quarterly": 3, "yearly": 12}
TAKEN = ("landed", "superseded")
MARKS = {"on_time": "✓", "late": "late", "missing": "MISSING", "not_due": "·", "": ""}
LEGEND = "✓ on time · late +n: n days after the due day · MISSING: due and not delivered · a dot: not due yet"


def statuses(contract: Contract, history: Sequence[Submission], today: dt.date) -> dict[str, tuple[str, int]]:
    """Period (its last month) → status and days late, from the first delivery to today or the extract's end."""
    if contract.due_day is None or contract.coverage == "history":
        return {}
    months = MONTHS_OF[contract.cadence]
    taken: dict[int, list[Submission]] = {}
    for entry in history:
        if entry.extract == contract.extract and entry.outcome in TAKEN and entry.period != UNPLACED:
            taken.setdefault(_number(entry.period) // months, []).append(entry)
    if not taken:
        return {}
    ends = [_number(f"{today:%Y-%m}"), *([_number(contract.until)] if contract.until else [])]
    last = max(max(taken), min(ends) // months)
    return {
        period: _status(contract, period, taken.get(turn, []), today)
        for turn in range(min(taken), last + 1)
        for period in [_period(turn * months + months - 1)]
    }


def calendar_rows(
    contracts: Mapping[str, Contract], history: Sequence[Submission], today: dt.date
) -> tuple[list[str], list[dict[str, str]]]:
    """Columns and rows of the table: the twelve months that have ended, newest first."""
    shown = [_period(_number(f"{today:%Y-%m}") - back) for back in range(1, MONTHS_SHOWN + 1)]
    rows = []
    for extract, contract in sorted(contracts.items()):
        found = statuses(contract, history, today)
        cells = {month: _mark(*found.get(month, ("", 0))) for month in shown}
        if any(cells.values()):
            rows.append({"extract": extract, "ministry": contract.ministry.en, "due": f"+{contract.due_day} d", **cells})
    return ["extract", "ministry", "due", *shown], rows


def missing(contracts: Mapping[str, Contract], history: Sequence[Submission], today: dt.date) -> list[str]:
    """Every period of every extract that is due and was not delivered."""
    return [
        f"{extract} {period}"
        for extract, contract in sorted(contracts.items())
        for period, (status, _) in statuses(contract, history, today).items()
        if status == "missing"
    ]


def _status(contract: Contract, period: str, taken: Sequence[Submission], today: dt.date) -> tuple[str, int]:
    if not taken:
        return ("not_due" if today <= contract.due_on(period) else "missing"), 0
    received = dt.date.fromisoformat(min(entry.received_at for entry in taken)[:10])
    agreed = [day for entry in taken if (day := contract.due_on(entry.period))]
    late = (received - min(agreed)).days if agreed else 0
    return ("late", late) if late > 0 else ("on_time", 0)


def _mark(status: str, late_days: int) -> str:
    return f"{MARKS[status]} +{late_days}" if status == "late" else MARKS[status]


def _number(period: str) -> int:
    return int(period[:4]) * 12 + int(period[5:7]) - 1


def _period(number: int) -> str:
    return f"{number // 12:04d}-{number % 12 + 1:02d}"
