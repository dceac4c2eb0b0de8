"""Withheld counts cannot be worked out: by the audit's linear programs, and for tiny tables by trying every table there is."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from disclosure import bounds
from disclosure.bounds import intervals
from disclosure.memory import keep, recall
from disclosure.protection import equations, pattern

LARGEST, PROTECTION = 4, 3
ALL = -1


class Table:
    """Counts by a few dimensions with every total, as cells that are not nil and the equations between them."""

    def __init__(self, base: np.ndarray):
        self.base = base
        members = [[ALL, *range(size)] for size in base.shape]
        self.cells = [cell for cell in product(*members) if self.count(cell)]
        self.counted = np.array([self.count(cell) for cell in self.cells])
        self.primary = self.counted <= LARGEST
        terms = [
            (f"{axis}{cell}", part, -1 if part == cell else 1)
            for axis in range(base.ndim)
            for cell in self.cells
            if cell[axis] == ALL
            for part in self.cells
            if cell[:axis] + cell[axis + 1 :] == part[:axis] + part[axis + 1 :]
        ]
        number = {cell: position for position, cell in enumerate(self.cells)}
        self.terms = {
            "equation_key": np.array([equation for equation, _, _ in terms]),
            "cell_key": np.array([number[part] for _, part, _ in terms]),
            "coefficient": np.array([coefficient for _, _, coefficient in terms]),
        }

    def count(self, cell: tuple[int, ...], base: np.ndarray | None = None) -> int:
        chosen = tuple(slice(None) if member == ALL else member for member in cell)
        return int((self.base if base is None else base)[chosen].sum())

    def held(self) -> dict[str, np.ndarray]:
        size = len(self.cells)
        protection = np.full(size, PROTECTION)
        columns = {"cell_key": np.arange(size), "counted": self.counted, "is_primary": self.primary, "protection": protection}
        return {**columns, "worth": np.sqrt(self.counted)}

    def withheld(self) -> np.ndarray:
        return pattern(self.held(), self.terms)["is_withheld"].to_numpy(dtype=bool)

    def narrow(self, withheld: np.ndarray) -> list[tuple[int, ...]]:
        """The cells that the audit finds too well known."""
        matrix = equations(np.arange(len(self.cells)), self.terms)
        asked = np.where(self.primary, PROTECTION, 1)
        shown = np.where(withheld, np.nan, self.counted.astype(float))
        found = intervals(matrix, shown, np.ones(len(self.cells)), asked, np.zeros(matrix.shape[0]))
        return [self.cells[cell] for cell in np.flatnonzero(withheld & ~(found.width >= asked - 1e-5))]


def tables(*shape: int, most: int = 30) -> st.SearchStrategy[Table]:
    counts = st.one_of(st.integers(0, 6), st.integers(0, most))
    return st.lists(counts, min_size=int(np.prod(shape)), max_size=int(np.prod(shape))).map(
        lambda held: Table(np.array(held).reshape(shape))
    )


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.one_of(tables(3, 4), tables(2, 3, 3), tables(5, 2)))
def test_no_small_count_can_be_worked_out(table: Table) -> None:
    withheld = table.withheld()
    assert withheld[table.primary].all()
    assert table.narrow(withheld) == []


@settings(max_examples=40, deadline=None, derandomize=True)
@given(tables(2, 2, most=9))
def test_every_table_there_is_says_the_same(table: Table) -> None:
    """The third way: all tables of whole numbers that agree with what is shown, one by one."""
    withheld = table.withheld()
    possible = np.stack(np.meshgrid(*[np.arange(18)] * 4, indexing="ij"), axis=-1).reshape(-1, 2, 2)
    for cell in product([ALL, 0, 1], [ALL, 0, 1]):
        chosen = tuple(slice(None) if member == ALL else slice(member, member + 1) for member in cell)
        counts = possible[(slice(None), *chosen)].sum(axis=(1, 2))
        hidden = cell in table.cells and withheld[table.cells.index(cell)]
        possible = possible[counts >= 1 if hidden else counts == table.count(cell)]
    for cell in np.flatnonzero(table.primary):
        counts = [table.count(table.cells[cell], base) for base in possible]
        assert max(counts) - min(counts) >= PROTECTION, table.cells[cell]


def test_the_audit_finds_what_follows_from_several_tables_together() -> None:
    """Each equation alone leaves a choice; together they do not: a circle of four that an odd one closes."""
    #            a + b = 9, b + c = 9, a + c = 6  →  a = 3, b = 6, c = 3
    matrix = sp.csr_matrix(np.array([[1, 1, 0, -1, 0, 0], [0, 1, 1, 0, -1, 0], [1, 0, 1, 0, 0, -1]], dtype=float))
    shown = np.array([np.nan, np.nan, np.nan, 9, 9, 6])
    found = intervals(matrix, shown, np.ones(6), np.full(6, 3.0), np.zeros(3))
    assert found.low[:3].round(6).tolist() == found.high[:3].round(6).tolist() == [3, 6, 3]
    shown[5] = np.nan
    assert (intervals(matrix, shown, np.ones(6), np.full(6, 3.0), np.zeros(3)).width[:3] >= 3 - 1e-5).all()


def test_the_audit_finds_what_a_bound_gives_away() -> None:
    """Two withheld counts of which a reader knows that neither is nil: 5 = 1 + 4 leaves 1 to 4 for each."""
    matrix = sp.csr_matrix(np.array([[1.0, 1.0, -1.0]]))
    found = intervals(matrix, np.array([np.nan, np.nan, 5]), np.ones(3), np.full(3, 9.0), np.zeros(1))
    assert found.low[:2].round(6).tolist() == [1, 1] and found.high[:2].round(6).tolist() == [4, 4]
    assert np.isnan(intervals(matrix, np.array([np.nan, np.nan, 1]), np.ones(3), np.ones(3), np.zeros(1)).width[:2]).all()


def test_taking_back_a_complement_is_found() -> None:
    table = Table(np.array([[2, 30, 41], [25, 33, 50], [44, 61, 39]]))
    withheld = table.withheld()
    assert withheld.sum() == 4
    for cell in np.flatnonzero(withheld & ~table.primary):
        taken_back = withheld.copy()
        taken_back[cell] = False
        assert (0, 0) in table.narrow(taken_back)


def test_what_did_not_change_is_not_solved_again_and_the_same_data_give_the_same_pattern(monkeypatch: pytest.MonkeyPatch) -> None:
    table = Table(np.array([[2, 30, 41], [25, 33, 50], [44, 61, 39]]))
    first, second = (pattern(table.held(), table.terms) for _ in range(2))
    assert first.equals(second)
    monkeypatch.setattr("disclosure.protection.protect", None)
    held = {name: first[name].to_numpy() for name in first}
    assert pattern(table.held(), table.terms, held).equals(first)
    with pytest.raises(TypeError):
        pattern({**table.held(), "counted": table.counted + 1}, table.terms, held)


def test_without_small_counts_everything_is_shown_and_nothing_at_all_is_no_error() -> None:
    assert not Table(np.full((2, 3), 20)).withheld().any()
    assert Table(np.zeros((2, 3), dtype=int)).withheld().tolist() == []


def test_what_was_solved_last_night_is_not_solved_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two tables that share nothing; a change in one is a change of that one, and a kept file that is damaged is no answer."""
    matrix = sp.csr_matrix(np.array([[1.0, 1.0, -1.0, 0, 0, 0], [0, 0, 0, 1.0, 1.0, -1.0]]))
    path, solved = tmp_path / "intervals.npz", []
    solve = bounds._component
    monkeypatch.setattr(bounds, "_component", lambda part, *known: solved.append(known) or solve(part, *known))

    def audited(first: float, second: float, least: float = 1, asked: float = 9, tolerance: float = 0) -> tuple[list[float], int]:
        solved.clear()
        shown = np.array([np.nan, np.nan, first, np.nan, np.nan, second])
        found = intervals(matrix, shown, np.full(6, least), np.full(6, asked), np.full(2, tolerance), recall(path))
        keep(path, found.components)
        return found.width.round(6).tolist(), len(solved)

    assert audited(5, 7) == ([3, 3, 0, 5, 5, 0], 2)
    assert audited(5, 7) == ([3, 3, 0, 5, 5, 0], 0)
    assert audited(5, 3) == ([3, 3, 0, 1, 1, 0], 1)
    assert len(recall(path)) == 2
    path.write_bytes(path.read_bytes()[:-40])
    assert audited(5, 3) == ([3, 3, 0, 1, 1, 0], 2)
    # The same tables, of which a reader knows more, of which less is enough, or which are rounded: another question each.
    for question in ({"least": 2.0}, {"asked": 2.0}, {"tolerance": 1.0}):
        assert audited(5, 7, **question)[1] == 2, question
        assert audited(5, 7) == ([3, 3, 0, 5, 5, 0], 2), question
