"""What starts runs and what is said of them: the inbox sensor, freshness, messages and the night's report."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer

import dagster as dg
import pytest

from ingestion.archive import UNPLACED, Submission, submissions
from ingestion.contract import Contract, load_contracts
from ingestion.paths import DataRoot
from orchestration import keys, nightly, notification
from orchestration.defs.automation import INBOX_TAG, LANDING_JOB, NIGHTLY_JOB, TRIES, WHOLE_ROOT, look_by_extract, look_into_inbox
from orchestration.defs.checks import delivery_result
from orchestration.defs.deliveries import deadline_cron, freshness
from orchestration.defs.one_extract import LAND_EXTRACT_JOB, one_extract_job
from orchestration.resources import Warehouse
from tests.deliver import CROSSINGS, crossings_csv, drop

CONTRACTS = load_contracts()
AN_HOUR = 3600
CROSSING = "2026-03-05 10:15:00,Departure,Wattay International Airport,Passport,SYN0000001,Lao,F,1990-05-01,,Thailand,,30"


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


def look(root: DataRoot, instance: dg.DagsterInstance, cursor: str | None = None) -> dg.SensorResult | dg.SkipReason:
    return look_into_inbox(dg.build_sensor_context(instance=instance, cursor=cursor), root, CONTRACTS)


def put(root: DataRoot, extract: str, name: str, age: float = AN_HOUR) -> None:
    path = drop(root, extract, name, "some,cells\n1,2\n")
    os.utime(path, (time.time() - age, time.time() - age))


def test_an_empty_inbox_starts_nothing(root: DataRoot, instance: dg.DagsterInstance) -> None:
    assert look(root, instance).skip_message == "the inbox is empty"


def test_all_files_that_are_ready_make_one_run_and_the_same_files_never_a_second(root: DataRoot, instance: dg.DagsterInstance) -> None:
    for number in range(500):
        put(root, CROSSINGS, f"{number}.csv")
    started = time.process_time()
    first, second = look(root, instance), look(root, instance)
    assert time.process_time() - started < 1
    assert len(first.run_requests) == 1 and first.run_requests[0].run_key == second.run_requests[0].run_key
    put(root, CROSSINGS, "0.csv", age=AN_HOUR / 2)
    assert look(root, instance).run_requests[0].run_key != first.run_requests[0].run_key


def test_where_workers_share_the_landing_each_extract_has_a_run_of_its_own(root: DataRoot, instance: dg.DagsterInstance) -> None:
    def looked() -> dg.SensorResult | dg.SkipReason:
        return look_by_extract(dg.build_sensor_context(instance=instance), root, CONTRACTS)

    for extract in (CROSSINGS, "mops__crossings_land", "no__such_extract"):
        put(root, extract, "one.csv")
        put(root, extract, "two.csv")
    requests = {request.tags["warehouse/extract"]: request for request in looked().run_requests}
    assert set(requests) == {CROSSINGS, "mops__crossings_land"}
    assert {request.run_key for request in looked().run_requests} == {request.run_key for request in requests.values()}
    failed = {INBOX_TAG: requests[CROSSINGS].tags[INBOX_TAG]}
    for _ in range(TRIES):
        instance.add_run(dg.DagsterRun(LAND_EXTRACT_JOB, status=dg.DagsterRunStatus.FAILURE, tags=failed))
    assert [request.tags["warehouse/extract"] for request in looked().run_requests] == ["mops__crossings_land"]
    instance.add_run(dg.DagsterRun(NIGHTLY_JOB, status=dg.DagsterRunStatus.STARTED, tags=WHOLE_ROOT))
    assert "whole data root" in looked().skip_message


def test_a_second_run_of_an_extract_finds_it_landed_and_says_so(root: DataRoot, instance: dg.DagsterInstance) -> None:
    drop(root, CROSSINGS, "crossings_2026-03.csv", crossings_csv([CROSSING]))
    job = dg.Definitions(jobs=[one_extract_job()], resources={"warehouse": Warehouse()}).resolve_job_def(LAND_EXTRACT_JOB)
    config = {"ops": {"landing_of_one_extract": {"config": {"extract": CROSSINGS, "stable_seconds": 0}}}}
    first, second = (job.execute_in_process(run_config=config, instance=instance) for _ in range(2))
    landed = instance.get_latest_materialization_event(keys.raw(CROSSINGS))
    assert landed.run_id == first.run_id and landed.asset_materialization.partition == "2026-03"
    said = [entry.user_message for entry in instance.all_logs(second.run_id)]
    assert any(line.startswith(f"nothing waits of {CROSSINGS}") for line in said)
    assert [entry.outcome for entry in submissions(root)] == ["landed"] and not root.submissions_meta.exists()


def test_a_file_on_its_way_is_waited_for_and_named(root: DataRoot, instance: dg.DagsterInstance) -> None:
    put(root, CROSSINGS, "half.csv", age=0)
    assert "half.csv" in look(root, instance).skip_message


def test_files_that_no_contract_claims_are_reported_once(root: DataRoot, instance: dg.DagsterInstance) -> None:
    put(root, "nobody", "stray.csv")
    first = look(root, instance)
    assert len(first.run_requests) == 1
    assert "no extract's folder" in look(root, instance, first.cursor).skip_message
    put(root, CROSSINGS, "claimed.csv")
    assert len(look(root, instance, first.cursor).run_requests) == 1


def test_a_landing_that_failed_is_tried_again_but_not_for_ever(root: DataRoot, instance: dg.DagsterInstance) -> None:
    put(root, CROSSINGS, "a.csv")
    keys = []
    for _ in range(TRIES):
        request = look(root, instance).run_requests[0]
        keys.append(request.run_key)
        instance.add_run(dg.DagsterRun(LANDING_JOB, status=dg.DagsterRunStatus.FAILURE, tags={INBOX_TAG: request.tags[INBOX_TAG]}))
    assert len(set(keys)) == TRIES
    assert f"failed {TRIES} times" in look(root, instance).skip_message


@pytest.mark.parametrize(
    ("cadence", "due_day", "cron"),
    [
        ("monthly", 20, "59 23 20 * *"),
        ("monthly", 31, "59 23 28 * *"),
        ("quarterly", 45, "59 23 15 2,5,8,11 *"),
        ("yearly", 180, "59 23 28 6 *"),
    ],
)
def test_a_delivery_is_late_after_its_due_day(cadence: str, due_day: int, cron: str) -> None:
    contract = CONTRACTS[CROSSINGS].model_copy(update={"cadence": cadence, "due_day": due_day})
    assert deadline_cron(contract) == cron
    assert freshness(contract) is not None


def test_every_contract_has_a_freshness_that_dagster_accepts() -> None:
    judged = {name: freshness(contract) for name, contract in CONTRACTS.items()}
    assert {name for name, policy in judged.items() if policy is None} == {
        name for name, contract in CONTRACTS.items() if contract.cadence == "irregular" or contract.until
    }


def delivered(period: str, outcome: str, received: str, reason: str = "") -> Submission:
    return Submission(
        CROSSINGS, period, received * 4, ".csv", f"{received}.csv", 1, received, outcome=outcome, reason=reason, remedy="mend it"
    )


def test_a_refused_month_shows_until_that_month_is_accepted() -> None:
    history = [delivered("2026-01", "refused", "1", "no header"), delivered("2026-02", "landed", "2")]
    failed = delivery_result(CROSSINGS, history).check
    assert not failed.passed and failed.severity == dg.AssetCheckSeverity.ERROR
    assert "2026-01, 1.csv: no header. mend it" in failed.description
    assert delivery_result(CROSSINGS, [*history, delivered("2026-01", "landed", "3")]).check.passed


def test_a_delivery_that_could_not_be_placed_is_answered_by_the_next_one_taken() -> None:
    history = [delivered(UNPLACED, "refused", "1", "no month in its name")]
    assert not delivery_result(CROSSINGS, history).check.passed
    assert delivery_result(CROSSINGS, [*history, delivered("2026-02", "landed", "2")]).check.passed


def test_a_month_kept_as_landed_before_is_a_warning() -> None:
    kept = delivery_result(CROSSINGS, [delivered("2026-01", "landed", "1", "kept as landed before")]).check
    assert not kept.passed and kept.severity == dg.AssetCheckSeverity.WARN


@pytest.fixture
def webhook(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, str]]]:
    got: list[dict[str, str]] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Receiver) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv(notification.WEBHOOK, f"http://127.0.0.1:{server.server_port}/")
        yield got
        server.shutdown()


def test_a_refusal_is_told_without_what_was_found_in_the_file(webhook: list[dict[str, str]]) -> None:
    refused = replace(delivered("2026-01", "refused", "1", "found: Mr Somebody"), file_name="Mr Somebody.csv")
    assert notification.send(*notification.refused_deliveries([refused])) == ["webhook"]
    assert CROSSINGS in webhook[0]["text"] and "2026-01" in webhook[0]["text"] and "Somebody" not in webhook[0]["text"]


def test_nothing_is_sent_where_nothing_is_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (notification.WEBHOOK, notification.SMTP_HOST, notification.SMTP_FROM, notification.SMTP_TO):
        monkeypatch.delenv(name, raising=False)
    assert notification.send("subject", ["line"]) == []


def test_a_mail_server_that_is_down_does_not_fail_the_night(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(notification.WEBHOOK, raising=False)
    monkeypatch.setenv(notification.SMTP_HOST, "127.0.0.1:9")
    monkeypatch.setenv(notification.SMTP_FROM, "warehouse@mpi.example")
    monkeypatch.setenv(notification.SMTP_TO, "operators@mpi.example")
    assert notification.send("subject", ["line"]) == []


def figure(code: str, part: str, year: int, verdict: str) -> dict[str, object]:
    row = {"measure_code": code, "basis": "census", "part": part, "time_period": str(year), "vintage": "", "verdict": verdict}
    return {**row, "our_value": 1234.5, "their_value": 1234.5}


def test_the_report_shows_newest_totals_and_every_disagreement() -> None:
    rows = [
        figure("population", "_T", 2014, "agrees"),
        figure("population", "_T", 2015, "agrees"),
        figure("population", "LA01", 2015, "agrees"),
        figure("population", "LA02", 2015, "differs"),
        figure("gdp", "_T", 2015, "not_delivered"),
    ]
    told = list(nightly.headline(rows))
    assert [line.split()[0] for line in told] == ["figure", "population", "population", "and"]
    assert "2015" in told[1] and "LA02" in told[2]
    assert told[-1].strip() == "and 1 more that agree; 1 published figures have no delivery yet"


def test_a_night_that_died_does_not_keep_the_next_one_waiting(instance: dg.DagsterInstance) -> None:
    instance.add_run(dg.DagsterRun("nightly", status=dg.DagsterRunStatus.STARTED, tags=nightly.STARTED_BY))
    instance.add_run(dg.DagsterRun("nightly", status=dg.DagsterRunStatus.STARTED))
    nightly.bury_dead_runs(instance)
    assert sorted(run.status.value for run in instance.get_runs()) == ["FAILURE", "STARTED"]


def test_the_command_line_of_the_night() -> None:
    assert nightly.run_config(nightly.parse(["--force"]).force)["ops"]["warehouse"] == {"config": {"force": True}}
    assert nightly.run_config(nightly.parse([]).force)["ops"]["warehouse"] == {"config": {"force": False}}


def test_a_contract_describes_its_delivery_in_both_languages() -> None:
    from orchestration.defs.deliveries import describe

    contract: Contract = CONTRACTS[CROSSINGS]
    told = describe(contract)
    assert all(part in told for part in (contract.title.en, contract.title.lo, contract.licence, *contract.caveats))
