"""Eight readers of a release at once, as dashboards ask it: what they wait for an answer, also while a night runs beside them."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable

from benchmarks import history
from benchmarks.dashboards import asked, percentile
from benchmarks.roots import copied, deliver, environment, released
from benchmarks.work import Answers, Bare, Bench, Limit, NotMeasurable, Work
from ingestion.paths import PROJECT, DataRoot

READERS = 8
SECONDS = 10.0
MOST_S = 0.05
BESIDE_A_NIGHT = 1.2


def prepare(bench: Bench) -> None:
    """A published release with the whole history."""
    released(bench, history.MONTHS)


def of_sums(bench: Bench) -> Callable[[], Answers]:
    """The twelve questions on the monthly sums."""
    return _asked(released(bench, history.MONTHS), "aggregate")


def of_the_star(bench: Bench) -> Callable[[], Answers]:
    """The twelve questions on facts and dimensions."""
    return _asked(released(bench, history.MONTHS), "star")


def of_sums_beside_a_night(bench: Bench) -> Callable[[], Answers]:
    """The same while a night of the same data root takes a new month in."""
    root = copied(released(bench, history.MONTHS), bench)
    deliver(bench, root, [history.newest()])
    ask = _asked(root, "aggregate")

    def beside() -> Answers:
        night = subprocess.Popen(
            [sys.executable, "-m", "orchestration.nightly"],
            cwd=PROJECT,
            env=os.environ | environment(root),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            answers = ask()
            if night.poll() is not None:
                raise NotMeasurable("the night was over before its readers were")
        finally:
            # With whatever it started: dbt is a process of its own.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(night.pid, signal.SIGKILL)
            night.wait()
        return answers

    return beside


def _asked(root: DataRoot, level: str) -> Callable[[], Answers]:
    database = str(root.latest.resolve() / "warehouse.duckdb")

    def ask() -> Answers:
        took = [each for times in asked("DuckDB", database, level, READERS, SECONDS).values() for each in times]
        return Answers(len(took), percentile(took, 95))

    return ask


SUMS_WORK = Work(
    title=f"an answer to one of {READERS} readers of the monthly sums (p95)",
    prepare=prepare,
    ours=of_sums,
    limits=(Limit(MOST_S, "wall s"),),
)
STAR_WORK = Work(
    title=f"an answer to one of {READERS} readers of facts and dimensions (p95)",
    prepare=prepare,
    ours=of_the_star,
)
BESIDE_WORK = Work(
    title=f"an answer to one of {READERS} readers of the monthly sums while a night runs (p95)",
    prepare=prepare,
    ours=of_sums_beside_a_night,
    bare=(Bare("without a night", of_sums, BESIDE_A_NIGHT, by="wall"),),
)
