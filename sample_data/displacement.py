"""Displacement by event: every recording counts all sites again."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd

from sample_data.calibration import calibration
from sample_data.codes import code_list, whole_parts
from sample_data.deliveries import Outcome, filed
from sample_data.sheets import headed
from sample_data.window import Window
from sample_data.writers import delivered_on, write_csv

EXTRACT = "iom__dtm_displacement"
SENT_AFTER_DAYS = 12
WRONG_FIRST = "2019-09"  # the month in which a line is typed wrong, and right below it again


def deliver_displacement(inbox: Path, window: Window) -> Outcome:
    """A file for each month with a recording up to the window's end, since the events are few."""
    made = Outcome()
    rows = recording_rows(window)
    for place, (month, table) in enumerate(rows.groupby("month")):
        text = _as_text(table.reset_index(drop=True))
        if month == WRONG_FIRST:
            wrong = text.iloc[[3]].assign(female=str(int(text["persons"][3]) + 70))
            text = pd.concat([text.iloc[:3], wrong, text.iloc[3:]], ignore_index=True)
            made.dirt.append(
                pd.DataFrame({"month": [month], "kind": "female_above_persons", "fate": "rejected", "rows": 1, "extract": EXTRACT})
            )
        path = inbox / EXTRACT / f"dtm_displacement_{month}_SYNTHETIC.csv"
        write_csv(path, headed(EXTRACT, text, variant=int(place >= 4)))
        made.add(filed(EXTRACT, path, month, len(text)))
        moment = dt.datetime.combine(max(table["recorded_on"]), dt.time(9)) + dt.timedelta(days=SENT_AFTER_DAYS)
        delivered_on(path, min(moment, dt.datetime.now() - dt.timedelta(hours=1)))
    return made


def recording_rows(window: Window) -> pd.DataFrame:
    """One row per site and recording, in canonical codes; the persons of a recording are its calibrated total."""
    told = calibration()["displacement"]
    parts = []
    for event, about in told["events"].items():
        rng = window.stream(f"displacement/{event}")
        sites = _sites(rng, told, about["districts"])
        for recorded_on, persons in sorted(about["recorded"].items()):
            parts.append(_recording(rng, told, sites, persons).assign(event=event, cause=about["cause"], recorded_on=recorded_on))
            stays_open = rng.random(len(sites)) >= told["closes"]
            stays_open[0] = True
            sites = sites[stays_open].reset_index(drop=True)
    rows = pd.concat(parts, ignore_index=True)
    rows["month"] = [f"{day:%Y-%m}" for day in rows["recorded_on"]]
    return rows[rows["month"] <= window.last].reset_index(drop=True)


def _sites(rng: np.random.Generator, told: dict, districts: list[str]) -> pd.DataFrame:
    least, most = told["sites_per_district"]
    counts = rng.integers(least, most + 1, len(districts))
    district = np.repeat(districts, counts)
    number = np.concatenate([np.arange(1, count + 1) for count in counts])
    names = code_list("district").loc[district, "label_en"].to_numpy()
    site = [f"{name} evacuation centre {place}" for name, place in zip(names, number, strict=True)]
    return pd.DataFrame({"district": district, "site": site, "weight": rng.gamma(2.0, 1.0, len(site))})


def _recording(rng: np.random.Generator, told: dict, sites: pd.DataFrame, total: int) -> pd.DataFrame:
    persons = whole_parts(total, sites["weight"].to_numpy())
    female = rng.binomial(persons, told["female"])
    not_stated = np.where(rng.random(len(sites)) < told["sex_not_stated"], rng.binomial(persons - female, 0.1), 0)
    return sites.drop(columns="weight").assign(
        persons=persons,
        households=np.ceil(persons / told["persons_per_household"]).astype(int),
        female=female,
        male=persons - female - not_stated,
        under_18=rng.binomial(persons, told["under_18"]),
    )


def _as_text(rows: pd.DataFrame) -> pd.DataFrame:
    """As IOM sends it: English names, ISO dates, the number of the recording beside what the contract reads."""
    district = code_list("district").loc[rows["district"]]
    text = rows.astype(str)
    text["district"] = district["label_en"].to_numpy()
    text["province"] = code_list("province").loc[district["province_code"], "label_en"].to_numpy()
    text["cause"] = code_list("displacement_cause").loc[rows["cause"], "label_en"].to_numpy()
    text["District code"] = rows["district"]
    text["Province code"] = district["province_code"].to_numpy()
    return text
