"""Facts side by side: the documented queries run, lose nothing and count nothing twice, and the bus matrix is current."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import duckdb
import pytest

from ingestion.paths import PROJECT, DataRoot
from orchestration import bus_matrix
from orchestration.manifest import fresh_manifest

PAGE = (PROJECT / "docs" / "drilling-across.md").read_text(encoding="utf-8")
QUERIES = dict(re.findall(r"^## (.+?)\n.*?^```sql\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE))


@pytest.fixture
def release(published: DataRoot) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(published.latest / "warehouse.duckdb"), read_only=True) as con:
        yield con


def test_every_documented_query_answers(release: duckdb.DuckDBPyConnection) -> None:
    assert len(QUERIES) >= 6
    assert {title: len(release.sql(query).fetchall()) > 0 for title, query in QUERIES.items()} == dict.fromkeys(QUERIES, True)


@pytest.mark.parametrize(
    ("title", "sums"),
    [
        ("Workers who left and workers who came back", {"contracts": "marts.fct_labour_deployment", "returns": "marts.fct_return"}),
        (
            "Workers away and money sent home",
            {"contracts": "marts.fct_labour_deployment", "transfers": "marts.fct_remittance_transfer where direction_code = 'received'"},
        ),
        ("Before, during and after COVID-19", {"returns": "marts.fct_return"}),
    ],
)
def test_facts_side_by_side_keep_their_own_totals(release: duckdb.DuckDBPyConnection, title: str, sums: dict[str, str]) -> None:
    answer = release.sql(QUERIES[title])
    for column, fact in sums.items():
        assert answer.sum(column).fetchone() == release.sql(f"select count(*) from {fact}").fetchone() != (0,)


def test_a_worker_is_found_at_the_border_and_on_return_by_one_pseudonym(release: duckdb.DuckDBPyConnection) -> None:
    """Of the contracts most were seen leaving; document numbers themselves are in no ministry's landed rows."""
    rows = release.sql(QUERIES["One person through four ministries"]).df()
    assert rows["left_within_a_week"].sum() / rows["contracts"].sum() > 0.8
    assert (rows["seen_at_a_border"] >= rows["left_within_a_week"]).all()
    linked = release.sql(
        "select (select count(distinct person_key) from marts.fct_return where person_key <> -1 and person_key in "
        "(select person_key from marts.fct_labour_deployment union all select person_key from marts.fct_border_crossing)), "
        "(select count(distinct person_key) from marts.fct_foreign_permit where person_key in "
        "(select person_key from marts.fct_border_crossing))"
    ).fetchone()
    assert all(linked)


def test_the_bus_matrix_on_the_page_is_the_one_the_manifest_has(published: DataRoot) -> None:
    manifest = json.loads(fresh_manifest(published).read_text(encoding="utf-8"))
    assert bus_matrix.PAGE.read_text(encoding="utf-8") == bus_matrix.page(manifest), "out of date: run make docs"


def test_facts_share_the_dimensions_that_a_profile_is_drawn_by(published: DataRoot) -> None:
    matrix = bus_matrix.joins(json.loads(fresh_manifest(published).read_text(encoding="utf-8")))
    shared = {"dim_date", "dim_sex", "dim_source", "dim_submission"}
    for fact in ("fct_labour_deployment", "fct_return", "fct_foreign_permit", "fct_student_abroad", "fct_trafficking_victim"):
        assert shared | {"dim_province", "dim_country", "dim_age_group"} <= set(matrix[fact]), fact
    assert [fact for fact, keys in matrix.items() if not {"dim_source", "dim_submission"} <= set(keys)] == []
