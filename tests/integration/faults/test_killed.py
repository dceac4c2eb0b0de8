"""kill -9 at every point between the start of landing and the end of the swap: readers see the old release or the new
one, whole, and the next run makes good what was cut short, as though nothing had happened."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest

from ingestion.paths import DataRoot
from publishing import build, candidate, catalogue, gate, release
from tests.deliver import CROSSINGS, crossings_csv, drop, receive
from tests.integration.faults.points import FREEZING, JUDGING, LANDING, PROMOTING, Point
from tests.integration.faults.trial import copy_of, held, killed, latest

ROW = "2026-10-05 10:15:00,{direction},Wattay International Airport,Passport,SYN{number:07d},Lao,{sex},1990-05-01,,Thailand,,30"
SWAPPED = {"the link is swapped", "an old release is half deleted"}


def named(points: list[Point]) -> dict[str, object]:
    return {"argvalues": points, "ids": [point.name for point in points]}


def month(rows: int, first: int = 0) -> str:
    listed = [ROW.format(number=first + at, direction=("Departure", "Arrival")[at % 2], sex="FM"[at // 2 % 2]) for at in range(rows)]
    return crossings_csv(listed)


def put(root: DataRoot, name: str, content: str, minutes_ago: int) -> None:
    path = drop(root, CROSSINGS, name, content)
    moment = time.time() - 60 * minutes_ago
    os.utime(path, (moment, moment))


@pytest.fixture(scope="module")
def delivered(published_once: Path, tmp_path_factory: pytest.TempPathFactory) -> DataRoot:
    """The published root with everything in its inbox that landing can meet: two files for one month, a row that is wrong,
    a file that is refused for its header and one for its name."""
    root = copy_of(published_once, tmp_path_factory.mktemp("delivered") / "data")
    put(root, "first_2026-10.csv", month(240), 9)
    put(root, "second_2026-10.csv", month(250).replace("2026-10-05 10:15:00", "soon", 1), 8)
    put(root, "headless_2026-11.csv", "Some,Other,Header\n1,2,3\n", 7)
    put(root, "of no month.csv", month(3), 6)
    put(root, "again_2026-07.csv", next((root.archive / CROSSINGS / "2026-07").glob("*.csv")).read_text(), 5)
    return root


@pytest.fixture(scope="module")
def undisturbed(delivered: DataRoot, tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    root = copy_of(delivered.path, tmp_path_factory.mktemp("undisturbed") / "data")
    receive(root)
    assert {outcome for *_, outcome, _ in held(root)["recorded"]} == {"landed", "refused", "superseded", "duplicate"}
    return held(root)


@pytest.mark.parametrize("point", **named(LANDING))
def test_killed_while_landing(point: Point, delivered: DataRoot, undisturbed: dict[str, object], tmp_path: Path) -> None:
    root = copy_of(delivered.path, tmp_path / "data")
    before = latest(root)
    assert killed(point, "land", root)
    assert latest(root) == before
    receive(root)
    assert held(root) == undisturbed


@pytest.fixture(scope="module")
def wreck(published_once: Path, tmp_path_factory: pytest.TempPathFactory) -> DataRoot:
    """A published root on which one process after another dies before its candidate has passed the gate."""
    return copy_of(published_once, tmp_path_factory.mktemp("wreck") / "data")


@pytest.mark.parametrize("point", **named([*FREEZING, *JUDGING]))
def test_killed_before_the_gate(point: Point, wreck: DataRoot, published_once: Path) -> None:
    """Nothing is published, and the step of the release alone does not publish what the killed one left."""
    assert killed(point, "judge" if point in JUDGING else "freeze", wreck)
    if point.name != "the gate record is written":
        with pytest.raises(release.GateRefused, match=r"never judged|there is no candidate"):
            release.promote(wreck)
    assert latest(wreck) == latest(DataRoot(published_once))


def test_the_next_run_publishes_over_what_the_killed_ones_left(wreck: DataRoot) -> None:
    before = latest(wreck)
    assert gate.judge(wreck, candidate.freeze(wreck)).eligible
    assert release.promote(wreck).version == latest(wreck) > before
    assert list(wreck.candidates.glob(".*")) == []


@pytest.fixture(scope="module")
def judged(published_once: Path, tmp_path_factory: pytest.TempPathFactory) -> DataRoot:
    """A published root with two candidates that passed their gates, and as many releases as are kept."""
    root = copy_of(published_once, tmp_path_factory.mktemp("judged") / "data")
    for number in range(catalogue.KEPT_RELEASES):
        old = root.releases / f"20200101T0000{number:02d}Z"
        old.mkdir()
        (old / "kept_too_long").touch()
        (old / "and_this").touch()
    for _ in range(candidate.KEPT_CANDIDATES):
        assert gate.judge(root, candidate.freeze(root)).eligible
    return root


@pytest.mark.parametrize("point", **named(PROMOTING))
def test_killed_while_promoting(point: Point, judged: DataRoot, tmp_path: Path) -> None:
    """Readers see the release before or the one that was coming; the next good candidate is published over either."""
    root = copy_of(judged.path, tmp_path / "data")
    before, (coming, following) = latest(root), sorted(path.name for path in root.candidates.iterdir())
    assert killed(point, "promote_oldest", root)
    assert latest(root) == (coming if point.name in SWAPPED else before)
    assert release.promote(root).version == latest(root) == following
    kept = list(root.releases.glob("2020*"))
    assert len(kept) < catalogue.KEPT_RELEASES and all(len(list(path.iterdir())) == 2 for path in kept)


def test_a_build_that_was_cut_short_is_not_taken_for_the_one_that_was_judged(published: DataRoot) -> None:
    """A killed dbt leaves its finished tables in a log beside the database, whose own bytes are those of the last build."""
    import duckdb

    held_before = published.build.read_bytes()
    writing = duckdb.connect(str(published.build))
    writing.execute("set checkpoint_threshold = '1GB'; update marts.fct_population set persons = persons + 1")
    log = published.build.with_name("warehouse.duckdb.wal")
    left = log.read_bytes()
    writing.close()
    published.build.write_bytes(held_before)
    log.write_bytes(left)

    gate.judge(published, candidate.freeze(published))
    with pytest.raises(release.GateRefused, match="build_is_unchanged_since_its_tests"):
        release.promote(published)
    assert build.needs_full_refresh(published)
    build.discard(published)
    assert not published.build.exists() and not log.exists()
    shutil.rmtree(published.candidates)
