"""Whole nights: one in which nothing changed, one that builds next to nothing, and one month upon a short and a long history."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks import history
from benchmarks.roots import copied, deliver, night, released, run
from benchmarks.work import Bare, Bench, Limit, NotMeasurable, Work
from ingestion.paths import DataRoot

MONTHS = 2
SCALE = 0.02
NIGHTS = 3
UNCHANGED = "Nothing changed"
RELEASED = "Released"
FIXED_S = 10
"""Issue: orchestration, dbt's start, parsing; what importing Great Expectations costs comes on top."""


def prepare_small(bench: Bench) -> None:
    """A small data root that has had its night, so that the next one finds nothing to do."""
    root = _small(bench)
    if not root.path.exists():
        run(root, "sample_data", "--root", str(root.path), "--months", str(MONTHS), "--scale", str(SCALE))
    if not any(UNCHANGED in night(root) for _ in range(NIGHTS)):
        raise NotMeasurable(f"{NIGHTS} nights on the same root never came to say that nothing changed")


def nothing_changed(bench: Bench) -> Callable[[], None]:
    """One whole process of ``python -m orchestration.nightly``, its imports included."""
    return _night_that_says(UNCHANGED, _small(bench))


def forced(bench: Bench) -> Callable[[], None]:
    """The same when it has to build, judge and publish the little there is."""
    return _night_that_says(RELEASED, copied(_small(bench), bench), "--force")


def import_of_great_expectations(_bench: Bench) -> Callable[[], None]:
    return lambda: subprocess.run([sys.executable, "-c", "import great_expectations"], check=True) and None


def prepare_history(bench: Bench) -> None:
    for months in (history.SHORT, history.MONTHS):
        released(bench, months)


def upon_long_history(bench: Bench) -> Callable[[], None]:
    """The newest month arrives where a hundred are held."""
    return _new_month(bench, history.MONTHS)


def upon_short_history(bench: Bench) -> Callable[[], None]:
    """The same files arrive where ten months are held."""
    return _new_month(bench, history.SHORT)


def everything_anew(bench: Bench) -> Callable[[], None]:
    """The same night when every table has to be made anew."""
    root = _with_new_month(bench, history.MONTHS)
    root.build.unlink()
    return _night_that_says(RELEASED, root)


def _new_month(bench: Bench, months: int) -> Callable[[], None]:
    return _night_that_says(RELEASED, _with_new_month(bench, months))


def _with_new_month(bench: Bench, months: int) -> DataRoot:
    root = copied(released(bench, months), bench)
    deliver(bench, root, [history.newest()])
    return root


def _night_that_says(word: str, root: DataRoot, *arguments: str) -> Callable[[], None]:
    def measured() -> None:
        if word not in night(root, *arguments):
            raise NotMeasurable(f"the night that was measured did not say '{word}'")

    return measured


def _small(bench: Bench) -> DataRoot:
    return DataRoot(Path(bench.cache / f"root_{MONTHS}_months"))


UNCHANGED_WORK = Work(
    title="a night in which nothing changed",
    prepare=prepare_small,
    ours=nothing_changed,
    limits=(Limit(FIXED_S, "CPU s"),),
    rows=lambda _size: None,
)
FIXED_WORK = Work(
    title="a night that builds, judges and publishes next to nothing",
    prepare=prepare_small,
    ours=forced,
    bare=(Bare("importing Great Expectations", import_of_great_expectations, 1.0, more_s=FIXED_S),),
    rows=lambda _size: None,
)
NEW_MONTH_WORK = Work(
    title="a night with one new month, a hundred held",
    prepare=prepare_history,
    ours=upon_long_history,
    bare=(
        Bare("the same month, ten held", upon_short_history, 1.2),
        Bare("everything built anew", everything_anew, 1 / 40),
    ),
    limits=(Limit(1_200, "MB"),),
)
