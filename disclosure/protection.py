"""Complementary suppression: which further cells to withhold, so that no small count follows from the others.

The method is that of the statistical offices' tools for linked tables (Statistics Canada's CONFID): for a small cell, a
linear program seeks the cheapest change of the whole table that keeps every equation and makes the cell larger by its
protection. Whatever changes in it is withheld. The changed table is then as possible to a reader as the true one.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import scipy.sparse as sp
from scipy.optimize import linprog

from disclosure.components import components, digest

METHOD = "linked-lp-v1"
"""Part of each component's hash: a pattern found by another method is not kept."""
AT_ONCE = 8
"""Small cells protected by one program. One by one withholds least; 8 take a sixth of the time for a few per cent more cells."""
WITHHELD_COST = 0.001
"""Price of changing what is withheld already; of a cell that is shown it is its worth, 1 or more."""
HEADLINE = 1000
"""Worth from which a cell is withheld only where a small one cannot be protected otherwise."""
MOVED = 1e-6

Columns = dict[str, np.ndarray]


def pattern(cells: Columns, terms: Columns, held: Columns | None = None) -> pd.DataFrame:
    """Which cells to withhold: the small ones and their complements.

    Cells that no equation joins, over any number of others, are a component; each is solved alone, and one that is the
    same as in ``held``, the result of an earlier night, is not solved again.

    Args:
        cells: ``cell_key`` (ascending), ``counted`` (1 or more), ``is_primary``, ``protection``, ``worth``.
        terms: ``equation_key``, ``cell_key``, ``coefficient``; coefficient × count sums to nil in each equation.

    Returns:
        ``cell_key``, ``component_hash``, ``is_withheld``; one row per cell.
    """
    keys, withheld = cells["cell_key"], cells["is_primary"].astype(bool)
    matrix = equations(keys, terms)
    hashes = np.full(len(keys), "", dtype=object)
    known = _by_hash(held)
    for members, rows in components(matrix):
        part = matrix[rows][:, members]
        counted, protection, worth = (cells[name][members].astype(float) for name in ("counted", "protection", "worth"))
        told = digest(METHOD, part, keys[members], withheld[members], counted, protection, worth)
        hashes[members] = told
        if told in known:
            withheld[members] = known[told]
        else:
            withheld[members] = protect(part, counted, withheld[members], protection, worth)
    return pd.DataFrame({"cell_key": keys, "component_hash": hashes, "is_withheld": withheld})


def equations(keys: np.ndarray, terms: Columns) -> sp.csr_matrix:
    """One row per equation, one column per cell."""
    numbered = np.unique(terms["equation_key"], return_inverse=True)[1]
    rows = numbered.max() + 1 if len(numbered) else 0
    found = (terms["coefficient"].astype(float), (numbered, np.searchsorted(keys, terms["cell_key"])))
    return sp.csr_matrix(found, shape=(rows, len(keys)))


def protect(matrix: sp.csr_matrix, counted: np.ndarray, primary: np.ndarray, protection: np.ndarray, worth: np.ndarray) -> np.ndarray:
    """The cells of one component to withhold, the primary ones included.

    A withheld count is 1 or more to any reader, so no cell sinks below. The larger of the small cells come first: they need
    most room, and leave it to the others. Headlines stand as long as a small cell can be protected without them.
    """
    withheld = primary.copy()
    program = _Program(matrix, counted)
    headline = worth >= HEADLINE
    waiting = np.flatnonzero(primary)
    waiting = waiting[np.argsort(-counted[waiting], kind="stable")]
    at_once = AT_ONCE
    while len(waiting):
        now = waiting[:at_once]
        cost = np.where(withheld, WITHHELD_COST, worth)
        change = program.cheapest_change(now, protection[now], cost, headline & ~withheld)
        if change is None and len(now) > 1:
            at_once = len(now) // 2
            continue
        if change is None:
            change = program.cheapest_change(now, protection[now], cost)
        if change is None:
            raise ArithmeticError("a small cell cannot be protected: the equations between cells do not hold")
        withheld |= np.abs(change) > MOVED
        waiting = waiting[change[waiting] < protection[waiting] - MOVED]
        at_once = min(2 * at_once, AT_ONCE)
    return withheld


class _Program:
    """The linear program of one component: each cell has two variables, by how much it rises and by how much it falls."""

    def __init__(self, matrix: sp.csr_matrix, counted: np.ndarray):
        self.sides = sp.hstack([matrix, -matrix]).tocsc()
        self.room = np.r_[np.full(len(counted), np.inf), counted - 1]

    def cheapest_change(
        self, rising: np.ndarray, by: np.ndarray, cost: np.ndarray, standing: np.ndarray | None = None
    ) -> np.ndarray | None:
        """The cheapest change that makes cells rise by as much and leaves others standing; None where there is none.

        With nothing standing there always is one: as many more records like one that is there.
        """
        size = len(cost)
        least, most = np.zeros(2 * size), self.room.copy()
        least[rising] = by
        most[size + rising] = 0
        if standing is not None:
            most[np.r_[standing, standing]] = 0
        nil = np.zeros(self.sides.shape[0])
        # Each is solved once and quickly: simplifying it first takes longer than solving it.
        found = linprog(
            np.r_[cost, cost], A_eq=self.sides, b_eq=nil, bounds=np.c_[least, most], method="highs", options={"presolve": False}
        )
        return found.x[:size] - found.x[size:] if found.status == 0 else None


def _by_hash(held: Columns | None) -> dict[str, np.ndarray]:
    """The patterns of an earlier night by component, cells in ascending order."""
    if held is None or not len(held["cell_key"]):
        return {}
    frame = pd.DataFrame(held).sort_values("cell_key")
    return {told: group.to_numpy(dtype=bool) for told, group in frame.groupby("component_hash")["is_withheld"] if told}
