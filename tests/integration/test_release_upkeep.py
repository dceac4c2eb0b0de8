"""Releases after their publication: verified, rolled back, tagged, read offline; each command as it is called."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from expectations.suite import MARTS, load_suites
from ingestion.paths import PROJECT, DataRoot
from orchestration import keys
from orchestration.releases import main
from publishing import build, candidate, fingerprint, gate, history, release
from tests.integration import warehouse
from tests.integration.conftest import run_night

TAG = rb"""<(?:script|link|img|iframe|source|object|embed)\b[^>]*?(?:src|href|data)\s*=\s*["']?\s*(?:https?:)?//"""
OUTSIDE = re.compile(TAG + rb"""|\.src\s*=\s*["'](?:https?:)?//|url\(\s*["']?(?:https?:)?//|@import""", re.IGNORECASE)
"""What a page would load by itself; links that a reader may follow are no harm."""


def publish(root: DataRoot, **record: object) -> str:
    """Publish the build once more, made from whatever ``record`` says."""
    told = json.loads(root.build_record.read_text())
    root.build_record.write_text(json.dumps({**told, **record}))
    gate.judge(root, candidate.freeze(root))
    root.build_record.write_text(json.dumps(told))
    return release.promote(root).version


def command(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = main(arguments)
    said = capsys.readouterr()
    return code, said.out + said.err


def test_a_release_is_verified_where_it_is_and_as_a_copy(
    published: DataRoot, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, said = command(capsys, "verify")
    assert code == 0 and "as it was judged" in said and "as noted when it was published" in said
    copy = tmp_path / "elsewhere"
    shutil.copytree(published.latest.resolve(), copy)
    monkeypatch.setenv("WAREHOUSE_DATA", str(tmp_path / "no_data_root"))
    code, said = command(capsys, "verify", str(copy))
    assert code == 0 and "no history of this release here" in said
    assert command(capsys, "verify", "latest")[0] == 1


def test_the_sql_of_the_documentation_gives_the_hash_of_the_data_package(published: DataRoot) -> None:
    written = (PROJECT / "docs" / "reading-a-release.md").read_text(encoding="utf-8")
    statement = next(block for block in re.findall(r"```sql\n(.*?)```", written, re.DOTALL) if "md5-sum-v1" in block)
    package = json.loads((published.latest / "datapackage.json").read_text(encoding="utf-8"))
    declared = {resource["name"]: resource["content_hash"] for resource in package["resources"]}["dim-sex"]
    with duckdb.connect(str(published.latest / "warehouse.duckdb"), read_only=True) as con:
        assert con.execute(statement).fetchone()[0] == declared


def test_everything_wrong_with_a_release_is_told_at_once(published: DataRoot, capsys: pytest.CaptureFixture[str]) -> None:
    held = published.latest.resolve()
    for path in held.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
    with duckdb.connect(str(held / "warehouse.duckdb")) as con:
        con.execute("update marts.fct_population set persons = persons + 1 where rowid = 0")
        con.execute("alter table marts.fct_national_account alter column reference_year type integer")
        con.execute("drop table marts.dim_sex; create table marts.extra as select 1 as one")
    (held / "parquet" / "fct_return.parquet").write_bytes(b"PAR1")
    (held / "parquet" / "fct_stay" / "undated.parquet").unlink()
    (held / "docs" / "quality" / "index.html").unlink()
    (held / "notes.txt").write_text("x")
    told = json.loads((held / "gate.json").read_text())
    first, _, *others = sorted(told["verdicts"], key=lambda verdict: verdict["severity"])
    told["verdicts"] = [{**first, "passed": False}, *others]
    (held / "gate.json").write_text(json.dumps(told))

    code, said = command(capsys, "verify")

    assert code == 1
    for finding in (
        "file warehouse.duckdb is not the one that was judged",
        "file docs/quality/index.html was judged but is gone",
        "file notes.txt was never judged",
        "it was published though unmet",
        "is not the one in build.json",
        "was required and has no verdict",
        "gate.json is not the one that was published",
        "parquet/fct_return.parquet cannot be read",
        "parquet/fct_stay/ cannot be read",
        "table fct_population of warehouse.duckdb has other content than declared",
        "table fct_national_account of warehouse.duckdb has other columns than declared: reference_year BIGINT, reference_year INTEGER",
        "table dim_sex is declared but not in warehouse.duckdb",
        "table extra is in warehouse.duckdb but not declared",
    ):
        assert finding in said
    (held / "warehouse.duckdb").write_bytes(b"x")
    (held / "gate.json").unlink()
    code, said = command(capsys, "verify")
    assert code == 1 and "warehouse.duckdb cannot be opened" in said and "gate.json is missing" in said


@pytest.mark.usefixtures("no_workbooks")
def test_latest_is_rolled_back_for_a_reason_and_stays_there(
    published: DataRoot, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAREHOUSE_OPERATOR", "Lao Statistics Bureau")
    first = published.latest.resolve().name
    good = publish(published, inputs="of last month")
    stale = candidate.freeze(published)
    gate.judge(published, stale)
    bad = publish(published)

    assert command(capsys, "rollback", good)[0] == 1, "no reason was given"
    code, said = command(capsys, "rollback", "20200101T000000Z", "--reason", "x")
    assert code == 1 and all(version in said for version in (first, good)) and bad not in said
    assert command(capsys, "rollback", bad, "--reason", "x")[0] == 1, "it is latest already"
    assert published.latest.resolve().name == bad

    code, said = command(capsys, "rollback", good, "--reason", "the rates of June are wrong")
    assert code == 0 and bad in said and published.latest.resolve().name == good
    event = history.events(published)[-1]
    assert (event.previous_version, event.done_by, event.reason) == (bad, "Lao Statistics Bureau", "the rates of June are wrong")
    with dg.DagsterInstance.get() as instance:
        shown = instance.get_latest_materialization_event(keys.RELEASE).asset_materialization
    assert shown.metadata["version"].value == good and shown.metadata["reason"].value == "the rates of June are wrong"
    assert "rolled back" in command(capsys, "list")[1]

    # A night without news leaves latest alone; what is older than the release left cannot slip in; news is published.
    night = run_night(published.path)
    assert night.code == 0 and f"release {bad}, which was rolled back" in night.said and "the rates of June are wrong" in night.said
    with pytest.raises(release.GateRefused, match=f"not newer than release {bad}, which was rolled back"):
        release.promote(published, stale)
    assert published.latest.resolve().name == good
    with monkeypatch.context() as news:
        news.setattr(fingerprint, "inputs", lambda root: "with a corrected June")
        assert build.nothing_changed(published) is None

    # Forward again is the same command; then that release is what a night without news finds.
    assert command(capsys, "rollback", bad, "--reason", "the rates were right")[0] == 0
    assert published.latest.resolve().name == bad and build.nothing_changed(published) == f"release {bad}"
    assert command(capsys, "tag", good, "Migration Profile 2026")[0] == 0
    monkeypatch.setenv("WAREHOUSE_KEPT_RELEASES", "1")
    newest = publish(published)
    assert {path.name for path in published.releases.glob("[0-9]*")} == {good, newest}
    assert command(capsys, "verify", "Migration Profile 2026")[0] == 0

    # What became of releases is a table of the next one.
    assert command(capsys, "rollback", "Migration Profile 2026", "--reason", "a sender withdrew June")[0] == 0
    history.write_table(published)
    warehouse.build(published, "dim_release")
    with duckdb.connect(str(published.build), read_only=True) as con:
        told = con.execute(
            "select release_version, release_status, withdrawal_reason from marts.dim_release where release_key <> -1"
        ).fetchall()
    expected = [(version, "published", None) for version in (first, good, bad)]
    assert sorted(told) == [*expected, (newest, "withdrawn", "a sender withdrew June")]


@pytest.mark.usefixtures("no_workbooks")
def test_latest_does_not_move_to_a_broken_release(published: DataRoot, capsys: pytest.CaptureFixture[str]) -> None:
    first = published.latest.resolve()
    second = publish(published)
    damaged = first / "parquet" / "dim_sex.parquet"
    damaged.chmod(0o600)
    damaged.write_bytes(damaged.read_bytes()[:-1])
    code, said = command(capsys, "rollback", first.name, "--reason", "x")
    assert code == 1 and "dim_sex.parquet is not the one that was judged" in said
    assert published.latest.resolve().name == second
    assert [event.event for event in history.events(published)] == ["published", "published"]


def test_the_pages_of_a_release_need_nothing_from_outside(published: DataRoot) -> None:
    release = published.latest.resolve()
    docs = release / "docs"
    pages = sorted(release.rglob("*.html"))
    written = {str(path.relative_to(docs)) for path in pages if path.is_relative_to(docs)}
    assert written == {"index.html", "dictionary.html", "quality/index.html", *(f"quality/{name}.html" for name in load_suites(MARTS))}
    assert [path.name for path in pages if OUTSIDE.search(path.read_bytes())] == []
    for page in sorted((docs / "quality").iterdir()):
        text = page.read_text(encoding="utf-8")
        assert "<script" not in text
        links = [link.split("#")[0] for link in re.findall(r'href="([^"]*)"', text)]
        assert all((page.parent / link).exists() for link in links), links
    deployments = (docs / "quality" / "qa_labour_deployment.html").read_text(encoding="utf-8")
    assert "wage_is_plausible" in deployments and "from Thailand to Korea" in deployments and "values must be" in deployments


def test_a_page_tells_what_is_not_met(published: DataRoot, tmp_path: Path) -> None:
    """Also an expectation that errors, whose traceback must not be in a release."""
    from expectations.data_docs import write_data_docs
    from expectations.suite import Expectation, Suite, run_suite

    rule = {"kind": "expect_column_values_to_be_between", "because": "a test; 2026-11"}
    suite = Suite(
        name="qa_population",
        table="fct_population",
        index=["extract", "period"],
        expectations=[
            Expectation(check="there_are_no_rows", arguments={"column": "rows", "max_value": 0}, **rule),
            Expectation(check="this_check_errors", arguments={"column": "no_such_column", "max_value": 0}, **rule),
        ],
    )
    with duckdb.connect(str(published.latest / "warehouse.duckdb"), read_only=True) as con:
        findings = run_suite(suite, con.execute("from quality.qa_population").df())
    write_data_docs(tmp_path, [(suite, findings)], "20260101T000000Z")
    index, page = ((tmp_path / f"{name}.html").read_text(encoding="utf-8") for name in ("index", "qa_population"))
    assert "there_are_no_rows" in index and "2015-12: rows = 576" in index and "this_check_errors" in index
    assert page.count("not met") >= 2 and "the check itself failed" in page and "Traceback" not in page and "site-packages" not in page


@pytest.mark.parametrize(
    "page", ['<img src="//cdn.example.org/x.png">', "<link href=https://example.org/x.css>", "url( 'http://example.org/f')"]
)
def test_what_would_load_something_is_recognised(page: str) -> None:
    assert OUTSIDE.search(page.encode())
