"""One writer at a time per data root: an advisory lock that the operating system frees when a process dies."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from ingestion.paths import DataRoot


class Busy(RuntimeError):
    """Another run holds the data root."""


@contextmanager
def exclusive(root: DataRoot, what: str) -> Iterator[None]:
    """Hold the lock named ``what`` of this data root.

    Raises:
        Busy: at once when another process holds it; the caller's next turn will find the work still there.
    """
    root.path.mkdir(parents=True, exist_ok=True)
    with (root.path / f".{what}.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(f"another process is busy with the {what} of this data root; nothing was changed") from None
        yield
