"""Every way round the gate that we know: none publishes, each says why, and all reasons come at once."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from ingestion.paths import DataRoot
from orchestration import keys
from orchestration.definitions import build_definitions
from publishing import build, candidate, fingerprint, gate, release

pytestmark = pytest.mark.usefixtures("no_workbooks")


def refusal(root: DataRoot) -> list[str]:
    """Try to publish the newest candidate; return why it was refused and prove that nothing moved."""
    before = root.latest.resolve().name
    releases = sorted(path.name for path in root.releases.iterdir())
    with pytest.raises(release.GateRefused) as refused:
        release.promote(root)
    assert root.latest.resolve().name == before
    assert sorted(path.name for path in root.releases.iterdir()) == releases
    return refused.value.unmet


def judged(root: DataRoot) -> Path:
    frozen = candidate.freeze(root)
    gate.judge(root, frozen)
    return frozen


@pytest.fixture(scope="module")
def good_once(published_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The newest candidate of the published build, good in every way and whole: made before its workbooks are left out."""
    copy = tmp_path_factory.mktemp("good") / "data"
    shutil.copytree(published_once, copy, symlinks=True)
    return judged(DataRoot(copy))


@pytest.fixture
def good(published: DataRoot, good_once: Path) -> Path:
    """A candidate of ``published`` that a test may break."""
    return Path(shutil.copytree(good_once, published.candidates / good_once.name, symlinks=True))


def rewrite(path: Path, **changes: object) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_a_good_candidate_is_published_and_read_only(published: DataRoot, good: Path) -> None:
    done = release.promote(published)
    assert published.latest.resolve() == done.path == published.releases / good.name
    assert not good.exists()
    assert all(path.stat().st_mode & 0o222 == 0 for path in done.path.rglob("*") if path.is_file())
    with duckdb.connect(str(published.latest / "warehouse.duckdb"), read_only=True) as con:
        assert con.execute("select count(*) from marts.fct_border_crossing").fetchone()[0] > 0


def test_without_a_gate_record(published: DataRoot, good: Path) -> None:
    (good / gate.RECORD).unlink()
    assert ["was never judged" in reason for reason in refusal(published)] == [True]


def test_with_no_candidate_at_all(published: DataRoot) -> None:
    assert refusal(published) == ["there is no candidate: run the job 'nightly'"]


def test_a_failed_test_of_the_build(published: DataRoot) -> None:
    record = build.read_record(published)
    record["verdicts"][0] |= {"passed": False, "severity": "error", "detail": "7 rows"}
    rewrite(published.build_record, verdicts=record["verdicts"])
    judged(published)
    assert refusal(published) == [f"{record['verdicts'][0]['check']} ({record['verdicts'][0]['table']}): 7 rows"]


def test_a_build_without_its_tests(published: DataRoot) -> None:
    record = build.read_record(published)
    rewrite(published.build_record, verdicts=record["verdicts"][3:])
    judged(published)
    unmet = refusal(published)
    assert len(unmet) == 3 and all("has no verdict" in reason for reason in unmet)


