"""Rows of the two deployment extracts: what the labour ministry knows of each contract."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from sample_data.calibration import calibration, lak_per_unit
from sample_data.codes import aliases, choose, code_list, labels
from sample_data.licences import agencies_used
from sample_data.window import Window, month_of
from sample_data.workers import Workers

LAO_LETTER = r"[\u0E80-\u0EFF]"


def deployment_rows(window: Window, workers: Workers) -> pd.DataFrame:
    """One row per contract that starts in the window, in canonical codes; ``by_office`` tells the extract."""
    told = calibration()["workers"]
    rng = window.stream("deployments")
    departed = workers.contracts["departed"].to_numpy()
    inside = (departed >= window.first_day) & (departed < window.end_day)
    rows = workers.contracts[inside].merge(workers.people, left_on="person", right_index=True).reset_index(drop=True)
    departed, count = rows["departed"].to_numpy().astype("datetime64[D]"), len(rows)
    start = departed + rng.integers(0, 11, count)
    end = _months_later(start, rows["months"].to_numpy()) - 1
    sector = choose(rng, {code: entry["share"] for code, entry in told["sectors"].items()}, count)
    wage, wage_currency = _wages(rng, told["wage"], rows["destination"].to_numpy())
    fee, fee_currency = _fees(rng, told, rows["destination"].to_numpy(), departed)
    return pd.DataFrame(
        {
            "permit_no": [f"SYN-LD-{day[:4]}-{number:06d}" for number, day in enumerate(departed.astype(str), start=1)],
            "worker_ref": rows["document_no"],
            "sex": rows["sex"],
            "birth_date": rows["born"].to_numpy().astype("datetime64[D]"),
            "province": rows["province"],
            "district": _districts(rng, rows["province"].to_numpy()),
            "destination": rows["destination"],
            "agency_licence": agencies_used(window, departed),
            "employer_sector": sector,
            "occupation": _occupations(rng, told["sectors"], sector),
            "contract_start": start,
            "contract_end": end,
            "wage": wage,
            "wage_currency": wage_currency,
            "fee_paid": fee,
            "fee_currency": fee_currency,
            "departure_date": departed,
            "by_office": rng.random(count) < told["office_share"],
            "month": month_of(departed),
        }
    )


def office_text(window: Window, rows: pd.DataFrame) -> pd.DataFrame:
    """As the Department of Employment types it: Lao labels, DD/MM/YYYY."""
    rows = rows[rows["by_office"]].drop(columns="by_office").reset_index(drop=True)
    return _as_text(window, rows, "lo", lambda amount: f"{amount:.0f}")


def agency_text(window: Window, rows: pd.DataFrame) -> pd.DataFrame:
    """As agencies report: English labels, thousands separators."""
    rows = rows[~rows["by_office"]].drop(columns="by_office").reset_index(drop=True)
    return _as_text(window, rows, "en", lambda amount: f"{amount:,.2f}")


def spelled_occupations(codes: np.ndarray, rng: np.random.Generator, language: str) -> np.ndarray:
    """Each ISCO-08 code as someone would type it: one of its aliases in the language, else its label."""
    listed = aliases("occupation")
    lao = listed["alias"].str.contains(LAO_LETTER)
    spellings = listed[lao if language == "lo" else listed["alias"].str.isascii()].groupby("code")["alias"].apply(list).to_dict()
    fallback = code_list("occupation")[f"label_{language}"].to_dict()
    texts = np.empty(len(codes), dtype=object)
    for code in np.unique(codes):
        here = codes == code
        known = spellings.get(code) or [fallback[code]]
        texts[here] = np.array(known, dtype=object)[rng.integers(0, len(known), here.sum())]
    return texts


def _as_text(window: Window, rows: pd.DataFrame, language: str, money: Callable[[float], str]) -> pd.DataFrame:
    text = rows.copy()
    for field in ("birth_date", "contract_start", "contract_end", "departure_date"):
        text[field] = pd.Series(rows[field]).dt.strftime("%d/%m/%Y")
    for field, name in {
        "sex": "sex", "province": "province", "district": "district", "destination": "country", "employer_sector": "industry",
    }.items():  # fmt: skip
        text[field] = labels(name, rows[field].to_numpy(), language)
    rng = window.stream(f"deployments/{language}")
    text["occupation"] = spelled_occupations(rows["occupation"].to_numpy(), rng, language)
    for field in ("wage", "fee_paid"):
        text[field] = [money(amount) for amount in rows[field]]
    return text


def _districts(rng: np.random.Generator, provinces: np.ndarray) -> np.ndarray:
    listed = code_list("district")
    found = np.empty(len(provinces), dtype=object)
    for province in np.unique(provinces):
        here = provinces == province
        known = listed.index[listed["province_code"] == province].to_numpy()
        found[here] = known[rng.integers(0, len(known), here.sum())]
    return found


def _occupations(rng: np.random.Generator, sectors: dict, sector: np.ndarray) -> np.ndarray:
    found = np.empty(len(sector), dtype=object)
    for code, entry in sectors.items():
        here = sector == code
        found[here] = rng.choice(np.array(entry["occupations"]).astype(str), here.sum())
    return found


def _wages(rng: np.random.Generator, ranges: dict, destination: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    lowest, highest = (np.array([ranges[code][place] for code in destination], dtype=float) for place in (1, 2))
    return np.round(rng.uniform(lowest, highest), -2), np.array([ranges[code][0] for code in destination])


def _fees(rng: np.random.Generator, told: dict, destination: np.ndarray, departed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    lowest, highest = (np.array([told["fee_usd"][code][place] for code in destination], dtype=float) for place in (0, 1))
    currency = choose(rng, told["fee_currencies"], len(destination))
    years = departed.astype("datetime64[Y]").astype(int) + 1970
    fee = rng.uniform(lowest, highest)
    for year in np.unique(years):
        dollar = lak_per_unit("USD", int(year))
        for code, worth in {"LAK": 1.0, "THB": lak_per_unit("THB", int(year))}.items():
            here = (years == year) & (currency == code)
            fee[here] *= dollar / worth
    step = np.select([currency == "LAK", currency == "THB"], [1000.0, 10.0], 1.0)
    return np.round(fee / step) * step, currency


def _months_later(days: np.ndarray, months: np.ndarray) -> np.ndarray:
    """The same day of a later month; a day that month lacks becomes the first of the next."""
    month = days.astype("datetime64[M]")
    return (month + months).astype("datetime64[D]") + (days - month.astype("datetime64[D]"))
