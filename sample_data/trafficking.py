"""Identified victims of trafficking, in the sheet of IOM's Human Trafficking Case Data Standard."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd

from sample_data.calibration import calibration
from sample_data.codes import choose, labels, whole_parts
from sample_data.deliveries import Outcome, filed
from sample_data.sheets import NOTICE, contract_of
from sample_data.window import Window
from sample_data.writers import write_workbook

EXTRACT = "ncatip__identified_victims"
FIRST_YEAR, LAST_PUBLISHED = 2020, 2021
ADDED_COLUMNS = ["Case Number", "Age Group"]  # which HTCDS does not have
WITHOUT_NAME = "Reason for Outgoing Referral"  # a column to which HTCDS gives a label only
WORDS = {"women": ("Woman", "adult"), "girls": ("Girl", "child"), "men": ("Man", "adult"), "boys": ("Boy", "child")}
REPEATED_QUARTERS = 4  # in one of so many quarters a clerk copies a line down
TOLD_OF_DIRT = ["month", "kind", "fate", "rows", "extract"]


def deliver_trafficking(inbox: Path, window: Window) -> Outcome:
    """A file per quarter since 2020, of whatever window: the published years are always among them."""
    made = Outcome()
    last = max(window.last, f"{LAST_PUBLISHED}-12")
    cases = pd.concat([_cases_of(window, year) for year in range(FIRST_YEAR, int(last[:4]) + 1)], ignore_index=True)
    ends = [f"{year}-{month:02d}" for year in range(FIRST_YEAR, int(last[:4]) + 1) for month in (3, 6, 9, 12)]
    for place, period in enumerate(end for end in ends if end <= last):
        rows = cases[cases["period"] == period]
        if place % REPEATED_QUARTERS == 1:
            rows = pd.concat([rows, rows[rows["Trafficking Status"].str.startswith("Actual")].iloc[[-1]]])
            made.dirt.append(pd.DataFrame([(period, "row_repeated", "duplicate", 1, EXTRACT)], columns=TOLD_OF_DIRT))
        path = inbox / EXTRACT / f"identified_victims_{period[:4]}-Q{int(period[5:]) // 3}_SYNTHETIC.xlsx"
        _write(path, rows)
        made.add(filed(EXTRACT, path, period, len(rows)))
    return made


def template() -> tuple[list[str], list[str]]:
    """The two rows of names, in one order: row 1 (hidden in IOM's own) and the labels. The first column numbers the lines."""
    names = contract_of(EXTRACT).tables[0].agrees_with.names
    above, labelled = [""], [""]
    for label, name in names.items():
        above.append(name)
        labelled.append(label)
        if label == "Referred Primary Case Worker":
            above.append("")
            labelled.append(WITHOUT_NAME)
    return [*above, *[""] * len(ADDED_COLUMNS)], [*labelled, *ADDED_COLUMNS]


def _write(path: Path, rows: pd.DataFrame) -> None:
    above, labelled = template()
    lines = [[number, *(row.get(label, "") for label in labelled[1:])] for number, row in enumerate(rows.to_dict("records"), start=1)]
    write_workbook(path, "Sheet1", [above], labelled, lines, [[NOTICE]])


def _cases_of(window: Window, year: int) -> pd.DataFrame:
    """All cases of one year under the sheet's labels, with the period (YYYY-MM) of their quarter."""
    told = calibration()["trafficking"]
    rng = window.stream(f"trafficking/{year}")
    figures = told["victims"][min(year, max(told["victims"]))]
    kind = np.repeat(list(figures), list(figures.values()))
    count, extra = len(kind), round(len(kind) * told["not_identified"])
    status = np.array(["Actual victim of trafficking"] * count + ["Possible victim of trafficking", "Not a victim of trafficking"] * extra)
    status = status[: count + extra]
    kind = np.concatenate([kind, rng.choice(list(figures), extra)])
    rows = pd.DataFrame({"Gender": [WORDS[word][0] for word in kind], "Trafficking Status": status})
    adult = np.array([WORDS[word][1] == "adult" for word in kind])
    bands = {name: choose(rng, told[f"{name}_bands"], len(rows)) for name in ("adult", "child")}
    rows["Age Group"] = np.where(adult, bands["adult"], bands["child"])
    rows["Type of Exploitation"] = _forms(rng, told, count, extra)
    rows["Location of Exploitation"] = labels("country", choose(rng, told["countries"], len(rows)), "en")
    rows[WITHOUT_NAME] = labels("assistance", choose(rng, told["assistance"], len(rows)), "en")
    _origins(rng, told, year, rows, count)
    days = _days(rng, year, len(rows))
    rows["Incoming Referral Date"] = [f"{day:%d/%m/%Y}" for day in days]
    rows["period"] = [f"{year}-{(day.month + 2) // 3 * 3:02d}" for day in days]
    rows["Case Number"] = [f"SYN-TIP-{year}-{number:04d}" for number in rng.permutation(len(rows)) + 1]
    return _with_names(rows.iloc[np.argsort(days, kind="stable")].reset_index(drop=True))


def _forms(rng: np.random.Generator, told: dict, count: int, extra: int) -> np.ndarray:
    """Exactly the published proportions among actual victims, in any order; a second form after the first for some."""
    parts = whole_parts(count, np.array(list(told["forms"].values()), dtype=float))
    codes = np.concatenate([rng.permutation(np.repeat(list(told["forms"]), parts)), choose(rng, told["forms"], extra)])
    words = labels("exploitation_form", codes, "en")
    second = (rng.random(len(words)) < told["also_sexual"]) & (codes != "sexual_exploitation")
    return np.where(second, words + ";Sexual exploitation", words)


def _origins(rng: np.random.Generator, told: dict, year: int, rows: pd.DataFrame, count: int) -> None:
    """Citizenship and, for citizens, the province: foreigners are the published number among actual victims."""
    share = told["foreign"][LAST_PUBLISHED] / sum(told["victims"][LAST_PUBLISHED].values())
    foreign = np.zeros(len(rows), dtype=bool)
    foreign[rng.permutation(count)[: told["foreign"].get(year, round(count * share))]] = True
    nationality = np.where(foreign, choose(rng, told["foreign_nationalities"], len(rows)), "LAO")
    rows["Citizenship"] = labels("country", nationality, "en")
    province = labels("province", choose(rng, told["provinces"], len(rows)), "en")
    rows["Mailing State/Province"] = np.where(foreign, "", province)


def _days(rng: np.random.Generator, year: int, count: int) -> list[dt.date]:
    start = dt.date(year, 1, 1)
    length = (dt.date(year + 1, 1, 1) - start).days
    return [start + dt.timedelta(days=int(day)) for day in rng.integers(0, length, count)]


def _with_names(rows: pd.DataFrame) -> pd.DataFrame:
    """What a real sheet says of a person, invented: none of it may land."""
    number = pd.Series(np.arange(1, len(rows) + 1)).map("{:04d}".format)
    return rows.assign(
        **{
            "First Name": "Invented " + number,
            "Second Name": "Person " + number,
            "Birthdate": "01/01/1900",
            "Email": "invented" + number + "@nowhere.example",
            "Mobile Phone": "020 0000 " + number,
            "Mailing Street": "House " + number,
            "Mailing City": "Ban Sommut",
            "Mailing Zip/Postal Code": "0" + number,
            "Mailing Country": "Lao PDR",
            "Case Owner": "Invented Officer",
            "Consent": "Yes",
            "Status": "Open",
        }
    )
