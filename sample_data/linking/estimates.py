"""From the evidence to figures: links by threshold, and the share who leave again, each with its error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

ROUNDS = 500


@dataclass(frozen=True)
class Links:
    """Links at one threshold: how many, of them right, and how many there were to find."""

    made: int
    right: int
    to_find: int

    @property
    def precision(self) -> float:
        return self.right / self.made if self.made else float("nan")

    @property
    def recall(self) -> float:
        return self.right / self.to_find


def share(likelihood: np.ndarray) -> tuple[float, float]:
    """Maximum likelihood of the share of returns that have a partner among their candidates, and its standard error.

    A return has no partner, or one of its candidates with equal chance before the features are looked at. No link is decided.
    """
    gain = likelihood - 1
    found = 0.1
    for _ in range(ROUNDS):
        found = float(np.mean(found * likelihood / (1 + found * gain)))
    return found, float(1 / np.sqrt(np.sum((gain / (1 + found * gain)) ** 2)))


def links(evidence: pd.DataFrame, found: float, threshold: float) -> Links:
    """The best candidate of each return whose probability reaches the threshold, when a share ``found`` has one at all."""
    probability = found * evidence["best"] / (1 + found * (evidence["likelihood"] - 1))
    made = probability >= threshold
    return Links(int(made.sum()), int((made & evidence["best_is_right"]).sum()), int(evidence["leaves_again"].sum()))
