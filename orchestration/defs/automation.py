"""Automation: the jobs, the nightly schedule, and the sensors on the inbox, on servers and on failures.

What belongs here: what runs when. What does not: what a run does. Arrival drives the landing, the clock drives
publication; nothing is materialised declaratively, because a release is one unit.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import dagster as dg

from ingestion.contract import Contract
from ingestion.inbox import waiting
from ingestion.names import shown_without_numbers
from ingestion.paths import DataRoot
from orchestration import keys
from orchestration.defs.deliveries import TIMEZONE
from orchestration.defs.landing import STABLE_SECONDS
from orchestration.defs.one_extract import LAND_EXTRACT_JOB, run_config
from orchestration.notification import failed_run, send

LANDING_JOB = "landing"
NIGHTLY_JOB = "nightly"
APPROVE_JOB = "approve_revisions"
INBOX_TAG = "warehouse/inbox"
EXTRACT_TAG = "warehouse/extract"
# What waits for the whole data root runs one at a time (distributed/workers/dagster.yaml), and from its beginning when its
# process was killed: a step's evidence is gone with the process.
WHOLE_ROOT = {"warehouse/whole_root": "yes"}
FROM_THE_BEGINNING = {"dagster/retry_strategy": "ALL_STEPS"}
BY_EXTRACT_VARIABLE = "WAREHOUSE_LANDING_BY_EXTRACT"
"""Set where several workers share the landing: the inbox sensor then asks for one run per extract."""
TRIES = 3
SERVE_JOB = "serve"
VERSION_TAG = "warehouse/version"
UNFINISHED = [dg.DagsterRunStatus.NOT_STARTED, dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
FIRST_WAIT, LONGEST_WAIT = dt.timedelta(minutes=10), dt.timedelta(days=1)


def jobs(
    landing: Sequence[dg.AssetsDefinition], warehouse: Sequence[dg.AssetsDefinition], serving: Sequence[dg.AssetsDefinition]
) -> list[dg.UnresolvedAssetJobDefinition]:
    land = dg.AssetSelection.assets(*landing)
    publish = dg.AssetSelection.assets(*warehouse, keys.CANDIDATE, keys.RELEASE, *serving)
    alone = WHOLE_ROOT | FROM_THE_BEGINNING
    return [
        dg.define_asset_job(LANDING_JOB, land, tags=alone, description="Take in and land what waits in the inbox."),
        dg.define_asset_job(
            NIGHTLY_JOB,
            land | publish,
            tags=alone,
            description="Land, build and test, freeze and judge, release: what `make nightly` runs.",
        ),
        dg.define_asset_job(
            APPROVE_JOB,
            dg.AssetSelection.assets(keys.APPROVAL, keys.CANDIDATE, keys.RELEASE, *serving),
            tags=alone,
            description="A person says that the revisions of a candidate which are beyond their bounds are right, and why: record it, "
            "freeze the same build and judge it again, release. Nothing is built.",
        ),
        *(
            dg.define_asset_job(SERVE_JOB, dg.AssetSelection.assets(asset), description="Let the server show what `latest` points to.")
            for asset in serving
        ),
    ]


def nightly_schedule() -> dg.ScheduleDefinition:
    return dg.ScheduleDefinition(
        name="nightly_schedule",
        job_name=NIGHTLY_JOB,
        cron_schedule="0 2 * * *",
        execution_timezone=TIMEZONE,
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Every night at two, Vientiane time.",
    )


def inbox_sensor(contracts: Mapping[str, Contract]) -> dg.SensorDefinition:
    by_extract = bool(os.environ.get(BY_EXTRACT_VARIABLE))

    @dg.sensor(
        job_name=LAND_EXTRACT_JOB if by_extract else LANDING_JOB,
        minimum_interval_seconds=60,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description=f"Starts the landing{' of each extract' if by_extract else ''} when files lie in the inbox that have not changed "
        f"for {STABLE_SECONDS:g} seconds.",
    )
    def inbox_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        return (look_by_extract if by_extract else look_into_inbox)(context, DataRoot.from_env(), contracts)

    return inbox_sensor


def look_into_inbox(
    context: dg.SensorEvaluationContext, root: DataRoot, contracts: Mapping[str, Contract]
) -> dg.SensorResult | dg.SkipReason:
    """One run for all files that are ready; files that no contract claims are reported once, by one run.

    The run key tells these very files. It also counts failed tries, so that a landing that met a passing
    trouble is tried again, but not for ever.
    """
    ready, present = waiting(root, STABLE_SECONDS), waiting(root)
    arriving = [path for path in present if path not in set(ready)]
    claimed = [path for path in ready if _extract_of(root, path) in contracts]
    unclaimed = fingerprint(root, [path for path in ready if path not in set(claimed)])
    if not claimed and (unclaimed == fingerprint(root, []) or unclaimed == context.cursor):
        return dg.SkipReason(_why_wait(arriving, ready))
    files = fingerprint(root, claimed or ready)
    failed = _failed(context.instance, LANDING_JOB, files)
    if failed >= TRIES:
        return dg.SkipReason(_given_up(LANDING_JOB, f"these {len(ready)} files", failed))
    request = dg.RunRequest(run_key=f"{files}:{failed}", tags={INBOX_TAG: files})
    return dg.SensorResult(run_requests=[request], cursor=unclaimed)


def look_by_extract(
    context: dg.SensorEvaluationContext, root: DataRoot, contracts: Mapping[str, Contract]
) -> dg.SensorResult | dg.SkipReason:
    """One run for each extract that has files which are ready; none while the whole root is waited for or held.

    Such a run lands all that waits itself. Files that no contract claims are left for the night to report.
    """
    whole = dg.RunsFilter(tags=WHOLE_ROOT, statuses=[dg.DagsterRunStatus.QUEUED, *UNFINISHED])
    if context.instance.get_runs_count(whole):
        return dg.SkipReason("a run that holds the whole data root is under way; it lands what waits, or the next look does")
    waits: dict[str, list[Path]] = {}
    for path in waiting(root, STABLE_SECONDS):
        if (extract := _extract_of(root, path)) in contracts:
            waits.setdefault(extract, []).append(path)
    requests, left = [], []
    for extract, paths in waits.items():
        files = fingerprint(root, paths)
        if (failed := _failed(context.instance, LAND_EXTRACT_JOB, files)) >= TRIES:
            left.append(_given_up(LAND_EXTRACT_JOB, extract, failed))
            continue
        tags = {INBOX_TAG: files, EXTRACT_TAG: extract}
        requests.append(dg.RunRequest(run_key=f"{files}:{failed}", run_config=run_config(extract), tags=tags))
    return dg.SensorResult(run_requests=requests) if requests else dg.SkipReason("; ".join(left) or "nothing is ready to be landed")


def _extract_of(root: DataRoot, path: Path) -> str | None:
    """The folder of the inbox in which a file lies; None for one that lies in no folder."""
    inside = path.relative_to(root.inbox).parts
    return inside[0] if len(inside) > 1 else None


def _failed(instance: dg.DagsterInstance, job: str, files: str) -> int:
    return instance.get_runs_count(dg.RunsFilter(job_name=job, tags={INBOX_TAG: files}, statuses=[dg.DagsterRunStatus.FAILURE]))


def _given_up(job: str, what: str, failed: int) -> str:
    return f"landing {what} failed {failed} times; see the runs of '{job}', then start it by hand"


def fingerprint(root: DataRoot, paths: Sequence[Path]) -> str:
    """A hash of names, sizes and times: cheap, and it changes when a file is put there again."""
    digest = hashlib.sha256()
    for path in paths:
        try:
            state = path.lstat()
        except OSError:
            continue
        # A name need not be text.
        digest.update(os.fsencode(path.relative_to(root.inbox)) + f"\0{state.st_size}\0{state.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _why_wait(arriving: Sequence[Path], unclaimed: Sequence[Path]) -> str:
    told = []
    if arriving:
        shown = ", ".join(shown_without_numbers(path.name) for path in arriving[:3]) + (" …" if len(arriving) > 3 else "")
        told.append(f"{len(arriving)} files changed less than {STABLE_SECONDS:g} seconds ago and may still be arriving: {shown}")
    if unclaimed:
        told.append(f"{len(unclaimed)} files lie in no extract's folder; the last landing reported them")
    return "; ".join(told) or "the inbox is empty"


def failure_sensor() -> dg.SensorDefinition:
    @dg.run_failure_sensor(
        name="run_failure_sensor",
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Tells the configured webhook or e-mail addresses of a failed run.",
    )
    def run_failure_sensor(context: dg.RunFailureSensorContext) -> None:
        steps = [event.step_key for event in context.get_step_failure_events() if event.step_key]
        send(*failed_run(context.dagster_run.job_name, context.dagster_run.run_id, steps))

    return run_failure_sensor


def serving_sensor() -> dg.SensorDefinition:
    @dg.sensor(
        job_name=SERVE_JOB,
        minimum_interval_seconds=60,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Starts the serving when `latest` points to another release than PostgreSQL was last brought to.",
    )
    def serving_sensor(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        return look_at_server(context.instance, DataRoot.from_env())

    return serving_sensor


def look_at_server(instance: dg.DagsterInstance, root: DataRoot) -> dg.RunRequest | dg.SkipReason:
    """A run where the server is behind. After each failure the wait is twice as long: a server may be down for days."""
    version = behind(instance, root)
    if version is None:
        return dg.SkipReason("PostgreSQL was brought to the release that latest points to")
    if instance.get_runs_count(dg.RunsFilter(statuses=[dg.DagsterRunStatus.QUEUED, *UNFINISHED])):
        return dg.SkipReason(f"PostgreSQL is behind release {version}; a run is under way that may change that")
    served = _last_served(instance)
    since = dt.datetime.fromtimestamp(served.timestamp if served else 0, dt.UTC)
    failed = instance.get_run_records(
        dg.RunsFilter(job_name=SERVE_JOB, tags={VERSION_TAG: version}, statuses=[dg.DagsterRunStatus.FAILURE], created_after=since)
    )
    if failed:
        wait = min(FIRST_WAIT * 2 ** min(len(failed) - 1, 10), LONGEST_WAIT)
        again_at = max(record.update_timestamp for record in failed).replace(tzinfo=dt.UTC) + wait
        if again_at > dt.datetime.now(dt.UTC):
            return dg.SkipReason(f"PostgreSQL is behind release {version}; it failed {len(failed)} times, next try {again_at:%H:%M} UTC")
    return dg.RunRequest(run_key=f"{version}:{since.timestamp()}:{len(failed)}", tags={VERSION_TAG: version})


def behind(instance: dg.DagsterInstance, root: DataRoot) -> str | None:
    """The version that ``latest`` points to, where PostgreSQL was last brought to another one or to none."""
    if not root.latest.exists():
        return None
    version = root.latest.resolve().name
    served = _last_served(instance)
    return None if served and served.asset_materialization.metadata["version"].value == version else version


def _last_served(instance: dg.DagsterInstance) -> dg.EventLogEntry | None:
    return instance.get_latest_materialization_event(keys.POSTGRES)


def schedules() -> list[dg.ScheduleDefinition]:
    return [nightly_schedule()]


def sensors(contracts: Mapping[str, Contract], serving: Sequence[dg.AssetsDefinition]) -> Iterator[dg.SensorDefinition]:
    yield inbox_sensor(contracts)
    yield failure_sensor()
    if serving:
        yield serving_sensor()
