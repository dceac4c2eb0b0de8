"""Where a process can be killed between the start of landing and the end of the swap, and what runs up to there.

A point is a call of one function: of the operating system by the path that it is given, or of the project by its name.
``python -m tests.integration.faults.points <point> <entry>`` runs an entry in this process and ends it there by
SIGKILL, which no program can answer: no handler, no ``finally``, no flushing. The product knows nothing of all this.
"""

from __future__ import annotations

import functools
import importlib
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Point:
    """``call`` counts the calls of ``function`` whose arguments, as text, hold ``where``."""

    name: str
    function: str
    where: str = ""
    call: int = 1
    after: bool = False


LANDING = [
    Point("a delivery is copied", "ingestion.intake:fetch", after=True),
    Point("its bytes get their name in the archive", "os:rename", "/.arriving/"),
    Point("its bytes are archived, without a record", "os:rename", "/.arriving/", after=True),
    Point("its record is half written", "os:replace", "/archive/"),
    Point("it is registered and still in the inbox", "os:unlink", "/inbox/"),
    Point("its rows are staged, its quarantine is not", "ingestion.stage:write_quarantine"),
    Point("it is staged and not judged", "ingestion.landing:verdicts"),
    Point("its quarantine is in place, its rows are not", "os:replace", "/quarantine.parquet", after=True),
    Point("its rows are in place, unrecorded", "os:replace", "/accepted.parquet", after=True),
    Point("its receipt is half written", "os:replace", "/receipts/"),
    Point("it is about to supersede another", "ingestion.archive:Submission.save", "outcome='superseded'"),
    Point("it is about to be recorded as landed", "ingestion.archive:Submission.save", "outcome='landed'"),
    Point("it is recorded as landed", "ingestion.archive:Submission.save", "outcome='landed'", after=True),
    Point("it is about to be recorded as refused", "ingestion.archive:Submission.save", "outcome='refused'"),
    Point("the table of submissions is half written", "os:replace", "submissions.parquet"),
]
BUILDING = [
    Point("dbt has built its first table", "orchestration.resources:DbtInvocation._logged"),
    Point("dbt is half done", "orchestration.resources:DbtInvocation._logged", call=120),
    Point("dbt is done, its documentation is not", "orchestration.resources:DbtInvocation.write_docs"),
    Point("the build record is half written", "os:replace", "warehouse.build.json"),
]
FREEZING = [
    Point("half of the tables are copied", "publishing.candidate:comment", call=30),
    Point("the candidate is not described", "publishing.candidate:describe"),
    Point("the candidate has no name yet", "os:rename", ".partial"),
    Point("the candidate is not judged", "os:rename", ".partial", after=True),
]
JUDGING = [
    Point("half of the suites are judged", "publishing.gate:run_suite", call=12),
    Point("the gate record is half written", "os:replace", "gate.json"),
    Point("the gate record is written", "os:replace", "gate.json", after=True),
]
PROMOTING = [
    Point("the bytes are being hashed again", "publishing.release:other_bytes", after=True),
    Point("half of the files are read-only", "os:chmod", "/parquet/", call=30),
    Point("the candidate is about to become a release", "os:rename", "/releases/"),
    Point("the release has its name, and no link", "os:rename", "/releases/", after=True),
    Point("the new link is made, beside the old one", "os:symlink", after=True),
    Point("the link is about to be swapped", "os:replace", ".latest.new"),
    Point("the link is swapped", "os:replace", ".latest.new", after=True),
    Point("an old release is half deleted", "os:unlink", "kept_too_long", after=True),
]
POINTS = {point.name: point for point in [*LANDING, *BUILDING, *FREEZING, *JUDGING, *PROMOTING]}


def arm(point: Point) -> None:
    """Replace the point's function by one that kills this process at the call that is meant."""
    module, _, path = point.function.partition(":")
    *owners, name = path.split(".")
    owner = functools.reduce(getattr, owners, importlib.import_module(module))
    original: Callable[..., Any] = getattr(owner, name)
    calls = 0

    @functools.wraps(original)
    def deadly(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        meant = point.where in " ".join(map(str, (*arguments, *named.values())))
        calls += meant
        at_last = meant and calls == point.call
        if at_last and not point.after:
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*arguments, **named)
        if at_last:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, deadly)


def land() -> None:
    """Take in and land what waits, as the step of the night does, without its judge: it would take longer than all else."""
    from ingestion.paths import DataRoot
    from tests.deliver import receive

    receive(DataRoot.from_env())


def freeze() -> None:
    from ingestion.paths import DataRoot
    from publishing import candidate

    candidate.freeze(DataRoot.from_env())


def judge() -> None:
    """Judge the newest candidate."""
    from ingestion.paths import DataRoot
    from publishing import candidate, gate

    root = DataRoot.from_env()
    gate.judge(root, candidate.newest(root))


def promote_oldest() -> None:
    """Promote the older of the candidates, so that there is another one for afterwards."""
    from ingestion.paths import DataRoot
    from publishing import release

    root = DataRoot.from_env()
    release.promote(root, min(root.candidates.glob("[0-9]*")))


def night() -> None:
    from orchestration import nightly

    sys.exit(nightly.main(["--force"]))


ENTRIES = {entry.__name__: entry for entry in (land, freeze, judge, promote_oldest, night)}

if __name__ == "__main__":
    arm(POINTS[sys.argv[1]])
    ENTRIES[sys.argv[2]]()
