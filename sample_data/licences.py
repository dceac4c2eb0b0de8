"""Recruitment agencies and their licences: issued, renewed, suspended, revoked, as the ministry's register tells it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sample_data.calibration import calibration
from sample_data.codes import choose, code_list
from sample_data.window import Window

LAST_YEAR = 2035
FOR_EVER = dt.date(9999, 12, 31)
UNREGISTERED = "SYN-LIC-900"
REDRAWS = 8


@dataclass(frozen=True)
class Licence:
    """One licence over its whole life: terms and suspensions as (first day, last day), none of them overlapping."""

    number: str
    serial: int
    province: str
    terms: tuple[tuple[dt.date, dt.date], ...]
    suspensions: tuple[tuple[dt.date, dt.date], ...]
    revoked_on: dt.date | None


def licences(window: Window) -> list[Licence]:
    """Every licence of the synthetic world; the same for every window of one seed."""
    told = calibration()["recruitment_agencies"]
    rng = window.stream("licences")
    return [_licence(rng, told, serial) for serial in range(1, told["count"] + 1)]


def register(known: list[Licence], as_of: dt.date) -> pd.DataFrame:
    """The register on a day, in canonical codes: a row per status of a licence, decisions up to that day only."""
    rows = [
        (licence.number, f"ບໍລິສັດຈັດຫາງານສົມມຸດ {licence.serial:03d}", f"Synthetic Recruitment Agency {licence.serial:03d}",
         licence.province, first, last, status)
        for licence in known
        for first, last, status in _statuses(licence, as_of)
    ]  # fmt: skip
    columns = ["licence_no", "agency_name_lo", "agency_name_en", "province", "valid_from", "valid_until", "status"]
    return pd.DataFrame(rows, columns=columns)


def register_text(known: list[Licence], as_of: dt.date) -> pd.DataFrame:
    """As the Department of Employment prints it: Lao labels, DD/MM/YYYY, nothing where there is no end."""
    rows = register(known, as_of)
    for field in ("valid_from", "valid_until"):
        rows[field] = ["" if day == FOR_EVER else f"{day:%d/%m/%Y}" for day in rows[field]]
    for field, name in {"province": "province", "status": "licence_status"}.items():
        rows[field] = rows[field].map(code_list(name)["label_lo"])
    return rows


def agencies_used(window: Window, departed: np.ndarray) -> np.ndarray:
    """The licence number each departure is reported under; most agencies stop while their licence does not hold."""
    told = calibration()["recruitment_agencies"]
    rng = window.stream("licences/used")
    known = licences(window)
    serial = np.minimum(rng.geometric(told["concentration"], len(departed)), len(known))
    stays_on = rng.random(len(departed)) < told["goes_on_without"]
    for _ in range(REDRAWS):
        again = ~_held(known, serial, departed) & ~stays_on
        serial[again] = np.minimum(rng.geometric(told["concentration"], again.sum()), len(known))
    numbers = np.array([licence.number for licence in known], dtype=object)[serial - 1]
    return np.where(rng.random(len(departed)) < told["unregistered_share"], UNREGISTERED, numbers)


def _licence(rng: np.random.Generator, told: dict, serial: int) -> Licence:
    first_year, last_year = told["first_issued"]
    begins = dt.date(int(rng.integers(first_year, last_year + 1)), 1, 1) + dt.timedelta(days=int(rng.integers(365)))
    terms = []
    while begins.year < LAST_YEAR:
        ends = begins.replace(year=begins.year + told["term_years"], day=min(begins.day, 28)) - dt.timedelta(days=1)
        terms.append((begins, ends))
        gap = int(rng.integers(*told["late_renewal_days"])) if rng.random() < told["renewed_late"] else 0
        begins = ends + dt.timedelta(days=1 + gap)
    suspensions = []
    for first, last in terms:
        if rng.random() < told["suspended_per_term"]:
            start = first + dt.timedelta(days=int(rng.integers(90, (last - first).days - 300)))
            suspensions.append((start, start + dt.timedelta(days=int(rng.integers(*told["suspension_days"])))))
    revoked = suspensions[-1][1] + dt.timedelta(days=1) if suspensions and rng.random() < told["revoked_after_suspension"] else None
    province = str(choose(rng, told["provinces"], 1)[0])
    return Licence(f"SYN-LIC-{serial:03d}", serial, province, tuple(terms), tuple(suspensions), revoked)


def _statuses(licence: Licence, as_of: dt.date) -> list[tuple[dt.date, dt.date, str]]:
    """(first day, last day, status) of one licence, as decided by ``as_of``."""
    day = dt.timedelta(days=1)
    found = []
    for first, last in licence.terms:
        if first > as_of:
            break
        for start, end in licence.suspensions:
            if first <= start <= min(last, as_of):
                found += [(first, start - day, "active"), (start, end, "suspended")]
                first = end + day
        found.append((first, last, "active"))
    revoked = licence.revoked_on
    if revoked is None or revoked > as_of:
        return found
    kept = [(first, min(last, revoked - day), status) for first, last, status in found if first < revoked]
    return [*kept, (revoked, FOR_EVER, "revoked")]


def _held(known: list[Licence], serial: np.ndarray, departed: np.ndarray) -> np.ndarray:
    """Whether the licence was active on the day, with all decisions known."""
    found = np.zeros(len(departed), dtype=bool)
    for licence in known:
        mine = serial == licence.serial
        for first, last, status in _statuses(licence, dt.date(LAST_YEAR, 12, 31)):
            if status == "active":
                found |= mine & (departed >= np.datetime64(first)) & (departed <= np.datetime64(last))
    return found
