"""Whole nights, as the schedule runs them: what is published, what a night without news does, what changes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb

from ingestion.contract import load_contracts
from ingestion.paths import DataRoot
from publishing.fingerprint import folder_hashes
from publishing.parquet import files, table_of
from tests.deliver import CROSSINGS
from tests.integration.conftest import generate, run_night

DEMO_EXTRACTS = 31
PUBLISHED = ("marts", "quality", "published")


def contents(release: Path) -> dict[str, str]:
    """The content hash of every table that the archive determines."""
    resources = json.loads((release / "datapackage.json").read_text())["resources"]
    return {table_of(resource): resource["content_hash"] for resource in resources if resource["reproducible"]}


def differing(one: Path, other: Path) -> set[str]:
    """The tables that the archive determines and that are not the same in two releases."""
    first, second = contents(one), contents(other)
    return {name for name in {*first, *second} if first.get(name) != second.get(name)}


def test_the_first_night_publishes_a_complete_release(published: DataRoot) -> None:
    release = published.latest.resolve()
    package = json.loads((release / "datapackage.json").read_text())
    gate = json.loads((release / "gate.json").read_text())

    assert gate["eligible"] and gate["unmet"] == [] and len(gate["verdicts"]) > 300
    assert gate["files"] == folder_hashes(release, without={"gate.json"})
    assert "fct_border_crossing" in (release / "docs" / "index.html").read_text()
    assert package["synthetic"] and "SYNTHETIC" in package["title"]
    with duckdb.connect(str(release / "warehouse.duckdb"), read_only=True) as con:
        schemas = {row[0] for row in con.execute("select schema_name from duckdb_tables() where not internal").fetchall()}
        assert schemas == set(PUBLISHED)
        for resource in package["resources"]:
            table = table_of(resource)
            schema = {"qa": "quality", "pub": "published"}.get(table.split("_")[0], "marts")
            rows = con.execute(f"select count(*) from {schema}.{table}").fetchone()[0]
            paths = [str(release / path) for path in files(resource)]
            assert rows == resource["rows"] == duckdb.sql(f"select count(*) from read_parquet({paths})").fetchone()[0]
        landed = con.execute("select count(distinct extract) from marts.dim_submission where status = 'landed'").fetchone()[0]
        undescribed = con.execute(
            "select table_name from duckdb_tables() where comment is null and not internal union all "
            "select table_name || '.' || column_name from duckdb_columns() where comment is null and not internal"
        ).fetchall()
    assert landed == DEMO_EXTRACTS
    assert undescribed == []


def test_figures_recomputed_from_the_landed_files_another_way(published: DataRoot) -> None:
    """Counts by province and sex straight from the raw Parquet, without a model in between."""
    with duckdb.connect(str(published.latest / "warehouse.duckdb"), read_only=True) as con:
        modelled = con.execute(
            "select provinces.province_code, sexes.sex_code, count(*) from marts.fct_labour_deployment as facts "
            "join marts.dim_province as provinces using (province_key) join marts.dim_sex as sexes using (sex_key) "
            "group by all order by all"
        ).fetchall()
        counted = con.execute(
            f"select province, sex, count(*) from read_parquet('{published.raw}/labour_deployment/m*/*.parquet') group by all order by all"
        ).fetchall()
    assert modelled == counted and sum(row[2] for row in counted) > 100


def test_a_night_without_news_builds_nothing(published: DataRoot) -> None:
    before = published.latest.resolve().name
    night = run_night(published.path)
    assert night.code == 0 and f"Nothing changed since release {before}" in night.said
    assert published.latest.resolve().name == before
    assert list(published.candidates.glob("[0-9]*")) == []


def test_a_night_with_news_changes_what_changed_and_equals_a_rebuild_from_the_archive(published: DataRoot, tmp_path: Path) -> None:
    """A new month, a restated month with fewer rows, a corrected month of rates and a file that is refused; then a root
    that holds the archive alone, with neither landed files nor build nor Dagster's history."""
    before = published.latest.resolve().name
    generate(tmp_path / "later", "--months", "4", "--scale", "0.05", "--end", "2026-10")
    for path in (tmp_path / "later" / "inbox").glob("*/*2026-10*"):
        shutil.copy(path, _inbox(published, path.parent.name) / path.name)
    held = max((published.archive / CROSSINGS / "2026-08").glob("*.csv"), key=lambda path: path.stat().st_size)
    (_inbox(published, CROSSINGS) / "restated_2026-08.csv").write_text("".join(held.read_text().splitlines(keepends=True)[:-10]))
    rates = next((published.archive / "bol__exchange_rates" / "2026-09").glob("*.csv"))
    (_inbox(published, "bol__exchange_rates") / "corrected_2026-09.csv").write_text(_one_percent_more(rates))
    (_inbox(published, CROSSINGS) / "refused_2026-07.csv").write_text("Some,Other,Header\n1,2,3\n")

    night = run_night(published.path)

    assert night.code == 0, night.said
    assert "Refused: 1 deliveries" in night.said and "no column is headed" in night.said
    incremental = published.latest.resolve()
    assert incremental.name > before
    comparison = json.loads((incremental / "comparison.json").read_text())
    assert comparison["previous"] == before
    assert comparison["tables"]["fct_labour_deployment"]["rows_after"] > comparison["tables"]["fct_labour_deployment"]["rows_before"]

    with duckdb.connect(str(incremental / "warehouse.duckdb"), read_only=True) as con:
        why = "select distinct explanation from marts.indicator_revision where change_code = 'revised' and cause_code = 'restated' and "
        crossings = con.execute(why + "measure_code = 'border_crossings_events' and time_period = '2026-08'").fetchall()
        transfers = con.execute(why + "measure_code = 'remittance_transfers_received_usd' and time_period = '2026-09'").fetchall()
    assert [told.startswith(f"{CROSSINGS} 2026-08 replaced (") for (told,) in crossings] == [True]
    assert [told.startswith("bol__exchange_rates 2026-09 replaced (") for (told,) in transfers] == [True]

    rebuilt = DataRoot(tmp_path / "rebuilt")
    shutil.copytree(published.archive, rebuilt.archive)
    rebuilt.synthetic_marker.touch()
    again = run_night(rebuilt.path)
    assert again.code == 0, again.said
    assert "building every table anew" in again.said and "building every table anew" not in night.said
    assert contents(rebuilt.latest) == contents(incremental)
    assert contents(incremental) != contents(published.releases / before)
    assert len(contents(incremental)) > 80


def test_the_receipts_and_the_submission_history_agree(published: DataRoot) -> None:
    receipts = [json.loads(path.read_text()) for path in published.receipts.rglob("*.json")]
    with duckdb.connect() as con:
        accepted, read = con.execute(
            f"select sum(rows_accepted), sum(rows_read) from '{published.submissions_meta}' where status in ('landed', 'superseded')"
        ).fetchone()
    landed = [receipt for receipt in receipts if receipt["outcome"] == "landed"]
    assert sum(receipt["rows"]["accepted"] for receipt in landed) == accepted
    assert sum(receipt["rows"]["read"] for receipt in landed) == read
    assert {receipt["extract"] for receipt in receipts} <= set(load_contracts())


def _inbox(root: DataRoot, extract: str) -> Path:
    folder = root.inbox / extract
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _one_percent_more(path: Path) -> str:
    """The file with its last column raised, as a correction of every rate of the month."""
    header, *rows = path.read_text().splitlines()
    raised = (f"{row.rsplit(',', 1)[0]},{float(row.rsplit(',', 1)[1]) * 1.01:.4f}" for row in rows if row[:1].isdigit())
    return "\n".join([header, *raised]) + "\n"
