"""Gross domestic product, in yearly releases that each revise the year before."""

from __future__ import annotations

import pandas as pd

from sample_data.calibration import calibration, gdp_usd_million, lak_per_unit

FIRST_YEAR = 2015
FIRST_RELEASE = 2023
FIRST_ESTIMATE_OFF_BY = 1.006  # assumption: a year is first estimated a little too high and then revised


def releases(last_year: int) -> list[int]:
    """Last years of the releases made so far."""
    return list(range(FIRST_RELEASE, last_year + 1))


def released_on(last_year: int) -> str:
    return f"{last_year + 1}-{calibration()['gdp']['release']}"


def account_text(last_year: int) -> pd.DataFrame:
    """Rows of the release that ends with ``last_year``, in the record's field names."""
    rows = []
    for year in range(FIRST_YEAR, last_year + 1):
        usd = gdp_usd_million(year) * (
            FIRST_ESTIMATE_OFF_BY if year == last_year and year > max(calibration()["gdp"]["usd_million"]) else 1
        )
        rows.append((str(year), f"{usd:.1f}", f"{usd * lak_per_unit('USD', year) / 1000:.1f}", "estimate" if year == last_year else ""))
    return pd.DataFrame(rows, columns=["year", "gdp_usd", "gdp_lak", "Note"])
