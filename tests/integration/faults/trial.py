"""What the fault tests share: cheap copies of a published root, a way to kill, and what must hold of ``latest`` whatever happened."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import signal
from pathlib import Path

import duckdb

from ingestion.archive import submissions
from ingestion.paths import DataRoot
from publishing.fingerprint import folder_hashes
from tests.integration.conftest import environment
from tests.integration.faults import points
from tests.integration.faults.points import Point

REPLACED_WHOLE = ("archive", "inbox", "quarantine", "raw", "receipts", "releases")
"""Folders whose files are never written to in place, so that a copy may share their bytes."""


def copy_of(root: Path, target: Path) -> DataRoot:
    """A copy of a data root that may be broken: bytes are shared where the warehouse only ever replaces whole files."""
    target.mkdir(parents=True)
    for entry in root.iterdir():
        if entry.name in REPLACED_WHOLE:
            shutil.copytree(entry, target / entry.name, symlinks=True, copy_function=_share)
        elif entry.is_dir():
            shutil.copytree(entry, target / entry.name, symlinks=True)
        else:
            shutil.copy2(entry, target / entry.name)
    return DataRoot(target)


def _share(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # onto another disk
        shutil.copy2(source, target)


def spoil(path: Path, at: float = 0.5) -> None:
    """Overwrite a few bytes in a file, as a failing disk does, in a copy of its own."""
    content = bytearray(path.read_bytes())
    start = int(len(content) * at)
    content[start : start + 64] = bytes(255 - byte for byte in content[start : start + 64])
    path.unlink()
    path.write_bytes(content)


def latest(root: DataRoot) -> str:
    """The version that readers see, after proving that it is whole: exactly the bytes that its gate let through."""
    release = root.latest.resolve(strict=True)
    gate = json.loads((release / "gate.json").read_text(encoding="utf-8"))
    assert gate["eligible"] and gate["version"] == release.name
    assert gate["files"] == folder_hashes(release, without={"gate.json"})
    return release.name


def killed(point: Point, entry: str, root: DataRoot) -> bool:
    """Run an entry of ``points`` on a root in a process that is killed at a point; whether it got there.

    The process is a fork of one that has imported everything and done nothing, so that thirty of them cost little.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.integration.faults.preloaded"])
    process = context.Process(target=_run_to, args=(point, entry, environment(root.path)))
    process.start()
    process.join()
    code = process.exitcode
    process.close()
    return code == -signal.SIGKILL


def _run_to(point: Point, entry: str, variables: dict[str, str]) -> None:
    os.environ.update(variables)
    points.arm(point)
    points.ENTRIES[entry]()


def held(root: DataRoot) -> dict[str, object]:
    """What landing leaves behind, without the times at which it did so."""
    with duckdb.connect() as con:
        rows = con.execute(
            f"select _extract, _period, count(*), sum(hash(landed)::hugeint) from read_parquet('{root.raw}/*/*__*/*.parquet', "
            "union_by_name = true) as landed group by all order by all"
        ).fetchall()
        rejected = con.execute(
            f"select extract, period, row, reasons, row_as_sent from '{root.quarantine}/*/*.parquet' order by all"
        ).fetchall()
        told = con.execute(f"select * exclude (landed_at) from '{root.submissions_meta}' order by all").fetchall()
    receipts = {path: json.loads(path.read_text(encoding="utf-8"))["outcome"] for path in root.receipts.rglob("*.json")}
    return {
        "rows": rows,
        "rejected": rejected,
        "submissions": told,
        "recorded": [(entry.extract, entry.period, entry.sha256, entry.outcome, entry.landing_id) for entry in submissions(root)],
        "receipts": {str(path.relative_to(root.receipts)): outcome for path, outcome in receipts.items()},
        "waiting": sorted(path.name for path in root.inbox.rglob("*") if path.is_file()),
        "left over": sorted(path.name for path in root.path.rglob("*.partial")),
    }
