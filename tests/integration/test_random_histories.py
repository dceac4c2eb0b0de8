"""Nights upon any history equal a full rebuild: months that are new, late, sent again, emptied or withdrawn, and other rates.

dbt says once by which SQL it builds the tables anew and by which it brings them along; histories then run through that SQL
alone, so that many of them cost little.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

from ingestion.paths import DataRoot
from tests.deliver import CROSSINGS, receive
from tests.integration.warehouse import build, deliver_some

TRANSFERS, RATES = "bol__bank_transfers", "bol__exchange_rates"
RECORDS = {CROSSINGS: "border_crossing", TRANSFERS: "remittance_transfer", RATES: "exchange_rate"}
LEAVES = (
    *("agg_border_crossing_month", "agg_stay_month", "agg_remittance_month", "ind_border", "ind_rem_corridor", "ind_sdg_10_c_1"),
    *("ind_mp_b1", "int_remittance_amount", "qa_border_crossing", "qa_stay", "qa_remittance_transfer", "qa_level", "qa_distribution"),
    *("qa_repetition", "qa_person"),
)
HISTORIES = int(os.environ.get("HISTORIES", "6"))
COMPARED = ("marts", "quality", "indicators", "intermediate")
PERIODS = ["2024-01", "2024-12", "2025-01", "2025-02", "2026-01", "2026-02"]
"""Months beside each other, across a year's end, and more than twelve months apart."""

crossing = some.tuples(
    some.integers(1, 4),
    some.integers(1, 28),
    some.integers(0, 23),
    some.sampled_from(["exit", "entry"]),
    some.sampled_from(["LAO", "THA", "XXX"]),
)
transfer = some.tuples(
    some.integers(1, 28), some.integers(1, 5), some.sampled_from(["USD", "THB", "LAK"]), some.sampled_from(["received", "paid"])
)
rate = some.integers(1, 3)
withdrawn = some.none()
news = some.fixed_dictionaries(
    {},
    optional={
        **{(CROSSINGS, period): withdrawn | some.lists(crossing, max_size=5) for period in PERIODS},
        **{(TRANSFERS, period): withdrawn | some.lists(transfer, max_size=4) for period in PERIODS},
        **{(RATES, period): withdrawn | rate for period in PERIODS},
    },
)


@dataclass(frozen=True)
class Model:
    """A table or view, by the SQL that makes it anew and, where it is kept, by that which brings it along."""

    schema: str
    name: str
    is_view: bool
    anew: str
    along: str | None = None
    replace: str | None = None

    def make(self, con: duckdb.DuckDBPyConnection, *, again: bool) -> None:
        if again and self.along is not None:
            con.execute(f'create or replace temp table "{self.name}__news" as {self.along}')
            con.execute(self.replace)
        else:
            con.execute(f"create or replace {'view' if self.is_view else 'table'} {self.schema}.{self.name} as {self.anew}")


class Warehouse:
    """A data root whose landed files may be replaced, and every model above the leaves in the order of building.

    No dataclass: hypothesis writes out those that a failing test was given.
    """

    def __init__(self, root: DataRoot, models: list[Model]):
        self.root = root
        self.models = models


@dataclass
class Archive:
    """What is landed, as the landing would leave it: a Parquet file for each extract and month, and what tells of them."""

    root: DataRoot
    landings: dict[tuple[str, str], int] = field(default_factory=dict)
    last: int = 0

    def take(self, changes: Mapping[tuple[str, str], Any]) -> None:
        with duckdb.connect() as con:
            for (extract, period), told in changes.items():
                path = self.root.raw_file(RECORDS[extract], extract, period)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.unlink(missing_ok=True)
                self.landings.pop((extract, period), None)
                if told is not None:
                    self.last += 1
                    self.landings[extract, period] = self.last
                    empty = self.root.raw_schema(RECORDS[extract])
                    con.execute(f"create or replace temp table landed as from '{empty}'")
                    con.execute(f"insert into landed by name {ROWS[extract](told, period, extract, self.last)}")
                    con.execute(f"copy landed to '{path}' (format parquet)")
            con.execute(f"create or replace temp table told as from '{self.root.submissions_meta}' limit 0")
            for (extract, period), landing in self.landings.items():
                con.execute(
                    "insert into told by name select ? as landing_id, ? as submission_sha256, ? as extract, ? as sender, ? as record, "
                    "? as period, ? as file_name, timestamp '2026-03-01' + to_seconds(?) as received_at, 'landed' as status",
                    [landing, f"{landing:064}", extract, extract.split("__")[0], RECORDS[extract], period, f"{period}.csv", landing],
                )
            con.execute(f"copy told to '{self.root.submissions_meta}' (format parquet)")


def crossing_rows(told: Sequence[tuple], period: str, extract: str, landing: int) -> str:
    moments = [(dt.datetime(*map(int, period.split("-")), day, hour), *rest) for _person, day, hour, *rest in told]
    rows = [
        f"({person}, timestamp '{moment}', '{direction}', '{nationality}', {number})"
        for number, ((person, *_day), (moment, direction, nationality)) in enumerate(zip(told, moments, strict=True))
    ]
    return _selected(
        "person_key, crossed_at, direction, nationality, _row",
        rows,
        "'LA_VTE_APT' as point_of_entry, 'passport' as document_type, if(person_key % 2 = 0, 'female', 'male') as sex, "
        "'tourism' as purpose, 'THA' as counterpart_country, 'exempt' as visa_class, 1980 as birth_year, "
        f"_row * 40 as intended_days, {_of(extract, period, landing)}",
    )


