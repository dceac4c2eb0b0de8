"""Two registers of the synthetic world as they could reach landing: returns and deployments, with who is who kept aside.

The generator spells nothing wrong and knows no names, so errors and names are added here. A name is no more than its place
in a list of names by frequency: what could land is a key of a name, of which only equality can be asked.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sample_data.calibration import calibration
from sample_data.codes import choose
from sample_data.deployments import deployment_rows
from sample_data.returns import return_rows
from sample_data.stays import all_stays, first_number
from sample_data.window import Window
from sample_data.workers import deployed_workers

FOLLOWED_DAYS = 365
COLUMNS = ["person", "day", "sex", "born", "province", "country"]
BUCKETS = 64
"""A bucket is what is left of a key that is cut short, so that many names share it."""
SCATTER, PRIME = 48_271, 2**31 - 1
CLANS = 18
"""Surnames of the Hmong, who are 9 per cent of the population (census 2015)."""


@dataclass(frozen=True)
class Assumptions:
    """What is not known of real deliveries: nothing here is measured.

    ``without_document``: the share of returns without one; ``missing`` who they are: anybody ("at random"), mostly the deported
    and exploited ("by reason"), or mostly those who will not leave again ("by outcome"). ``renewed``: of those who leave again,
    how many show a new passport. ``errors`` multiplies the shares of returns in which a feature is not what it is in the
    deployment, ``errors_without_document`` once more those of returns without one. ``given_names``, ``surnames``: how many keys
    there are. ``deployments``: share of the deployments kept.
    """

    without_document: float = 0.22
    missing: str = "at random"
    renewed: float = 0.0
    errors: float = 1.0
    errors_without_document: float = 1.0
    given_names: int = 1500
    surnames: int = 5000
    deployments: float = 1.0

    # of persons, whose passport then says 1 January, which is read as no day
    birthday_unknown = 0.25
    # of returns
    sex_wrong = 0.005
    sex_not_told = 0.01
    year_next = 0.10
    year_wrong = 0.02
    year_not_told = 0.03
    province_other = 0.12
    country_other = 0.02
    birthday_wrong = 0.04
    called_otherwise = 0.04
    given_spelt_otherwise = 0.10
    surname_spelt_otherwise = 0.12
    no_surname = 0.05


@dataclass(frozen=True)
class Registers:
    """Both registers with the same columns: number, person, day, sex, birth_year, birthday, province, country, and of the names
    given_key and surname_key, given_bucket and surname_bucket.

    ``returns`` has besides: reason, has_document, leaves_again (within a year), is_known (to leave again, by the document), and
    candidates (deployments in the year after).
    """

    returns: pd.DataFrame
    deployments: pd.DataFrame


def registers(window: Window, assumed: Assumptions) -> Registers:
    """The returns that can be followed for a year, and all deployments."""
    workers = deployed_workers(window, first_number("workers"))
    contracts = deployment_rows(window, workers)
    back = return_rows(window, workers, all_stays(window, workers), _no_crossings())
    rng = window.stream("linking")
    deployments = contracts[["worker_ref", "departure_date", "sex", "birth_date", "province", "destination"]].set_axis(COLUMNS, axis=1)
    deployments = deployments[rng.random(len(deployments)) < assumed.deployments].reset_index(drop=True)
    returns = back[["document_no", "returned_on", "sex", "born", "province", "country_left", "reason"]]
    returns = returns.set_axis([*COLUMNS, "reason"], axis=1)
    for register in (deployments, returns):
        register["day"] = register["day"].to_numpy().astype("datetime64[D]").astype(int)
    returns = returns[returns["day"] + FOLLOWED_DAYS <= deployments["day"].max()].reset_index(drop=True)
    _with_outcome(returns, deployments)
    _with_documents(rng, returns, assumed)
    days = np.sort(deployments["day"].to_numpy())
    returns["candidates"] = np.searchsorted(days, returns["day"] + FOLLOWED_DAYS, "right") - np.searchsorted(days, returns["day"], "right")
    everybody = pd.unique(pd.concat([returns["person"], deployments["person"]]))
    people = _called(rng, everybody, assumed)
    errors = assumed.errors * np.where(returns["has_document"], 1.0, assumed.errors_without_document)
    return Registers(
        _as_sent(rng, returns.join(people, on="person"), assumed, errors),
        _as_sent(rng, deployments.join(people, on="person"), assumed, np.zeros(len(deployments))),
    )


def _no_crossings() -> pd.DataFrame:
    """Returns take their checkpoint from the crossings; the study does not look at checkpoints."""
    return pd.DataFrame({"direction": [], "document_no": [], "point_of_entry": [], "crossed_at": pd.to_datetime([])})


def _with_outcome(returns: pd.DataFrame, deployments: pd.DataFrame) -> None:
    ahead = returns[["person", "day"]].reset_index().merge(deployments[["person", "day"]], on="person", suffixes=("", "_left"))
    days = ahead["day_left"] - ahead["day"]
    returns["leaves_again"] = returns.index.isin(ahead.loc[days.between(1, FOLLOWED_DAYS), "index"])


def _with_documents(rng: np.random.Generator, returns: pd.DataFrame, assumed: Assumptions) -> None:
    likely = {
        "at random": np.ones(len(returns)),
        "by reason": np.where(returns["reason"].isin(["deported", "exploited"]), 4.0, 0.8),
        "by outcome": np.where(returns["leaves_again"], 0.4, 1.0),
    }[assumed.missing]
    returns["has_document"] = rng.random(len(returns)) >= assumed.without_document * likely / likely.mean()
    renewed = rng.random(len(returns)) < assumed.renewed
    returns["is_known"] = returns["has_document"] & returns["leaves_again"] & ~renewed


def _called(rng: np.random.Generator, persons: np.ndarray, assumed: Assumptions) -> pd.DataFrame:
    """Names by their place in the list, the most frequent first, and a day of birth, unless nobody knows it."""
    count = len(persons)
    surname = CLANS + _of_list(rng, assumed.surnames, 0.7, count)
    surname = np.where(rng.random(count) < 0.09, rng.integers(0, CLANS, count), surname)
    birthday = pd.Series(rng.integers(0, 365, count), dtype="Int64", index=persons).mask(rng.random(count) < assumed.birthday_unknown)
    given = _of_list(rng, assumed.given_names, 0.8, count)
    return pd.DataFrame({"given": given, "surname": surname, "day_of_year": birthday}, index=persons)


def _of_list(rng: np.random.Generator, length: int, exponent: float, count: int) -> np.ndarray:
    """Places in a list whose frequencies fall as Zipf's law says."""
    weights = 1 / np.arange(1, length + 1) ** exponent
    return rng.choice(length, count, p=weights / weights.sum())


