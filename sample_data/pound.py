"""Monthly rates over the pound in the layout of HM Revenue and Customs' file, for the years before the central bank's daily ones."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from sample_data.calibration import calibration, yearly
from sample_data.deliveries import Outcome
from sample_data.rates import daily_rates
from sample_data.window import Window
from sample_data.writers import write_csv

EXTRACT = "hmrc__exchange_rates"
CURRENCIES = ("LAK", "THB", "USD")


def deliver_pound_rates(inbox: Path, window: Window) -> Outcome:
    """One file with the months from the first calibrated year up to the window; none where the window is as old."""
    table = monthly_rates(window)
    if table.empty:
        return Outcome()
    path = inbox / EXTRACT / "hmrc_monthly_LAK_THB_USD_per_GBP_SYNTHETIC.csv"
    write_csv(path, table)
    return Outcome(files=1, rows=len(table), bytes=path.stat().st_size)


def monthly_rates(window: Window) -> pd.DataFrame:
    """Units per pound by month: the means of the days, crossed over the dollar."""
    told = calibration()["pound"]
    first = f"{told['first_year']}-01"
    before = str((window.first_day.astype("datetime64[M]") - 1).astype(object))[:7]
    count = (int(before[:4]) - told["first_year"]) * 12 + int(before[5:])
    if count < 1:
        return pd.DataFrame()
    daily = daily_rates(Window(count, before, seed=window.seed)).loc[pd.Timestamp(first) :]
    rows = []
    for month, rates in daily.groupby(pd.to_datetime(daily.index).to_period("M")):
        if str(month) > before:
            break
        pound = yearly(told["usd"], month.year)
        kip = pound * rates["USD"].mean()
        per_pound = {"LAK": kip, "THB": kip / rates["THB"].mean(), "USD": pound}
        rows += [(str(month), currency, f"{per_pound[currency]:.4f}") for currency in CURRENCIES]
    return pd.DataFrame(rows, columns=["year_month", "currency", "units_per_gbp"])
