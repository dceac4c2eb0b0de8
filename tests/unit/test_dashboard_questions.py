"""The twelve questions: written down whole, and asked of a release they give the same answer from the sums as from the star."""

from __future__ import annotations

import duckdb
import pytest

from benchmarks.dashboards import percentile, plain
from benchmarks.questions import Question, questions


def test_there_are_twelve_and_each_is_whole() -> None:
    asked = questions()
    assert len(asked) == 12
    assert all(question.words and set(question.statements) == {"aggregate", "star"} for question in asked)
    assert all(statement.endswith(";") for question in asked for statement in question.statements.values())
    assert all(" fct_" not in question.statements["aggregate"] for question in asked)


@pytest.mark.parametrize("question", questions(), ids=lambda question: question.name)
def test_each_is_of_one_grain_and_of_both_engines(question: Question) -> None:
    """DuckDB's own short forms would not run in PostgreSQL."""
    for statement in question.statements.values():
        assert duckdb.extract_statements(statement)
        assert "group by all" not in statement and "order by all" not in statement and "marts." not in statement


def test_percentiles() -> None:
    assert [percentile([3, 1, 2, 4], share) for share in (50, 95, 100)] == [2, 4, 4]
    assert plain([(1, 2.0, "x", None)]) == [[1.0, 2.0, "x", "None"]]
