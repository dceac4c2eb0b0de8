"""A release in PostgreSQL: exact types, who may read what, what happens when columns change, and when a load fails."""

from __future__ import annotations

import datetime as dt
import os
import re
import signal
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import dagster as dg
import duckdb
import psycopg
import pytest

from benchmarks.dashboards import differences
from ingestion.paths import PROJECT, DataRoot
from orchestration import keys, metadata
from orchestration.defs.automation import SERVE_JOB, VERSION_TAG, behind, jobs, look_at_server, serving_sensor
from orchestration.defs.publication import HEADLINE_COLUMNS
from orchestration.defs.serving import serving_assets
from orchestration.nightly import bring_along, outcome
from orchestration.resources import Warehouse
from publishing.release import point_latest
from serving.postgres import copying, publication
from serving.postgres.__main__ import main
from serving.postgres.publication import publish
from serving.postgres.settings import KEPT_VARIABLE, URL_VARIABLE, ServingError
from serving.postgres.source import Table
from serving.postgres.verification import verify
from tests.integration.postgres.server import PASSWORD, Server
from tests.integration.postgres.small_release import Made, make_release, numbered


def ask(server: Server, login: str, query: str) -> list[tuple]:
    with psycopg.connect(server.url(login)) as con:
        return con.execute(query).fetchall()


def shown(server: Server) -> str | None:
    """The release that a reader is told of, which must be the one of the rows in every table."""
    (told,) = ask(
        server, "scientist", "select release from dim_place union select release from agg_moves union select release from fct_move"
    )
    assert len(told) == 1
    return ask(server, "analyst", "select version from current_release")[0][0] if told[0] else None


def test_a_whole_release_is_loaded_verified_and_described(published: DataRoot, postgres: Server, capsys: pytest.CaptureFixture) -> None:
    assert main(["load"]) == 0
    assert f"PostgreSQL shows release {published.latest.resolve().name}" in capsys.readouterr().out
    checked, findings = verify()
    assert findings == [] and len(checked) == 1
    with duckdb.connect(str(published.latest / "warehouse.duckdb"), read_only=True) as lake:
        tables = {name for (name,) in lake.execute("select table_name from duckdb_tables()").fetchall()}
        sums = lake.execute("select count(*), sum(amount_usd), sum(source_key) from marts.fct_remittance_transfer").fetchone()
        described = dict(lake.execute("select table_name, comment from duckdb_tables()").fetchall())
    found = ask(postgres, "scientist", "select count(*), sum(amount_usd), sum(source_key) from fct_remittance_transfer")[0]
    assert found == sums and [type(value) for value in found] == [int, Decimal, Decimal]
    comments = dict(
        ask(
            postgres,
            "postgres",
            "select relname, obj_description(oid, 'pg_class') from pg_class "
            "where relnamespace in ('restricted_data'::regnamespace, 'public_data'::regnamespace)",
        )
    )
    assert comments.keys() == {*tables, "current_release"} and all(comments[name] == described[name] for name in tables)
    server = postgres.url("scientist")
    assert differences({"DuckDB": str(published.latest / "warehouse.duckdb"), "PostgreSQL": server}) == []
    # A second time there is nothing to load.
    assert main(["load"]) == 0
    assert "was held already" in capsys.readouterr().out


