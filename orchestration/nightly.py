"""The night from the command line: the same job that the schedule runs, in this process, told in plain lines.

``python -m orchestration.nightly [--force]`` ends with what was released (or why not), what was quarantined and
what was refused. Exit code 1 means that nothing was published though something should have been.
"""

from __future__ import annotations

import argparse
import logging
import shutil
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

import dagster as dg

from ingestion.archive import Submission, submissions
from ingestion.inbox import left_alone, waiting
from ingestion.lock import Busy, exclusive
from ingestion.names import shown_without_numbers
from ingestion.paths import DataRoot
from ingestion.yaml_model import DeclarationError
from orchestration import keys
from orchestration.defs.automation import NIGHTLY_JOB, SERVE_JOB, UNFINISHED, behind
from orchestration.home import prepare_home
from orchestration.notification import failed_run, send
from serving.postgres.settings import is_configured

STABLE_SECONDS = 2.0
FULL_BYTES = 10_000_000
STARTED_BY = {"warehouse/started_by": "command line"}
SHOWN_REASONS = 3
TOTAL, AGREES, NOT_DELIVERED = "_T", "agrees", "not_delivered"


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse(arguments)
    root = DataRoot.from_env()
    return alone(root, lambda instance: run_night(root, instance, force=options.force))


def alone(root: DataRoot, work: Callable[[dg.DagsterInstance], int]) -> int:
    """Do the work of a night while no other runs, and return its exit code; what cannot be done is said in words."""
    prepare_home(root)
    try:
        with exclusive(root, "night"), dg.DagsterInstance.get() as instance:
            bury_dead_runs(instance)
            return work(instance)
    except (Busy, DeclarationError) as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except Exception:
        # Dagster keeps its own database below the data root, and says of a full disk only "disk I/O error".
        if (free := shutil.disk_usage(root.path).free) > FULL_BYTES:
            raise
        shown = root.latest.resolve().name if root.latest.exists() else "nothing"
        print(
            f"No space left on device: {free / 1e6:.1f} MB are free at {root.path}, and the night could not write its own log. "
            f"Readers see {shown}, whole. Make room (docs/runbook.md) and run it again",
            file=sys.stderr,
        )
        return 1


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m orchestration.nightly", description="Land, build, judge and publish, once.")
    parser.add_argument("--force", action="store_true", help="build and publish although nothing changed since the latest release")
    return parser.parse_args(arguments)


def run_night(root: DataRoot, instance: dg.DagsterInstance, *, force: bool) -> int:
    """Run the job and say what came of it; return the exit code."""
    from orchestration.definitions import build_definitions

    before = {entry.record_path(root): entry for entry in submissions(root)}
    if len(waiting(root)) > len(waiting(root, STABLE_SECONDS)):
        time.sleep(STABLE_SECONDS)
    print(f"Migration warehouse at {root.path}", flush=True)
    # A night that builds nothing has no test results, which Dagster warns of one by one; the gate knows.
    logging.getLogger("dagster._core.execution.plan.active").setLevel(logging.ERROR)
    definitions = build_definitions()
    job = definitions.resolve_job_def(NIGHTLY_JOB)
    result = job.execute_in_process(instance=instance, run_config=run_config(force), tags=STARTED_BY, raise_on_error=False)
    handled = [entry for entry in submissions(root) if entry != before.get(entry.record_path(root))]
    told = [
        *outcome(root, result),
        *quarantined(handled),
        *refused(handled),
        *not_taken(root),
        "",
        "To see it all: make dev, then open localhost:3000",
    ]
    print("\n".join(["", *told]))
    if not result.success:
        send(*failed_run(NIGHTLY_JOB, result.run_id, sorted(result.get_failed_step_keys())))
    return 0 if result.success and bring_along(root, instance, definitions) else 1


def bring_along(root: DataRoot, instance: dg.DagsterInstance, definitions: dg.Definitions) -> bool:
    """Serve the latest release where an earlier night could not, or a rollback changed it; whether nothing stands in the way."""
    if not is_configured() or not (version := behind(instance, root)):
        return True
    served = definitions.resolve_job_def(SERVE_JOB).execute_in_process(instance=instance, tags=STARTED_BY, raise_on_error=False)
    if not served.success:
        print(
            "\n".join([f"RELEASE {version} IS NOT SERVED (make serve-postgres tries again):", *(f"  {line}" for line in reasons(served))])
        )
        send(*failed_run(SERVE_JOB, served.run_id, sorted(served.get_failed_step_keys())))
    return served.success


def run_config(force: bool) -> dict[str, object]:
    return {
        "ops": {
            "landing_of_all_extracts": {"config": {"stable_seconds": STABLE_SECONDS}},
            "warehouse": {"config": {"force": force}},
        },
        "loggers": {"plain": {}},
    }


def bury_dead_runs(instance: dg.DagsterInstance) -> None:
    """End the record of nights whose process died: they would hold their pool for ever and this one would wait.

    The lock on the data root is held here, so a night from the command line that is not finished is dead.
    """
    for run in instance.get_runs(dg.RunsFilter(tags=STARTED_BY, statuses=UNFINISHED)):
        instance.report_run_failed(run, "its process ended without a word")
        instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)


