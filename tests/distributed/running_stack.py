"""The stack as ``make workers`` starts it, on a data root of the tests, and what Dagster's web server tells of its runs."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from distributed.workers.local_postgres import free_port
from ingestion.paths import PROJECT, DataRoot
from tests.integration.conftest import environment

PYTHON = PROJECT / ".venv-workers" / "bin" / "python"
PATIENCE = 600.0
RUNS = """{ runsOrError(limit: 100) { ... on Runs { results {
    runId status jobName startTime endTime rootRunId tags { key value }
} } } }"""
LAUNCH = """mutation ($job: String!) { launchRun(executionParams: {
    selector: {repositoryLocationName: "migration_warehouse", repositoryName: "__repository__", jobName: $job}, runConfigData: "{}"
}) { __typename ... on LaunchRunSuccess { run { runId } } } }"""
FAILURE = """query ($run: ID!, $after: String) { logsForRun(runId: $run, afterCursor: $after) { ... on EventConnection {
    cursor hasMore events { __typename ... on RunFailureEvent { message } }
} } }"""


@dataclass(frozen=True)
class Run:
    """One run as Dagster tells of it; times are seconds since 1970."""

    id: str
    job: str
    status: str
    root: str | None
    started: float | None
    ended: float | None
    tags: dict[str, str]

    @property
    def worker(self) -> str | None:
        return self.tags.get("warehouse/worker")

    def overlaps(self, other: Run) -> bool:
        return max(self.started, other.started) < min(self.ended, other.ended)


@dataclass(frozen=True)
class RunningStack:
    address: str
    root: DataRoot
    process: subprocess.Popen
    log: Path

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def processes(self) -> dict[str, int]:
        """Name → number of every process that it said it started."""
        return {name: int(pid) for name, pid in re.findall(r"^  (\S+) +process (\d+),", self.said(), re.MULTILINE)}

    def ask(self, query: str, **variables: str | None) -> dict[str, Any]:
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(f"{self.address}/graphql", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["data"]

    def runs(self, job: str) -> list[Run]:
        """The runs of a job, the newest first."""
        told = self.ask(RUNS)["runsOrError"]["results"]
        return [
            Run(one["runId"], one["jobName"], one["status"], one["rootRunId"], one["startTime"], one["endTime"], _tags(one["tags"]))
            for one in told
            if one["jobName"] == job
        ]

    def launch(self, job: str) -> str:
        answer = self.ask(LAUNCH, job=job)["launchRun"]
        assert answer["__typename"] == "LaunchRunSuccess", answer
        return answer["run"]["runId"]

    def why_failed(self, run: str) -> str:
        page: dict[str, Any] = {"cursor": None, "hasMore": True}
        while page["hasMore"]:
            page = self.ask(FAILURE, run=run, after=page["cursor"])["logsForRun"]
            for event in page["events"]:
                if event["__typename"] == "RunFailureEvent":
                    return event["message"]
        raise AssertionError("the run says nothing of a failure")

    def log_of(self, worker: str) -> str:
        return (self.root.path / ".dagster_workers" / "said" / f"{worker}.log").read_text(encoding="utf-8")

    def kill(self, worker: str) -> None:
        """What a worker's machine that is switched off does to it: all its processes are gone at once."""
        os.killpg(self.processes()[worker], signal.SIGKILL)

    def wait(self, is_so: Callable[[], bool], why: str) -> None:
        until = time.monotonic() + PATIENCE
        while not is_so():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < until, f"waited in vain: {why}\n{self.said()}\n{self.runs('nightly')}\n{self.runs('land_extract')}"
            time.sleep(0.5)


def _tags(told: list[dict[str, str]]) -> dict[str, str]:
    return {one["key"]: one["value"] for one in told}


@contextmanager
def running(root: DataRoot, log: Path, workers: int, **variables: str) -> Iterator[RunningStack]:
    """Start it on a free port, wait until it says where it is, and end it as Ctrl-C does; nothing of it is left then."""
    port = str(free_port())
    told = environment(root.path, WAREHOUSE_WORKERS=str(workers), **variables)
    with log.open("w") as said:
        process = subprocess.Popen([PYTHON, "-m", "distributed.workers", "--port", port], cwd=PROJECT, env=told, stdout=said, stderr=said)
    stack = RunningStack(f"http://127.0.0.1:{port}", root, process, log)
    try:
        stack.wait(lambda: "Ctrl-C stops it" in stack.said(), "the stack to be up")
        yield stack
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)