def test_types_are_exact(postgres: Server, tmp_path: Path) -> None:
    query = """
        select 9223372036854775807::bigint as largest, 99999999999999999999999999999999999999::decimal(38, 0) as huge,
            12345678901234.50::decimal(18, 2) as money, 0.1::double + 0.2 as fraction, date '2026-10-31' as day_on,
            timestamp '2026-10-31 08:15:00.123456' as seen_at, timestamptz '2026-10-31 08:15:00+07' as moment_at, true as is_so,
            'ສະບາຍດີ'::varchar as words, ''::varchar as empty, null::varchar as nothing, uuid '00000000-0000-0000-0000-00000000002a' as id,
            'b'::enum('a', 'b') as chosen, [1, 2]::integer[] as several, {'a': 1, 'b': 'x'} as record
        union all by name select -1::bigint as largest, -0.05::decimal(18, 2) as money
        """
    publish(make_release(tmp_path, "20261121T000000Z", {"fct_type": Made(query)}))
    (row,) = ask(postgres, "analyst", "select * from fct_type where is_so")
    assert row == (
        *(9223372036854775807, Decimal("9" * 38), Decimal("12345678901234.50"), 0.1 + 0.2),
        *(dt.date(2026, 10, 31), dt.datetime(2026, 10, 31, 8, 15, 0, 123456), dt.datetime(2026, 10, 31, 1, 15, tzinfo=dt.UTC), True),
        *("ສະບາຍດີ", "", None, "00000000-0000-0000-0000-00000000002a", "b", [1, 2], {"a": 1, "b": "x"}),
    )
    kinds = ask(
        postgres,
        "postgres",
        "select attname, format_type(atttypid, atttypmod) from pg_attribute where attrelid = 'public_data.fct_type'::regclass",
    )
    assert {("huge", "numeric(38,0)"), ("money", "numeric(18,2)"), ("id", "text"), ("chosen", "text"), ("several", "integer[]")} <= set(
        kinds
    )


@pytest.mark.parametrize("files", [1, 2, 3])
def test_a_large_table_comes_over_whole_in_as_many_files_as_it_has(
    postgres: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: int
) -> None:
    monkeypatch.setattr(publication, "LARGE_ROWS", 1_000)
    made = Made("select i, i * 3 as word from range(10_001) as t(i)", key=("i",), files=files)
    monkeypatch.setenv(URL_VARIABLE, postgres.url("loader"))
    publish(make_release(tmp_path, "20261201T000000Z", {"fct_move": made}))
    assert ask(postgres, "analyst", "select count(*), count(distinct i), sum(word) from fct_move") == [(10_001, 10_001, 150_015_000)]


def test_grants_are_the_lock(postgres: Server, tmp_path: Path) -> None:
    publish(numbered(tmp_path, 1))
    assert ask(postgres, "analyst", "select count(*) from agg_moves") == [(20,)]
    assert ask(postgres, "scientist", "select count(*) from agg_moves natural join fct_move") == [(400,)]
    for login, statement in [
        ("analyst", "select * from restricted_data.fct_move"),
        ("analyst", "select * from held.restricted_fct_move_r1"),
        ("analyst", "select * from control.release"),
        ("scientist", "select * from held.public_agg_moves_r1"),
        ("scientist", "select * from control.current_release"),
        ("scientist", "update agg_moves set moves = 0"),
        ("scientist", "update control.current_release set release_key = 1"),
        ("scientist", "create table public_data.mine (a integer)"),
        ("scientist", "create table public.mine (a integer)"),
        ("scientist", "create temporary table mine (a integer)"),
        ("scientist", "create schema mine"),
        ("scientist", "copy agg_moves to program 'cat'"),
        ("scientist", "select pg_read_file('/etc/passwd')"),
        ("scientist", "set role publisher"),
    ]:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ask(postgres, login, statement)
    with pytest.raises(psycopg.errors.UndefinedTable):
        ask(postgres, "analyst", "select * from fct_move")


def test_columns_and_tables_come_change_and_go(postgres: Server, tmp_path: Path) -> None:
    """A reader's old snapshot sees the old release through the new views; every later one sees the new release."""
    publish(
        numbered(
            tmp_path, 1, fct_shape=Made("select 1::integer as kept, 7::integer as typed, 'x' as gone"), fct_gone=Made("select 1 as one")
        )
    )
    with psycopg.connect(postgres.url("scientist")) as reader:
        reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        assert reader.execute("select kept, typed, gone from fct_shape").fetchall() == [(1, 7, "x")]
        second = numbered(
            tmp_path, 2, fct_shape=Made("select 2::integer as kept, '8'::varchar as typed, 'new' as come"), fct_new=Made("select 2 as two")
        )
        began = time.monotonic()
        publish(second)
        assert time.monotonic() - began < 30
        assert reader.execute("select kept, typed, come, release from fct_shape cross join agg_moves limit 1").fetchall() == [
            (1, "7", None, 1)
        ]
        with pytest.raises(psycopg.errors.UndefinedColumn):
            reader.execute("select gone from fct_shape")
    assert ask(postgres, "analyst", "select * from fct_shape") == [(2, "8", "new")]
    assert ask(postgres, "analyst", "select * from fct_new") == [(2,)]
    with pytest.raises(psycopg.errors.UndefinedTable):
        ask(postgres, "analyst", "select * from fct_gone")
    # Back to the first, which is held still, and forth: nothing is loaded.
    assert publish(tmp_path / "20261121T000000Z").was_held
    assert ask(postgres, "analyst", "select * from fct_shape") == [(1, 7, "x")]
    assert publish(second).was_held and verify()[1] == []


