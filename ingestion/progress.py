"""How much longer a piece of work takes, from what its parts weigh and how long those that are done have taken."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

WORTH_SAYING_S = 10
"""Less than this is not told: it would have passed before it was read."""
LEAST_DONE = 0.05
"""Before that much is done, what was done is no measure of the rest."""


class TimeLeft:
    """Counts parts that are done; ``weights`` are of any unit (bytes, the seconds of the last time), one for each part.

    A part without a weight counts as an average one.
    """

    def __init__(self, weights: Mapping[str, float], clock: Callable[[], float] = time.monotonic):
        known = [weight for weight in weights.values() if weight > 0]
        average = sum(known) / len(known) if known else 1.0
        self._left = {part: weight if weight > 0 else average for part, weight in weights.items()}
        self._all = sum(self._left.values())
        self._clock, self._began = clock, clock()

    def after(self, part: str) -> str:
        """What to say behind a part's line now that it is done: ``, about 40 s left``, or nothing near the end."""
        self._left.pop(part, None)
        left = sum(self._left.values())
        seconds = (self._clock() - self._began) * left / max(self._all - left, 1e-9)
        if seconds < WORTH_SAYING_S or left > (1 - LEAST_DONE) * self._all:
            return ""
        return f", about {seconds:.0f} s left" if seconds < 100 else f", about {seconds / 60:.0f} min left"
