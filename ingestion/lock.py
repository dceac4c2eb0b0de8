"""Who may write below a data root, and when: advisory locks that the operating system frees when a process dies.

Whoever needs the root still, as a night does, holds its landing alone (``exclusive``). Whoever lands but one extract shares it
with those who land others (``share``). Shared storage must honour ``flock`` between machines, as NFS 4 does.
"""

from __future__ import annotations

import contextlib
import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from ingestion.paths import DataRoot

LANDING, PUBLICATION = "landing", "publication"
LONGEST_WAIT_SECONDS = 900.0
"""The landing of one extract takes seconds to minutes; a night that waits longer for it had better tell somebody."""
LOOKS_EVERY_SECONDS = 0.2


class Busy(RuntimeError):
    """Another run holds the data root."""


@contextmanager
def exclusive(root: DataRoot, what: str, longest_wait: float = LONGEST_WAIT_SECONDS) -> Iterator[None]:
    """Hold the lock named ``what`` of this data root, alone.

    Those who hold only a share of it are waited for, ``longest_wait`` seconds at most, and no new ones come in meanwhile.

    Raises:
        Busy: at once when another process holds it alone, for its caller's next turn will find the work still there;
            or after the wait.
    """
    busy = f"another process is busy with the {what} of this data root; nothing was changed"
    with _opened(root, what) as lock:
        if not _alone(lock, busy):
            until = time.monotonic() + longest_wait
            with _opened(root, f"{what}.next") as turn:
                _wait(lambda: _taken(turn, fcntl.LOCK_EX), until, busy)
                _wait(lambda: _alone(lock, busy), until, busy)
        yield


def landing(root: DataRoot) -> AbstractContextManager[None]:
    """Hold the landing of the root alone, or a share of it where one extract is landed beside others; raises ``Busy`` as they do."""
    return share(root, root.lander) if root.lander else exclusive(root, LANDING)


@contextmanager
def share(root: DataRoot, extract: str, longest_wait: float = LONGEST_WAIT_SECONDS) -> Iterator[None]:
    """Hold the landing of one extract, beside others who hold those of others; ``longest_wait`` is in seconds.

    Raises:
        Busy: when the whole root, or this extract, is still held by another after the wait.
    """
    until = time.monotonic() + longest_wait
    with _opened(root, f"{LANDING}.{extract}") as own, _opened(root, LANDING) as lock:
        _wait(lambda: _taken(own, fcntl.LOCK_EX), until, f"another process is still landing {extract}; nothing was changed")
        busy = f"another process is still busy with the {LANDING} of this data root; {extract} was not landed"
        _wait(lambda: _let_in(root, lock), until, busy)
        yield


def wait_until_free(root: DataRoot, what: str, longest_wait: float) -> None:
    """Wait until no process holds the lock alone, ``longest_wait`` seconds at most.

    For who does again what was lost with its machine: network storage frees the locks of a machine only when its lease is over.
    """
    with _opened(root, what) as lock, contextlib.suppress(Busy):
        _wait(lambda: _taken(lock, fcntl.LOCK_SH), time.monotonic() + longest_wait, what)


def _alone(lock: int, busy: str) -> bool:
    """Whether the lock is now held alone; Busy where another has it alone, for then even a share is not to be had."""
    if _taken(lock, fcntl.LOCK_EX):
        return True
    if not _taken(lock, fcntl.LOCK_SH):
        raise Busy(busy)
    fcntl.flock(lock, fcntl.LOCK_UN)
    return False


def _let_in(root: DataRoot, lock: int) -> bool:
    """Whether a share is now held. Who waits for the whole root has the turn: those who come later let it go first."""
    with _opened(root, f"{LANDING}.next") as turn:
        return _taken(turn, fcntl.LOCK_SH) and _taken(lock, fcntl.LOCK_SH)


@contextmanager
def _opened(root: DataRoot, what: str) -> Iterator[int]:
    root.path.mkdir(parents=True, exist_ok=True)
    # For reading and for writing: NFS gives a share only of what may be read, and the whole only of what may be written.
    with (root.path / f".{what}.lock").open("a+") as handle:
        yield handle.fileno()


def _taken(lock: int, kind: int) -> bool:
    with contextlib.suppress(BlockingIOError):
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
        return True
    return False


def _wait(is_done: Callable[[], bool], until: float, busy: str) -> None:
    while not is_done():
        if time.monotonic() >= until:
            raise Busy(busy)
        time.sleep(LOOKS_EVERY_SECONDS)
