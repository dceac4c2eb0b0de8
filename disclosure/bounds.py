"""What a reader can work out: the interval of each withheld value, given all that is shown and the equations between them.

Independent of how a pattern was found: this knows no true value, no small count and nothing of ``protection.py``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
import scipy
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, milp

from disclosure.components import components, digest

ROUNDS = 24
"""Pairs of programs that move many values at once, before those still too narrow are asked about one by one."""
METHOD = f"{hashlib.sha256(Path(__file__).read_bytes()).hexdigest()} {scipy.__version__}"
"""Part of each component's hash: what another version of this module or of the solver found is not relied upon."""
SLACK = 1e-6
"""By how much a width may fall short in a solver's arithmetic."""


@dataclass(frozen=True)
class Intervals:
    """Per value ``low`` and ``high``: both the value itself where it is shown.

    Exact where the interval is narrower than asked for; else two possible values, at least as far apart as asked. ``nan``
    where what is shown contradicts itself, so that no table agrees with it.
    """

    low: np.ndarray
    high: np.ndarray
    components: dict[str, np.ndarray]
    """The same by component: its hash, and low and high of its cells."""

    @property
    def width(self) -> np.ndarray:
        return self.high - self.low


def intervals(
    matrix: sp.csr_matrix,
    shown: np.ndarray,
    least: np.ndarray,
    asked: np.ndarray,
    tolerance: np.ndarray,
    known: Mapping[str, np.ndarray] = MappingProxyType({}),
) -> Intervals:
    """The intervals of withheld values.

    Args:
        matrix: one row per equation, which sums to nil, one column per value.
        shown: values, ``nan`` where withheld.
        least: what a reader knows a value to be at least.
        asked: the width that is enough.
        tolerance: per equation, by how much rounding may make it differ from nil.
        known: the components of an earlier result. One that is there is not solved again.
    """
    hidden = np.isnan(shown)
    low, high = np.where(hidden, -np.inf, shown), np.where(hidden, np.inf, shown)
    reached = -(matrix @ np.where(hidden, 0, shown))
    unknown = matrix[:, hidden].tocsr()
    positions = np.flatnonzero(hidden)
    found: dict[str, np.ndarray] = {}
    for cells, used in components(unknown):
        at, part = positions[cells], unknown[used][:, cells]
        asked_of = (reached[used], tolerance[used], least[at], asked[at])
        told = digest(METHOD, part, *asked_of)
        if told not in found:
            found[told] = known[told] if told in known else np.array(_component(part, *asked_of))
        low[at], high[at] = found[told]
    return Intervals(low, high, found)


def _component(
    part: sp.csr_matrix, reached: np.ndarray, tolerance: np.ndarray, least: np.ndarray, asked: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Each program ends in a corner of what is possible, which is a table a reader cannot exclude: the spread of a value over
    such tables is a part of its interval, and one table serves many values."""
    # A reader knows no upper limit; a far one keeps the programs bounded and can only make intervals narrower.
    far = least + 10 * (np.abs(reached).max() + asked.max() + 1000)
    constraint = LinearConstraint(part, reached - tolerance, reached + tolerance)

    def corner(direction: np.ndarray, bottom: np.ndarray = least, top: np.ndarray = far) -> np.ndarray:
        # Each is solved once or twice and differs little from the last: simplifying it first takes longer than solving it.
        found = milp(direction, constraints=constraint, bounds=Bounds(bottom, top), options={"presolve": False})
        return np.full(len(least), np.nan) if found.x is None else found.x

    low = corner(np.ones(len(least)))
    high = low.copy()
    chance = np.random.default_rng(0)
    for _ in range(ROUNDS):
        sides = chance.choice([-1.0, 1.0], len(least))
        for side in (sides, -sides):
            narrow = high - low < asked - SLACK
            if not narrow.any():
                return low, high
            # Some up and some down, each just as far as asked: what one does not need is left to the others.
            bottom = np.where(narrow & (side < 0), np.maximum(least, high - asked), least)
            top = np.where(narrow & (side > 0), low + asked, far)
            table = corner(np.where(narrow, -side, 0), bottom, top)
            low, high = np.minimum(low, table), np.maximum(high, table)
    for cell in np.flatnonzero(high - low < asked - SLACK):
        alone = np.zeros(len(least))
        alone[cell] = 1
        for direction in (1, -1):
            table = corner(direction * alone)
            low, high = np.minimum(low, table), np.maximum(high, table)
    return low, high
