"""Approval from the command line: the same job that the UI starts, in this process.

``python -m orchestration.approve`` lists what the newest candidate revises beyond its bounds; with ``--candidate``,
``--by`` and ``--reason`` it approves exactly that, judges the build again and releases it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence

import dagster as dg
import duckdb

from ingestion.paths import DataRoot
from orchestration.defs.automation import APPROVE_JOB
from orchestration.nightly import STARTED_BY, alone, outcome
from publishing.approval import beyond_bounds, largest, sentence
from publishing.candidate import newest

SHOWN = 20


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse(arguments)
    root = DataRoot.from_env()
    if not (options.candidate or options.by or options.reason):
        print("\n".join(waiting(root)))
        return 0
    return alone(root, lambda instance: run(root, instance, options.candidate, options.by, options.reason))


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m orchestration.approve", description="Approve revisions beyond their bounds.")
    parser.add_argument("--candidate", default="", help="version of the candidate, as its gate names it")
    parser.add_argument("--by", default="", help="who approves: a role or a name; published with the release")
    parser.add_argument("--reason", default="", help="why the revisions are right; published with the release")
    return parser.parse_args(arguments)


def waiting(root: DataRoot) -> Iterator[str]:
    """What the newest candidate revises beyond its bounds."""
    candidate = newest(root)
    if candidate is None:
        yield "there is no candidate: nothing waits for an approval"
        return
    with duckdb.connect(str(candidate / "warehouse.duckdb"), read_only=True) as con:
        values, _ = beyond_bounds(con, candidate.name)
        yield f"candidate {candidate.name}: {values:,} values are revised beyond their bounds" + (", of these:" if values > SHOWN else ":")
        yield from (f"  {sentence(change)}" for change in largest(con, candidate.name, SHOWN))
    yield f'To approve exactly these: make approve CANDIDATE={candidate.name} BY="role or name" REASON="why they are right"'


def run(root: DataRoot, instance: dg.DagsterInstance, candidate: str, by: str, reason: str) -> int:
    """Run the job and say what came of it; return the exit code."""
    from orchestration.definitions import build_definitions

    job = build_definitions().resolve_job_def(APPROVE_JOB)
    config = {"ops": {"approval": {"config": {"candidate": candidate, "approved_by": by, "reason": reason}}}, "loggers": {"plain": {}}}
    result = job.execute_in_process(instance=instance, run_config=config, tags=STARTED_BY, raise_on_error=False)
    print("\n".join(["", *outcome(root, result)]))
    return 0 if result.success else 1


if __name__ == "__main__":
    sys.exit(main())
