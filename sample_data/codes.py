"""The warehouse's own code lists: the generator writes the labels that they hold and repeats none."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from ingestion.paths import ALIASES, CODE_LISTS


@cache
def code_list(name: str) -> pd.DataFrame:
    """One list, indexed by code; empty cells are empty text."""
    return pd.read_csv(CODE_LISTS / f"{name}.csv", dtype=str, keep_default_na=False).set_index("code", drop=False)


@cache
def aliases(name: str) -> pd.DataFrame:
    """``alias,code`` of one list: the spellings senders use beside codes and labels."""
    return pd.read_csv(ALIASES / f"{name}.csv", dtype=str, keep_default_na=False)


def labels(name: str, codes: np.ndarray, language: str) -> np.ndarray:
    """The label of each code in ``language`` (en or lo); empty for an empty code.

    Raises:
        KeyError: for a code that the list does not hold.
    """
    known = code_list(name)[f"label_{language}"].to_dict() | {"": ""}
    distinct, places = np.unique(codes.astype(str), return_inverse=True)
    return np.array([known[code] for code in distinct], dtype=object)[places]


def choose(rng: np.random.Generator, shares: dict, size: int) -> np.ndarray:
    """Keys of ``shares`` at random in proportion to its values."""
    keys, weights = list(shares), np.array(list(shares.values()), dtype=float)
    return np.array(keys)[rng.choice(len(keys), size=size, p=weights / weights.sum())]


def whole_parts(total: int, weights: np.ndarray) -> np.ndarray:
    """Integers in proportion to ``weights`` that add up to ``total`` exactly (largest remainders)."""
    exact = total * weights / weights.sum()
    parts = np.floor(exact).astype(np.int64)
    parts[np.argsort(parts - exact, kind="stable")[: total - parts.sum()]] += 1
    return parts
