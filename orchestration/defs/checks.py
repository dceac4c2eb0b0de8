"""Asset checks that are not dbt tests: on what was delivered, and on the candidate.

What belongs here: how verdicts passed elsewhere (landing, gate) are declared and shown. What does not: a rule.
Dagster's checks are for people to see; a candidate is let through by its gate record alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import dagster as dg

from expectations.suite import Suite
from ingestion.archive import UNPLACED, Submission
from orchestration import keys, metadata

if TYPE_CHECKING:
    from publishing.gate import Gate

ACCEPTED = "delivery_is_accepted"
GATE = "gate"


def delivery_check(extract: str) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(
        ACCEPTED,
        asset=keys.raw(extract),
        description="For every month the newest delivery could be taken; what could not is listed with reason and remedy.",
    )


@dataclass(frozen=True)
class DeliveryResult:
    """One verdict in the two shapes Dagster wants: from the asset's own step, and from another step."""

    check: dg.AssetCheckResult
    evaluation: dg.AssetCheckEvaluation


def delivery_result(extract: str, history: Sequence[Submission]) -> DeliveryResult:
    """Judge an extract by the state of all its deliveries, not by the last event: one good month among many
    must not hide a refused one. A delivery that could not be placed counts until a later one is taken."""
    standing = list(_unanswered([entry for entry in history if entry.extract == extract]))
    refused = [entry for entry in standing if entry.outcome == "refused"]
    severity = dg.AssetCheckSeverity.ERROR if refused else dg.AssetCheckSeverity.WARN
    told = [f"{entry.period}, {entry.file_name}: {entry.reason}. {entry.remedy}" for entry in standing]
    facts = {
        "asset_key": keys.raw(extract),
        "check_name": ACCEPTED,
        "passed": not standing,
        "severity": severity,
        "description": "\n".join(told) or "every newest delivery is accepted",
        "metadata": {"unanswered": metadata.table(["period", "file_name", "outcome", "reason", "remedy"], map(vars, standing))},
    }
    return DeliveryResult(dg.AssetCheckResult(**facts), dg.AssetCheckEvaluation(**facts))


def _unanswered(history: Sequence[Submission]) -> Iterator[Submission]:
    newest = {entry.period: entry for entry in history}
    last_taken = max((entry.received_at for entry in history if entry.outcome in ("landed", "duplicate")), default="")
    for period, entry in sorted(newest.items()):
        kept_as_before = entry.outcome == "landed" and entry.reason
        answered_since = period == UNPLACED and entry.received_at < last_taken
        if (entry.outcome == "refused" and not answered_since) or kept_as_before:
            yield entry


def candidate_checks(suites: Mapping[str, Suite]) -> list[dg.AssetCheckSpec]:
    """The gate, and one check per suite to show where it failed."""
    gate = dg.AssetCheckSpec(
        GATE,
        asset=keys.CANDIDATE,
        blocking=True,
        description="Every blocking check passed on exactly these bytes; when not, all that is unmet is listed at once.",
    )
    return [gate, *(_suite_check(suite) for suite in suites.values())]


def candidate_results(gate: Gate, suites: Mapping[str, Suite]) -> list[dg.AssetCheckResult]:
    passed = dg.AssetCheckResult(
        check_name=GATE,
        passed=gate.eligible,
        description="\n".join(f"- {reason}" for reason in gate.unmet) or f"all {len(gate.verdicts)} checks are met",
        metadata={"unmet": metadata.bullets(gate.unmet)},
    )
    return [passed, *(_suite_result(gate, suite) for suite in suites.values())]


def suite_check_name(suite: Suite) -> str:
    return f"{suite.name}_meets_expectations"


def _suite_check(suite: Suite) -> dg.AssetCheckSpec:
    rules = "\n".join(f"- `{entry.check}` ({entry.severity}): {entry.because}" for entry in suite.expectations)
    return dg.AssetCheckSpec(suite_check_name(suite), asset=keys.CANDIDATE, description=f"Of `{suite.table}`:\n\n{rules}")


def _suite_result(gate: Gate, suite: Suite) -> dg.AssetCheckResult:
    """Expectations without a verdict count as not met: silence is no consent."""
    said = {verdict.check: verdict for verdict in gate.verdicts if verdict.table == suite.table}
    silent = [entry.check for entry in suite.expectations if entry.check not in said]
    failed = [said[entry.check] for entry in suite.expectations if entry.check in said and not said[entry.check].passed]
    blocks = bool(silent) or any(verdict.blocks for verdict in failed)
    told = [*(f"{name}: it has no verdict" for name in silent), *(verdict.sentence() for verdict in failed)]
    return dg.AssetCheckResult(
        check_name=suite_check_name(suite),
        passed=not told,
        severity=dg.AssetCheckSeverity.ERROR if blocks else dg.AssetCheckSeverity.WARN,
        description="\n".join(told) or f"all {len(suite.expectations)} expectations are met",
    )