def test_old_releases_go_when_no_reader_can_see_them_any_more(postgres: Server, tmp_path: Path) -> None:
    def held() -> list[str]:
        query = "select relname from pg_class where relnamespace = 'held'::regnamespace and relname like 'public_agg_moves_r%' order by oid"
        return [name for (name,) in ask(postgres, "postgres", query)]

    publish(numbered(tmp_path, 1))
    with psycopg.connect(postgres.url("scientist")) as reader:
        reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        assert reader.execute("select distinct release from dim_place").fetchall() == [(1,)]
        for number in (2, 3, 4):
            assert publish(numbered(tmp_path, number)).seconds < 30
        # The first release is two behind, and the reader has not asked for this table before.
        assert reader.execute("select distinct release from agg_moves").fetchall() == [(1,)]
        assert len(held()) == 4
    publish(numbered(tmp_path, 5))
    assert len(held()) == 2 and ask(postgres, "analyst", "select distinct release from agg_moves") == [(5,)]


def test_a_load_that_is_killed_leaves_what_was_current_and_the_next_one_heals(postgres: Server, tmp_path: Path) -> None:
    first, second = numbered(tmp_path, 1), numbered(tmp_path, 2, fct_large=Made("select i, 'x' || i as words from range(3000000) r(i)"))
    publish(first)
    process = subprocess.Popen([sys.executable, "-m", "serving.postgres", "load", str(second)], cwd=PROJECT, env=os.environ)
    loading = "select count(*) from pg_stat_activity where query like 'COPY%fct_large%' and state = 'active'"
    until = time.monotonic() + 30
    while not ask(postgres, "postgres", loading)[0][0]:
        assert process.poll() is None and time.monotonic() < until, "it was not killed while it was loading"
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert shown(postgres) == first.name
    assert publish(second).version == shown(postgres) == second.name
    left = "select relname from pg_class where relnamespace = 'held'::regnamespace and relkind = 'r' and not relispartition"
    assert ask(postgres, "postgres", left) == []


@pytest.mark.parametrize("whose", ["loader of the lock", "bulk connection"])
def test_a_lost_connection(postgres: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whose: str) -> None:
    publish(numbered(tmp_path, 1))
    wanted = "pg_advisory" if whose.startswith("loader") else "COPY"
    compare = copying.compare

    def cut(*arguments: object) -> None:
        query = (
            "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'"
            if wanted == "pg_advisory"
            else "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'loader' and pid not in "
            "(select pid from pg_locks where locktype = 'advisory')"
        )
        ask(postgres, "postgres", query)
        compare(*arguments)

    second = numbered(tmp_path, 2)
    with monkeypatch.context() as patched:
        patched.setattr(copying, "compare", cut)
        with pytest.raises(ServingError):
            publish(second)
    assert shown(postgres) == "20261121T000000Z"
    assert publish(second).version == shown(postgres)


