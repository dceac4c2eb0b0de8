"""Rows of the two remittance extracts, whose US dollar totals are the published ones."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from sample_data.calibration import calibration, remittances_usd
from sample_data.codes import choose, code_list, labels
from sample_data.rates import daily_rates
from sample_data.window import Window, level

BANKS = tuple(f"Sample Bank {letter}" for letter in "ABCDEF")
OPERATORS = tuple(f"Sample Transfer {letter}" for letter in "ABCD")
WALLETS = tuple(f"Sample Wallet {letter}" for letter in "AB")
SPREAD = 0.6  # standard deviation of the log amount
FURTHEST = 1.7  # deviations at which the tails are cut, well inside the plausible range of a currency


def transfer_rows(window: Window) -> pd.DataFrame:
    """One row per transfer in canonical codes, with ``by_bank`` and ``month``; also ``usd``, its true worth."""
    parts = [_direction_rows(window, direction) for direction in ("received", "paid")]
    rows = pd.concat(parts, ignore_index=True)
    return rows.sort_values(["sent_on", "provider"], kind="stable", ignore_index=True)


def bank_text(rows: pd.DataFrame) -> pd.DataFrame:
    """As banks report: English labels, ISO dates, plain numbers."""
    rows = rows[rows["by_bank"]].reset_index(drop=True)
    text = _labelled(rows, "en", lambda value, digits: f"{value:.{digits}f}")
    text["sent_on"] = rows["sent_on"].to_numpy().astype("datetime64[D]").astype(str)
    text["direction"] = rows["direction"].map({"received": "Inward", "paid": "Outward"})
    return text


def operator_text(rows: pd.DataFrame) -> pd.DataFrame:
    """As operators report: Lao labels, DD/MM/YYYY, decimal comma and thousands points."""
    rows = rows[~rows["by_bank"]].reset_index(drop=True)
    text = _labelled(rows, "lo", lambda value, digits: f"{value:,.{digits}f}".translate(str.maketrans(",.", ".,")))
    text["sent_on"] = pd.Series(rows["sent_on"]).dt.strftime("%d/%m/%Y")
    text["direction"] = rows["direction"].map({"received": "ຮັບ", "paid": "ສົ່ງ"})
    text["channel"] = rows["channel"].map({"mto": "MTO", "mobile": "MOBILE"})
    return text


def _direction_rows(window: Window, direction: str) -> pd.DataFrame:
    told = calibration()["remittances"]
    rng = window.stream(f"transfers/{direction}")
    day, usd = _amounts(window, rng, direction)
    count = len(day)
    by_bank = rng.random(count) < told["bank_row_share"]
    mobile = ~by_bank & (rng.random(count) < told["mobile_share_of_operators"])
    usd = _at_monthly_totals(window, direction, day, usd * np.where(by_bank, told["bank_amount_factor"], 1.0))
    corridor = choose(rng, told[f"{direction}_corridors"], count)
    currency = _currencies(rng, told["currencies"], corridor)
    channel = np.where(by_bank, "bank", np.where(mobile, "mobile", "mto"))
    rate = _rates(window, day, currency)
    dollar = _rates(window, day, np.full(count, "USD"))
    amount = _rounded(usd * dollar / rate, currency)
    cost, margin = _cost_shares(rng, told, corridor, channel)
    towards = -1 if direction == "received" else 1
    return pd.DataFrame(
        {
            "sent_on": day,
            "provider": np.select(
                [by_bank, mobile],
                [choose(rng, _falling(BANKS), count), choose(rng, _falling(WALLETS), count)],
                choose(rng, _falling(OPERATORS), count),
            ),
            "channel": channel,
            "direction": direction,
            "corridor_country": corridor,
            "province": choose(rng, calibration()["workers"]["provinces"], count),
            "sender_sex": _sexes(rng, told, "sender", by_bank),
            "receiver_sex": _sexes(rng, told, "receiver", by_bank),
            "amount": amount,
            "currency": currency,
            "fee": _rounded(amount * cost, currency),
            "fee_currency": currency,
            "fx_rate_applied": np.where(currency == "LAK", 1.0, rate * (1 + towards * margin)),
            "by_bank": by_bank,
            "usd": amount * rate / dollar,
            "month": day.astype("datetime64[M]").astype(str),
        }
    )


def _amounts(window: Window, rng: np.random.Generator, direction: str) -> tuple[np.ndarray, np.ndarray]:
    """Day of each transfer and an amount in no unit yet."""
    told = calibration()
    share = told["remittances"]["received_row_share"]
    per_month = told["volumes"]["transfers"] * window.scale * (share if direction == "received" else 1 - share)
    months = np.array(window.months, dtype="datetime64[M]")
    counts = np.maximum(1, np.round(per_month * _season(months))).astype(int)
    first = np.repeat(months.astype("datetime64[D]"), counts)
    lengths = np.repeat(((months + 1).astype("datetime64[D]") - months.astype("datetime64[D]")).astype(int), counts)
    day = first + np.floor(rng.random(len(first)) * lengths).astype(int)
    noise = np.clip(rng.normal(0, SPREAD, len(day)), -FURTHEST * SPREAD, FURTHEST * SPREAD)
    return day, np.exp(noise)


def _at_monthly_totals(window: Window, direction: str, day: np.ndarray, usd: np.ndarray) -> np.ndarray:
    """Amounts moved so that each month adds up to its share of the published year."""
    months = np.array(window.months, dtype="datetime64[M]")
    years = months.astype("datetime64[Y]").astype(int) + 1970
    sampled = min(1.0, window.scale) * calibration()["remittances"][f"{direction}_sampled"]
    wanted = np.array([remittances_usd(direction, int(year)) for year in years]) / 12 * _season(months) * sampled
    place = (day.astype("datetime64[M]") - months[0]).astype(int)
    return usd * (wanted / np.bincount(place, weights=usd, minlength=len(months)))[place]


def _season(months: np.ndarray) -> np.ndarray:
    """Remittances follow the seasons mildly and did not stop with the borders; the mean of a year is 1."""
    whole_year = np.arange("2019-01", "2020-01", dtype="datetime64[M]")
    mean = level(whole_year).mean()
    open_years = whole_year[months.astype(int) % 12]
    return 1 + 0.5 * (level(open_years) / mean - 1)


def _currencies(rng: np.random.Generator, shares: dict, corridor: np.ndarray) -> np.ndarray:
    found = np.empty(len(corridor), dtype=object)
    for country in np.unique(corridor):
        here = corridor == country
        found[here] = choose(rng, shares.get(country, shares["other"]), here.sum())
    return found


def _rates(window: Window, day: np.ndarray, currency: np.ndarray) -> np.ndarray:
    """LAK per unit on each day; 1 for kip."""
    table = daily_rates(window)
    place = (day - table.index.to_numpy().astype("datetime64[D]")[0]).astype(int)
    found = np.ones(len(day))
    for code in table.columns:
        here = currency == code
        found[here] = table[code].to_numpy()[place[here]]
    return found


def _cost_shares(rng: np.random.Generator, told: dict, corridor: np.ndarray, channel: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The fee's and the exchange margin's part of the amount."""
    costs = told["cost_pct"]
    base = np.where(corridor == "THA", costs["THA"], costs["other"]) / 100
    factor = np.select([channel == name for name in told["channel_cost_factor"]], list(told["channel_cost_factor"].values()))
    cost = base * factor * rng.uniform(0.8, 1.2, len(corridor))
    return cost * (1 - told["margin_share"]), cost * told["margin_share"]


