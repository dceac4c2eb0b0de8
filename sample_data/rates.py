"""Daily exchange rates whose yearly means are the published ones."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from sample_data.calibration import calibration, lak_per_unit
from sample_data.window import Window

ROUNDS = 60


@cache
def daily_rates(window: Window) -> pd.DataFrame:
    """LAK per unit by day (index datetime64[D], whole calendar years) and currency (columns)."""
    days = np.arange(np.datetime64(f"{window.years[0] - 1}-01-01"), np.datetime64(f"{window.years[-1] + 2}-01-01"))
    rng = window.stream("exchange_rates")
    spread = calibration()["exchange_rates"]["daily_deviation"]
    shared = _wander(rng, len(days), spread)
    currencies = calibration()["exchange_rates"]["lak_per_unit"]
    return pd.DataFrame({name: _path(name, days, shared + _wander(rng, len(days), spread / 2)) for name in currencies}, index=days)


def rate_rows(window: Window) -> pd.DataFrame:
    """Rows of the daily reference rates, in the record's field names, with ``month``."""
    table = daily_rates(window).loc[window.days[0] : window.days[-1]]
    long = table.rename_axis("day").reset_index().melt("day", var_name="base_currency", value_name="rate").sort_values("day", kind="stable")
    day = long["day"].to_numpy().astype("datetime64[D]")
    return pd.DataFrame(
        {
            "rate_date": day.astype(str),
            "base_currency": long["base_currency"].to_numpy(),
            "rate": [f"{value:.4f}" if value < 100 else f"{value:.2f}" for value in long["rate"]],
            "month": day.astype("datetime64[M]").astype(str),
        }
    )


def _path(currency: str, days: np.ndarray, deviation: np.ndarray) -> np.ndarray:
    """A smooth path through mid-year knots, moved until every calendar year has its published mean."""
    year = days.astype("datetime64[Y]").astype(int) + 1970
    years = np.unique(year)
    wanted = np.array([lak_per_unit(currency, number) for number in years])
    middles = np.array([np.datetime64(f"{number}-07-01") for number in years])
    position, knots = days.astype(float), np.log(wanted)
    for _ in range(ROUNDS):
        path = _weekends_repeat(days, np.exp(np.interp(position, middles.astype(float), knots) + deviation))
        means = np.bincount(year - years[0], weights=path) / np.bincount(year - years[0])
        knots = knots + np.log(wanted / means)
    return path


def _weekends_repeat(days: np.ndarray, path: np.ndarray) -> np.ndarray:
    """Saturday and Sunday carry Friday's rate, as the bank publishes them."""
    back = np.array([0, 0, 0, 0, 0, 1, 2])[(days.astype(int) + 3) % 7]
    return path[np.maximum(np.arange(len(days)) - back, 0)]


def _wander(rng: np.random.Generator, length: int, spread: float) -> np.ndarray:
    """Noise with a memory of about a month and standard deviation ``spread``."""
    memory = 0.97
    steps = rng.normal(0, spread * np.sqrt(1 - memory**2), length)
    kernel = memory ** np.arange(200)
    return np.convolve(steps, kernel)[:length]
