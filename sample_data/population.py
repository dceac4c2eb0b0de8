"""Population by province, sex and age: the census of 2015 exactly, and projections from it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sample_data.calibration import calibration
from sample_data.codes import code_list, whole_parts

CENSUS_YEAR = 2015


def population_years(last_year: int) -> list[int]:
    """The census and every projected year that is complete."""
    return [CENSUS_YEAR, *range(calibration()["census_2015"]["first_projection"], last_year + 1)]


def population_text(year: int) -> pd.DataFrame:
    """Rows of one year in the record's field names, with a total row per sex and age."""
    told = calibration()["census_2015"]
    growth = (1 + told["growth"]) ** (year - CENSUS_YEAR)
    provinces, ages = list(told["persons"]), list(told["ages"])
    census = np.array(list(told["persons"].values()))
    both = whole_parts(round(census.sum() * growth), census)
    female = whole_parts(round(told["female"] * growth), both.astype(float))
    labels, numbers = code_list("province")["label_en"], code_list("province")["lsb_code"]
    rows = []
    for sex, totals in {"Female": female, "Male": both - female}.items():
        cells = np.array([whole_parts(int(total), np.array(list(told["ages"].values()))) for total in totals])
        rows += [
            (year, numbers[code], labels[code], sex, age, cells[place, column])
            for place, code in enumerate(provinces)
            for column, age in enumerate(ages)
        ]
        rows += [(year, "", "Total", sex, age, cells[:, column].sum()) for column, age in enumerate(ages)]
    return pd.DataFrame(rows, columns=["reference_year", "Province code", "province", "sex", "age_group", "persons"]).astype(str)
