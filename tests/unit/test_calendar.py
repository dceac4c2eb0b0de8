"""The delivery calendar: what was due, what came, and an extract that has ended."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from ingestion.archive import UNPLACED, Submission
from ingestion.contract import Contract, load_contract, load_contracts
from ingestion.paths import CONTRACTS
from ingestion.yaml_model import DeclarationError
from orchestration.calendar import calendar_rows, missing, statuses
from orchestration.defs.deliveries import delivery_asset
from tests.deliver import CROSSINGS

TODAY = dt.date(2024, 5, 12)


def contract(**changes: object) -> Contract:
    return load_contracts()[CROSSINGS].model_copy(update={"cadence": "monthly", "due_day": 10, **changes})


def came(period: str, received: str, outcome: str = "landed") -> Submission:
    return Submission(CROSSINGS, period, received, ".csv", f"{received}.csv", 1, f"{received}T08:00:00Z", outcome=outcome)


def test_a_delivery_is_on_time_late_missing_or_not_due() -> None:
    history = [
        came("2024-01", "2024-02-10"),
        came("2024-02", "2024-03-15", "superseded"),
        came("2024-02", "2024-04-15"),
        came("2024-03", "2024-04-05", "refused"),
        came(UNPLACED, "2024-04-06", "refused"),
    ]
    assert statuses(contract(), history, TODAY) == {
        "2024-01": ("on_time", 0),
        "2024-02": ("late", 5),
        "2024-03": ("missing", 0),
        "2024-04": ("missing", 0),
        "2024-05": ("not_due", 0),
    }


def test_quarters_and_years_stand_in_their_last_month() -> None:
    assert list(statuses(contract(cadence="quarterly"), [came("2023-12", "2024-01-09")], TODAY)) == ["2023-12", "2024-03", "2024-06"]
    assert statuses(contract(cadence="yearly", due_day=120), [came("2023-10", "2023-10-26")], TODAY) == {
        "2023-12": ("on_time", 0),
        "2024-12": ("not_due", 0),
    }


def test_nothing_is_due_before_the_first_delivery_nor_after_the_end() -> None:
    assert statuses(contract(), [], TODAY) == {}
    assert statuses(contract(coverage="history"), [came("2024-01", "2024-02-01")], TODAY) == {}
    ended = contract(until="2021-12")
    assert statuses(ended, [came("2021-11", "2021-12-05")], TODAY) == {"2021-11": ("on_time", 0), "2021-12": ("missing", 0)}
    assert ended.due_on("2022-01") is None


def test_the_table_shows_a_mark_for_each_of_the_last_twelve_months() -> None:
    contracts = {CROSSINGS: contract(), "mops__crossings_land": contract(extract="mops__crossings_land")}
    columns, rows = calendar_rows(contracts, [came("2024-01", "2024-02-12"), came("2024-02", "2024-03-01")], TODAY)
    assert columns == ["extract", "ministry", "due", *(f"2024-{month:02d}" for month in (4, 3, 2, 1)), *columns[7:]]
    assert len(columns) == 15 and columns[-1] == "2023-05"
    (row,) = rows
    assert calendar_rows({CROSSINGS: contract(until="2022-12")}, [came("2022-11", "2022-12-05")], TODAY)[1] == []
    assert (row["extract"], row["due"]) == (CROSSINGS, "+10 d")
    assert [row[month] for month in columns[3:8]] == ["MISSING", "MISSING", "✓", "late +2", ""]
    assert missing(contracts, [came("2024-03", "2024-04-01")], TODAY) == [f"{CROSSINGS} 2024-04"]


@pytest.mark.parametrize(("line", "complaint"), [("until: '2021-13'", "pattern"), ("until: 2021", "string")])
def test_an_end_is_a_month(tmp_path: Path, line: str, complaint: str) -> None:
    path = tmp_path / f"{CROSSINGS}.yml"
    path.write_text((CONTRACTS / f"{CROSSINGS}.yml").read_text(encoding="utf-8") + f"\n{line}\n", encoding="utf-8")
    with pytest.raises(DeclarationError, match=complaint):
        load_contract(path)


def test_every_delivery_says_when_it_is_due() -> None:
    for found in load_contracts().values():
        said = delivery_asset(found).metadata["due"]
        assert str(found.due_day) in said or (found.due_day is None and said == "no fixed day")
    assert delivery_asset(contract(until="2021-12")).metadata["due"] == "10 days after the period ends, until 2021-12"
