"""What is published of a build, as a database and as Parquet: the same rows, whichever way they were taken over."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publishing import parquet
from publishing.comparison import _tables
from publishing.content_hash import content_hash, of_sums
from publishing.frozen_copy import copy_published

ROWS = 400_000
MOVES = {"moves": {"parquet_by": "date_key"}}
PUBLISHED = {"fct_move": "marts", "move_latest": "marts", "qa_move": "quality"}


def build(path: Path, *, kept: float) -> None:
    """A build as dbt leaves it after nights that replaced all but a share of the rows of a fact."""
    with duckdb.connect(str(path)) as con:
        for schema in ("staging", "intermediate", "marts", "quality"):
            con.execute(f"create schema {schema}")
        con.execute(f"create table marts.fct_move as select i, md5(i::varchar) as word from range({ROWS}) as t(i)")
        con.execute(f"delete from marts.fct_move where i >= {ROWS * kept}")
        con.execute("create view marts.move_latest as select max(i) as i from warehouse.marts.fct_move")
        con.execute("create table marts.fct_gone as select 1 as left_over_of_a_model_that_is_no_more")
        con.execute("create table quality.qa_move as select 0 as rows where false")
        con.execute("create table intermediate.int_move as select 1 as one; create view staging.stg_move as from intermediate.int_move")


@pytest.mark.parametrize("kept", [1.0, 0.3])
def test_a_copy_holds_what_is_published_and_nothing_else_and_no_room_of_what_was_replaced(tmp_path: Path, kept: float) -> None:
    build(tmp_path / "warehouse.duckdb", kept=kept)
    with duckdb.connect() as con:
        told = copy_published(con, tmp_path / "warehouse.duckdb", tmp_path / "copy.duckdb", {**PUBLISHED, "never_built": "marts"})
    assert told == {name: f'{schema}."{name}"' for name, schema in PUBLISHED.items()}
    assert not list(tmp_path.glob("*.wal"))
    with duckdb.connect(str(tmp_path / "copy.duckdb"), read_only=True) as con:
        held = con.execute("select table_name, table_schema, table_type from information_schema.tables").fetchall()
        assert sorted(held) == sorted((name, schema, "BASE TABLE") for name, schema in PUBLISHED.items())
        schemas = con.execute("select schema_name from duckdb_schemas() where database_name = 'copy' and not internal").fetchall()
        assert sorted(name for (name,) in schemas) == ["marts", "quality"]
        assert con.execute("select count(*), max(i) from marts.fct_move").fetchone() == (ROWS * kept, ROWS * kept - 1)
        assert con.execute("from marts.move_latest").fetchone() == (ROWS * kept - 1,)
        tags = con.execute("select tags from duckdb_databases() where database_name = 'copy'").fetchone()[0]
        assert tags["storage_version"].startswith("v1.0.0")
    full = (tmp_path / "warehouse.duckdb").stat().st_size
    assert (tmp_path / "copy.duckdb").stat().st_size < full * (1.05 if kept == 1 else 0.5)


years = st.integers(2019, 2024)
nights = st.lists(st.tuples(st.sampled_from(["add", "remove", "change", "redate"]), years, years), min_size=1, max_size=6)


@settings(max_examples=25, deadline=None)
@given(nights)
def test_parquet_that_was_taken_over_in_parts_is_what_a_whole_writing_would_be(
    tmp_path_factory: pytest.TempPathFactory, told: list[tuple[str, int, int]]
) -> None:
    folder = tmp_path_factory.mktemp("nights")
    previous = None
    with duckdb.connect() as con:
        con.execute(f"attach '{folder / 'now.duckdb'}' as frozen; attach '{folder / 'before.duckdb'}' as before; use frozen")
        con.execute("create schema before.marts; create table before.marts.moves (date_key bigint, word varchar)")
        con.execute("create schema marts; create table marts.moves as select -1::bigint as date_key, 'undated' as word")
        for number, (what, year, other) in enumerate([("add", 2020, 2020), *told]):
            con.execute(
                {
                    "add": f"insert into marts.moves select {year}0101, 'new' || i from range({number} % 3 + 1) as t(i)",
                    "remove": f"delete from marts.moves where date_key // 10000 = {year}",
                    "change": f"update marts.moves set word = word || 'x' where date_key // 10000 = {year}",
                    "redate": f"update marts.moves set date_key = {other}0202 where date_key // 10000 = {year}",
                }[what]
            )
            release = folder / str(number)
            release.mkdir()
            _, unchanged = _tables(con, MOVES)
            written = parquet.write(con, release, {"moves": "marts.moves"}, MOVES, previous, unchanged)["moves"]
            whole = content_hash(con, "marts.moves")
            assert whole == of_sums((entry.rows, *entry.sums) for entry in written)
            assert whole == content_hash(con, f"'{release}/parquet/moves/*.parquet'")
            for entry in written:
                if entry.part in unchanged["moves"]:
                    assert (release / entry.path).read_bytes() == (previous / entry.path).read_bytes()
                # Written otherwise than we do: what is taken over from here tells that it was.
                con.execute(f"copy (from '{release / entry.path}') to '{folder}/other.parquet' (format parquet, compression gzip)")
                (folder / "other.parquet").replace(release / entry.path)
            package = {"resources": [{"name": "moves", "content_hash": whole, "files": parquet.told(written)}]}
            (release / "datapackage.json").write_text(json.dumps(package))
            previous = release
            con.execute("delete from before.marts.moves; insert into before.marts.moves from marts.moves")
