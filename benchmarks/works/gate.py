"""Judging a fact of many periods: evidence by SQL and its verdict by Great Expectations, against one query with the same rules."""

from __future__ import annotations

import re
from collections.abc import Callable

import duckdb

from benchmarks import history
from benchmarks.roots import released
from benchmarks.work import Bare, Bench, Work
from benchmarks.works import build
from expectations.suite import MARTS, Expectation, load_suites, run_suite

SUITE = "qa_border_crossing"
EVIDENCE = ("int_delivery_border_crossing", SUITE)
TARGET = 1.5
BUILD_SHARE = 0.10


def ours(bench: Bench) -> Callable[[], int]:
    """The evidence of every delivery and the suite's verdict on it; Great Expectations is imported before the clock starts."""
    con, suite = _build(bench), load_suites(MARTS)[SUITE]
    run_suite(suite, con.execute(f"from quality.{SUITE} limit 1").df())

    def judge() -> int:
        for name, sql in _evidence(bench):
            con.execute(f"create temp table {name} as {sql}")
        return sum(len(finding.rows) for finding in run_suite(suite, con.execute(f"from {SUITE}").df()) if not finding.passed)

    return judge


def one_query(bench: Bench) -> Callable[[], int]:
    """The same evidence and the same rules in one statement, which counts the periods that break one."""
    con, suite = _build(bench), load_suites(MARTS)[SUITE]
    kept, shown = (sql for _name, sql in _evidence(bench))
    broken = " + ".join(f"count(*) filter (where {_broken(rule)})" for rule in suite.expectations)
    query = f"with {EVIDENCE[0]} as ({kept}), evidence as ({shown}) select {broken} from evidence"
    return lambda: con.execute(query).fetchone()[0]


def _broken(rule: Expectation) -> str:
    told = rule.arguments
    bounds = (("min_value", "<"), ("max_value", ">"))
    return " or ".join(f"{told['column']} {sign} {told[name]}" for name, sign in bounds if name in told)


def _build(bench: Bench) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect(config={"memory_limit": "2GB", "temp_directory": str(bench.scratch / "spill")})
    con.execute(f"attach '{released(bench, history.MONTHS).build}' as warehouse (read_only)")
    con.execute("use warehouse")
    return con


def _evidence(bench: Bench) -> list[tuple[str, str]]:
    """The two statements that make the evidence, the second reading what the first has made."""
    told = {name: sql for name, sql in build.statements(bench) if name in EVIDENCE}
    selects = {name: re.sub(r"^create or replace table \S+ as ", "", told[name]) for name in EVIDENCE}
    return [(name, re.sub(rf'"intermediate"."{EVIDENCE[0]}"', EVIDENCE[0], sql)) for name, sql in selects.items()]


WORK = Work(
    title="judge every delivery of a fact",
    prepare=build.prepare,
    ours=ours,
    bare=(
        Bare("one query with the same rules", one_query, TARGET),
        Bare("the whole build by the same SQL", build.same_sql_rows_aside, BUILD_SHARE),
    ),
)
