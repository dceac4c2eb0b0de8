"""The two household surveys of the statistics bureau: coded microdata with weights, whole whatever the scale of the demo."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from sample_data.calibration import calibration, lak_per_unit, remittances_usd
from sample_data.codes import choose, whole_parts
from sample_data.deliveries import Outcome, filed
from sample_data.sheets import contract_of, write_delivery
from sample_data.window import Window

HOUSEHOLDS, WORKERS = "lsb__remittance_survey", "lsb__labour_force_migration"
CENSUS_YEAR = 2015
REFUSED = "-99"
NOT_APPLICABLE = "_Z"
BISECTIONS = 60
STEPS = {"LAK": 10_000, "THB": 100, "USD": 10}


def deliver_surveys(inbox: Path, window: Window) -> dict[str, Outcome]:
    """One file per survey and round; rounds are years apart and have nothing to do with the window."""
    rounds = {
        HOUSEHOLDS: ("remittance_survey", "household_survey", household_text),
        WORKERS: ("labour_force_migration", "labour_force_survey", worker_text),
    }
    outcomes = {}
    for extract, (stem, section, text_of) in rounds.items():
        outcomes[extract] = Outcome()
        for year in calibration()[section]["rounds"]:
            path = inbox / extract / f"{stem}_{year}_SYNTHETIC.csv"
            table = as_coded(extract, text_of(window, year))
            write_delivery(extract, path, table, banner=[], totals=False)
            outcomes[extract].add(filed(extract, path, f"{year}-12", len(table)))
    return outcomes


def as_coded(extract: str, table: pd.DataFrame) -> pd.DataFrame:
    """Canonical codes as the survey's code book numbers them, which stands in the contract."""
    coded = table.copy()
    for field, column in contract_of(extract).columns.items():
        if column.codes:
            coded[field] = coded[field].map({code: spelling for spelling, code in reversed(column.codes.items())})
    return coded.astype(str)


def household_text(window: Window, year: int) -> pd.DataFrame:
    """Sampled households of one round in canonical codes; refusals are marked."""
    told = calibration()["household_survey"]
    this = told["rounds"][year]
    rng = window.stream(f"household_survey/{year}")
    households = _households(rng, told, this, year)
    amount, income = _money(rng, told, households, year)
    receives = households["receives"].to_numpy()
    count = len(households)
    currency = np.where(receives, choose(rng, told["currencies"], count), "LAK")
    refused = {field: rng.random(count) < share for field, share in told["refused"].items()}
    return pd.DataFrame(
        {
            "household_ref": [f"SYN-HH-{year}-{number:05d}" for number in range(1, count + 1)],
            "round": str(year),
            "round_start": str(this["starts"]),
            "covid_period": this["period"],
            "province": households["province"],
            "residence": households["residence"],
            "head_sex": np.where(rng.random(count) < told["female_head_share"], "female", "male"),
            "receives": np.where(receives, "yes", "no"),
            "amount": _in_currency(amount, currency, year, hidden=~receives, refused=refused["amount"] & receives),
            "currency": currency,
            "channel": np.where(receives, choose(rng, told["channels"][this["period"]], count), NOT_APPLICABLE),
            "main_use": np.where(receives, choose(rng, told["uses"], count), NOT_APPLICABLE),
            "household_income": _in_currency(income, currency, year, hidden=None, refused=refused["household_income"]),
            "survey_weight": [f"{weight:.4f}" for weight in households["weight"]],
        }
    )


def worker_text(window: Window, year: int) -> pd.DataFrame:
    """Sampled migrant workers of one round, whose weighted means are the published ones."""
    told = calibration()["labour_force_survey"]
    this = told["rounds"][year]
    rng = window.stream(f"labour_force_survey/{year}")
    count = this["sample"]
    destination = choose(rng, told["destinations"], count)
    weight = _weights(rng, told["weight_spread"], count, this["persons"])
    earnings = rng.lognormal(0, told["earnings_spread"], count) * np.array([told["earnings_level"][code] for code in destination])
    earnings = np.round(earnings * this["earnings_usd"] / np.average(earnings, weights=weight), 2)
    months = rng.lognormal(0, told["months_spread"], count) * np.array([told["months_level"][code] for code in destination])
    months = np.where(rng.random(count) < told["paid_nothing"], 0, months)
    cost = np.round(earnings * _with_both_means(months, earnings, weight, this["months"], this["cost_usd"]), 2)
    sectors = {code: entry["share"] for code, entry in calibration()["workers"]["sectors"].items()}
    return pd.DataFrame(
        {
            "person_ref": [f"SYN-LFS-{year}-{number:05d}" for number in range(1, count + 1)],
            "round": f"LFS {year}",
            "reference_year": str(year),
            "sex": np.where(rng.random(count) < told["female"], "female", "male"),
            "destination": destination,
            "sector": choose(rng, sectors, count),
            "recruitment_cost_usd": [f"{value:.2f}" for value in cost],
            "first_month_earnings_usd": [f"{value:.2f}" for value in earnings],
            "survey_weight": [f"{value:.4f}" for value in weight],
            "social_security": choose(rng, told["social_security"], count),
            "informal": choose(rng, told["informal"], count),
        }
    )