def test_a_full_disk(postgres: Server, tmp_path: Path) -> None:
    publish(numbered(tmp_path, 1))
    second = numbered(tmp_path, 2, fct_large=Made("select i, repeat('x', 100) || i as words from range(100000) r(i)"))
    # PostgreSQL 15 calls a file that cannot grow a full disk, 18 an error of its own.
    with (
        postgres.no_file_longer_than(4_000_000),
        pytest.raises(ServingError, match=r"fct_large .*: (DiskFull|InternalError)"),
    ):
        publish(second)
    assert shown(postgres) == "20261121T000000Z"
    assert ask(postgres, "postgres", "select count(*) from pg_class where relname like '%fct_large%'") == [(0,)]
    assert publish(second).version == shown(postgres)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (Made("select i // 2 as move_key, 'x' || i as words from range(9) r(i)", key=("move_key",)), "fct_wrong .*: UniqueViolation"),
        (Made("select 'a' || chr(0) || 'b' as words"), "fct_wrong .*: CharacterNotInRepertoire"),
    ],
    ids=["a key that is there twice", "a text that PostgreSQL cannot hold"],
)
def test_an_error_in_the_middle_of_a_load(postgres: Server, tmp_path: Path, wrong: Made, said: str) -> None:
    publish(numbered(tmp_path, 1))
    with pytest.raises(ServingError, match=said):
        publish(numbered(tmp_path, 2, fct_wrong=wrong))
    assert shown(postgres) == "20261121T000000Z"
    assert ask(postgres, "postgres", "select count(*) from pg_class where relname like '%_r2'") == [(0,)]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (
            "delete from {} where move_key = 7",
            "fct_move came over with other content than the release's: amount_usd, move_key, place_key, release, rows",
        ),
        ("update {} set amount_usd = amount_usd + 0.01 where move_key = 7", "other content than the release's: amount_usd"),
        ("update {} set place_key = 15 - place_key where move_key in (7, 8)", "other rows than the release's, though counts and sums"),
    ],
)
def test_other_rows_than_the_releases_are_never_shown(
    postgres: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoil: str, said: str
) -> None:
    publish(numbered(tmp_path, 1))
    compare = copying.compare

    def spoiled(table: Table, release_key: int, over: copying.Line) -> None:
        if table.name == "fct_move":
            over.server.execute(spoil.format(f"held.{copying.partition_name(table, release_key)}"))
        compare(table, release_key, over)

    monkeypatch.setattr(copying, "compare", spoiled)
    with pytest.raises(ServingError, match=said):
        publish(numbered(tmp_path, 2))
    assert shown(postgres) == "20261121T000000Z"


