"""The time that is left, told while work goes on."""

from __future__ import annotations

from ingestion.progress import TimeLeft


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_what_is_left_is_told_by_weight_and_by_the_time_that_the_rest_took() -> None:
    clock = Clock()
    left = TimeLeft({"small": 10, "large": 70, "middle": 20}, clock)
    clock.now = 30.0
    assert left.after("small") == ", about 4 min left"
    clock.now = 240.0
    assert left.after("large") == ", about 60 s left"
    clock.now = 300.0
    assert left.after("middle") == ""


def test_a_tiny_part_is_no_measure_of_a_large_one() -> None:
    clock = Clock()
    left = TimeLeft({"tiny": 1, "large": 999}, clock)
    clock.now = 2.0
    assert left.after("tiny") == ""


def test_a_part_that_nothing_is_known_of_counts_as_an_average_one_and_an_unknown_one_not_at_all() -> None:
    clock = Clock()
    left = TimeLeft({"known": 4, "new": 0}, clock)
    clock.now = 50.0
    assert left.after("something else") == ""
    assert left.after("known") == ", about 50 s left"


def test_the_end_is_not_announced_for_the_last_seconds() -> None:
    clock = Clock()
    left = TimeLeft({"first": 10, "last": 1}, clock)
    clock.now = 20.0
    assert left.after("first") == ""
