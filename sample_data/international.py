"""The two international extracts, with published figures in the layout of the real files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from sample_data.calibration import calibration
from sample_data.codes import whole_parts
from sample_data.writers import write_workbook

SERIES = ("Personal remittances, received (current US$)", "BX.TRF.PWKR.CD.DT")
FIRST_YEAR = 1960


def write_world_bank(folder: Path) -> int:
    """One workbook per vintage in the layout of World Development Indicators; returns the number of files."""
    told = calibration()["world_bank"]
    lao: dict[int, float] = {}
    for vintage, values in told["vintages"].items():
        lao = lao | values["LAO"]
        countries = {"LAO": {"name": "Lao PDR", "values": lao}, **told["neighbours"]}
        years = list(range(FIRST_YEAR, max(lao) + 1))
        rows = [
            [entry["name"], code, *SERIES, *(entry["values"].get(year, "") for year in years)] for code, entry in sorted(countries.items())
        ]
        banner = [["Data Source", "World Development Indicators"], ["Last Updated Date", vintage], []]
        header = ["Country Name", "Country Code", "Indicator Name", "Indicator Code", *map(str, years)]
        write_workbook(folder / f"API_BX.TRF.PWKR.CD.DT_SYNTHETIC_{vintage}.xlsx", "Data", banner, header, rows, [])
    return len(told["vintages"])


def migrant_stock_rows() -> pd.DataFrame:
    """Both revisions of the Lao-born abroad and of foreigners in Lao PDR, by sex, with the published totals."""
    told = calibration()["undesa"]
    rows: list[tuple] = []
    for revision, abroad in told["lao_abroad"].items():
        for year, total in abroad["totals"].items():
            rows += _abroad(told, revision, year, total)
        for year, total in told["foreigners"][revision].items():
            parts = whole_parts(total, np.array(list(told["foreign_named"].values()), dtype=float))
            for origin, persons in zip(told["foreign_named"], parts, strict=True):
                rows += _by_sex("LAO", year, origin, int(persons), told["foreign_female_share"], birth=False, revision=revision)
    columns = ["geo", "t", "from", "sex", "n", "type_b", "type_c", "type_r", "type_i", "revision"]
    return pd.DataFrame(rows, columns=columns)


def _abroad(told: dict, revision: int, year: int, total: int) -> list[tuple]:
    """Named destinations at their published number in 2020 (other years in proportion), the rest spread."""
    abroad = told["lao_abroad"][revision]
    ratio = total / abroad["totals"][2020]
    persons = {code: round(number * ratio) for code, number in abroad["named"].items()}
    rest = whole_parts(total - sum(persons.values()), np.array(list(told["rest"].values()), dtype=float))
    persons |= dict(zip(told["rest"], rest.tolist(), strict=True))
    citizens = told["basis"]["citizenship_2024"] if revision == 2024 else []
    shares = told["female_share"]
    rows = []
    for code, number in persons.items():
        rows += _by_sex(code, year, "LAO", number, shares.get(code, shares["other"]), birth=code not in citizens, revision=revision)
    return rows


def _by_sex(geo: str, year: int, origin: str, persons: int, female: float, *, birth: bool, revision: int) -> list[tuple]:
    women = round(persons * female)
    kind = (int(birth), int(not birth), 0, 0, revision)
    return [(geo, year, origin, "female", women, *kind), (geo, year, origin, "male", persons - women, *kind)]
