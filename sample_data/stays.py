"""Every stay of the synthetic world in one table: travellers and registered workers together."""

from __future__ import annotations

import hashlib
import hmac

import numpy as np
import pandas as pd

from ingestion.identifiers import DEMO_KEY
from sample_data.calibration import calibration
from sample_data.codes import choose
from sample_data.spells import NEVER, persons, traveller_spells
from sample_data.window import Window, level
from sample_data.workers import Workers

NUMBERS_PER_GROUP = 100_000_000
GROUPS = ("lao_land", "lao_air", "foreign_land", "foreign_air")
FLOWN_TO = ("KOR", "JPN")


def first_number(group: str) -> int:
    """Where the document numbers of a group start."""
    return (("workers", *GROUPS).index(group) + 1) * NUMBERS_PER_GROUP


def all_stays(window: Window, workers: Workers) -> pd.DataFrame:
    """One row per stay.

    Columns: group, document_no, sex, born, nationality, document_type, counterpart, by_air, opened, closed
    (days since 1970), abroad (True for a Lao citizen's stay outside, False for a foreigner's stay inside).
    """
    staff = _worker_stays(workers)
    rows = _rows_left(window, staff)
    parts = [staff]
    for group in GROUPS:
        told = calibration()["travellers"][group]
        parts.append(_traveller_stays(window, group, told["share_of_rows"] * rows["air" if group.endswith("air") else "land"]))
    return pd.concat(parts, ignore_index=True)


def _rows_left(window: Window, staff: pd.DataFrame) -> dict[str, float]:
    """Crossings to be filled by travellers in the window, when the workers' are taken off."""
    told = calibration()
    busy = level(np.array(window.months, dtype="datetime64[M]")).sum() * window.scale
    first, end = window.first_day.astype(float), window.end_day.astype(float)
    found = {}
    for mode, name in {"air": "crossings_airports", "land": "crossings_land"}.items():
        mine = staff[staff["by_air"] == (mode == "air")]
        events = sum(int(mine[column].between(first, end, inclusive="left").sum()) for column in ("opened", "closed"))
        found[mode] = max(0.0, told["volumes"][name] * busy - events * (1 - told["missing_scans"]))
    return found


def _worker_stays(workers: Workers) -> pd.DataFrame:
    stays = workers.contracts[["person", "opened", "closed"]].merge(workers.people, left_on="person", right_index=True)
    return pd.DataFrame(
        {
            "group": "workers",
            "document_no": stays["document_no"],
            "sex": stays["sex"],
            "born": stays["born"],
            "nationality": "LAO",
            "document_type": "passport",
            "counterpart": stays["destination"],
            "by_air": stays["destination"].isin(FLOWN_TO),
            "opened": stays["opened"],
            "closed": stays["closed"],
            "abroad": True,
        }
    )


def _traveller_stays(window: Window, group: str, wanted_rows: float) -> pd.DataFrame:
    told = calibration()["travellers"][group]
    spells = traveller_spells(window, group, wanted_rows)
    count = int(spells["person"].max()) + 1 if len(spells) else 1
    rng = window.stream(f"{group}/details")
    people = persons(window, group, count, told["female"], first_number(group))
    people["nationality"] = choose(rng, told["nationality"], count)
    people["document_type"] = choose(rng, told["document"], count)
    stays = spells.merge(people, left_on="person", right_index=True)
    counterpart = choose(rng, told["counterpart"], len(stays)) if told["counterpart"] else stays["nationality"].to_numpy()
    if group == "foreign_land":
        neighbours = list(told["counterpart"])
        counterpart = np.where(stays["nationality"].isin(neighbours), stays["nationality"], counterpart)
    pass_only = stays["document_type"].str.contains("border_pass") & ~pd.Series(counterpart, index=stays.index).isin(
        ["THA", "VNM", "CHN", "KHM"]
    )
    return pd.DataFrame(
        {
            "group": group,
            "document_no": stays["document_no"],
            "sex": stays["sex"],
            "born": stays["born"],
            "nationality": stays["nationality"],
            "document_type": np.where(pass_only, "passport", stays["document_type"]),
            "counterpart": counterpart,
            "by_air": group.endswith("air"),
            "opened": stays["opened"],
            "closed": stays["closed"],
            "abroad": group.startswith("lao"),
        }
    )


def truth(window: Window, stays: pd.DataFrame, opening_recorded: np.ndarray, closing_recorded: np.ndarray) -> pd.DataFrame:
    """What the warehouse should find: one row per stay that touches the window.

    ``person_key`` is the pseudonym under the public demo key, so that stays can be compared one by one.
    """
    first, end = window.first_day.astype(float), window.end_day.astype(float)
    kept = (stays["closed"] >= first).to_numpy()
    stays = stays[kept].reset_index(drop=True)
    is_open = (stays["closed"] >= end).to_numpy()
    opened_on = pd.Series(np.floor(stays["opened"]).astype(int).to_numpy().astype("datetime64[D]"))
    distinct, person = np.unique(stays["document_no"].to_numpy().astype(str), return_inverse=True)
    closed = np.floor(np.minimum(stays["closed"], NEVER / 1000)).astype(int).to_numpy().astype("datetime64[D]")
    closed_on = pd.Series(closed).mask(is_open)
    days = (closed_on - opened_on).dt.days
    reached = [is_open, closed_on >= opened_on + pd.DateOffset(months=12), closed_on >= opened_on + pd.DateOffset(months=3)]
    return pd.DataFrame(
        {
            "person_key": np.array([_pseudonym(number) for number in distinct], dtype=np.int64)[person],
            "traveller_group": stays["group"],
            "is_abroad": stays["abroad"],
            "by_air": stays["by_air"],
            "opened_on": opened_on,
            "closed_on": closed_on,
            "duration_days": days.astype("Int64"),
            "duration_class": np.select(reached, ["open", "ge_12m", "m3_to_12"], "lt_3m"),
            "opened_in_window": (stays["opened"] >= first).to_numpy(),
            "opening_recorded": opening_recorded[kept],
            "closing_recorded": closing_recorded[kept] & ~is_open,
        }
    )


def _pseudonym(document_no: str) -> int:
    return int(hmac.new(DEMO_KEY.encode(), document_no.encode(), hashlib.sha256).hexdigest()[:15], 16)
