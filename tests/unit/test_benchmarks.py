"""The benchmark harness itself, at a size at which its figures mean nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import report
from benchmarks.__main__ import main, parse
from benchmarks.measure import Sample
from benchmarks.work import Bare, size


def sample(cpu_s: float) -> Sample:
    return Sample(wall_s=cpu_s, cpu_s=cpu_s, peak_mb=100)


def against(ratio: float, target: float | None = 2.0, rows: int = 1_000_000) -> report.Line:
    bare = Bare("bare", lambda _bench: lambda: 0, target)
    (line,) = report.lines("work", rows, [sample(ratio), sample(1.0)], [bare], others=0.02)
    return line


def test_landing_is_measured_against_both_bare_ways_and_told_in_a_table(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    results = tmp_path / "RESULTS.md"
    arguments = ["--size", "2k", "--repeat", "1", "--only", "land", "--results", str(results), "--cache", str(tmp_path / "cache")]
    assert main(arguments) == 0
    machine, lines = report.read(results)
    assert "DuckDB" in machine
    assert [(line.told("against"), line.told("rows")) for line in lines] == [
        ("plain `read_csv` → typed table", "2,000"),
        ("the same SQL without our Python", "2,000"),
    ]
    assert all(float(line.told(column)) > 0 for line in lines for column in ("ours CPU s", "bare CPU s", "ours MB", "bare MB", "CPU ratio"))
    assert str(results) in capsys.readouterr().out.splitlines()[-1]
    assert not list((tmp_path / "cache").glob("scratch-*"))


def test_a_table_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    lines = [against(1.5), report.lines("night", None, [sample(8.0)], (), None)[0], report.not_measured("other", 10, "no | reason")]
    page = tmp_path / "RESULTS.md"
    page.write_text(report.render(lines, "a machine", []), encoding="utf-8")
    assert report.read(page) == ("a machine", lines)


@pytest.mark.parametrize(
    ("line", "verdict"),
    [(against(1.9), "met"), (against(2.1), "**missed**"), (against(2.1, target=None), "–"), (against(2.1, rows=2_000), "–")],
)
def test_a_target_is_met_missed_or_not_set(line: report.Line, verdict: str) -> None:
    assert line.told("") == verdict


def test_what_became_dearer_is_told_and_the_rest_is_not() -> None:
    before = [against(1.0)]
    assert report.regressions(before, [against(1.1)]) == []
    assert report.regressions(before, [against(1.3)]) == ["work, against bare, 1,000,000 rows: 1.00 → 1.30"]
    assert report.regressions([], [against(9.0)]) == []


def test_lines_not_measured_this_time_are_kept() -> None:
    other_size = against(3.0, rows=10_000_000)
    assert report.merged([against(1.0), other_size], [against(2.0)]) == [against(2.0), other_size]


@pytest.mark.parametrize(("told", "rows"), [("2000", 2_000), ("200k", 200_000), ("1M", 1_000_000)])
def test_sizes(told: str, rows: int) -> None:
    assert size(told) == rows


@pytest.mark.parametrize("arguments", [["--size", "many"], ["--size", "0"], ["--only", "sleep"]])
def test_a_wrong_argument_stops_it(arguments: list[str], capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(SystemExit):
        parse(arguments)
    assert "argument" in capsys.readouterr().err
