"""Who came back: the ministry's register of returnees, and the registers and counts of the COVID-19 quarantine."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sample_data.calibration import calibration
from sample_data.checkpoints import checkpoints
from sample_data.codes import choose, code_list, labels
from sample_data.spells import document_numbers
from sample_data.stays import NUMBERS_PER_GROUP
from sample_data.window import Window, month_of
from sample_data.workers import MONTH_DAYS, Workers

FIRST_NUMBER = 9 * NUMBERS_PER_GROUP
NEIGHBOURS = ("THA", "VNM", "CHN", "KHM")
TO_SETTLE_DAYS = 30
CENTRE_HEADER = "ສູນຈຳກັດບໍລິເວນ"


def return_rows(window: Window, workers: Workers, stays: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """The returns in the window that were registered, in canonical codes.

    Each is the end of a stay that the crossings know too: of a registered worker, or of another Lao citizen who was
    long in a neighbouring country. Day and checkpoint are those of the crossing.
    """
    rng = window.stream("returns")
    rows = pd.concat([_workers_back(rng, window, workers), _others_back(rng, window, stays)], ignore_index=True)
    rows["returned_on"] = np.floor(rows["closed"]).astype(int).to_numpy().astype("datetime64[D]")
    rows["point_of_entry"] = _checkpoint_of_entry(rng, rows, events)
    told = calibration()["returns"]["assisted"]
    rows["assisted"] = np.where(rng.random(len(rows)) < rows["reason"].map(told).fillna(told["other"]), "yes", "no")
    rows["birth_year"] = rows["born"].dt.year
    rows["month"] = month_of(rows["returned_on"].to_numpy())
    return rows.sort_values(["returned_on", "document_no"], ignore_index=True)


def returnee_text(rows: pd.DataFrame) -> pd.DataFrame:
    """As the labour ministry types its register: Lao labels, the year of birth only."""
    return _labelled(rows).assign(person_ref=rows["document_no"], birth_year=rows["birth_year"].astype(str))


def quarantine_window(window: Window) -> Window:
    """The months for which quarantine centres kept registers: a fixed piece of history, whatever is generated."""
    told = calibration()["quarantine"]
    months = np.datetime64(told["last"], "M") - np.datetime64(told["first"], "M")
    return Window(int(months.astype(int)) + 1, told["last"], window.scale, window.seed)


def quarantine_rows(window: Window, workers: Workers) -> pd.DataFrame:
    """Persons received by quarantine centres, in canonical codes; some of them are registered workers later on."""
    told, history = calibration()["quarantine"], quarantine_window(window)
    rng = window.stream("quarantine")
    days = np.concatenate([_days_of_month(rng, history, told, month) for month in history.months])
    count = len(days)
    age_days = rng.triangular(15, 24, 60, count) * 365.25
    rows = pd.DataFrame(
        {
            "returned_on": days,
            "sex": np.where(rng.random(count) < told["female"], "female", "male"),
            "born": days - age_days.astype(int),
            "document_no": document_numbers(FIRST_NUMBER + np.arange(count)),
            "province": choose(rng, calibration()["workers"]["provinces"], count),
            "country_left": choose(rng, told["countries"], count),
            "assisted": np.where(rng.random(count) < told["assisted"], "yes", "no"),
        }
    )
    rows = _registered_later(rng, rows, workers, told["registered_later"])
    rows.loc[rng.random(count) < told["without_document"], "document_no"] = ""
    counterpart = pd.DataFrame({"counterpart": rows["country_left"], "by_air": ~rows["country_left"].isin(NEIGHBOURS)})
    rows["point_of_entry"] = checkpoints(rng, counterpart, rows["returned_on"].to_numpy().astype("datetime64[D]").astype(float))
    rows["centre"] = rng.integers(1, 40, count)
    rows["month"] = month_of(rows["returned_on"].to_numpy())
    return rows.sort_values("returned_on", kind="stable", ignore_index=True)


def quarantine_text(rows: pd.DataFrame) -> pd.DataFrame:
    """As the taskforce collected it from the centres: the age in words, often no document."""
    age = (rows["returned_on"] - rows["born"]).dt.days // 365.25
    centres = [f"SYN-{number:03d}" for number in rows["centre"]]
    return _labelled(rows).assign(person_ref=rows["document_no"], age=[f"{years:.0f} ປີ" for years in age], **{CENTRE_HEADER: centres})


def count_text(first: str = "2020-03-20") -> pd.DataFrame:
    """Cumulative counts by day, province and sex as situation reports gave them, a total row closing each day."""
    told = calibration()["returnee_counts"]
    days = _report_days(np.datetime64(first), np.datetime64(told["daily_until"]), np.datetime64(told["last"]))
    shares = calibration()["workers"]["provinces"]
    provinces, weights = list(shares), np.array(list(shares.values())) / sum(shares.values())
    total = np.interp(days.astype(float), *_curve(told["cumulative"]))
    cells = {
        label: np.floor(total[:, None] * weights * share).astype(int)
        for label, share in {"ຊາຍ": 1 - told["female"], "ຍິງ": told["female"]}.items()
    }
    for revision in told["revisions"]:
        after = days >= np.datetime64(revision["day"])
        for count in cells.values():
            count[after, provinces.index(revision["province"])] -= revision["fewer_of_each_sex"]
    listed = code_list("province")["label_lo"]
    names = [*(listed[code] for code in provinces), "ລວມ"]
    return pd.DataFrame(
        {
            "reported_on": np.repeat(pd.Series(days).dt.strftime("%d/%m/%Y").to_numpy(), len(names)),
            "province": names * len(days),
            **{label: np.column_stack([count, count.sum(axis=1)]).ravel().astype(str) for label, count in cells.items()},
            "month": np.repeat(month_of(days), len(names)),
        }
    )


def _workers_back(rng: np.random.Generator, window: Window, workers: Workers) -> pd.DataFrame:
    told = calibration()["returns"]
    rows = workers.contracts[_inside(window, workers.contracts["closed"])].merge(workers.people, left_on="person", right_index=True)
    rows = rows[rng.random(len(rows)) < told["registered_share"]]
    of_contract = (rows["closed"] - rows["opened"]) / (rows["months"] * MONTH_DAYS)
    ended = np.select([of_contract < 0.9, of_contract > 1.1], ["early", "late"], "in_time")
    kept = ["closed", "document_no", "sex", "born", "province"]
    return rows[kept].assign(country_left=rows["destination"], reason=_reasons(rng, ended))


def _others_back(rng: np.random.Generator, window: Window, stays: pd.DataFrame) -> pd.DataFrame:
    told = calibration()["returns"]
    long_stay = (stays["closed"] - stays["opened"] > told["long_days"]) & (stays["group"] == "lao_land")
    rows = stays[long_stay & _inside(window, stays["closed"])]
    rows = rows[rng.random(len(rows)) < told["others_share"]]
    province = choose(rng, calibration()["workers"]["provinces"], len(rows))
    reason = _reasons(rng, np.full(len(rows), "unregistered"))
    return rows[["closed", "document_no", "sex", "born"]].assign(province=province, country_left=rows["counterpart"], reason=reason)


def _inside(window: Window, moments: pd.Series) -> pd.Series:
    return moments.between(window.first_day.astype(float), window.end_day.astype(float), inclusive="left")


def _reasons(rng: np.random.Generator, ended: np.ndarray) -> np.ndarray:
    reasons = np.empty(len(ended), dtype=object)
    for how, shares in calibration()["returns"]["reasons"].items():
        here = ended == how
        reasons[here] = choose(rng, shares, here.sum())
    return reasons


def _checkpoint_of_entry(rng: np.random.Generator, rows: pd.DataFrame, events: pd.DataFrame) -> np.ndarray:
    """Where the crossing was recorded; a crossing that left no row went through a likely checkpoint."""
    entries = events[events["direction"] == "entry"]
    known = pd.Series(
        entries["point_of_entry"].to_numpy(),
        index=pd.MultiIndex.from_arrays([entries["document_no"], entries["crossed_at"].to_numpy().astype("datetime64[D]")]),
    )
    known = known[~known.index.duplicated()]
    found = known.reindex(pd.MultiIndex.from_arrays([rows["document_no"], rows["returned_on"].to_numpy().astype("datetime64[D]")]))
    counterpart = pd.DataFrame({"counterpart": rows["country_left"], "by_air": ~rows["country_left"].isin(NEIGHBOURS)})
    likely = checkpoints(rng, counterpart, rows["closed"].to_numpy())
    return np.where(found.isna(), likely, found)


def _days_of_month(rng: np.random.Generator, history: Window, told: dict, month: str) -> np.ndarray:
    """Days of arrival in one month: as many as the counts grew, in the sample's proportion."""
    first = np.datetime64(month, "D")
    end = (np.datetime64(month, "M") + 1).astype("datetime64[D]")
    grown = np.diff(np.interp(np.array([first, end]).astype(float) - 1, *_curve(calibration()["returnee_counts"]["cumulative"])))[0]
    count = max(told["fewest_rows"], round(grown * history.scale / told["persons_per_row"]))
    return np.sort(rng.choice(np.arange(first, end), count))