def test_a_suite_that_is_not_met_or_errors_or_has_no_evidence(published: DataRoot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = {"kind": "expect_column_values_to_be_between", "because": "test"}
    strict = [
        {"check": "there_are_no_rows", "arguments": {"column": "rows", "max_value": 0}, **rule},
        {"check": "this_check_errors", "arguments": {"column": "no_such_column", "max_value": 0}, **rule},
        {"check": "this_is_only_a_warning", "arguments": {"column": "rows", "max_value": 0}, "severity": "warn", **rule},
    ]
    for name in ("qa_population", "qa_no_such_table"):
        (tmp_path / f"{name}.yml").write_text(json.dumps({"table": name, "index": ["extract", "period"], "expectations": strict}))
    monkeypatch.setattr(gate, "MARTS", tmp_path)
    judged(published)
    unmet = refusal(published)
    assert [reason.split(" (")[0] for reason in unmet] == ["there_are_no_rows", "this_check_errors"] * 2
    assert all("is not in the candidate" in reason for reason in unmet[:2])
    assert "lsb__population 2015-12: rows = 576" in unmet[2] and "the check itself failed" in unmet[3]


@pytest.mark.parametrize(
    "name", ["warehouse.duckdb", "parquet/fct_population.parquet", "datapackage.json", "public/workbooks/remittances.xlsx"]
)
def test_other_bytes_than_those_judged(published: DataRoot, good: Path, name: str) -> None:
    with (good / name).open("ab") as file:
        file.write(b"\n")
    assert refusal(published) == [f"file {name} is not the one that was judged"]


def test_a_file_added_or_gone_after_judging(published: DataRoot, good: Path) -> None:
    (good / "extra.csv").write_text("x")
    (good / "comparison.json").unlink()
    assert refusal(published) == ["file comparison.json was judged but is gone", "file extra.csv was never judged"]


def test_a_table_changed_outside_dbt_after_its_tests(published: DataRoot) -> None:
    with duckdb.connect(str(published.build)) as con:
        con.execute("update marts.fct_population set persons = persons * 2")
    judged(published)
    assert [reason.split(" (")[0] for reason in refusal(published)] == ["build_is_unchanged_since_its_tests"]
    assert build.needs_full_refresh(published)


@pytest.mark.usefixtures("good")
def test_other_rules_than_those_that_judged(published: DataRoot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fingerprint, "rules", lambda: "other")
    assert ["judged by other rules" in reason for reason in refusal(published)] == [True]


def test_a_gate_record_that_merely_says_it_is_eligible(published: DataRoot, good: Path) -> None:
    told = json.loads((good / gate.RECORD).read_text())
    next(verdict for verdict in told["verdicts"] if verdict["severity"] == "error")["passed"] = False
    rewrite(good / gate.RECORD, verdicts=told["verdicts"], eligible=True, unmet=[])
    assert len(refusal(published)) == 1


def test_an_older_candidate_does_not_replace_a_newer_release(published: DataRoot, good: Path) -> None:
    first, second = good, judged(published)
    release.promote(published, second)
    with pytest.raises(release.GateRefused, match="not newer than the latest release"):
        release.promote(published, first)


def test_rows_without_evidence_and_types_that_not_all_clients_read(published: DataRoot) -> None:
    with duckdb.connect(str(published.build)) as con:
        con.execute("delete from marts.fct_population where rowid % 2 = 0")
        con.execute("alter table marts.fct_national_account alter column reference_year type hugeint")
    judged(published)
    unmet = "\n".join(refusal(published))
    assert "evidence_covers_every_row (candidate): fct_population: " in unmet
    assert "column_types_are_portable (candidate): fct_national_account.reference_year HUGEINT" in unmet


def test_all_reasons_come_in_one_message(published: DataRoot) -> None:
    with duckdb.connect(str(published.build)) as con:
        con.execute("drop table marts.fct_population")
    frozen = judged(published)
    (frozen / "extra.csv").write_text("x")
    unmet = "\n".join(refusal(published))
    assert all(words in unmet for words in ("build_is_unchanged", "absent: fct_population", "extra.csv was never judged"))


def materialize(root: DataRoot, *assets: dg.AssetKey) -> dg.ExecuteInProcessResult:
    """Materialise chosen assets alone, as the button in the UI does."""
    with dg.DagsterInstance.ephemeral() as instance:
        definitions = build_definitions()
        job = dg.define_asset_job("chosen", dg.AssetSelection.assets(*assets))
        chosen = dg.Definitions(assets=definitions.assets, resources=definitions.resources, jobs=[job], executor=dg.in_process_executor)
        return chosen.resolve_job_def("chosen").execute_in_process(instance=instance, raise_on_error=False)


def test_the_release_materialised_alone(published: DataRoot) -> None:
    """After a failed gate, and after re-execution of its step alone: the same button, the same refusal."""
    record = build.read_record(published)
    record["verdicts"][0] |= {"passed": False, "severity": "error", "detail": "7 rows"}
    rewrite(published.build_record, verdicts=record["verdicts"])
    before = published.latest.resolve().name
    both = materialize(published, keys.CANDIDATE, keys.RELEASE)
    assert not both.success and not [e for e in both.get_asset_materialization_events() if e.asset_key == keys.RELEASE]
    for _ in range(2):
        alone = materialize(published, keys.RELEASE)
        assert not alone.success
        (failure,) = alone.get_step_failure_events()
        assert "7 rows" in failure.step_failure_data.user_failure_data.description
    assert published.latest.resolve().name == before
