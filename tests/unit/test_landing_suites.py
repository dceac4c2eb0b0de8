"""The landing suites at work: a delivery that is right row by row and wrong as a whole."""

from __future__ import annotations

import pandas as pd

from expectations.landing_judge import judge_deliveries
from expectations.suite import Expectation, Suite, run_suite
from ingestion.paths import DataRoot
from tests.deliver import CROSSINGS, crossings_csv, drop, landed_rows, receive

ROW = (
    "2026-{month:02d}-05 10:15:00,Departure,Wattay International Airport,Passport,SYN{number:07d},{nationality},F,1990-05-01,,Thailand,,30"
)


def deliver(root: DataRoot, month: int, rows: int, nationality: str = "Lao"):
    lines = [ROW.format(month=month, number=number, nationality=nationality) for number in range(rows)]
    drop(root, CROSSINGS, f"x_2026-{month:02d}.csv", crossings_csv(lines))
    return receive(root, judge=judge_deliveries)[0][-1]


def test_a_month_with_a_tenth_of_its_rows_or_a_flood_of_unknown_codes_is_refused(root: DataRoot) -> None:
    assert deliver(root, 3, 100).outcome == "landed"
    short = deliver(root, 4, 10)
    assert short.outcome == "refused" and "rows_are_near_last_months (rows_ratio_to_previous = 0.1)" in short.reason
    assert "ask the warehouse team" in short.remedy
    flood = deliver(root, 5, 100, nationality="Shangri-La")
    assert flood.outcome == "refused" and "nationality_is_mostly_recognised" in flood.reason
    assert {row[0] for row in landed_rows(root, "border_crossing", "_period")} == {"2026-03"}
    assert deliver(root, 5, 100).outcome == "landed"


def test_a_suite_refuses_only_the_delivery_that_fails() -> None:
    months = {"sha256": ["a", "b"], "extract": ["x", "x"], "period": ["2026-01", "2026-02"]}
    profiles = pd.DataFrame({**months, "rows_accepted": [1000, 10], "rows_ratio_to_previous": [None, 0.01]})
    assert list(judge_deliveries("labour_deployment", profiles)) == ["b"]


def test_a_condition_spares_the_rows_outside_it_and_names_those_inside() -> None:
    rule = {"check": "share_is_small", "kind": "expect_column_values_to_be_between", "arguments": {"column": "share", "max_value": 0.1}}
    evidence = pd.DataFrame({"period": ["a", "b", "c", "d"], "rows": [5, 500, 5, 500], "share": [0.5, 0.05, 0.5, 0.6]})

    def judged(where: str | None):
        suite = Suite(name="s", table="t", index=["period"], expectations=[Expectation(**rule, where=where, because="a test; 2026-11")])
        return run_suite(suite, evidence)[0]

    assert [row for (row,) in judged(None).rows] == ["a", "c", "d"]
    assert [row for (row,) in judged("rows >= 100").rows] == ["d"] and "d: share = 0.6" in judged("rows >= 100").detail
    assert judged("rows > 1000").passed
    assert not judged("nonsense > 1").passed


def test_a_month_is_not_compared_with_a_refused_one_that_came_with_it(root: DataRoot) -> None:
    """A stub of April arrives with the whole of May: May is held against March."""
    assert deliver(root, 3, 100).outcome == "landed"
    lines = {month: [ROW.format(month=month, number=number, nationality="Lao") for number in range(100)] for month in (4, 5)}
    drop(root, CROSSINGS, "x_2026-04.csv", crossings_csv(lines[4][:3]))
    drop(root, CROSSINGS, "x_2026-05.csv", crossings_csv(lines[5]))
    handled, _ = receive(root, judge=judge_deliveries)
    assert {entry.period: entry.outcome for entry in handled} == {"2026-04": "refused", "2026-05": "landed"}
