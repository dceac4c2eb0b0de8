"""Occupational injuries by industry, sex and migrant status, a workbook a year."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from sample_data.calibration import calibration
from sample_data.codes import code_list, whole_parts
from sample_data.deliveries import Outcome, filed
from sample_data.dirt import LAO_DIGITS
from sample_data.sheets import NOTICE, contract_of
from sample_data.window import Window
from sample_data.writers import write_workbook

EXTRACT = "molsw__occupational_injuries"
ABOVE = ["ລ/ດ", "ຂະແໜງການ", "ເພດ", "ສະຖານະແຮງງານ", "ຈຳນວນແຮງງານ", "ຈຳນວນຜູ້ປະສົບອຸບັດຕິເຫດ", ""]
BELOW = ["", "", "", "", "", "ເສຍຊີວິດ", "ບໍ່ເສຍຊີວິດ"]
TOTAL, NOT_TOLD, NIL = "ລວມ", "..", "-"


def deliver_injuries(inbox: Path, window: Window, last_year: int) -> Outcome:
    """One workbook for each year since the register began; the first was typed with Lao digits."""
    outcome = Outcome()
    for year in range(calibration()["occupational_injuries"]["first_year"], last_year + 1):
        rows = sheet_rows(injury_cells(window, year))
        told_year = str(year).translate(LAO_DIGITS) if not outcome.files else str(year)
        banner = [[NOTICE], [contract_of(EXTRACT).ministry.lo], [f"{contract_of(EXTRACT).title.lo} ປະຈຳປີ {told_year}"], [""], ABOVE]
        path = inbox / EXTRACT / f"occupational_injuries_{year}_SYNTHETIC.xlsx"
        write_workbook(path, "ຂໍ້ມູນ", banner, BELOW, rows, [[f"ໝາຍເຫດ: {NOTICE}"]])
        outcome.add(filed(EXTRACT, path, f"{year}-12", len(rows)))
    return outcome


def injury_cells(window: Window, year: int) -> pd.DataFrame:
    """One row per industry, sex and migrant status, in canonical codes: workers, fatal, non_fatal (-1 where not told)."""
    told = calibration()["occupational_injuries"]
    rng = window.stream(f"injuries/{year}")
    whole = round(told["workers"] * (1 + told["growth"]) ** (year - told["first_year"]))
    rows = []
    for industry, workers in zip(told["industries"], whole_parts(whole, np.array(list(told["industries"].values()))), strict=True):
        for status, of_status in {"migrant": told["migrant_share"][industry], "non_migrant": 1 - told["migrant_share"][industry]}.items():
            for sex, of_sex in {"female": told["female"][industry], "male": 1 - told["female"][industry]}.items():
                exposed = round(workers * of_status * of_sex)
                rate = told["injuries_per_100000"][industry] / 100_000 * (told["migrants_at_risk"] if status == "migrant" else 1)
                injured = min(exposed, rng.poisson(exposed * rate))
                fatal = rng.binomial(injured, told["fatal_share"])
                hidden = status == "migrant" and industry in told["not_told"]
                rows.append((industry, sex, status, exposed, *((-1, -1) if hidden else (fatal, injured - fatal))))
    return pd.DataFrame(rows, columns=["industry", "sex", "migrant_status", "workers", "fatal", "non_fatal"])


def sheet_rows(cells: pd.DataFrame) -> list[list]:
    """As the ministry's table has them: a dash for nil, dots for what employers do not tell, a total per sex and status."""
    labels = {name: code_list(name)["label_lo"] for name in ("industry", "sex", "migrant_status")}
    rows = []
    for (status, sex), part in cells.groupby(["migrant_status", "sex"], sort=False):
        named = [labels["sex"][sex], labels["migrant_status"][status]]
        for line in part.itertuples():
            rows.append([len(rows) + 1, labels["industry"][line.industry], *named, line.workers, _cell(line.fatal), _cell(line.non_fatal)])
        sums = part[["workers", "fatal", "non_fatal"]].clip(lower=0).sum()
        rows.append(["", TOTAL, *named, *(int(number) for number in sums)])
    return rows


def _cell(number: int) -> int | str:
    return {-1: NOT_TOLD, 0: NIL}.get(number, number)
