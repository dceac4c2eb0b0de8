"""Published values that change: what the release tells of it, what needs a person's word, and what that word is good for."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from ingestion.archive import file_sha256
from ingestion.paths import PROJECT, DataRoot
from orchestration.approve import waiting
from publishing import approval, candidate, gate, release
from publishing.fingerprint import folder_hashes
from tests.deliver import CROSSINGS
from tests.integration.conftest import Night, environment, run_night

CONTRACTS = "measure_code = 'labour_deployments_contracts' and time_period = '2026-08'"
TOTAL = f"{CONTRACTS} and area_code = 'LAO' and counterpart_country_code = '_T' and sex_code = '_T' and age_group_code = '_T' " + (
    "and breakdown_name = '_Z'"
)


@pytest.fixture(autouse=True)
def nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_workbooks: None) -> None:
    """What is made and judged in this process are the revisions; whole nights make and judge everything."""
    (tmp_path / "no_suites").mkdir()
    monkeypatch.setattr(gate, "MARTS", tmp_path / "no_suites")


def revise(root: DataRoot, statement: str) -> Path:
    """Change the build as if dbt had made it so; freeze and judge it."""
    with duckdb.connect(str(root.build)) as con:
        con.execute(statement)
    record = json.loads(root.build_record.read_text())
    root.build_record.write_text(json.dumps({**record, "database_sha256": file_sha256(root.build)}))
    frozen = candidate.freeze(root)
    gate.judge(root, frozen)
    return frozen


def unmet(root: DataRoot) -> list[str]:
    before = root.latest.resolve()
    with pytest.raises(release.GateRefused) as refused:
        release.promote(root)
    assert root.latest.resolve() == before
    return refused.value.unmet


def history(folder: Path, where: str, columns: str = "change_code, value_before, value") -> list[tuple]:
    with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as con:
        return con.execute(
            f"select {columns} from marts.indicator_revision where {where} order by indicator_value_key, revision_number"
        ).fetchall()


def set_to(root: DataRoot, where: str, factor: float) -> float:
    with duckdb.connect(str(root.build), read_only=True) as con:
        return con.execute(f"select value * {factor} from marts.indicator_value where {where}").fetchone()[0]


def test_a_value_keeps_its_history_when_older_releases_are_gone(published: DataRoot) -> None:
    first = published.latest.resolve()
    (published_value,) = [value for _, _, value in history(first, TOTAL)]
    for factor in (1.1, 0.9):
        revise(published, f"update marts.indicator_value set value = round({published_value * factor}, 6) where {TOTAL}")
        last = release.promote(published).path
    for old in published.releases.glob("[0-9]*"):
        if old != last:
            shutil.rmtree(old)
    low, high = round(published_value * 0.9, 6), round(published_value * 1.1, 6)
    assert history(last, TOTAL) == [("added", None, published_value), ("revised", published_value, high), ("revised", high, low)]
    ((explanation,),) = history(last, f"{TOTAL} and release_version = '{last.name}'", "explanation")
    assert explanation == "no delivery that feeds it changed"
    told = json.loads((last / "comparison.json").read_text())
    assert told["tables"]["indicator_value"]["rows_changed"] == 1 and set(told["tables"]) == {"indicator_value"}
    (by_indicator,) = told["indicators"]
    assert (by_indicator["measure_code"], by_indicator["revised"], by_indicator["added"]) == ("labour_deployments_contracts", 1, 0)


def test_every_value_of_the_first_release_stands_as_added(published: DataRoot) -> None:
    with duckdb.connect(str(published.latest / "warehouse.duckdb"), read_only=True) as con:
        values = con.execute("select indicator_value_key, value from marts.indicator_value order by all").fetchall()
        added = con.execute(
            "select indicator_value_key, value from marts.indicator_revision where change_code = 'added' order by all"
        ).fetchall()
        others = con.execute("select count(*) from marts.indicator_revision where change_code <> 'added' or is_beyond_bound").fetchone()[0]
    assert values == added and others == 0


def test_one_revision_beyond_its_bound_blocks_until_these_very_ones_are_approved(published: DataRoot) -> None:
    half = f"update marts.indicator_value set value = {set_to(published, TOTAL, 0.5)} where {TOTAL}"
    blocked = revise(published, half)
    (reason,) = unmet(published)
    before, after = (f"{value:,.10g}" for value in history(blocked, f"{TOTAL} and change_code = 'revised'", "value_before, value")[0])
    assert reason.startswith(
        "revisions_within_bounds (indicator_revision): 1 values beyond their bounds: labour_deployments_contracts 2026-08"
    )
    assert f"{before} → {after} (-50.0 %, a_published_value allows 25 %; no delivery that feeds it changed)" in reason
    assert f"make approve CANDIDATE={blocked.name}" in reason
    assert any("-50.0 %" in line for line in waiting(published))

    for words in (("", "restated by the ministry"), ("head of statistics", " ")):
        with pytest.raises(approval.NotApproved, match="needs both"):
            approval.approve(published, blocked.name, *words)
    with pytest.raises(approval.NotApproved, match=f"there are: .*{blocked.name}"):
        approval.approve(published, "20200101T000000Z", "head of statistics", "restated by the ministry")
    given = approval.approve(published, blocked.name, "head of statistics", "restated by the ministry")
    assert json.loads(next(published.approvals.iterdir()).read_text())["revisions"] == given.revisions == 1
    with pytest.raises(approval.NotApproved, match="approved by head of statistics"):
        approval.approve(published, blocked.name, "another", "again")

    # one more, and one that is larger: neither is what was approved
    female = TOTAL.replace("sex_code = '_T'", "sex_code = 'female'")
    revise(published, f"update marts.indicator_value set value = 0, observations = 500 where {female}")
    assert ["2 values beyond their bounds" in reason for reason in unmet(published)] == [True]
    keep = set_to(published, TOTAL, 1)
    restored = history(published.latest.resolve(), female, "value, observations")[0]
    revise(published, f"update marts.indicator_value set value = {restored[0]}, observations = {restored[1]} where {female}; "
                      f"update marts.indicator_value set value = {keep - 1} where {TOTAL}")  # fmt: skip
    assert ["1 values beyond their bounds" in reason for reason in unmet(published)] == [True]

    approved = revise(published, f"update marts.indicator_value set value = {keep} where {TOTAL}")
    done = release.promote(published)
    assert done.path.name == approved.name
    assert history(done.path, "is_beyond_bound", "approved_by, approval_reason") == [("head of statistics", "restated by the ministry")]
    disclosed = [verdict.sentence() for verdict in gate.read_gate(done.path).verdicts if verdict.check == approval.CHECK]
    assert len(disclosed) == 1 and "approved by head of statistics" in disclosed[0] and "restated by the ministry" in disclosed[0]


@pytest.mark.parametrize(
    ("statement", "bound"),
    [
        (
            "update marts.indicator_value set value = value * 1.001 where measure_code = 'gdp_usd'",
            "a_vintage_is_never_overwritten allows 0 %",
        ),
        (
            "delete from marts.indicator_value where measure_code = 'border_entries_events' and sex_code = 'female' and observations < 50",
            "too many values of the measure are withdrawn",
        ),
        (f"delete from marts.indicator_value where {TOTAL}", "a_published_value allows 25 %"),
        (f"update marts.indicator_value set value = null, obs_status = 'M' where {TOTAL}", "a_published_value allows 25 %"),
    ],
)
def test_other_ways_to_be_beyond_a_bound(published: DataRoot, statement: str, bound: str) -> None:
    revise(published, statement)
    (reason,) = unmet(published)
    assert reason.startswith("revisions_within_bounds") and bound in reason


@pytest.mark.parametrize(
    "statement",
    [
        # a provisional value, small cells, and more months of a year
        f"update before.marts.indicator_value set value = value * 3, obs_status = 'P' where {TOTAL}; "
        f"update before.marts.indicator_value set value = value * 3 where {CONTRACTS} and value < 30; "
        f"update before.marts.indicator_value set value = value * 3, periods_covered = 0 "
        f"where {TOTAL.replace('contracts', 'workers_persons')}",
        # releases of before: without the history, with other columns, without the table
        "drop table before.marts.indicator_revision; alter table before.marts.indicator_value drop column observations",
        "alter table before.marts.indicator_value drop column value",
        "drop table before.marts.indicator_value; drop table before.marts.bridge_indicator_submission",
    ],
)
def test_what_is_let_through(published: DataRoot, statement: str) -> None:
    """The latest release is another one than was judged here; only the comparison with it is looked at."""
    held = published.latest.resolve()
    (held / "warehouse.duckdb").chmod(0o600)
    with duckdb.connect() as con:
        con.execute(f"attach '{held / 'warehouse.duckdb'}' as before; {statement}")
    judged = json.loads((held / gate.RECORD).read_text())
    (held / gate.RECORD).unlink()
    (held / gate.RECORD).write_text(json.dumps({**judged, "files": folder_hashes(held, without={gate.RECORD})}))
    frozen = candidate.freeze(published)
    told = json.loads((frozen / "comparison.json").read_text())
    assert told["beyond_bounds"]["values"] == 0
    assert bool(told["not_comparable"]) == ("update" not in statement)
    assert all(entry.startswith("not comparable: ") for entry in told["not_comparable"])
    assert (sum(row["revised"] for row in told["indicators"]) > 0) == ("update" in statement)
    assert len(history(frozen, TOTAL)) >= 1


def test_a_restated_month_blocks_is_judged_again_without_a_build_and_is_released_once_approved(published: DataRoot) -> None:
    """By whole nights: a file with four in ten of its rows gone, delivered as a correction."""
    before = published.latest.resolve().name
    with duckdb.connect(str(published.latest / "warehouse.duckdb"), read_only=True) as con:
        (sha256,) = con.execute(
            "select submission_sha256 from marts.dim_submission where extract = ? and period = '2026-08' and status = 'landed'", [CROSSINGS]
        ).fetchone()
    lines = (published.archive / CROSSINGS / "2026-08" / f"{sha256}.csv").read_text().splitlines(keepends=True)
    (published.inbox / CROSSINGS).mkdir(parents=True, exist_ok=True)
    (published.inbox / CROSSINGS / "restated_2026-08.csv").write_text("".join(lines[: len(lines) * 6 // 10]))

    night = run_night(published.path)
    assert night.code == 1 and "revisions_within_bounds" in night.said and f"{CROSSINGS} 2026-08 replaced ({sha256[:12]} by " in night.said
    assert published.latest.resolve().name == before

    again = run_night(published.path)
    assert again.code == 1 and "revisions_within_bounds" in again.said
    assert "nothing is built, it is judged again" in again.said and "built marts/" not in again.said

    blocked = candidate.newest(published).name
    assert approve(published, "--candidate", blocked, "--by", "duty officer", "--reason", "").code == 1
    assert published.latest.resolve().name == before
    approved = approve(published, "--candidate", blocked, "--by", "duty officer", "--reason", "the ministry confirmed the loss")
    assert approved.code == 0 and "approved by duty officer" in approved.said, approved.said
    assert published.latest.resolve().name > before
    ((value_before, value, cause, explanation),) = history(
        published.latest.resolve(),
        "measure_code = 'border_crossings_events' and time_period = '2026-08' and breakdown_name = '_Z' and area_code = 'LAO' "
        "and sex_code = '_T' and counterpart_country_code = '_T' and change_code = 'revised'",
        "value_before, value, cause_code, explanation",
    )
    with duckdb.connect(str(published.latest / "warehouse.duckdb"), read_only=True) as con:
        (accepted_before,), (accepted,) = con.execute(
            "select rows_accepted from marts.dim_submission where extract = ? and period = '2026-08' and rows_accepted > 0 "
            "order by received_at desc limit 2", [CROSSINGS]
        ).fetchall()[::-1]  # fmt: skip
    assert value_before - value == accepted_before - accepted > 100
    assert cause == "restated" and explanation.startswith(f"{CROSSINGS} 2026-08 replaced ({sha256[:12]} by ")
    assert "Nothing changed since release" in run_night(published.path).said


def approve(root: DataRoot, *arguments: str) -> Night:
    command = [sys.executable, "-m", "orchestration.approve", *arguments]
    done = subprocess.run(command, cwd=PROJECT, env=environment(root.path), capture_output=True, text=True, check=False)
    return Night(done.returncode, done.stdout + done.stderr)
