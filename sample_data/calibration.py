"""Reads ``calibration.yml`` and extends its yearly figures to the years that have none."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from ingestion.yaml_model import load_yaml


@cache
def calibration() -> dict:
    """The whole of ``calibration.yml``."""
    return load_yaml(Path(__file__).with_name("calibration.yml"))


def yearly(figures: dict[int, float], year: int, growth: float = 0.0) -> float:
    """The figure of ``year``: published, interpolated between published years, or grown from the last one."""
    known = sorted(figures)
    if year >= known[-1]:
        return figures[known[-1]] * (1 + growth) ** (year - known[-1])
    if year <= known[0]:
        return figures[known[0]]
    before = max(known_year for known_year in known if known_year <= year)
    after = min(known_year for known_year in known if known_year > year)
    share = (year - before) / (after - before)
    return figures[before] * (1 - share) + figures[after] * share


def remittances_usd(direction: str, year: int) -> float:
    """US dollars received or paid in a whole year."""
    told = calibration()["remittances"]
    return 1e6 * yearly(told[f"{direction}_usd_million"], year, told[f"{direction}_growth"])


def gdp_usd_million(year: int) -> float:
    told = calibration()["gdp"]
    return yearly(told["usd_million"], year, told["growth"])


def lak_per_unit(currency: str, year: int) -> float:
    """Yearly mean; flat after the last published year."""
    return yearly(calibration()["exchange_rates"]["lak_per_unit"][currency], year)
