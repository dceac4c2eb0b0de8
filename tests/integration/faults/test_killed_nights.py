"""The same kills as in test_killed.py, each in a whole night of its own, one upon the wreck of another; then one good night."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ingestion.paths import PROJECT, DataRoot
from publishing import catalogue
from tests.integration.conftest import environment, run_night
from tests.integration.faults.points import LANDING, POINTS
from tests.integration.faults.test_bad_deliveries import TELLS_OF_DELIVERIES
from tests.integration.faults.test_killed import SWAPPED, month, put
from tests.integration.faults.trial import copy_of, latest
from tests.integration.test_night import differing

pytestmark = pytest.mark.skipif(os.environ.get("FAULTS") != "full", reason="make faults runs it: a night for each of the points")
LAST_ROWS = 230


@pytest.fixture(scope="module")
def wreck(published_once: Path, tmp_path_factory: pytest.TempPathFactory) -> DataRoot:
    return copy_of(published_once, tmp_path_factory.mktemp("wrecks") / "data")


@pytest.mark.parametrize("point", POINTS.values(), ids=POINTS)
def test_a_night_is_killed(point: object, wreck: DataRoot, capsys: pytest.CaptureFixture) -> None:
    if point in LANDING:
        rows = LAST_ROWS + len(LANDING) - LANDING.index(point)
        put(wreck, f"first_{rows}_2026-10.csv", month(rows - 1), 9)
        put(wreck, f"second_{rows}_2026-10.csv", month(rows), 8)
        put(wreck, f"headless_{rows}_2026-11.csv", f"Some,Other,Header\n1,2,{rows}\n", 7)
    for number in range(catalogue.KEPT_RELEASES):
        old = wreck.releases / f"20200101T0000{number:02d}Z"
        old.mkdir(exist_ok=True)
        (old / "kept_too_long").touch()
    before, started = latest(wreck), time.monotonic()

    command = [sys.executable, "-m", "tests.integration.faults.points", point.name, "night"]
    done = subprocess.run(command, cwd=PROJECT, env=environment(wreck.path), capture_output=True, text=True, check=False)

    assert done.returncode == -signal.SIGKILL, done.stdout + done.stderr
    assert (latest(wreck) > before) is (point.name in SWAPPED)
    with capsys.disabled():
        print(f"\n{point.name:<50} latest {latest(wreck)}, killed after {time.monotonic() - started:.0f} s")


def test_one_good_night_makes_good_for_all_of_them(wreck: DataRoot, published_once: Path, tmp_path: Path) -> None:
    undisturbed = copy_of(published_once, tmp_path / "undisturbed")
    before = latest(wreck)
    for root in (wreck, undisturbed):
        put(root, "last_2026-10.csv", month(LAST_ROWS), 1)
        night = run_night(root.path)
        assert night.code == 0, night.said
    assert latest(wreck) > before
    assert differing(wreck.latest, undisturbed.latest) <= TELLS_OF_DELIVERIES