def outcome(root: DataRoot, result: dg.ExecuteInProcessResult) -> Iterator[str]:
    """The first thing to know: released, nothing changed, or every reason why not."""
    from publishing.build import nothing_changed

    released = next((event for event in result.get_asset_materialization_events() if event.asset_key == keys.RELEASE), None)
    if not result.success:
        yield "NOT RELEASED. What stands in the way:" if released is None else "RELEASED, BUT NOT SERVED (make serve-postgres tries again):"
        yield from (f"  {line}" for reason in reasons(result) for line in reason.splitlines())
    if not result.success and released is None:
        return
    if released is None:
        yield f"Nothing changed since {nothing_changed(root)}; nothing was built."
        return
    shown = released.materialization.metadata
    yield f"Released {shown['version'].value}: {shown['path'].value}"
    yield "  what everybody may see, with the Migration Profile in English and Lao: public/index.html in it"
    yield from headline([record.data for record in shown["headline"].value.records])
    yield from disclosed(root)


def reasons(result: dg.ExecuteInProcessResult) -> list[str]:
    """What failed, all of it: failed blocking checks in their own words, then steps that failed of themselves."""
    evaluations = result.get_asset_check_evaluations()
    checks = [check.description for check in evaluations if check.blocking and not check.passed and check.description]
    failed = result.get_step_failure_events()
    over_checks = [event for event in failed if "AssetCheckFailed" in event.step_failure_data.error_display_string]
    return checks if checks and len(over_checks) == len(failed) else [_step_reason(event) for event in failed]


def _step_reason(event: dg.DagsterEvent) -> str:
    failure = event.step_failure_data
    if failure.user_failure_data and failure.user_failure_data.description:
        return failure.user_failure_data.description
    error = failure.error.cause or failure.error
    return f"step {event.step_key}: {error.message.strip()}"


def headline(rows: Sequence[dict[str, object]]) -> Iterator[str]:
    """Our figures beside the published ones, the newest of each: totals, and whatever does not agree."""
    newest: dict[tuple, dict[str, object]] = {}
    for row in sorted(rows, key=lambda row: (row["time_period"], str(row["vintage"]))):
        newest[row["measure_code"], row["basis"], row["part"]] = row
    totals_first = sorted(newest, key=lambda key: (key[0], key[2] != TOTAL, key[1:]))
    compared = {key: newest[key] for key in totals_first if newest[key]["verdict"] != NOT_DELIVERED}
    shown = {key: row for key, row in compared.items() if key[2] == TOTAL or row["verdict"] != AGREES}
    if shown:
        yield f"  {'figure (basis)':<68}{'period':>8}{'ours':>16}{'published':>16}  verdict"
    for (measure, basis, part), row in shown.items():
        name = f"{measure} ({basis})" if part == TOTAL else f"{measure} {part} ({basis})"
        yield f"  {name:<68}{row['time_period']:>8}{_number(row['our_value']):>16}{_number(row['their_value']):>16}  {row['verdict']}"
    yield f"  and {len(compared) - len(shown)} more that agree; {len(newest) - len(compared)} published figures have no delivery yet"


def disclosed(root: DataRoot) -> Iterator[str]:
    """Warnings, which do not stand in the way but are published with the release."""
    from publishing.gate import read_gate

    for verdict in read_gate(root.latest).verdicts:
        if not verdict.passed:
            yield f"  disclosed: {verdict.sentence()}"


def quarantined(handled: Iterable[Submission]) -> Iterator[str]:
    """Rows held back, by extract, with the commonest reasons; each delivery has its own receipt."""
    handled = list(handled)
    by_extract: dict[str, list[Submission]] = {}
    for entry in handled:
        if entry.outcome == "landed" and entry.rows_rejected:
            by_extract.setdefault(entry.extract, []).append(entry)
    rows = sum(entry.rows_rejected for held in by_extract.values() for entry in held)
    yield f"Quarantined: {rows:,} of {sum(entry.rows_read for entry in handled):,} rows read" + (":" if rows else "")
    for extract, held in sorted(by_extract.items()):
        reasons = Counter[str]()
        for entry in held:
            reasons.update(entry.rejected_by_reason)
        common = ", ".join(f"{reason} {count:,}" for reason, count in reasons.most_common(SHOWN_REASONS))
        yield f"  {extract}: {sum(entry.rows_rejected for entry in held):,} in {len(held)} deliveries ({common})"


def refused(handled: Iterable[Submission]) -> Iterator[str]:
    held = [entry for entry in handled if entry.outcome == "refused"]
    yield f"Refused: {len(held)} deliveries" + (":" if held else "")
    for entry in held:
        yield f"  {entry.extract} {entry.period}, {entry.file_name}: {entry.reason}. {entry.remedy}"


def not_taken(root: DataRoot) -> Iterator[str]:
    left = [shown_without_numbers(str(path.relative_to(root.inbox))) for path in [*waiting(root), *(path for path, _ in left_alone(root))]]
    if left:
        yield f"Not taken: {len(left)} files that no contract claims, or that came since: {', '.join(left)}"


def _number(value: object) -> str:
    if value is None or value == "":
        return "-"
    number = float(value)
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:,.2f}"


if __name__ == "__main__":
    sys.exit(main())
