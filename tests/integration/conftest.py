"""A small synthetic warehouse, published once by the real command, and copies of it to break."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from ingestion.paths import PROJECT, DataRoot
from publishing import candidate


@dataclass(frozen=True)
class Night:
    """What one ``make nightly`` did."""

    code: int
    said: str


def environment(root: Path, **variables: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("WAREHOUSE_", "DAGSTER_"))}
    return {**kept, "WAREHOUSE_DATA": str(root), "DAGSTER_HOME": str(root / ".dagster"), "PYTHONPATH": str(PROJECT), **variables}


def run_night(root: Path, *arguments: str, **variables: str) -> Night:
    """Run the night as ``make nightly`` does, in a process of its own; ``variables`` join its environment."""
    command = [sys.executable, "-m", "orchestration.nightly", *arguments]
    done = subprocess.run(command, cwd=PROJECT, env=environment(root, **variables), capture_output=True, text=True, check=False)
    return Night(done.returncode, done.stdout + done.stderr)


def generate(root: Path, *arguments: str) -> None:
    command = [sys.executable, "-m", "sample_data", "--root", str(root), *arguments]
    subprocess.run(command, cwd=PROJECT, env=environment(root), capture_output=True, check=True)


@pytest.fixture(scope="session")
def published_once(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A data root after its first night: three months of every extract, published; nobody may change it.

    They are the first of four, so that a test can deliver the fourth: another window would be another world, in which
    the same numbers belong to other persons and permits, and the gate would say so.

    Of processes that test at once the first one makes it, and the others wait for that.
    """
    own = tmp_path_factory.getbasetemp()
    shared = own if worker_id == "master" else own.parent
    root, done = shared / "published", shared / "published.done"
    with (shared / "published.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(root, ignore_errors=True)
            generate(root, "--months", "4", "--scale", "0.05", "--end", "2026-10")
            for later in root.glob("inbox/*/*2026-10*"):
                later.unlink()
            night = run_night(root)
            assert night.code == 0, night.said
            shutil.rmtree(root / ".dbt" / "runs")  # dbt's logs: more files than all else together, and every test copies
            done.touch()
    return root


@pytest.fixture
def published(published_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataRoot:
    """A copy of the published root that a test may break, with the environment pointing at it."""
    copy = tmp_path / "data"
    shutil.copytree(published_once, copy, symlinks=True)
    monkeypatch.setenv("WAREHOUSE_DATA", str(copy))
    monkeypatch.setenv("DAGSTER_HOME", str(copy / ".dagster"))
    return DataRoot(copy)


@pytest.fixture
def no_workbooks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Candidates without the workbooks of the public part, which are half of the work of freezing: where they are not what is tried."""
    monkeypatch.setattr(candidate, "write_workbooks", lambda *_: None)