def _registered_later(rng: np.random.Generator, rows: pd.DataFrame, workers: Workers, share: float) -> pd.DataFrame:
    """Give a part of the rows to workers whose first registered departure came after, so that they can be followed."""
    first_opened = workers.contracts.groupby("person")["opened"].min()
    rows = rows.copy()
    settled = rows["returned_on"].max().to_datetime64().astype("datetime64[D]").astype(float) + TO_SETTLE_DAYS
    later = first_opened.index[first_opened > settled].to_numpy()
    chosen = rng.permutation(len(rows))[: min(round(len(rows) * share), len(later))]
    people = workers.people.loc[rng.permutation(later)[: len(chosen)]]
    for field in ("sex", "born", "document_no", "province"):
        rows.loc[rows.index[chosen], field] = people[field].to_numpy()
    return rows


def _curve(points: dict) -> tuple[np.ndarray, np.ndarray]:
    return np.array(list(points), dtype="datetime64[D]").astype(float), np.array(list(points.values()), dtype=float)


def _report_days(first: np.datetime64, daily_until: np.datetime64, last: np.datetime64) -> np.ndarray:
    days = np.arange(first, last + 1)
    mondays = (days.astype(int) + 3) % 7 == 0
    return days[(days <= daily_until) | mondays]


def _labelled(rows: pd.DataFrame) -> pd.DataFrame:
    lists = {
        "sex": ("sex", "sex"), "point_of_entry": ("point_of_entry", "point_of_entry"), "province_of_return": ("province", "province"),
        "country_left": ("country", "country_left"), "assisted": ("yes_no", "assisted"),
    }  # fmt: skip
    if "reason" in rows.columns:
        lists["reason"] = ("return_reason", "reason")
    text = pd.DataFrame({field: labels(name, rows[column].to_numpy(), "lo") for field, (name, column) in lists.items()})
    text["assisted"] = np.where(rows["assisted"] == "yes", "ແມ່ນ", "ບໍ່")
    text["returned_on"] = rows["returned_on"].dt.strftime("%d/%m/%Y")
    return text.assign(month=rows["month"])
