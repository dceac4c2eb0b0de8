"""Persons and their stays: who left or came when, and when they went back. The truth behind the crossings."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sample_data.calibration import calibration
from sample_data.codes import choose
from sample_data.window import Window, level

BURN_IN_DAYS = 1250
NEVER = 1e9
PILOT_PERSONS = 4000
MOST_SPELLS = 10
DOCUMENT_NUMBERS = 10**9


def traveller_spells(window: Window, group: str, wanted_rows: float) -> pd.DataFrame:
    """Stays of one group of travellers that leave about ``wanted_rows`` crossings in the window.

    Columns: person, place (its how manieth stay, from 0), opened, closed (days since 1970, fractional;
    ``closed`` lies beyond every window for a stay that never ends).
    """
    told = calibration()["travellers"][group]
    pilot = _sequences(window, told, window.stream(f"{group}/pilot"), PILOT_PERSONS)
    per_person = _events_in(window, pilot) / PILOT_PERSONS * (1 - calibration()["missing_scans"])
    return _sequences(window, told, window.stream(f"{group}/stays"), max(1, round(wanted_rows / per_person)))


def persons(window: Window, group: str, count: int, female: float, first_number: int) -> pd.DataFrame:
    """Sex, birth date and document number of each person of a group; numbers are unique over all groups."""
    rng = window.stream(f"{group}/persons")
    age_days = rng.triangular(17, 27, 68, count) * 365.25
    known = np.where(rng.random(count) < 0.06, rng.uniform(2, 17, count) * 365.25, age_days)
    return pd.DataFrame(
        {
            "sex": np.where(rng.random(count) < female, "female", "male"),
            "born": (window.first_day - known.astype(int)).astype("datetime64[D]"),
            "document_no": document_numbers(first_number + np.arange(count)),
        }
    )


def document_numbers(numbers: np.ndarray) -> np.ndarray:
    """Distinct document numbers that no state issues: SYN and nine digits that tell nothing of the order."""
    scattered = (numbers.astype(np.int64) * 387_420_489 + 271_828_183) % DOCUMENT_NUMBERS
    return np.array([f"SYN{number:09d}" for number in scattered], dtype=object)


def start_days(window: Window, rng: np.random.Generator, count: int) -> np.ndarray:
    """Moments in the burn-in and the window, dense where travel is busy."""
    days = np.arange(window.first_day - BURN_IN_DAYS, window.end_day)
    cumulated = np.concatenate([[0.0], np.cumsum(level(days.astype("datetime64[M]")))])
    edges = np.concatenate([days, [window.end_day]]).astype("datetime64[D]").astype(float)
    return np.interp(rng.random(count), cumulated / cumulated[-1], edges)


def chain(first: np.ndarray, durations: np.ndarray, gaps: np.ndarray, counts: np.ndarray, end: float) -> pd.DataFrame:
    """Lay each person's stays end to end with gaps, so that none overlap.

    ``durations`` and ``gaps`` have a row per person and a column per stay.
    """
    steps = np.cumsum(durations + gaps, axis=1)
    opened = first[:, None] + np.concatenate([np.zeros((len(first), 1)), steps[:, :-1]], axis=1)
    kept = (np.arange(durations.shape[1]) < counts[:, None]) & (opened < end)
    person, place = np.nonzero(kept)
    return pd.DataFrame({"person": person, "place": place, "opened": opened[kept], "closed": (opened + durations)[kept]})


def opening_hours(moments: np.ndarray) -> np.ndarray:
    """Moments moved into 6–22 o'clock of their day, keeping their order, as datetime64[s]."""
    day = np.floor(moments)
    hours = 6 + 16 * (moments - day)
    return day.astype("datetime64[D]") + (hours * 3600).astype("timedelta64[s]")


def _sequences(window: Window, told: dict, rng: np.random.Generator, count: int) -> pd.DataFrame:
    counts = choose(rng, told["spells"], count)
    durations = _durations(rng, told["durations"], (count, MOST_SPELLS))
    gaps = 1 + rng.exponential(told["gap_days"], (count, MOST_SPELLS))
    return chain(start_days(window, rng, count), durations, gaps, counts, window.end_day.astype(float))


def _durations(rng: np.random.Generator, classes: list[list[float]], shape: tuple[int, int]) -> np.ndarray:
    """Log-uniform within each class of (share, shortest, longest); what is missing to 1 never ends."""
    limits = np.cumsum([share for share, _, _ in classes])
    place = np.searchsorted(limits, rng.random(shape), side="right")
    shortest, longest = (np.array([row[column] for row in classes] + [1.0]) for column in (1, 2))
    lengths = shortest[place] * (longest[place] / shortest[place]) ** rng.random(shape)
    return np.where(place == len(classes), NEVER, lengths)


def _events_in(window: Window, stays: pd.DataFrame) -> int:
    first, end = window.first_day.astype(float), window.end_day.astype(float)
    return sum(int(((stays[column] >= first) & (stays[column] < end)).sum()) for column in ("opened", "closed"))