def _as_sent(rng: np.random.Generator, rows: pd.DataFrame, assumed: Assumptions, errors: np.ndarray) -> pd.DataFrame:
    """What a register holds of each person. All errors fall on the returns: what counts is how often the two differ."""
    count = len(rows)

    def hit(share: float) -> np.ndarray:
        return rng.random(count) < share * errors

    sent = rows.drop(columns=["born", "given", "surname", "day_of_year"]).assign(number=np.arange(count))
    sent["sex"] = rows["sex"].mask(hit(assumed.sex_wrong), rows["sex"].map({"female": "male", "male": "female"}))
    sent["sex"] = sent["sex"].mask(hit(assumed.sex_not_told))
    year = rows["born"].dt.year + np.where(hit(assumed.year_next), rng.choice([-1, 1], count), 0)
    year = year.mask(hit(assumed.year_wrong), year + rng.integers(-10, 11, count))
    sent["birth_year"] = year.mask(hit(assumed.year_not_told)).astype("Int64")
    other = pd.Series(rng.integers(0, 365, count), dtype="Int64")
    sent["birthday"] = rows["day_of_year"].mask(hit(assumed.birthday_wrong) & rows["day_of_year"].notna(), other)
    sent["province"] = rows["province"].mask(hit(assumed.province_other), choose(rng, calibration()["workers"]["provinces"], count))
    sent["country"] = rows["country"].mask(hit(assumed.country_other), choose(rng, calibration()["workers"]["destinations"], count))
    otherwise = hit(assumed.called_otherwise)
    given, surname = _of_list(rng, assumed.given_names, 0.8, count), CLANS + _of_list(rng, assumed.surnames, 0.7, count)
    sent["given_key"] = rows["given"].mask(otherwise | hit(assumed.given_spelt_otherwise), given)
    surname = rows["surname"].mask(otherwise | hit(assumed.surname_spelt_otherwise), surname)
    sent["surname_key"] = surname.mask(hit(assumed.no_surname)).astype("Int64")
    for name in ("given", "surname"):
        sent[f"{name}_bucket"] = sent[f"{name}_key"] * SCATTER % PRIME % BUCKETS
    return sent
