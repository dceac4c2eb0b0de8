"""Registered workers abroad: contracts, and the stays behind them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sample_data.calibration import calibration
from sample_data.codes import choose
from sample_data.spells import BURN_IN_DAYS, NEVER, chain, persons, start_days
from sample_data.window import Window, level

GROUP = "workers"
MOST_CONTRACTS = 3
MONTH_DAYS = 30.44


@dataclass(frozen=True)
class Workers:
    """``people``: one row per worker (sex, born, document_no, destination, province). ``contracts``: one row
    per contract (person, opened, closed, departed, months), burn-in included."""

    people: pd.DataFrame
    contracts: pd.DataFrame


def deployed_workers(window: Window, first_number: int) -> Workers:
    """Workers whose contracts in the window are about the calibrated number per month."""
    told = calibration()["workers"]
    rng = window.stream(GROUP)
    count = _head_count(window, told)
    people = persons(window, GROUP, count, told["female"], first_number)
    # whoever is too young is as much older instead, so that no day of birth is many people's
    youngest = window.first_day - BURN_IN_DAYS - round(19 * 365.25)
    people["born"] = people["born"].where(people["born"] <= youngest, youngest - (people["born"] - youngest))
    people["destination"] = choose(rng, told["destinations"], count)
    people["province"] = choose(rng, told["provinces"], count)
    months = _contract_months(rng, told["contract_months"], people["destination"].to_numpy(), MOST_CONTRACTS)
    durations = _stay_days(rng, told, months)
    gaps = rng.uniform(45, 500, durations.shape)
    counts = 1 + (rng.random((count, MOST_CONTRACTS - 1)) < told["goes_again"]).cumprod(axis=1).sum(axis=1)
    contracts = chain(start_days(window, rng, count), durations, gaps, counts, window.end_day.astype(float))
    contracts["months"] = months[contracts["person"], contracts["place"]]
    lag = rng.choice(3, size=len(contracts), p=[0.8, 0.15, 0.05])
    contracts["departed"] = (np.floor(contracts["opened"]) - lag).astype(int).to_numpy().astype("datetime64[D]")
    return Workers(people, contracts)


def _head_count(window: Window, told: dict) -> int:
    """First departures needed over burn-in and window; later ones add to them."""
    days = np.arange(window.first_day - BURN_IN_DAYS, window.end_day)
    months = level(days.astype("datetime64[M]")).sum() / MONTH_DAYS
    again = told["goes_again"] * (1 - told["never_returns"])
    repeats_in_time = 0.6  # about this share of second contracts still starts before the window ends
    return max(1, round(calibration()["volumes"]["deployments"] * window.scale * months / (1 + again * repeats_in_time)))


def _contract_months(rng: np.random.Generator, shares: dict, destination: np.ndarray, columns: int) -> np.ndarray:
    months = np.zeros((len(destination), columns), dtype=int)
    for code, lengths in shares.items():
        there = destination == code
        months[there] = choose(rng, lengths, there.sum() * columns).reshape(-1, columns)
    return months


def _stay_days(rng: np.random.Generator, told: dict, months: np.ndarray) -> np.ndarray:
    """Most go home when the contract ends; some before, some long after, some never."""
    draw = rng.random(months.shape)
    early, late, never = np.cumsum([told["returns_early"], told["stays_on"], told["never_returns"]])
    factor = np.clip(rng.normal(1, 0.03, months.shape), 0.9, 1.1)
    factor = np.where(draw < early, rng.uniform(0.05, 0.9, months.shape), factor)
    factor = np.where((draw >= early) & (draw < late), rng.uniform(1.1, 1.7, months.shape), factor)
    return np.where((draw >= late) & (draw < never), NEVER, months * MONTH_DAYS * factor)
