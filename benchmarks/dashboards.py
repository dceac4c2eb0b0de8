"""``python -m benchmarks.dashboards RELEASE [--postgres URL] [--star-rows 10m]``: how fast readers are answered.

Readers are processes; each asks the twelve questions in turn, over and over, and tells how long each answer took. Before that the
answers of all engines are compared. ``--star-rows`` repeats the facts in a copy until the largest has so many rows; the copy
is asked on the star alone. ``--results`` writes the page.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from pathlib import Path

import duckdb

from benchmarks.questions import questions
from benchmarks.report import machine
from benchmarks.work import size
from ingestion.paths import PROJECT
from orchestration.markdown import table

HERE = Path(__file__).resolve().parent
COLUMNS = ("engine", "on", "readers", "answers", "answers a second", "p50 ms", "p95 ms", "slowest question, its p50 ms")
FACTS = ("fct_border_crossing", "fct_labour_deployment", "fct_remittance_transfer", "fct_return")
COPY = "bench_facts"
Ask = Callable[[str], list[tuple]]


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse(arguments)
    if options.ask:
        ask_until(options)
        return 0
    engines = {"DuckDB": str(options.release / "warehouse.duckdb"), **({"PostgreSQL": options.postgres} if options.postgres else {})}
    if options.star_rows:
        engines = {name: multiplied(name, address, options) for name, address in engines.items()}
    levels = ["star"] if options.star_rows else ["aggregate", "star"]
    differing = [] if options.star_rows else differences(engines)
    lines = [
        measured(name, address, level, readers, options.seconds)
        for level in levels
        for name, address in engines.items()
        for readers in options.readers
    ]
    page = "\n".join([*told(lines), "", *(f"Different answers: {name}" for name in differing or ["none"]), ""])
    print(page)
    if options.results:
        options.results.write_text(page, encoding="utf-8")
    return 1 if differing else 0


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dashboards", description="How fast readers of a release are answered.")
    parser.add_argument("release", type=Path, help="folder of a release")
    parser.add_argument("--postgres", default=os.environ.get("BENCH_POSTGRES_URL", ""), help="a server that shows it, for a micro_reader")
    parser.add_argument("--readers", type=lambda told: [int(number) for number in told.split(",")], default=[1, 8])
    parser.add_argument("--seconds", type=float, default=10.0, help="how long each measurement takes")
    parser.add_argument("--star-rows", type=size, default=0, help="ask the star with the facts repeated to so many rows, such as 10m")
    parser.add_argument("--scratch", type=Path, default=HERE / ".cache", help="where the repeated facts are kept")
    parser.add_argument("--results", type=Path)
    parser.add_argument("--ask", nargs=3, metavar=("ENGINE", "ADDRESS", "LEVEL"), help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


@contextmanager
def opened(engine: str, address: str) -> Iterator[Ask]:
    """A connection as a dashboard has it, and the function that asks it."""
    if engine == "DuckDB":
        with duckdb.connect(address, read_only=True) as con:
            con.execute("set search_path = 'marts,quality'")
            yield lambda statement: con.execute(statement).fetchall()
    else:
        import psycopg

        with psycopg.connect(address, autocommit=True) as server:
            yield lambda statement: server.execute(statement).fetchall()


def differences(engines: dict[str, str]) -> list[str]:
    """Questions to which the engines, or the sums and the star, give different answers."""
    with ExitStack() as connections:
        asks = [connections.enter_context(opened(*engine)) for engine in engines.items()]
        return [
            question.name
            for question in questions()
            if len({json.dumps(plain(ask(statement))) for ask in asks for statement in question.statements.values()}) > 1
        ]


def plain(rows: list[tuple]) -> list[list[object]]:
    """Rows without what is only another type of the same number or day."""
    return [[round(float(cell), 2) if isinstance(cell, int | float | Decimal) else str(cell) for cell in row] for row in rows]


def asked(engine: str, address: str, level: str, readers: int, seconds: float) -> dict[str, list[float]]:
    """What each answer took, in seconds, by question: so many readers at once."""
    command = [sys.executable, "-m", "benchmarks.dashboards", ".", "--seconds", str(seconds), "--ask", engine, address, level]
    started = [subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) for _ in range(readers)]
    took: dict[str, list[float]] = {}
    for process in started:
        for name, times in json.loads(process.communicate()[0]).items():
            took.setdefault(name, []).extend(times)
    return took


def measured(engine: str, address: str, level: str, readers: int, seconds: float) -> tuple[str, ...]:
    """One line: so many readers at once."""
    took = asked(engine, address, level, readers, seconds)
    every = [each for times in took.values() for each in times]
    slowest = max(took, key=lambda name: percentile(took[name], 50))
    cells = (
        f"{len(every):,}",
        f"{len(every) / seconds:,.0f}",
        f"{percentile(every, 50) * 1000:,.1f}",
        f"{percentile(every, 95) * 1000:,.1f}",
    )
    return (engine, level, str(readers), *cells, f"{slowest}, {percentile(took[slowest], 50) * 1000:,.1f}")


def ask_until(options: argparse.Namespace) -> None:
    """One reader: a round that is not counted, then as many whole rounds as begin within the time; print what each answer took."""
    engine, address, level = options.ask
    statements = {question.name: question.statements[level] for question in questions()}
    took: dict[str, list[float]] = {name: [] for name in statements}
    with opened(engine, address) as ask:
        for statement in statements.values():
            ask(statement)
        until = time.perf_counter() + options.seconds
        while time.perf_counter() < until:
            for name, statement in statements.items():
                started = time.perf_counter()
                ask(statement)
                took[name].append(time.perf_counter() - started)
    print(json.dumps(took))


def percentile(values: Sequence[float], share: int) -> float:
    """The smallest value that so many per cent do not exceed."""
    return sorted(values)[max(0, math.ceil(len(values) * share / 100) - 1)]


def multiplied(engine: str, address: str, options: argparse.Namespace) -> str:
    """A copy in which each fact is there so many times that the largest has the rows asked for; return its address."""
    with duckdb.connect(str(options.release / "warehouse.duckdb"), read_only=True) as con:
        rows = con.execute(f"select count(*) from marts.{FACTS[0]}").fetchone()[0]
    times = math.ceil(options.star_rows / rows)
    if engine == "DuckDB":
        return _multiplied_in_duckdb(options, times)
    return _multiplied_in_postgres(address, options, times)


def _multiplied_in_duckdb(options: argparse.Namespace, times: int) -> str:
    path = options.scratch / f"{options.release.resolve().name}_{times}_{COPY}.duckdb"
    if not path.exists():
        options.scratch.mkdir(parents=True, exist_ok=True)
        with duckdb.connect(str(path)) as con:
            con.execute(f"attach '{options.release / 'warehouse.duckdb'}' as release (read_only)")
            tables = con.execute("select schema_name, table_name from duckdb_tables() where database_name = 'release'").fetchall()
            for schema, table in tables:
                con.execute(f"create schema if not exists {schema}")
                repeated = f" cross join range({times})" if table in FACTS else ""
                con.execute(f"create table {schema}.{table} as select t.* from release.{schema}.{table} as t{repeated}")
    return str(path)


def _multiplied_in_postgres(address: str, options: argparse.Namespace, times: int) -> str:
    """Plain tables in a schema of their own, each with its indexes: the address needs the rights of the publisher."""
    import psycopg

    with psycopg.connect(address, autocommit=True) as server:
        server.execute("set role publisher")
        server.execute(f"drop schema if exists {COPY} cascade")
        server.execute(f"create schema {COPY}")
        for fact in FACTS:
            server.execute(f"create table {COPY}.{fact} as select f.* from restricted_data.{fact} as f, generate_series(1, {times})")
            server.execute(f"create index on {COPY}.{fact} (date_key)")
            server.execute(f"analyze {COPY}.{fact}")
        server.execute(f"grant usage on schema {COPY} to micro_reader")
        server.execute(f"grant select on all tables in schema {COPY} to micro_reader")
    path = f"-c role=publisher -c search_path={COPY},restricted_data,public_data"
    return psycopg.conninfo.make_conninfo(address, options=path)


def told(lines: Sequence[Sequence[str]]) -> list[str]:
    """The page's table."""
    return [machine(), "", table(COLUMNS, lines)]


if __name__ == "__main__":
    sys.exit(main())
