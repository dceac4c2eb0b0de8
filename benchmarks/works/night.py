"""A night in which nothing changed: the fixed cost of orchestration, with nothing to hold it against."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.work import Bench, NotMeasurable, Work
from ingestion.paths import PROJECT

MONTHS = 2
SCALE = 0.02
NIGHTS = 3
UNCHANGED = "Nothing changed"


def prepare(bench: Bench) -> None:
    """A small data root that has had its night, so that the next one finds nothing to do."""
    root = _root(bench)
    if not root.exists():
        _run(root, "sample_data", "--root", str(root), "--months", str(MONTHS), "--scale", str(SCALE))
    if not any(UNCHANGED in _night(root) for _ in range(NIGHTS)):
        raise NotMeasurable(f"{NIGHTS} nights on the same root never came to say that nothing changed")


def ours(bench: Bench) -> Callable[[], None]:
    """One whole process of ``python -m orchestration.nightly``, its imports included."""
    root = _root(bench)

    def night() -> None:
        if UNCHANGED not in _night(root):
            raise NotMeasurable("something changed in the night that was measured")

    return night


def _root(bench: Bench) -> Path:
    return bench.cache / f"root_{MONTHS}_months"


def _night(root: Path) -> str:
    return _run(root, "orchestration.nightly")


def _run(root: Path, module: str, *arguments: str) -> str:
    environment = os.environ | {"WAREHOUSE_DATA": str(root), "DAGSTER_HOME": str(root / ".dagster"), "PYTHONPATH": str(PROJECT)}
    done = subprocess.run([sys.executable, "-m", module, *arguments], cwd=PROJECT, env=environment, capture_output=True, text=True)
    if done.returncode:
        told = [line.strip() for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        raise NotMeasurable(f"python -m {module} failed: {(told or ['it said nothing'])[-1][:300]}")
    return done.stdout


WORK = Work(title="a night in which nothing changed", prepare=prepare, ours=ours, rows=lambda _size: None)
