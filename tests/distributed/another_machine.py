"""A second machine, as far as the network tells: a namespace of Linux with a cable to this one, which can be pulled."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

HERE, THERE, NETWORK = "10.77.0.1", "10.77.0.2", "10.77.0.0/30"


@dataclass(frozen=True)
class Machine:
    name: str
    cable: str
    """Our end of it."""
    started: list[subprocess.Popen] = field(default_factory=list)

    def start(self, command: Sequence[str | Path], environment: dict[str, str], log: Path) -> None:
        there = ["ip", "netns", "exec", self.name, *command]
        with log.open("w") as said:
            self.started.append(subprocess.Popen(there, env=environment, stdout=said, stderr=said, start_new_session=True))

    def processes(self) -> list[int]:
        return [int(pid) for pid in _ip("netns", "pids", self.name).split()]

    def pull_the_cable(self) -> None:
        """From now on neither end hears anything of the other, nor that it hears nothing."""
        _ip("link", "set", self.cable, "down")

    def plug_it_in(self) -> None:
        _ip("link", "set", self.cable, "up")


def is_allowed() -> bool:
    """Whether we may make one: root may, unless what shuts us in forbids it."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        return False
    try:
        with another_machine():
            return True
    except subprocess.CalledProcessError:
        return False


@contextmanager
def another_machine() -> Iterator[Machine]:
    """A machine at ``THERE``, to which this one is ``HERE``; with its end, all that runs there ends.

    Raises:
        subprocess.CalledProcessError: where Linux, or we, may not make one.
    """
    name = f"machine-{os.getpid()}"
    machine = Machine(name, f"to{os.getpid()}")
    _ip("netns", "add", name)
    try:
        _ip("link", "add", machine.cable, "type", "veth", "peer", "name", "cable", "netns", name)
        _ip("addr", "add", f"{HERE}/30", "dev", machine.cable)
        _ip("link", "set", machine.cable, "up")
        for told in (["addr", "add", f"{THERE}/30", "dev", "cable"], ["link", "set", "cable", "up"], ["link", "set", "lo", "up"]):
            _ip("-n", name, *told)
        yield machine
    finally:
        for pid in machine.processes():
            os.kill(pid, signal.SIGKILL)
        for process in machine.started:
            process.wait()
        _ip("netns", "del", name)


def _ip(*arguments: str) -> str:
    return subprocess.run(["ip", *arguments], capture_output=True, text=True, check=True).stdout
