"""The census of 2015 by place of birth: foreign-born residents, and residents born in another province."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from sample_data.calibration import calibration
from sample_data.codes import code_list, whole_parts
from sample_data.deliveries import Outcome, filed
from sample_data.sheets import write_delivery

EXTRACT = "lsb__census_migrants"
CENSUS_YEAR = 2015
ALL_AGES = "All ages"
KEYS = ["origin", "origin_province", "sex", "age_group"]


def deliver_census_migrants(inbox: Path) -> Outcome:
    """The one file of the census."""
    table = census_text()
    path = inbox / EXTRACT / f"census_migrants_{CENSUS_YEAR}_SYNTHETIC.csv"
    write_delivery(EXTRACT, path, table, banner=[], totals=False)
    return filed(EXTRACT, path, f"{CENSUS_YEAR}-12", len(table))


def census_text() -> pd.DataFrame:
    """Rows in the record's field names, English labels, with a total row over the provinces of residence."""
    parts = pd.DataFrame(
        [*_foreign_born(), *_internal()], columns=["origin", "origin_province", "destination_province", *KEYS[2:], "persons"]
    )
    parts = parts[parts["persons"] > 0]
    totals = parts.groupby(KEYS, sort=False, as_index=False)["persons"].sum().assign(destination_province="Total")
    return pd.concat([parts, totals]).assign(reference_year=CENSUS_YEAR).astype(str)


def _foreign_born() -> list[tuple]:
    told = calibration()["census_migrants_2015"]
    countries = {code: weight for code, weight in calibration()["undesa"]["foreign_named"].items() if code in code_list("country").index}
    provinces = list(calibration()["census_2015"]["persons"])
    weights = np.array([_of(told["foreign_born_provinces"], code) for code in provinces])
    ages = told["foreign_born_ages"]
    rows = []
    for country, persons in zip(countries, whole_parts(told["foreign_born"], np.array(list(countries.values()), dtype=float)), strict=True):
        for province, here in zip(provinces, whole_parts(int(persons), weights), strict=True):
            women = round(here * told["foreign_born_female"])
            for sex, number in {"Female": women, "Male": int(here) - women}.items():
                cells = whole_parts(number, np.array(list(ages.values()), dtype=float))
                rows += [(_country(country), "", _province(province), sex, age, cell) for age, cell in zip(ages, cells, strict=True)]
    return rows


def _internal() -> list[tuple]:
    told = calibration()["census_migrants_2015"]
    persons = calibration()["census_2015"]["persons"]
    rows = []
    for residence, living in persons.items():
        births = {code: number for code, number in persons.items() if code != residence}
        moved = whole_parts(round(living * _of(told["born_in_another_province"], residence)), np.array(list(births.values()), dtype=float))
        for birth, number in zip(births, moved, strict=True):
            women = round(number * told["internal_female"])
            rows += [
                (_country("LAO"), _province(birth), _province(residence), sex, ALL_AGES, cell)
                for sex, cell in {"Female": women, "Male": int(number) - women}.items()
            ]
    return rows


def _of(shares: dict, code: str) -> float:
    return shares.get(code, shares["other"])


def _country(code: str) -> str:
    return code_list("country").loc[code, "label_en"]


def _province(code: str) -> str:
    return code_list("province").loc[code, "label_en"]
