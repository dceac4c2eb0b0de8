"""The history of publication: one small file per event, never changed and never deleted.

``release_log/000003_rolled_back.json`` tells who did what when and why. What releases hold is not here.
"""

from __future__ import annotations

import datetime as dt
import getpass
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import duckdb

from ingestion.archive import write_atomically
from ingestion.paths import DataRoot
from ingestion.sql import quoted
from publishing.datapackage import code_version

OPERATOR_VARIABLE = "WAREHOUSE_OPERATOR"
COLUMNS = {
    "event_number": "BIGINT",
    "event": "VARCHAR",
    "release_version": "VARCHAR",
    "previous_version": "VARCHAR",
    "withdrawn": "MAP(VARCHAR, JSON)",
    "code_version": "VARCHAR",
    "occurred_at": "TIMESTAMP",
    "done_by": "VARCHAR",
    "reason": "VARCHAR",
}
"""What the warehouse reads of an event."""


@dataclass(frozen=True)
class Event:
    """Something that was done to a release.

    ``withdrawn`` holds, per release that a move of ``latest`` passed over, what it was made from (``inputs``) and by
    (``rules``), so that a night can tell that it would publish the same again, also when the release is gone.
    """

    event_number: int
    event: Literal["published", "rolled_back", "tagged"]
    release_version: str
    occurred_at: str
    done_by: str
    code_version: str
    previous_version: str | None = None
    reason: str = ""
    tag: str = ""
    gate_sha256: str = ""
    withdrawn: dict[str, dict[str, str]] = field(default_factory=dict)


def record(root: DataRoot, event: str, release_version: str, **about: Any) -> Event:
    """Append an event; the caller holds the lock of publication."""
    number = max((entry.event_number for entry in events(root)), default=0) + 1
    moment = dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    written = Event(number, event, release_version, moment, operator(), code_version(), **about)
    path = root.release_log / f"{number:06d}_{event}.json"
    write_atomically(path, json.dumps(asdict(written), indent=1, ensure_ascii=False).encode())
    path.chmod(0o444)
    return written


def events(root: DataRoot) -> list[Event]:
    """Everything that was ever done, oldest first."""
    return [Event(**json.loads(path.read_text(encoding="utf-8"))) for path in sorted(root.release_log.glob("[0-9]*.json"))]


def withdrawn(root: DataRoot) -> dict[str, Event]:
    """Releases that ``latest`` was moved back from and not returned to, each with the event that did it."""
    standing: dict[str, Event] = {}
    for entry in events(root):
        if entry.event == "rolled_back":
            standing.pop(entry.release_version, None)
            standing |= dict.fromkeys(entry.withdrawn, entry)
    return standing


def operator() -> str:
    """Who does this: what ``WAREHOUSE_OPERATOR`` says (an office rather than a person), else the account."""
    if named := os.environ.get(OPERATOR_VARIABLE, "").strip():
        return named
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number that has no name
        return f"uid {os.getuid()}"


def write_table(root: DataRoot) -> Path:
    """The history as typed Parquet, which dbt reads as a source."""
    held = [quoted(str(path)) for path in sorted(root.release_log.glob("[0-9]*.json"))]
    shape = ", ".join(f"{quoted(name)}: {quoted(kind)}" for name, kind in COLUMNS.items())
    nothing = ", ".join(f"null::{kind} as {name}" for name, kind in COLUMNS.items())
    rows = f"from read_json([{', '.join(held)}], columns = {{{shape}}})" if held else f"from (select {nothing} where false)"
    target = root.release_events_meta
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.partial")
    with duckdb.connect() as con:
        con.execute(f"copy (select * replace (map_keys(withdrawn) as withdrawn) {rows}) to {quoted(str(partial))} (format parquet)")
    partial.replace(target)
    return target
