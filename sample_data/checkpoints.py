"""Which checkpoint a crossing goes through: one of the right kind, open to international travel on that day."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sample_data.calibration import calibration
from sample_data.codes import choose, code_list

SAME_BACK = 0.85
ALWAYS_SINCE, FOR_EVER = "0001-01-01", "9999-12-31"
USUAL_NEIGHBOUR = "THA"  # the way over land to a country that is not a neighbour


def checkpoints(rng: np.random.Generator, stays: pd.DataFrame, moments: np.ndarray) -> np.ndarray:
    """A checkpoint for each stay's crossing at ``moments`` (days since 1970)."""
    listed = _listed()
    weights = calibration()["point_of_entry_weights"]
    neighbours = set(listed["neighbour_code"]) - {""}
    over_land = np.where(stays["counterpart"].isin(neighbours), stays["counterpart"], USUAL_NEIGHBOUR)
    way = np.where(stays["by_air"], "air", over_land)
    dates = _days(moments)
    changes = np.unique(np.concatenate([listed["since"], listed["until"]]))
    era = np.searchsorted(changes, dates, side="right")
    found = np.empty(len(stays), dtype=object)
    for leg, number in pd.MultiIndex.from_arrays([way, era]).unique():
        here = (way == leg) & (era == number)
        of_leg = (
            listed[listed["kind"] == "airport"]
            if leg == "air"
            else listed[(listed["kind"] != "airport") & (listed["neighbour_code"] == leg)]
        )
        day = dates[here][0]
        pool = of_leg[(of_leg["since"] <= day) & (of_leg["until"] > day)]
        found[here] = choose(rng, {code: weights.get(code, 1.0) for code in pool.index}, here.sum())
    return found


def checkpoints_back(rng: np.random.Generator, stays: pd.DataFrame) -> np.ndarray:
    """Where the stay ends: mostly where it began, unless that checkpoint has closed since."""
    moments = stays["closed"].to_numpy()
    other = checkpoints(rng, stays, moments)
    until = stays["checkpoint_opened"].map(_listed()["until"]).to_numpy().astype("datetime64[D]")
    same = (rng.random(len(stays)) < SAME_BACK) & (_days(moments) < until)
    return np.where(same, stays["checkpoint_opened"], other)


def _listed() -> pd.DataFrame:
    """The code list with ``since`` and ``until`` (the day after the last) of international opening."""
    listed = code_list("point_of_entry")
    listed = listed[listed["is_unknown"].str.lower() != "true"]
    since = listed[["opened_on", "international_from"]].max(axis=1).replace("", ALWAYS_SINCE)
    ends = listed[["closed_on", "international_to"]].replace("", FOR_EVER)
    return listed.assign(since=since.to_numpy().astype("datetime64[D]"), until=ends.min(axis=1).to_numpy().astype("datetime64[D]"))


def _days(moments: np.ndarray) -> np.ndarray:
    return np.minimum(moments, 2_900_000).astype(int).astype("datetime64[D]")