def test_what_is_shown_can_be_verified_at_any_time(postgres: Server, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    publish(numbered(tmp_path, 1))
    with psycopg.connect(postgres.url("loader"), autocommit=True) as con:
        con.execute("set role publisher")
        con.execute("update held.public_agg_moves_r1 set moves = moves + 1 where place_key = 3")
    assert main(["verify"]) == 1
    assert "public_data.agg_moves holds other content than declared" in capsys.readouterr().out


def test_two_loads_at_once(postgres: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from serving.postgres import store

    monkeypatch.setattr(store, "LOCK_SECONDS", 0.1)
    with psycopg.connect(postgres.url("loader")) as other:
        other.execute("select pg_advisory_lock(%s)", [store.LOCK])
        with pytest.raises(ServingError, match="another load is running"):
            publish(numbered(tmp_path, 1))


def test_refusals_name_the_remedy_and_no_secret(postgres: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    release = numbered(tmp_path, 1)
    tables = {"agg_moves": Made("select 1::bigint as moves")}
    real = make_release(tmp_path, "20261201T000000Z", tables, synthetic=False)
    for address, served, said in [
        ("", release, "WAREHOUSE_POSTGRES_URL is not set"),
        ("postgresql//loader:h1dden@here", release, "is no address of a PostgreSQL server"),
        ("postgresql://loader:h1dden@127.0.0.1:1/warehouse", release, "the server cannot be reached"),
        (postgres.url("loader"), real, "the password in WAREHOUSE_POSTGRES_URL is one from examples"),
        (postgres.url("analyst"), release, "release 20261121T000000Z is not served: "),
    ]:
        monkeypatch.setenv(URL_VARIABLE, address)
        with pytest.raises(ServingError, match=said) as refused:
            publish(served)
        assert "h1dden" not in str(refused.value) and f":{PASSWORD}@" not in str(refused.value)

    monkeypatch.setenv(URL_VARIABLE, postgres.url("loader"))
    publish(release)
    monkeypatch.setenv(URL_VARIABLE, postgres.url())  # whose password is no example's
    with pytest.raises(ServingError, match="this server holds synthetic releases and the one to load is real"):
        publish(real)
    (release / "parquet" / "agg_moves.parquet").write_bytes(b"PAR1")
    with pytest.raises(ServingError, match=r"agg_moves\.parquet is not the one that was judged"):
        publish(release)
    monkeypatch.setenv(KEPT_VARIABLE, "0")
    with pytest.raises(ServingError, match="must be a whole number from 1"):
        publish(real)
    monkeypatch.delenv(KEPT_VARIABLE)
    odd = make_release(tmp_path, "20261202T000000Z", {"agg_odd": Made("select interval 1 day as lasting")})
    with pytest.raises(ServingError, match=r"PostgreSQL cannot hold agg_odd\.lasting INTERVAL"):
        publish(odd)


def test_the_asset_follows_the_release_only_where_a_server_is_configured(
    postgres: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = DataRoot(tmp_path / "data")
    monkeypatch.setenv("WAREHOUSE_DATA", str(root.path))
    numbered(root.releases, 1)
    root.latest.symlink_to("20261121T000000Z")
    (asset,) = serving_assets()
    assert asset.asset_deps[keys.POSTGRES] == {keys.RELEASE}
    done = dg.materialize([asset], resources={"warehouse": Warehouse()})
    assert done.asset_materializations_for_node("postgres")[0].metadata["version"].value == shown(postgres) == "20261121T000000Z"

    (root.releases / "20261121T000000Z" / "build.json").write_text("{}")

    @dg.asset(key=keys.RELEASE)
    def release() -> dg.MaterializeResult:
        return dg.MaterializeResult(metadata={"version": "20261121T000000Z", "path": "", "headline": metadata.table(HEADLINE_COLUMNS, [])})

    failed = dg.materialize([release, asset], resources={"warehouse": Warehouse()}, raise_on_error=False)
    said = list(outcome(root, failed))
    assert said[0] == "RELEASED, BUT NOT SERVED (make serve-postgres tries again):"
    assert said[1] == "  PostgreSQL still shows what it showed: release 20261121T000000Z is not fit to be served:"
    assert any(line.startswith("Released 20261121T000000Z") for line in said)
    monkeypatch.delenv(URL_VARIABLE)
    assert serving_assets() == []


def test_a_server_that_is_behind_is_brought_along(postgres: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = DataRoot(tmp_path / "data")
    monkeypatch.setenv("WAREHOUSE_DATA", str(root.path))
    first, second = numbered(root.releases, 1), numbered(root.releases, 2)
    assets = serving_assets()
    serve = jobs([], [], assets)[-1]
    definitions = dg.Definitions(assets=assets, jobs=[serve], resources={"warehouse": Warehouse()})
    with dg.DagsterInstance.ephemeral() as instance:
        assert behind(instance, root) is None
        point_latest(root, first)
        intact = (first / "build.json").read_text()
        (first / "build.json").write_text("{}")
        (started,) = serving_sensor().evaluate_tick(dg.build_sensor_context(instance=instance)).run_requests
        assert started.tags[VERSION_TAG] == first.name
        # A night without news tries again, says why it cannot, and the sensor waits before it does.
        assert not bring_along(root, instance, definitions)
        job = definitions.resolve_job_def(SERVE_JOB)
        assert not job.execute_in_process(instance=instance, tags=started.tags, raise_on_error=False).success
        waiting = look_at_server(instance, root)
        assert isinstance(waiting, dg.SkipReason) and "it failed 1 times" in waiting.skip_message
        (first / "build.json").write_text(intact)
        assert bring_along(root, instance, definitions) and shown(postgres) == first.name and behind(instance, root) is None
        point_latest(root, second)
        assert bring_along(root, instance, definitions) and shown(postgres) == second.name
        # After a rollback the version is another one, so its tries start anew.
        point_latest(root, first)
        request = look_at_server(instance, root)
        assert request.tags[VERSION_TAG] == first.name


def test_only_the_current_release_is_scanned_and_joins_have_statistics(postgres: Server, tmp_path: Path) -> None:
    for number in (1, 2):
        publish(numbered(tmp_path, number))
    plan = "\n".join(row[0] for row in ask(postgres, "scientist", "explain (analyze) select sum(moves) from agg_moves"))
    assert re.search(r"public_agg_moves_r1 .*never executed", plan) and re.search(r"public_agg_moves_r2 .*actual", plan)
    with_statistics = "select distinct tablename from pg_stats where inherited and tablename like 'restricted_fct_move_%'"
    assert len(ask(postgres, "postgres", with_statistics)) == 1
