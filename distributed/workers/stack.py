"""The processes of the stack: each in a group of its own, with a log of its own; some without which the others are of no use."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

PATIENCE_SECONDS = 30.0


@dataclass
class Member:
    """One process that was started."""

    name: str
    process: subprocess.Popen
    log: Path
    must_live: bool
    is_told_of: bool = False


@dataclass
class Stack:
    """What was started, in its order."""

    folder: Path
    environment: dict[str, str]
    cwd: Path
    members: list[Member] = field(default_factory=list)

    def start(self, name: str, command: Sequence[str], *, must_live: bool = True) -> Member:
        """Start a process in a group of its own, so that Ctrl-C reaches this one alone, which then stops them in order."""
        log = self.folder / f"{name}.log"
        with log.open("a") as said:
            process = subprocess.Popen(
                command, cwd=self.cwd, env=self.environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True
            )
        self.members.append(Member(name, process, log, must_live))
        return self.members[-1]

    def died(self) -> Iterator[Member]:
        """Those that ended since they were last asked for."""
        for member in self.members:
            if not member.is_told_of and member.process.poll() is not None:
                member.is_told_of = True
                yield member

    def stop(self) -> None:
        """End all, those started last first; whoever does not end in time is killed with all its children."""
        for member in reversed(self.members):
            if member.process.poll() is None:
                member.process.terminate()
        until = time.monotonic() + PATIENCE_SECONDS
        for member in reversed(self.members):
            try:
                member.process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(member.process.pid, signal.SIGKILL)
                member.process.wait()


@contextmanager
def stack(folder: Path, environment: dict[str, str], cwd: Path) -> Iterator[Stack]:
    """A stack that is stopped in any case."""
    folder.mkdir(parents=True, exist_ok=True)
    made = Stack(folder, environment, cwd)
    try:
        yield made
    finally:
        made.stop()
