"""Foreigners with permits: those whose stay the border saw begin, and those who lived in the country before."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sample_data.calibration import calibration
from sample_data.codes import choose, code_list, labels, whole_parts
from sample_data.deployments import spelled_occupations
from sample_data.spells import document_numbers
from sample_data.stays import NUMBERS_PER_GROUP
from sample_data.window import Window, month_of

FIRST_NUMBER = 7 * NUMBERS_PER_GROUP
OTHERS = "OOO"  # "other nationalities" in the code of UN DESA
MOST_RENEWALS = 24
YEAR_DAYS = 365
ROUNDS = 40


def permit_rows(window: Window, stays: pd.DataFrame) -> pd.DataFrame:
    """One row per permit issued in the window, in canonical codes; ``kind`` tells the extract."""
    told = calibration()["foreign_permits"]
    rng = window.stream("permits")
    people = _workplaces(rng, told, _holders(window, rng, told, stays))
    born = people["born"].to_numpy().astype("datetime64[D]")
    age = (people["since"].to_numpy() - born.astype(float)) / 365.25
    youngest, oldest = told["working_ages"]
    works = (rng.random(len(people)) < told["working_share"]) & (age >= youngest) & (age < oldest)
    rows = pd.concat(
        [
            _issued(window, rng, people, "residence", told["residence_days"]),
            _issued(window, rng, people[works].reset_index(drop=True), "work", told["work_days"]),
        ],
        ignore_index=True,
    )
    rows = rows.sort_values(["issued_on", "document_no", "kind"], kind="stable", ignore_index=True)
    letter = rows["kind"].map({"work": "WP", "residence": "RP"})
    years = pd.Series(rows["issued_on"]).dt.year.astype(str)
    rows["permit_no"] = "SYN-" + letter + "-" + years + "-" + pd.Series(np.arange(1, len(rows) + 1)).map("{:06d}".format)
    rows["month"] = month_of(rows["issued_on"].to_numpy())
    return rows


def work_text(window: Window, rows: pd.DataFrame) -> pd.DataFrame:
    """As the Department of Employment types it: Lao labels, DD/MM/YYYY, a dash outside the zones."""
    text = _as_text(rows[rows["kind"] == "work"].reset_index(drop=True), "lo", "%d/%m/%Y")
    rng = window.stream("permits/lo")
    text["occupation"] = spelled_occupations(text["occupation"].to_numpy(), rng, "lo")
    zones = text["special_economic_zone"].to_numpy()
    text["special_economic_zone"] = np.where(zones == "none", "-", labels("special_economic_zone", zones, "lo"))
    text["industry"] = labels("industry", text["industry"].to_numpy(), "lo")
    return text


def residence_text(rows: pd.DataFrame) -> pd.DataFrame:
    """As the police export it: English labels, ISO dates, nothing about the work."""
    return _as_text(rows[rows["kind"] == "residence"].reset_index(drop=True), "en", "%Y-%m-%d")


def _as_text(rows: pd.DataFrame, language: str, form: str) -> pd.DataFrame:
    text = rows.copy()
    for field in ("issued_on", "valid_until", "birth_date"):
        text[field] = pd.Series(rows[field]).dt.strftime(form)
    for field, name in {"nationality": "country", "sex": "sex", "province": "province"}.items():
        text[field] = labels(name, rows[field].to_numpy(), language)
    return text


def _holders(window: Window, rng: np.random.Generator, told: dict, stays: pd.DataFrame) -> pd.DataFrame:
    """A row per spell of living in the country: document_no, sex, born, nationality, since, until (days since 1970)."""
    long = stays["closed"] - stays["opened"] >= told["least_stay_days"]
    seen = stays[~stays["abroad"] & (stays["document_type"] == "passport") & long & (stays["closed"] >= window.first_day.astype(float))]
    seen = seen.assign(since=seen["opened"], until=seen["closed"], place=seen["nationality"].where(~_is_other(seen["nationality"]), OTHERS))
    wanted = _wanted(seen["place"].value_counts().to_dict(), round(told["residents"] * window.scale))
    kept = [part.iloc[rng.permutation(len(part))[: wanted.get(place, 0)]] for place, part in seen.groupby("place")]
    columns = ["document_no", "sex", "born", "nationality", "since", "until"]
    missing = {place: count - sum(len(part) for part in kept if (part["place"] == place).any()) for place, count in wanted.items()}
    return pd.concat([*(part[columns] for part in kept if len(part)), _residents(window, rng, told, missing)], ignore_index=True)


def _is_other(nationality: pd.Series) -> pd.Series:
    return ~nationality.isin([code for code in calibration()["undesa"]["foreign_named"] if code != OTHERS])


def _wanted(seen: dict[str, int], residents: int) -> dict[str, int]:
    """Holders by nationality in the published mix: so many that ``residents`` of them are beyond those seen at the border.

    A nationality of which more were seen than the mix has room for is cut to its share.
    """
    mix = calibration()["undesa"]["foreign_named"]
    shares = np.array(list(mix.values()), dtype=float) / sum(mix.values())
    available = np.array([seen.get(place, 0) for place in mix])
    total = float(residents)
    for _ in range(ROUNDS):
        total = residents + np.minimum(available, shares * total).sum()
    return dict(zip(mix, whole_parts(round(total), shares).tolist(), strict=True))


def _residents(window: Window, rng: np.random.Generator, told: dict, missing: dict[str, int]) -> pd.DataFrame:
    """Foreigners who came before the first recorded crossing; their permits fall due all year round."""
    place = np.repeat(list(missing), [max(0, count) for count in missing.values()])
    count = len(place)
    first, end = window.first_day.astype(float), window.end_day.astype(float)
    leaves = rng.random(count) < 0.15
    return pd.DataFrame(
        {
            "document_no": document_numbers(FIRST_NUMBER + np.arange(count)),
            "sex": np.where(rng.random(count) < told["resident_female"], "female", "male"),
            "born": (window.first_day - (rng.triangular(19, 33, 64, count) * 365.25).astype(int)).astype("datetime64[D]"),
            "nationality": np.where(place == OTHERS, choose(rng, told["others"], count), place),
            "since": first - rng.uniform(1, YEAR_DAYS, count),
            "until": np.where(leaves, rng.uniform(first, end, count), end),
        }
    )


def _workplaces(rng: np.random.Generator, told: dict, people: pd.DataFrame) -> pd.DataFrame:
    zones = code_list("special_economic_zone")
    count = len(people)
    province = choose(rng, told["provinces"], count)
    industry = choose(rng, {code: entry["share"] for code, entry in told["industries"].items()}, count)
    zone = np.full(count, "none", dtype=object)
    occupation = np.empty(count, dtype=object)
    for code in np.unique(province):
        here = np.flatnonzero((province == code) & (rng.random(count) < told["zone_share"]))
        if len(known := zones.index[zones["province_code"] == code].to_numpy()):
            zone[here] = known[rng.integers(0, len(known), len(here))]
    for code, entry in told["industries"].items():
        here = industry == code
        occupation[here] = rng.choice(np.array(entry["occupations"]), here.sum())
    return people.assign(province=province, industry=industry, special_economic_zone=zone, occupation=occupation)


def _issued(window: Window, rng: np.random.Generator, people: pd.DataFrame, kind: str, terms: dict[int, float]) -> pd.DataFrame:
    """The first permit some weeks after arrival, then renewals a few days before each runs out, while the holder stays."""
    count = len(people)
    term = choose(rng, terms, count).astype(float)
    first = people["since"].to_numpy() + rng.uniform(5, 35, count)
    steps = term[:, None] - rng.uniform(0, 14, (count, MOST_RENEWALS))
    issued = np.floor(first[:, None] + np.concatenate([np.zeros((count, 1)), np.cumsum(steps, axis=1)[:, :-1]], axis=1))
    inside = (
        (issued >= window.first_day.astype(float))
        & (issued < window.end_day.astype(float))
        & (issued < people["until"].to_numpy()[:, None])
    )
    person, place = np.nonzero(inside)
    day = issued[person, place].astype(int).astype("datetime64[D]")
    rows = people.iloc[person].drop(columns=["since", "until"]).rename(columns={"born": "birth_date"}).reset_index(drop=True)
    return rows.assign(kind=kind, issued_on=day, valid_until=day + term[person].astype(int) - 1)