def _sexes(rng: np.random.Generator, told: dict, who: str, by_bank: np.ndarray) -> np.ndarray:
    missing = np.where(by_bank, told["sex_missing_share"]["bank"], told["sex_missing_share"]["operator"])
    sex = np.where(rng.random(len(by_bank)) < told[f"{who}_female_share"], "female", "male")
    return np.where(rng.random(len(by_bank)) < missing, "", sex)


def _rounded(amounts: np.ndarray, currency: np.ndarray) -> np.ndarray:
    """As paid out: kip and dong in hundreds, won and yen whole, else cents."""
    step = np.select([np.isin(currency, ["LAK", "VND"]), np.isin(currency, ["KRW", "JPY"])], [100.0, 1.0], 0.01)
    return np.round(np.round(amounts / step) * step, 2)


def _falling(names: tuple[str, ...]) -> dict[str, float]:
    return {name: 1 / rank for rank, name in enumerate(names, start=1)}


def _labelled(rows: pd.DataFrame, language: str, number: Callable[[float, int], str]) -> pd.DataFrame:
    lists = {"corridor_country": "country", "province": "province", "sender_sex": "sex", "receiver_sex": "sex"}
    text = pd.DataFrame({field: labels(name, rows[field].to_numpy(), language) for field, name in lists.items()})
    for field in ("provider", "currency", "fee_currency", "month"):
        text[field] = rows[field]
    minor = code_list("currency")["minor_unit"].to_dict()
    digits = [int(minor[code]) for code in rows["currency"]]
    for field in ("amount", "fee"):
        text[field] = [number(value, places) for value, places in zip(rows[field], digits, strict=True)]
    text["fx_rate_applied"] = [number(value, 4) for value in rows["fx_rate_applied"]]
    return text
