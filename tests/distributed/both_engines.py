"""Asks both engines the same queries of DuckDB: run by the Python of ``.venv-spark``, queries in and answers out as JSON.

Each answer is what the rows look like in Python, so that a decimal is not taken for a double, nor a day for a moment.
"""

from __future__ import annotations

import json
import sys
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
from pyspark.sql import Row, SparkSession

from distributed.spark.dialect import translated
from distributed.spark.session import columns_of, session
from ingestion.paths import DataRoot


def main() -> None:
    scratch, queries = Path(sys.argv[1]), json.load(sys.stdin)
    spark = session(DataRoot(scratch))
    con = duckdb.connect()
    con.execute("set TimeZone = 'Asia/Vientiane'")
    answers = {name: _answers(con, spark, query) for name, query in queries.items()}
    (scratch / "answers.json").write_text(json.dumps(answers, ensure_ascii=False), encoding="utf-8")


def _answers(con: duckdb.DuckDBPyConnection, spark: SparkSession, query: str) -> dict[str, Any]:
    ours = _shown(con.execute(query).fetchall())
    try:
        asked = translated(query, partial(columns_of, spark))
        return {"duckdb": ours, "spark": _shown(spark.sql(asked).collect()), "asked": asked}
    except Exception as error:
        return {"duckdb": ours, "spark": f"{type(error).__name__}: {error}"[:2000], "asked": ""}


def _shown(rows: list[Any]) -> list[str]:
    return sorted(repr([_plain(value) for value in row]) for row in rows)


def _plain(value: Any) -> Any:
    if isinstance(value, Row | tuple | list):
        return [_plain(part) for part in value]
    if isinstance(value, dict):
        return sorted((key, _plain(part)) for key, part in value.items())
    # a day is a moment at midnight in one engine and not in the other
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)
    return value


if __name__ == "__main__":
    main()
