"""DuckDB's SQL, in which the models are written, in the words of Spark: with the same answers, not only without an error.

sqlglot reads DuckDB and writes Spark. What it lacks, or writes so that Spark answers otherwise without a word, is put right on the
syntax tree between the two, one rule for each difference; docs/spark.md lists them, tests/distributed/test_dialect.py holds them.
What cannot be written for Spark is an error, never a guess.
"""

from __future__ import annotations

from sqlglot import parse_one

from distributed.spark.asking import ASKING
from distributed.spark.functions import FUNCTIONS
from distributed.spark.queries import QUERIES
from distributed.spark.rollup import ROLLUPS
from distributed.spark.trees import Schema, rewritten, written


def translated(sql: str, schema: Schema) -> str:
    """A query of DuckDB as one of Spark.

    Args:
        sql: one statement in DuckDB's SQL.
        schema: asked where the words alone do not tell: for the columns of a star or of a branch of ``union all by name``, for whether
            a number is a decimal or a double.

    Raises:
        sqlglot.errors.SqlglotError, NotImplementedError: for what is no SQL of DuckDB, or has no counterpart in Spark.
    """
    tree = parse_one(sql, read="duckdb")
    for rule in (*ROLLUPS, *FUNCTIONS, *QUERIES):
        tree = rewritten(tree, [rule])
    # These in one go: what they ask Spark has to be settled as far as they have come.
    return written(rewritten(tree, ASKING, schema))