def transfer_rows(told: Sequence[tuple], period: str, extract: str, landing: int) -> str:
    rows = [
        f"(date '{period}-{day:02}', {amount}, '{currency}', '{way}', {number})" for number, (day, amount, currency, way) in enumerate(told)
    ]
    return _selected(
        "sent_on, amount, currency, direction, _row",
        rows,
        "'Bank ' || amount as provider, 'bank' as channel, 'THA' as corridor_country, 'LA01' as province, 'female' as sender_sex, "
        f"'male' as receiver_sex, 1 as fee, currency as fee_currency, {_of(extract, period, landing)}",
    )


def rate_rows(told: int, period: str, extract: str, landing: int) -> str:
    rows = [f"('{currency}', {rate * (100 + told)}, {number})" for number, (currency, rate) in enumerate([("USD", 210.0), ("THB", 6.5)])]
    return _selected(
        "base_currency, rate, _row",
        rows,
        f"date '{period}-02' as rate_date, 'LAK' as quote_currency, 'D' as frequency, {_of(extract, period, landing)}",
    )


def _selected(columns: str, rows: Sequence[str], others: str) -> str:
    return f"select *, {others} from (values {', '.join(rows)}) as told({columns})" if rows else "from landed"


def _of(extract: str, period: str, landing: int) -> str:
    return f"'{extract}' as _extract, '{period}' as _period, {landing} as _landing_id, '' as _sheet"


ROWS = {CROSSINGS: crossing_rows, TRANSFERS: transfer_rows, RATES: rate_rows}


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    root = DataRoot(tmp_path_factory.mktemp("histories"))
    deliver_some(root, tuple(RECORDS), "--months", "3", "--scale", "0.05", "--end", "2026-09")
    receive(root)
    target = root.path.with_name(f"{root.path.name}.dbt")
    build(root, *LEAVES)
    anew = Path(shutil.copytree(target, tmp_path_factory.mktemp("told") / "anew"))
    build(root, *LEAVES)
    for extract, record in RECORDS.items():
        shutil.rmtree(root.raw / record / extract)
    return Warehouse(root, list(models(anew, target)))


def models(anew: Path, along: Path) -> Iterator[Model]:
    first, second = (json.loads((folder / "manifest.json").read_bytes())["nodes"] for folder in (anew, along))
    for result in json.loads((anew / "run_results.json").read_bytes())["results"]:
        node = first[result["unique_id"]]
        if node["resource_type"] != "model":
            continue
        kind = node["config"]["materialized"]
        model = Model(node["schema"], node["name"], kind == "view", node["compiled_code"])
        if kind != "incremental":
            yield model
            continue
        news = second[result["unique_id"]]["compiled_code"]
        sent = (along / "run" / "migration_warehouse" / node["original_file_path"]).read_text()
        replace = re.sub(r'"\w+__dbt_tmp\w*"', f'"{model.name}__news"', sent)
        yield Model(model.schema, model.name, False, model.anew, news, replace)


def opened(root: DataRoot) -> duckdb.DuckDBPyConnection:
    """An empty build in memory with the code lists of the real one."""
    con = duckdb.connect()
    con.execute("set TimeZone = 'Asia/Vientiane'")
    con.execute("attach ':memory:' as warehouse")
    con.execute(f"attach '{root.build}' as built (read_only)")
    for (schema,) in con.execute(
        "select distinct schema_name from duckdb_schemas() where database_name = 'built' and not internal"
    ).fetchall():
        con.execute(f"create schema if not exists warehouse.{schema}")
    for (name,) in con.execute("select table_name from duckdb_tables() where database_name = 'built' and schema_name = 'codes'").fetchall():
        con.execute(f"create table warehouse.codes.{name} as from built.codes.{name}")
    con.execute("use warehouse")
    return con


def differing(kept: duckdb.DuckDBPyConnection, anew: duckdb.DuckDBPyConnection, made: Sequence[Model]) -> dict[str, list[str]]:
    """Tables that are not the same in both builds, each with the first rows that only one of them has."""
    found: dict[str, list[str]] = {}
    for table in [f"{model.schema}.{model.name}" for model in made if model.schema in COMPARED]:
        held, right = (Counter(map(repr, con.execute(f"from {table}").fetchall())) for con in (kept, anew))
        if held != right:
            found[table] = [*(f"too many: {row}" for row in held - right), *(f"missing: {row}" for row in right - held)][:4]
    return found


@settings(max_examples=HISTORIES, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate])
@given(nights=some.lists(news, min_size=2, max_size=3))
def test_any_night_equals_a_full_rebuild(warehouse: Warehouse, nights: list[dict[tuple[str, str], Any]]) -> None:
    for extract, record in RECORDS.items():
        shutil.rmtree(warehouse.root.raw / record / extract, ignore_errors=True)
    archive, kept = Archive(warehouse.root), opened(warehouse.root)
    for number, changes in enumerate(nights):
        archive.take(changes)
        anew = opened(warehouse.root)
        for model in warehouse.models:
            model.make(kept, again=number > 0)
            model.make(anew, again=False)
        assert differing(kept, anew, warehouse.models) == {}
