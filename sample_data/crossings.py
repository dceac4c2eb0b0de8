"""Stays → crossing events → rows as the two immigration extracts hold them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sample_data.calibration import calibration
from sample_data.checkpoints import checkpoints, checkpoints_back
from sample_data.codes import choose, labels
from sample_data.spells import opening_hours
from sample_data.window import Window

YEAR_ONLY_SHARE = 0.12
FREE_OF_VISA = ("THA", "VNM", "KHM", "MYS", "SGP", "CHN", "JPN", "KOR")
LONG_DAYS = 90


def recorded_events(window: Window, stays: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """The crossings that left a row, in canonical codes, oldest first; and which stays' ends were recorded."""
    rng = window.stream("crossings")
    first, end = window.first_day.astype(float), window.end_day.astype(float)
    scanned = {}
    for column in ("opened", "closed"):
        inside = stays[column].between(first, end, inclusive="left").to_numpy()
        scanned[column] = inside & (rng.random(len(stays)) >= calibration()["missing_scans"])
    details = stays.assign(**_declared(rng, stays))
    details["checkpoint_opened"] = checkpoints(rng, stays, stays["opened"].to_numpy())
    details["checkpoint_closed"] = checkpoints_back(rng, details)
    parts = [_events(details[scanned[column]], column) for column in ("opened", "closed")]
    events = pd.concat(parts, ignore_index=True).sort_values(["crossed_at", "document_no"], kind="stable", ignore_index=True)
    events["birth_year_only"] = ~events["by_air"] & (rng.random(len(events)) < YEAR_ONLY_SHARE)
    events["month"] = events["crossed_at"].to_numpy().astype("datetime64[M]").astype(str)
    return events, scanned["opened"], scanned["closed"]


def scanned_again(window: Window, events: pd.DataFrame) -> pd.DataFrame:
    """The events and, of a few, a second scan of the same crossing minutes later."""
    rng = window.stream("crossings/again")
    again = events[rng.random(len(events)) < calibration()["scanned_again"]]
    later = again["crossed_at"] + pd.to_timedelta(rng.integers(1, 25, len(again)), unit="min")
    repeated = pd.concat([events, again.assign(crossed_at=later)])
    return repeated.sort_values(["crossed_at", "document_no"], kind="stable", ignore_index=True)


def airport_text(events: pd.DataFrame) -> pd.DataFrame:
    """As airports send it: English labels, alpha-3 nationality, ISO timestamps."""
    rows = events[events["by_air"]].reset_index(drop=True)
    text = _labelled(rows, "en")
    text["crossed_at"] = rows["crossed_at"].to_numpy().astype("datetime64[s]").astype(str)
    text["direction"] = rows["direction"].map({"exit": "OUT", "entry": "IN"}).to_numpy()
    text["nationality"] = rows["nationality"]
    text["sex"] = rows["sex"].map({"female": "F", "male": "M"}).to_numpy()
    text["birth_date"] = rows["born"].to_numpy().astype("datetime64[D]").astype(str)
    return text


def land_text(events: pd.DataFrame) -> pd.DataFrame:
    """As land checkpoints send it: Lao labels, DD/MM/YYYY HH:MM, a year of birth beside or instead of the date."""
    rows = events[~events["by_air"]].reset_index(drop=True)
    text = _labelled(rows, "lo")
    text["crossed_at"] = pd.Series(rows["crossed_at"]).dt.strftime("%d/%m/%Y %H:%M")
    born = pd.Series(rows["born"])
    text["birth_date"] = born.dt.strftime("%d/%m/%Y").where(~rows["birth_year_only"], "")
    text["birth_year"] = born.dt.year.astype(str)
    return text


def _labelled(rows: pd.DataFrame, language: str) -> pd.DataFrame:
    lists = {
        "direction": "direction", "point_of_entry": "point_of_entry", "document_type": "document_type", "nationality": "country",
        "sex": "sex", "purpose": "travel_purpose", "counterpart_country": "country", "visa_class": "visa_class",
    }  # fmt: skip
    text = pd.DataFrame({field: labels(name, rows[field].to_numpy(), language) for field, name in lists.items()})
    text["document_no"] = rows["document_no"]
    text["intended_days"] = rows["intended_days"]
    text["month"] = rows["month"]
    return text


def _events(stays: pd.DataFrame, column: str) -> pd.DataFrame:
    opening = column == "opened"
    leaving = stays["abroad"] == opening
    home = stays["abroad"] & (not opening)
    return pd.DataFrame(
        {
            "crossed_at": opening_hours(stays[column].to_numpy()),
            "direction": np.where(leaving, "exit", "entry"),
            "point_of_entry": stays[f"checkpoint_{column}"],
            "document_type": stays["document_type"],
            "document_no": stays["document_no"],
            "nationality": stays["nationality"],
            "sex": stays["sex"],
            "born": stays["born"],
            "purpose": np.where(home, "return_home", stays["purpose"]),
            "counterpart_country": stays["counterpart"],
            "visa_class": stays["visa_class"],
            "intended_days": stays["intended_days"] if opening else "",
            "by_air": stays["by_air"],
        }
    )


def _declared(rng: np.random.Generator, stays: pd.DataFrame) -> dict[str, np.ndarray]:
    """Purpose, visa and intended days: told at the first crossing, so a long stay may be declared a short one."""
    count = len(stays)
    days = np.clip(stays["closed"] - stays["opened"], 0, 1095).to_numpy()
    worker, abroad = (stays["group"] == "workers").to_numpy(), stays["abroad"].to_numpy()
    short = choose(
        rng, {"tourism": 45, "visit_family": 25, "business": 12, "border_trade": 8, "medical": 5, "official": 3, "transport": 2}, count
    )
    long_term = choose(rng, {"work": 60, "study": 20, "visit_family": 10, "settlement": 5, "business": 5}, count)
    purpose = np.where(worker, "work", np.where(days > LONG_DAYS, long_term, short))
    understated = (days > LONG_DAYS) & ~worker & (rng.random(count) < 0.4)
    intended = np.where(understated, 30, np.maximum(1, np.round(days * rng.uniform(0.85, 1.2, count))))
    purpose = np.where(understated, "tourism", purpose)
    free = stays["nationality"].isin(FREE_OF_VISA).to_numpy() & (intended <= 30)
    by_purpose = {"work": "labour", "study": "student", "business": "business", "settlement": "spouse", "official": "official"}
    visa = np.array([by_purpose.get(word, "tourist") for word in purpose], dtype=object)
    at_border = choose(rng, {"tourist": 0.3, "on_arrival": 0.45, "evisa": 0.25}, count)
    visa = np.where(visa == "tourist", at_border, visa)
    visa = np.where(free, "exempt", visa)
    return {
        "purpose": purpose,
        "visa_class": np.where(abroad, "not_required", visa),
        "intended_days": np.clip(intended, 1, 1825).astype(int).astype(str).astype(object),
    }
