"""What was done for migrants: contacts with resource centres, cases at missions, health screening on arrival."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from sample_data.calibration import calibration, lak_per_unit
from sample_data.codes import choose, labels
from sample_data.deliveries import quarter_ends
from sample_data.window import Window, month_of
from sample_data.workers import Workers


def contact_rows(window: Window, workers: Workers) -> pd.DataFrame:
    """Contacts of registered workers with the centres, before they leave and around their return, in canonical codes."""
    told = calibration()["resource_centres"]
    rng = window.stream("contacts")
    contracts = workers.contracts.merge(workers.people, left_on="person", right_index=True)
    occasions = []
    for occasion, (moment, earliest, latest) in {"before": ("opened", -60, -5), "after": ("closed", -60, 120)}.items():
        days = np.floor(contracts[moment] + rng.uniform(earliest, latest, len(contracts)))
        occasions.append(contracts.assign(day=days, occasion=occasion))
    rows = pd.concat(occasions, ignore_index=True)
    rows = rows[rows["day"].between(window.first_day.astype(float), window.end_day.astype(float), inclusive="left")]
    rows["contacted_on"] = rows["day"].astype(int).to_numpy().astype("datetime64[D]")
    rows["month"] = month_of(rows["contacted_on"].to_numpy().astype("datetime64[D]"))
    rows = rows.iloc[_some_of_each_month(rng, rows["month"], told["per_month"] * window.scale, told["fewest_rows"])]
    rows = rows.sort_values(["contacted_on", "document_no"], ignore_index=True)
    for field in ("service", "topic"):
        rows[field] = ""
        for occasion, shares in told[f"{field}s"].items():
            here = rows["occasion"] == occasion
            rows.loc[here, field] = choose(rng, shares, here.sum())
    near = rows["province"].map(told["centres"])
    rows["centre"] = near.where(near.notna(), pd.Series(choose(rng, dict.fromkeys(told["centres"].values(), 1), len(rows))))
    rows["person_ref"] = rows["document_no"].where(rng.random(len(rows)) < told["document_shown"], "")
    rows["amount_recovered"], rows["currency"] = _recovered(rng, told, rows)
    return rows


def contact_text(rows: pd.DataFrame) -> pd.DataFrame:
    """As the centres keep their registers: Lao labels, decimal comma."""
    text = _labelled(
        rows,
        {"centre": "resource_centre", "sex": "sex", "service": "contact_service", "topic": "contact_topic", "destination": "country"},
        "lo",
    )
    text["contacted_on"] = rows["contacted_on"].dt.strftime("%d/%m/%Y")
    swapped = str.maketrans(",.", ".,")
    text["amount_recovered"] = [f"{amount:,.2f}".translate(swapped) if amount else "" for amount in rows["amount_recovered"]]
    return text.assign(person_ref=rows["person_ref"], currency=rows["currency"], month=rows["month"])


def consular_text(window: Window) -> pd.DataFrame:
    """Every case of the quarters that are delivered, as missions report it."""
    told = calibration()["consular"]
    rng = window.stream("consular")
    quarters = [np.datetime64(end, "M") - 2 for end in quarter_ends(window)]
    counts = np.maximum(told["fewest_rows"], rng.poisson(told["per_quarter"] * window.scale, len(quarters)))
    first = np.repeat(np.array(quarters, dtype="datetime64[M]").astype("datetime64[D]"), counts)
    length = ((first.astype("datetime64[M]") + 3).astype("datetime64[D]") - first).astype(int)
    opened_on = np.sort(first + (rng.random(len(first)) * length).astype(int))
    ages = rng.triangular(16, 28, 62, len(first)).astype(int) // 5 * 5
    rows = pd.DataFrame(
        {
            "mission_country": choose(rng, told["countries"], len(first)),
            "case_kind": choose(rng, told["kinds"], len(first)),
            "sex": np.where(rng.random(len(first)) < told["female"], "female", "male"),
            "age_group": [f"Y{age}T{age + 4}" for age in ages],
        }
    )
    lists = {"mission_country": "country", "case_kind": "consular_case_kind", "sex": "sex", "age_group": "age_group"}
    text = _labelled(rows, lists, "lo")
    return text.assign(opened_on=pd.Series(opened_on).dt.strftime("%d/%m/%Y"), month=month_of(opened_on))


def of_quarter(cases: pd.DataFrame, last_day: dt.date) -> pd.DataFrame:
    """The cases of the quarter that ends on a day."""
    months = [f"{last_day.year}-{last_day.month - place:02d}" for place in range(3)]
    return cases[cases["month"].isin(months)].reset_index(drop=True)


def screening_text(window: Window, events: pd.DataFrame) -> pd.DataFrame:
    """Arrivals that were screened, per day, post and nationality, as health posts report them."""
    told = calibration()["screening"]
    rng = window.stream("screening")
    posts, nationalities = events["point_of_entry"].isin(told["posts"]), events["nationality"].isin(told["nationalities"])
    arrivals = events[(events["direction"] == "entry") & posts & nationalities]
    day = arrivals["crossed_at"].to_numpy().astype("datetime64[D]")
    rows = arrivals.groupby([pd.Series(day, index=arrivals.index, name="day"), "point_of_entry", "nationality"]).size()
    rows = rows.rename("arrivals").reset_index()
    screened = rng.binomial(rows["arrivals"], told["screened"])
    rows, screened = rows[screened > 0].reset_index(drop=True), screened[screened > 0]
    suspected = rng.binomial(screened, told["suspected"])
    confirmed = rng.binomial(suspected, told["confirmed"])
    quarantined = confirmed + rng.binomial(suspected - confirmed, told["quarantined"])
    text = _labelled(rows, {"point_of_entry": "point_of_entry", "nationality": "country"}, "en")
    text["screened_on"] = rows["day"].to_numpy().astype("datetime64[D]").astype(str)
    text["persons_screened"] = screened.astype(str)
    for field, counted in {"suspected": suspected, "confirmed": confirmed, "quarantined": quarantined}.items():
        dashed = (counted == 0) & (rng.random(len(rows)) < 0.4)
        text[field] = np.where(dashed, "-", counted.astype(str))
    return text.assign(month=month_of(rows["day"].to_numpy().astype("datetime64[D]")))


def _some_of_each_month(rng: np.random.Generator, months: pd.Series, mean: float, fewest: int) -> np.ndarray:
    """Positions of a random few rows of each month."""
    chosen = []
    for month in sorted(months.unique()):
        here = np.flatnonzero(months == month)
        chosen.append(rng.permutation(here)[: max(fewest, rng.poisson(mean))])
    return np.concatenate(chosen)


def _recovered(rng: np.random.Generator, told: dict, rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Some claims end in money: a few months' wages, paid in the country of work or in kip."""
    wages = calibration()["workers"]["wage"]
    claim = rows["topic"].isin(told["topics_with_money"]) & rows["service"].isin(told["services_with_money"])
    settled = claim.to_numpy() & (rng.random(len(rows)) < told["settled"])
    currency = np.array([wages[code][0] for code in rows["destination"]], dtype=object)
    amount = np.array([wages[code][1] for code in rows["destination"]]) * rng.uniform(0.5, 4, len(rows))
    in_kip = rng.random(len(rows)) < told["in_kip"]
    worth = np.array([lak_per_unit(code, day.year) for code, day in zip(currency, rows["contacted_on"], strict=True)])
    amount, currency = np.where(in_kip, amount * worth, amount), np.where(in_kip, "LAK", currency)
    return np.where(settled, np.round(amount, -2), 0), np.where(settled, currency, "")


def _labelled(rows: pd.DataFrame, lists: dict[str, str], language: str) -> pd.DataFrame:
    return pd.DataFrame({field: labels(name, rows[field].to_numpy(), language) for field, name in lists.items()})