def _with_both_means(months: np.ndarray, earnings: np.ndarray, weight: np.ndarray, mean_months: float, mean_cost: float) -> np.ndarray:
    """The months of earnings that each paid, made to fall or rise with earnings until the mean cost is the one told as well.

    The mean of ratios and the ratio of means are two numbers, and both are published.
    """
    steepness = {"least": -4.0, "most": 4.0}
    for _ in range(BISECTIONS):
        middle = sum(steepness.values()) / 2
        bent = months * (earnings / earnings.mean()) ** middle
        too_steep = np.average(bent * earnings, weights=weight) / np.average(bent, weights=weight) > mean_cost / mean_months
        steepness["most" if too_steep else "least"] = middle
    return bent * mean_months / np.average(bent, weights=weight)


def _weights(rng: np.random.Generator, spread: float, count: int, total: float) -> np.ndarray:
    """Unequal weights with four decimals that add up to ``total`` exactly."""
    raw = rng.lognormal(0, spread, count)
    return whole_parts(round(total * 10_000), raw) / 10_000


def _households(rng: np.random.Generator, told: dict, this: dict, year: int) -> pd.DataFrame:
    """The sample, as large in each province; those receive more often that send more workers."""
    census = calibration()["census_2015"]
    growth = (1 + census["growth"]) ** (year - CENSUS_YEAR)
    persons = pd.Series(census["persons"], dtype=float)
    in_province = persons * growth / told["persons_per_household"]
    sends = pd.Series(calibration()["workers"]["provinces"]) / (persons / persons.sum())
    chance = np.sqrt(sends) * this["receiving_share"] / np.average(np.sqrt(sends), weights=persons)
    parts = []
    for province, sample in zip(persons.index, whole_parts(this["sample"], np.ones(len(persons))), strict=True):
        weight = _weights(rng, told["weight_spread"], sample, in_province[province])
        order = rng.permutation(sample)
        receives = np.empty(sample, dtype=bool)
        receives[order] = np.cumsum(weight[order]) - weight[order] / 2 <= chance[province] * weight.sum()
        urban = rng.random(sample) < told["urban_share"].get(province, told["urban_share"]["other"])
        residence = np.where(urban, "urban", "rural")
        parts.append(pd.DataFrame({"province": province, "weight": weight, "receives": receives, "residence": residence}))
    return pd.concat(parts, ignore_index=True)


def _money(rng: np.random.Generator, told: dict, households: pd.DataFrame, year: int) -> tuple[np.ndarray, np.ndarray]:
    """Received and income in US dollars; what all households receive adds up to the published total of the year."""
    count = len(households)
    weight = households["weight"].to_numpy()
    raw = rng.lognormal(0, told["amount_spread"], count) * households["receives"].to_numpy()
    amount = raw * remittances_usd("received", year) / (raw * weight).sum()
    amount = np.where(raw > 0, np.clip(amount, told["smallest_amount_usd"], told["largest_amount_usd"]), 0)
    earned = households["residence"].map(told["other_income_usd"]).to_numpy() * rng.lognormal(-0.18, 0.6, count)
    return amount, earned + amount


def _in_currency(usd: np.ndarray, currency: np.ndarray, year: int, hidden: np.ndarray | None, refused: np.ndarray) -> np.ndarray:
    """Round sums as people say them; empty where not asked."""
    dollar = lak_per_unit("USD", year)
    worth = np.array([dollar / (1 if code == "LAK" else lak_per_unit(code, year)) for code in currency])
    step = np.array([STEPS[code] for code in currency])
    text = (np.round(usd * worth / step) * step).astype(np.int64).astype(str).astype(object)
    text[refused] = REFUSED
    if hidden is not None:
        text[hidden] = ""
    return text
