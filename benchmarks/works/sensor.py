"""One look of the sensor into an inbox in which five hundred files wait."""

from __future__ import annotations

import os
from collections.abc import Callable

from benchmarks.history import NEWEST
from benchmarks.work import Bench, Limit, Work
from ingestion.contract import load_contracts
from ingestion.paths import DataRoot

FILES = 500
MOST_S = 2.0


def prepare(_bench: Bench) -> None:
    """Nothing is kept: the files are written before the clock starts."""


def ours(bench: Bench) -> Callable[[], int]:
    """What the daemon does every minute: list, see what is still, tell one run from another."""
    import dagster as dg

    from orchestration.defs.automation import look_into_inbox

    root, contracts = DataRoot(bench.scratch), load_contracts()
    for number in range(FILES):
        extract = list(contracts)[number % len(contracts)]
        path = root.inbox / extract / f"{NEWEST.year}-{number:03}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"a,b\n1,2\n")
        os.utime(path, (1_700_000_000, 1_700_000_000))
    instance = dg.DagsterInstance.ephemeral()

    def look() -> int:
        return len(look_into_inbox(dg.build_sensor_context(instance=instance), root, contracts).run_requests)

    return look


WORK = Work(
    title=f"a look of the sensor, {FILES} files waiting",
    prepare=prepare,
    ours=ours,
    limits=(Limit(MOST_S, "CPU s"),),
    rows=lambda _size: None,
)
