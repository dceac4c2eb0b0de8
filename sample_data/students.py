"""Students abroad: Lao travellers whose long stay began before an academic year, in the ministry's yearly lists."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from sample_data.calibration import calibration
from sample_data.codes import choose, labels
from sample_data.deliveries import Outcome, filed
from sample_data.dirt import soil
from sample_data.sheets import write_delivery
from sample_data.window import Window

EXTRACT = "moes__students_abroad"
BUDDHIST = 543
NAMES = "ຊື່ ແລະ ນາມສະກຸນ"


def deliver_students(inbox: Path, window: Window, stays: pd.DataFrame) -> Outcome:
    """A list for each complete year of the window and the year before; a year in which nobody left has none."""
    made = Outcome()
    rows = student_rows(window, stays)
    text, spoilt = soil(window, EXTRACT, student_text(rows))
    listed = range(window.years[0] - 1, window.last_year + 1)
    for place, year in enumerate(listed):
        table = text[text["month"] == f"{year}-12"].reset_index(drop=True)
        if len(table):
            path = inbox / EXTRACT / f"students_abroad_{year}_SYNTHETIC.xlsx"
            write_delivery(EXTRACT, path, table, banner=[], totals=True, variant=int(place >= len(listed) // 2))
            made.add(filed(EXTRACT, path, f"{year}-12", len(table)))
    made.dirt.append(spoilt[spoilt["month"].isin([f"{year}-12" for year in listed])])
    return made


def student_rows(window: Window, stays: pd.DataFrame) -> pd.DataFrame:
    """One row per student and year, in canonical codes: among those who left in time, so many that countries have their shares."""
    told = calibration()["students_abroad"]
    rng = window.stream("students")
    moments = np.floor(stays["opened"].to_numpy()).astype(int).astype("datetime64[D]")
    month = moments.astype("datetime64[M]").astype(int) % 12 + 1
    age = (stays["opened"] - stays["born"].to_numpy().astype("datetime64[D]").astype(float)) / 365.25
    passport = stays["abroad"] & (stays["document_type"] == "passport") & (stays["group"] != "workers")
    long = stays["closed"] - stays["opened"] >= told["least_stay_days"]
    fitting = passport & long & pd.Series(month, index=stays.index).between(*told["departs_in"]) & age.between(*told["ages"])
    left = stays[fitting].assign(start_year=moments[fitting.to_numpy()].astype("datetime64[Y]").astype(int) + 1970, age=age[fitting])
    left = left.drop_duplicates(["document_no", "start_year"])
    rows = pd.concat([left.iloc[:0], *(_in_proportion(rng, told["destinations"], part) for _, part in left.groupby("start_year"))])
    rows = rows.reset_index(drop=True)
    level = choose(rng, told["levels"], len(rows))
    for code, least in told["least_age"].items():
        level[(level == code) & (rows["age"].to_numpy() < least)] = "ED6"
    return pd.DataFrame(
        {
            "student_ref": rows["document_no"],
            "sex": rows["sex"],
            "birth_date": rows["born"].to_numpy().astype("datetime64[D]"),
            "province": choose(rng, told["provinces"], len(rows)),
            "destination": rows["counterpart"],
            "level": level,
            "field": choose(rng, told["fields"], len(rows)),
            "sponsor": choose(rng, told["sponsors"], len(rows)),
            "start_year": rows["start_year"],
        }
    )


def student_text(rows: pd.DataFrame) -> pd.DataFrame:
    """As the ministry types it: Lao labels, DD/MM/YYYY, academic years of the Buddhist era, and a name that must not land."""
    text = rows.copy()
    text["birth_date"] = pd.Series(rows["birth_date"]).dt.strftime("%d/%m/%Y")
    for field, name in {
        "sex": "sex", "province": "province", "destination": "country", "level": "isced_level", "field": "isced_field",
        "sponsor": "sponsor",
    }.items():  # fmt: skip
        text[field] = labels(name, rows[field].to_numpy(), "lo")
    era = rows["start_year"] + BUDDHIST
    text["start_year"] = era.astype(str) + "-" + (era + 1).astype(str)
    text["month"] = rows["start_year"].astype(str) + "-12"
    text[NAMES] = [f"ຊື່ສົມມຸດ {number:04d}" for number in range(1, len(rows) + 1)]
    return text


def _in_proportion(rng: np.random.Generator, shares: dict[str, int], left: pd.DataFrame) -> pd.DataFrame:
    """As many of each country as keep the shares of the two largest, from those there are; at least one of the largest."""
    there = left["counterpart"].value_counts()
    largest = sorted(shares, key=shares.get)[-2:]
    scale = max(min(there.get(code, 0) / shares[code] for code in largest), 1 / shares[largest[-1]])
    parts = []
    for code, share in shares.items():
        of_country = left[left["counterpart"] == code]
        parts.append(of_country.iloc[rng.permutation(len(of_country))[: round(share * scale)]])
    return pd.concat(parts)
