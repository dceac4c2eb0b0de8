"""The verdict on deliveries as a whole, from their profiles, before anything is replaced."""

from __future__ import annotations

import pandas as pd

from expectations.suite import LANDING, load_suite, run_suite


def judge_deliveries(record: str, profiles: pd.DataFrame) -> dict[str, str]:
    """Judge the profiles of one record's deliveries (one row each) by ``landing/<record>.yml``.

    Returns:
        sha256 of each delivery that fails a blocking expectation → the failures in words.

    A suite speaks of every field of its record; a column that no extract delivered counts as null, and so as
    met. An expectation that errors refuses every delivery of the batch: nothing is let through unjudged.
    """
    declared = LANDING / f"{record}.yml"
    if not declared.exists():
        return {}
    suite = load_suite(declared)
    spoken_of = {entry.arguments["column"] for entry in suite.expectations if "column" in entry.arguments}
    frame = profiles.reindex(columns=[*profiles.columns, *sorted(spoken_of - set(profiles.columns))])
    for name in spoken_of:
        frame[name] = pd.to_numeric(frame[name])
    refused: dict[str, list[str]] = {}
    for finding in run_suite(suite, frame):
        if finding.passed or finding.expectation.severity != "error":
            continue
        failing = [row[suite.index.index("sha256")] for row in finding.rows] or list(frame["sha256"])
        column = finding.expectation.arguments.get("column")
        for sha256 in failing:
            value = frame.loc[frame["sha256"] == sha256, column].iloc[0] if column in frame else None
            found = f" ({column} = {value:.4g})" if value is not None and pd.notna(value) else f" ({finding.detail})"
            refused.setdefault(sha256, []).append(f"{finding.expectation.check}{found}; {finding.expectation.because}")
    return {sha256: "; ".join(reasons) for sha256, reasons in refused.items()}
