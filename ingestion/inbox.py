"""What lies in the inbox: files that are ready, and what is left alone and why. Looks at names and times, at no content."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import stat
import time
from collections.abc import Iterator
from pathlib import Path

from ingestion.names import is_hidden, is_unfinished
from ingestion.paths import DataRoot

DEEPEST = 4
"""Folders below the inbox that are looked into: <extract>/<period>, and two that somebody may have copied along."""
FORGOTTEN_SECONDS = 3600.0


def waiting(root: DataRoot, stable_seconds: float = 0) -> list[Path]:
    """Plain files in the inbox, the one changed last at the end.

    Those are left out that changed less than ``stable_seconds`` ago, or that some process of this machine still
    has open for writing; and hidden, linked and half-written ones.
    """
    now = time.time()
    ready = []
    for path, state in _everything(root):
        if state is None or not stat.S_ISREG(state.st_mode) or is_unfinished(path.name):
            continue
        changed = _changed_at(state, now)
        if stable_seconds and (now - changed < stable_seconds or _is_being_written(path)):
            continue
        ready.append((changed, path))
    return [path for _, path in sorted(ready)]


def left_alone(root: DataRoot) -> Iterator[tuple[Path, str]]:
    """What is no delivery and ought not to lie in the inbox, with the reason for which it is not taken."""
    now = time.time()
    for path, state in _everything(root):
        if state is None:
            yield path, "the warehouse's account may not look into it, or it lies too deep in folders"
        elif stat.S_ISLNK(state.st_mode):
            yield path, "it is a link, and links are never followed; put the file itself here"
        elif not stat.S_ISREG(state.st_mode):
            yield path, "it is not a plain file"
        elif is_unfinished(path.name) and now - _changed_at(state, now) > FORGOTTEN_SECONDS:
            yield path, "its name is that of an unfinished transfer; send it again, or rename it if it is whole"


def _everything(root: DataRoot) -> Iterator[tuple[Path, os.stat_result | None]]:
    """Every entry that is neither a folder nor hidden, by name, with its own state; None where that cannot be had."""
    seen = root.inbox / root.lander
    folders = [seen] if seen.is_dir() else []
    while folders:
        folder = folders.pop()
        try:
            with os.scandir(folder) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError:
            yield folder, None
            continue
        for entry in entries:
            if is_hidden(entry.name):
                continue
            path = Path(entry.path)
            try:
                is_folder = entry.is_dir(follow_symlinks=False)
                state = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue  # taken away in this moment
            except OSError:
                yield path, None
                continue
            if not is_folder:
                yield path, state
            elif len(path.relative_to(root.inbox).parts) <= DEEPEST:
                folders.append(path)
            else:
                yield path, None


def _changed_at(state: os.stat_result, now: float) -> float:
    """When the content changed. A time to come is the sender's clock, or made up: then the time of this machine's own.

    If that too is far ahead, the machine's clock was set back since: the file is an old one.
    """
    if state.st_ctime > now + FORGOTTEN_SECONDS:
        return 0.0
    return state.st_mtime if state.st_mtime <= now else min(state.st_ctime, now)


def _is_being_written(path: Path) -> bool:
    """Whether a process has the file open for writing, as the kernel knows; False where it cannot tell (other machines)."""
    with contextlib.suppress(OSError, AttributeError):
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            # Who opens the file for writing in this very moment makes the kernel signal us, by default with one that kills.
            fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
            fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
            fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
    return False
