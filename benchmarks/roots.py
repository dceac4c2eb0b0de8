"""Data roots with a history behind them: landed, built and released by the real night, once for each version of the code."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks import history
from benchmarks.generate import mark
from benchmarks.work import Bench, NotMeasurable
from ingestion.archive import Submission
from ingestion.contract import load_contracts
from ingestion.intake import take_in
from ingestion.landing import land_pending
from ingestion.meta import write_meta
from ingestion.paths import PROJECT, DataRoot
from publishing import fingerprint
from publishing.history import write_table

CODE = (
    "ingestion",
    "expectations",
    "disclosure",
    "publishing",
    "orchestration",
    "dbt_project/models",
    "dbt_project/macros",
    "dbt_project/seeds",
)
COPIED_BELOW = 50_000_000
"""Larger files of a root are never written in place, but for the build, so a copy of the root may share them."""


def released(bench: Bench, months: int) -> DataRoot:
    """A root that holds the newest ``months`` of the history and has published them; kept until the code changes.

    Raises:
        NotMeasurable: with the last words of a night that published nothing.
    """
    path = bench.cache / f"released_{bench.rows}_{months}_{code()}"
    if not path.exists():
        for stale in bench.cache.glob(f"released_{bench.rows}_{months}_*"):
            shutil.rmtree(stale)
        partial = path.with_name(f"partial_{path.name}")
        shutil.rmtree(partial, ignore_errors=True)
        root = DataRoot(partial)
        deliver(bench, root, history.months(months))
        night(root)
        partial.rename(path)
    return DataRoot(path)


def deliver(bench: Bench, root: DataRoot, periods: Sequence[str]) -> None:
    """Put the files of these months into the inbox, in the order in which they came."""
    root.path.mkdir(parents=True, exist_ok=True)
    root.synthetic_marker.touch()
    began = time.time() - 3_600
    for at, file in enumerate(history.files(bench.cache, bench.rows, list(periods))):
        target = root.inbox / file.parent.name / file.name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
        # What is sent again came later.
        os.utime(target, (began + at, began + at))


def land(root: DataRoot) -> list[Submission]:
    """Land what waits in the inbox, as a night does before it builds; what became of each file."""
    contracts = load_contracts()
    take_in(root, contracts, progress=lambda _line: None)
    landed = land_pending(root, contracts, progress=lambda _line: None)
    write_meta(root, contracts)
    write_table(root)
    return landed


def copied(root: DataRoot, bench: Bench) -> DataRoot:
    """The same root in the scratch folder, to be changed."""
    target = bench.scratch / "root"

    def copy(source: str, to: str) -> None:
        in_place = source == str(root.build) or Path(source).stat().st_size < COPIED_BELOW
        shutil.copy2(source, to) if in_place else os.link(source, to)

    shutil.copytree(root.path, target, symlinks=True, copy_function=copy)
    return DataRoot(target)


def night(root: DataRoot, *arguments: str) -> str:
    """One whole process of ``python -m orchestration.nightly``; what it said.

    Raises:
        NotMeasurable: with its last words, when it published nothing.
    """
    return run(root, "orchestration.nightly", *arguments)


def run(root: DataRoot, module: str, *arguments: str) -> str:
    """A program of the project on a data root, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments], cwd=PROJECT, env=os.environ | environment(root), capture_output=True, text=True
    )
    if done.returncode:
        told = [line.strip() for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        why = next((line for line in told if line.startswith("- ")), (told or ["it said nothing"])[-1])
        raise NotMeasurable(f"python -m {module} failed: {why[:300]}")
    return done.stdout


def environment(root: DataRoot) -> dict[str, str]:
    return {"WAREHOUSE_DATA": str(root.path), "DAGSTER_HOME": str(root.path / ".dagster"), "PYTHONPATH": str(PROJECT)}


def code() -> str:
    """Changes with anything that a released root is made by."""
    files = sorted(path for folder in CODE for path in (PROJECT / folder).rglob("*") if path.suffix in {".py", ".sql", ".yml", ".csv"})
    return mark(fingerprint.rules(), *(path.read_text(encoding="utf-8") for path in files))
