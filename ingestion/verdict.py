"""The verdict on deliveries as wholes, once they are staged and before any of them replaces anything."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd

from ingestion.archive import Submission
from ingestion.refusal import Refusal
from ingestion.stage import Staged

Judge = Callable[[str, pd.DataFrame], dict[str, str]]
"""(record, profiles) → sha256 of each delivery refused as a whole → why."""

History = dict[tuple[str, str], list[Submission]]
"""(extract, period) → its deliveries, oldest first."""

FEW_ROWS = 20
"""Of a month with fewer rows than this a correction may well drop half."""


def verdicts(staged: Sequence[Staged], judge: Judge, history: History) -> list[Refusal | None]:
    """Why each delivery is refused as a whole, or None.

    A month is compared with the one before it, unless that is refused in the same turn: a stub of one month must
    not make the next look too large. So who follows a refused one is judged again, until nothing changes.
    """
    own = [entry.refusal or _partial_correction(entry, history) for entry in staged]
    found = list(own)
    asked: dict[int, float | None] = {}
    while True:
        standing = [entry for entry, refusal in zip(staged, found, strict=True) if refusal is None]
        ratios = {at: _ratio_to_previous(staged[at], standing, history) for at, refusal in enumerate(own) if refusal is None}
        changed = [at for at, ratio in ratios.items() if at not in asked or asked[at] != ratio]
        if not changed:
            return found
        asked |= {at: ratios[at] for at in changed}
        by_record: dict[str, list[int]] = {}
        for at in changed:
            staged[at].profile["rows_ratio_to_previous"] = ratios[at]
            by_record.setdefault(staged[at].contract.record, []).append(at)
        for record, places in by_record.items():
            why = judge(record, pd.DataFrame([staged[at].profile for at in places]))
            for at in places:
                said = why.get(staged[at].before.sha256)
                found[at] = Refusal("landing_suite", expected=f"the landing suite of {record}", found=said) if said else None


def _partial_correction(staged: Staged, history: History) -> Refusal | None:
    """Why a second delivery of a month with only a part of its rows is refused: it would replace the whole month."""
    own, least = staged.submission, staged.contract.correction_min_pct
    if own.outcome == "landed":
        return None  # only read anew
    landed = [entry for entry in history[(own.extract, own.period)] if entry.outcome == "landed" and entry.sha256 != own.sha256]
    held = landed[-1].rows_accepted + landed[-1].rows_rejected if landed else 0
    sent = own.rows_accepted + own.rows_rejected
    if held < FEW_ROWS or sent * 100 >= held * least:
        return None
    return Refusal("partial_correction", found=f"{sent:,}", expected=f"{held:,}")


def _ratio_to_previous(entry: Staged, standing: Sequence[Staged], history: History) -> float | None:
    """Rows accepted ÷ rows accepted in the extract's period before; None for the first."""
    own = entry.submission
    earlier = {other.submission.period: other.submission.rows_accepted for other in standing if other.submission.extract == own.extract}
    for (extract, period), entries in history.items():
        if extract == own.extract and (landed := [done for done in entries if done.outcome == "landed"]):
            earlier.setdefault(period, landed[-1].rows_accepted)
    before = max((period for period in earlier if period < own.period), default=None)
    return own.rows_accepted / earlier[before] if before and earlier[before] else None
