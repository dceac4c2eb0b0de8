"""The months that are generated, and how much happens in each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sample_data.calibration import calibration


@dataclass(frozen=True)
class Window:
    """``count`` months up to and with ``last`` (YYYY-MM); ``seed`` starts every stream of chance."""

    count: int
    last: str
    scale: float = 1.0
    seed: int = 2026

    @property
    def months(self) -> list[str]:
        return [str(month) for month in np.datetime64(self.last, "M") - np.arange(self.count)[::-1]]

    @property
    def first_day(self) -> np.datetime64:
        return np.datetime64(self.months[0], "D")

    @property
    def end_day(self) -> np.datetime64:
        """The day after the last."""
        return (np.datetime64(self.last, "M") + 1).astype("datetime64[D]")

    @property
    def days(self) -> np.ndarray:
        return np.arange(self.first_day, self.end_day)

    @property
    def years(self) -> list[int]:
        return sorted({int(month[:4]) for month in self.months})

    @property
    def last_year(self) -> int:
        """The last year that is over by the end of the last month."""
        return int(self.last[:4]) - (0 if self.last.endswith("-12") else 1)

    def stream(self, name: str) -> np.random.Generator:
        """Chance that depends on the seed and ``name`` only, so that one extract's size never moves another."""
        return np.random.default_rng([self.seed, *name.encode()])


def level(months: np.ndarray) -> np.ndarray:
    """How busy each month (datetime64[M]) is, 1 being the mean of a year with open borders."""
    told = calibration()
    of_month = months.astype(int) % 12 + 1
    busy = np.array([told["seasonality"][number] for number in range(1, 13)])[of_month - 1]
    closed = told["borders_closed"]
    shut = (months >= np.datetime64(closed["first"])) & (months <= np.datetime64(closed["last"]))
    return np.where(shut, closed["level"], busy)


def month_of(days: np.ndarray) -> np.ndarray:
    """YYYY-MM as text for days or moments."""
    return days.astype("datetime64[M]").astype(str)
