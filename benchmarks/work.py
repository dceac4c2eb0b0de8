"""What a piece of work is: our way of doing it, and the bare ways it is held against."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True)
class Bench:
    """Where a measurement runs: ``cache`` keeps inputs, ``scratch`` is empty and thrown away, ``rows`` is the size."""

    cache: Path
    scratch: Path
    rows: int


Setup = Callable[[Bench], Callable[[], object]]
"""Prepares without being measured (imports, copies, connections) and returns the call that is."""


@dataclass(frozen=True)
class Bare:
    """One bare way of doing the same; ``target`` is the ratio to stay below, None where none is set.

    ``by`` says of what: CPU, or the wall clock where another process (a server) does most of the work. ``more_s`` are seconds
    that ours may take beyond the ratio.
    """

    against: str
    setup: Setup
    target: float | None = None
    by: Literal["CPU", "wall"] = "CPU"
    more_s: float = 0


@dataclass(frozen=True)
class Limit:
    """What our way may cost at most by itself, where there is nothing to hold it against."""

    most: float
    by: Literal["CPU s", "MB", "wall s"]


@dataclass(frozen=True)
class Answers:
    """What a call returns in which readers were answered: its cost is that of one answer, and its time what 95 % waited at most."""

    count: int
    p95_s: float


@dataclass(frozen=True)
class Work:
    """``prepare`` makes cached inputs in a process of its own; ``rows`` tells the size that the work really has."""

    title: str
    prepare: Callable[[Bench], None]
    ours: Setup
    bare: tuple[Bare, ...] = ()
    limits: tuple[Limit, ...] = ()
    rows: Callable[[int], int | None] = lambda rows: rows

    @property
    def ways(self) -> tuple[Setup, ...]:
        """Every way of doing it, ours first; a measurement names one by its place."""
        return (self.ours, *(bare.setup for bare in self.bare))


class NotMeasurable(RuntimeError):
    """This work cannot be measured here; the message says why and is shown in the table's place."""


MULTIPLES = {"": 1, "k": 1_000, "m": 1_000_000}


def size(told: str) -> int:
    """``2000``, ``200k`` or ``1m`` as a number of rows."""
    found = re.fullmatch(r"(\d+)([km]?)", told.lower())
    if found is None or int(found[1]) == 0:
        raise argparse.ArgumentTypeError(f"'{told}' is not a size such as 2000, 200k or 1m")
    return int(found[1]) * MULTIPLES[found[2]]
