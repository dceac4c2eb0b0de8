"""Several processes land the extracts of one data root at once, each its own; one of them is killed."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from ingestion.archive import file_sha256, submissions
from ingestion.contract import load_contracts
from ingestion.intake import take_in
from ingestion.landing import land_pending
from ingestion.lock import Busy, exclusive, share, wait_until_free
from ingestion.paths import PROJECT, DataRoot
from tests.deliver import receive

KILLED, TWICE = "mops__crossings_land", "mops__crossings_airports"
OTHERS = ["bol__bank_transfers", "bol__exchange_rates", "molsw__overseas_deployments", "molsw__work_permits", "molsw__returnees"]
SHARES = 3
TIMES = {"landed_at", "seconds"}


def land(root: Path, extracts: Sequence[str]) -> None:
    contracts = load_contracts()
    for extract in extracts:
        own = DataRoot(root).for_lander(extract)
        take_in(own, {extract: contracts[extract]}, progress=lambda _line: None)
        land_pending(own, {extract: contracts[extract]}, progress=lambda _line: None)


def land_and_stop(root: Path, extract: str) -> None:
    """Land one extract as far as to its first month that is read and not yet in place, and hold it there."""
    contracts, own = load_contracts(), DataRoot(root).for_lander(extract)
    take_in(own, {extract: contracts[extract]}, progress=lambda _line: None)

    def stop(_line: str) -> None:
        (root / "stopped").touch()
        signal.pause()

    land_pending(own, {extract: contracts[extract]}, progress=stop)


def landed(root: DataRoot) -> dict[str, str]:
    return {
        str(path.relative_to(root.path)): file_sha256(path) for path in [*root.raw.rglob("2*.parquet"), *root.quarantine.rglob("*.parquet")]
    }


def records(root: DataRoot) -> dict[str, dict[str, object]]:
    """Every submission record, but for the times that a landing takes."""
    read = {str(path.relative_to(root.path)): json.loads(path.read_text(encoding="utf-8")) for path in root.archive.rglob("*.json")}
    return {name: {key: value for key, value in told.items() if key not in TIMES} for name, told in read.items()}


def test_what_several_processes_land_is_what_one_would_have_landed(root: DataRoot, tmp_path_factory: pytest.TempPathFactory) -> None:
    command = [sys.executable, "-m", "sample_data", "--root", str(root.path), "--months", "2", "--scale", "0.02"]
    subprocess.run(command, cwd=PROJECT, check=True, capture_output=True)
    for folder in root.inbox.iterdir():
        if folder.name not in (KILLED, TWICE, *OTHERS):
            shutil.rmtree(folder)
    alone = DataRoot(shutil.copytree(root.path, tmp_path_factory.mktemp("alone") / "data"))
    receive(alone)

    process = multiprocessing.get_context("spawn").Process
    killed = process(target=land_and_stop, args=(root.path, KILLED))
    # Two have the same extract before them, and come to it in the same moment.
    shares = [[TWICE, *OTHERS[0::SHARES]], [TWICE, *OTHERS[1::SHARES]], OTHERS[2::SHARES]]
    landers = [process(target=land, args=(root.path, part)) for part in shares]
    for started in (killed, *landers):
        started.start()
    for lander in landers:
        lander.join(timeout=120)
    assert [lander.exitcode for lander in landers] == [0, 0, 0]
    until = time.monotonic() + 60
    while not (root.path / "stopped").exists():
        assert killed.is_alive() and time.monotonic() < until
        time.sleep(0.05)

    # All others landed while one was in the middle: for the whole root, and for its own extract, it is waited for.
    with pytest.raises(Busy, match="busy with the landing"), exclusive(root, "landing", longest_wait=0.3):
        pass
    with pytest.raises(Busy, match=f"still landing {KILLED}"), share(root, KILLED, longest_wait=0.3):
        pass
    unlanded = {entry.extract for entry in submissions(root) if entry.outcome == "received"}
    assert unlanded == {KILLED}
    os.kill(killed.pid, signal.SIGKILL)
    killed.join()

    handled, unclaimed = receive(root)
    assert {entry.extract for entry in handled} == {KILLED} and unclaimed == []
    assert landed(root) == landed(alone) and records(root) == records(alone)
    assert not root.staging.exists() and not root.arriving.exists()


def test_who_waits_for_the_whole_root_is_not_overtaken_by_landers(root: DataRoot) -> None:
    process = multiprocessing.get_context("spawn").Process
    with share(root, TWICE):
        whole = process(target=hold_whole, args=(root.path,))
        whole.start()
        while not (root.path / ".landing.next.lock").exists() or is_free(root):
            time.sleep(0.05)
        with pytest.raises(Busy, match="not landed"), share(root, KILLED, longest_wait=0.3):
            pass
    whole.join(timeout=30)
    assert whole.exitcode == 0


def test_who_does_again_what_was_lost_waits_for_what_a_lost_machine_still_holds(root: DataRoot) -> None:
    with exclusive(root, "landing"):
        wait_until_free(root, "landing", longest_wait=0.3)
        waits = threading.Thread(target=wait_until_free, args=(root, "landing", 20))
        waits.start()
        waits.join(timeout=0.5)
        assert waits.is_alive()
    waits.join(timeout=5)
    assert not waits.is_alive()
    with exclusive(root, "landing"):
        pass


def hold_whole(root: Path) -> None:
    with exclusive(DataRoot(root), "landing", longest_wait=20):
        pass


def is_free(root: DataRoot) -> bool:
    """Whether a second extract can still be landed."""
    try:
        with share(root, KILLED, longest_wait=0):
            return True
    except Busy:
        return False
