"""Ways round the gate through the UI's own interface: a real web server, asked in GraphQL what its buttons ask.

tests/integration/test_gate.py tries the ways that need no server. Every candidate here is unfit by one of dbt's tests.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ingestion.paths import PROJECT, DataRoot
from publishing import build, candidate, gate
from tests.integration.conftest import environment
from tests.integration.faults.trial import copy_of, latest

LAUNCH = """mutation ($params: ExecutionParams!) { launchPipelineExecution(executionParams: $params) {
    __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message }
    ... on RunConfigValidationInvalid { errors { message } } ... on InvalidStepError { invalidStepKey } } }"""
STATUS = "query ($run: ID!) { runOrError(runId: $run) { ... on Run { status } } }"
FAILURES = """query ($run: ID!) { logsForRun(runId: $run) { ... on EventConnection { events {
    ... on ExecutionStepFailureEvent { stepKey error { message } failureMetadata { description } } } } } }"""
REPORT = """mutation ($params: ReportRunlessAssetEventsParams!) { reportRunlessAssetEvents(eventParams: $params) { __typename } }"""
ENDED = ("SUCCESS", "FAILURE", "CANCELED")
FULL = pytest.mark.skipif(os.environ.get("FAULTS") != "full", reason="make faults runs it: each run by the server costs ten seconds of CPU")


@dataclass(frozen=True)
class Server:
    """A Dagster web server on a data root of its own."""

    root: DataRoot
    address: str

    def ask(self, query: str, **variables: object) -> dict[str, Any]:
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(f"{self.address}/graphql", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            told = json.loads(answer.read())
        assert "errors" not in told, told["errors"]
        return told["data"]

    def launch(self, job: str, assets: list[str], **more: object) -> tuple[str, str, str]:
        """Run chosen assets of a job to the end; return the run's id, its status and what its steps failed of."""
        chosen = [{"path": [name]} for name in assets]
        selector = {"repositoryLocationName": "migration_warehouse", "repositoryName": "__repository__", "jobName": job}
        told = self.ask(LAUNCH, params={"selector": selector | {"assetSelection": chosen}, "mode": "default", "runConfigData": {}} | more)
        launched = told["launchPipelineExecution"]
        assert launched["__typename"] == "LaunchRunSuccess", launched
        run = launched["run"]["runId"]
        end = time.monotonic() + 300
        while (status := self.ask(STATUS, run=run)["runOrError"]["status"]) not in ENDED:
            assert time.monotonic() < end, f"the run is still {status}"
            time.sleep(0.5)
        return run, status, json.dumps(self.ask(FAILURES, run=run))


@pytest.fixture(scope="module")
def server(published_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose newest candidate is unfit. Runs start at once: a queue, which only the daemon empties, decides nothing."""
    root = copy_of(published_once, tmp_path_factory.mktemp("served") / "data")
    break_build(root)
    assert not gate.judge(root, candidate.freeze(root)).eligible
    home = tmp_path_factory.mktemp("dagster_home")
    (home / "dagster.yaml").write_text(
        "telemetry: {enabled: false}\nrun_coordinator: {module: dagster._core.run_coordinator, class: DefaultRunCoordinator}\n"
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [Path(sys.executable).with_name("dagster-webserver"), "-h", "127.0.0.1", "-p", str(port), "-w", PROJECT / "workspace.yaml"]
    variables = environment(root.path, DAGSTER_HOME=str(home))
    with (home / "said.log").open("w") as log:
        process = subprocess.Popen(command, cwd=PROJECT, env=variables, stdout=log, stderr=log, start_new_session=True)
        try:
            made = Server(root, f"http://127.0.0.1:{port}")
            wait_for(made, process, home / "said.log")
            yield made
        finally:
            process.terminate()
            process.wait(timeout=60)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # its group is ours alone: the code server, if it lingers


def wait_for(server: Server, process: subprocess.Popen, log: Path) -> None:
    end = time.monotonic() + 240
    while time.monotonic() < end and process.poll() is None:
        try:
            server.ask("{ version }")
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.5)
    raise AssertionError(f"the web server does not answer: {log.read_text()[-2000:]}")


def break_build(root: DataRoot) -> None:
    """A build that one of dbt's tests found wrong."""
    record = build.read_record(root)
    record["verdicts"][0] |= {"passed": False, "severity": "error", "detail": "7 rows"}
    root.build_record.write_text(json.dumps(record))


def test_release_alone_with_its_candidate_reported_by_hand_and_then_only_its_failed_step(server: Server) -> None:
    before = latest(server.root)
    server.ask(REPORT, params={"eventType": "ASSET_MATERIALIZATION", "assetKey": {"path": ["candidate"]}, "partitionKeys": []})
    run, status, why = server.launch("__ASSET_JOB", ["release"])
    assert status == "FAILURE" and "7 rows" in why
    again = {"executionMetadata": {"parentRunId": run, "rootRunId": run, "tags": []}, "stepKeys": ["release"]}
    _, status, why = server.launch("__ASSET_JOB", ["release"], **again)
    assert status == "FAILURE" and "7 rows" in why
    assert latest(server.root) == before


@FULL
def test_a_part_of_the_night_and_then_only_its_last_step(server: Server) -> None:
    before = latest(server.root)
    run, status, why = server.launch("nightly", ["candidate", "release"])
    assert status == "FAILURE" and "gate" in why
    again = {"executionMetadata": {"parentRunId": run, "rootRunId": run, "tags": []}, "stepKeys": ["release"]}
    _, status, why = server.launch("nightly", ["candidate", "release"], **again)
    assert status == "FAILURE" and "7 rows" in why
    assert latest(server.root) == before


@FULL
def test_the_same_buttons_publish_what_is_fit(server: Server, published_once: Path) -> None:
    before = latest(server.root)
    server.root.build_record.write_bytes(DataRoot(published_once).build_record.read_bytes())
    _, status, why = server.launch("nightly", ["candidate", "release"])
    assert status == "SUCCESS", why
    assert latest(server.root) > before
