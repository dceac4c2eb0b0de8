"""From a release's folder to what readers of PostgreSQL see: load, compare, attach, wait a moment, switch one row."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import psycopg

from serving.postgres import copying, store, views
from serving.postgres.settings import ServingError, connection_string, kept_releases
from serving.postgres.source import Source, read_source

AT_ONCE = 2
"""Lines to the server: one keeps one of its cores busy."""
LARGE_ROWS = 500_000
"""From here a table goes over all lines at once, so that one large fact does not go alone."""
GRACE_SECONDS = 10.0
"""How long a statement may take from its planning to its snapshot; those that run longer have theirs already."""


@dataclass(frozen=True)
class Served:
    """What came of it."""

    version: str
    before: str | None
    was_held: bool
    tables: int
    rows: int
    seconds: float
    left: list[str]
    """What is old and could not be dropped yet, because a reader holds it."""


def publish(release: Path, tell: Callable[[str], None] = lambda _line: None) -> Served:
    """Let PostgreSQL show this release. Whatever fails, it shows what it showed before.

    Raises:
        ServingError: saying why the release is not shown, without secrets or cells.
    """
    started = time.monotonic()
    source, kept = read_source(release), kept_releases()
    conninfo = connection_string(synthetic=source.is_synthetic)
    try:
        with store.opened(conninfo) as server:
            before = store.current(server)
            store.retire(server, kept)
            held = store.find_held(server, source)
            key = _load(server, source, conninfo, tell) if held is None else held
            if before is None or before[0] != key:
                _switch(server, source, key)
            views.describe_views(server, source)
            left = store.retire(server, kept)
    except psycopg.Error as error:
        raise ServingError(f"release {source.version} is not served: {copying.reason(error)}") from None
    return Served(
        version=source.version,
        before=before[1] if before else None,
        was_held=held is not None,
        tables=len(source.tables),
        rows=sum(table.rows for table in source.tables),
        seconds=time.monotonic() - started,
        left=left,
    )


def _load(server: psycopg.Connection, source: Source, conninfo: str, tell: Callable[[str], None]) -> int:
    """Load every table, the largest first; whatever was loaded is dropped when one fails."""
    key = store.begin(server, source)
    large = [table for table in source.tables if table.rows >= LARGE_ROWS]
    others = deque(sorted(set(source.tables) - set(large), key=lambda table: -table.rows))

    def bring_over(line: copying.Line) -> None:
        # An empty deque also tells the other line that this one failed.
        while others:
            try:
                copying.load(others.popleft(), key, line)
            except BaseException:
                others.clear()
                raise

    try:
        tell(f"loading {len(source.tables)} tables")
        with ExitStack() as opened, ThreadPoolExecutor(AT_ONCE) as pool:
            lines = [opened.enter_context(copying.line(conninfo)) for _ in range(AT_ONCE)]
            for table in large:
                copying.load_together(table, key, lines, pool)
            for done in [pool.submit(bring_over, line) for line in lines]:
                done.result()
        store.attach(server, source, key)
    except BaseException:
        if not server.broken:
            store.retire(server, kept_releases())
        raise
    return key


def _switch(server: psycopg.Connection, source: Source, key: int) -> None:
    """Make the views right for both releases, let statements pass that were planned before, then change the row."""
    wanted = views.wanted_views(store.shapes(server, key))
    if views.mark(wanted) != views.shown_mark(server):
        views.replace_views(server, wanted, key)
    _let_pass(server)
    server.execute(store.statement("switch"), {"release": key})


def _let_pass(server: psycopg.Connection) -> None:
    """Wait for the statements in flight: one planned before the partition was there would find the new release empty."""
    (moment,) = server.execute("select clock_timestamp()").fetchone()
    until = time.monotonic() + GRACE_SECONDS
    while server.execute(store.statement("in_flight"), {"moment": moment}).fetchone()[0] and time.monotonic() < until:
        time.sleep(0.02)
