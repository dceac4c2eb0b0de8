"""dbt with the target ``spark``, run as a program with dbt's own arguments: ``python -m distributed.spark.dbt_process build``.

The models are DuckDB's SQL. As dbt compiles one, it is written for Spark (``dialect.py``), so that what lies in ``target/compiled`` is
what Spark was asked. The model in Python runs here, beside the session: its tables come to it as DuckDB's relations, as ever.
"""

from __future__ import annotations

import sys
import threading
from functools import partial
from typing import Any

import dbt.adapters.spark
import duckdb
import pyarrow as pa
from dbt.adapters.base import BaseRelation, PythonJobHelper, available
from dbt.adapters.contracts.connection import AdapterResponse
from dbt.cli.main import dbtRunner
from dbt.compilation import Compiler
from pyspark.sql import SparkSession
from sqlglot import parse_one

from distributed.spark import kept
from distributed.spark.dialect import translated
from distributed.spark.session import columns_of, session
from ingestion.paths import DataRoot

LANDED = "raw"


class SparkAdapter(dbt.adapters.spark.SparkAdapter):
    """dbt's adapter for Spark, which leaves Python to the process that it runs in. Its name tells dbt whose macros are its own."""

    @property
    def default_python_submission_method(self) -> str:
        return "session"

    @property
    def python_submission_helpers(self) -> dict[str, type[PythonJobHelper]]:
        return {"session": DriverModel}

    @available
    def remove_all_but(self, relation: BaseRelation, current: str, columns: list[str]) -> None:
        """For the macro of tables that are kept by their parts."""
        kept.remove_all_but(SparkSession.builder.getOrCreate(), relation.render(), current, columns)

    def generate_python_submission_response(self, submission_result: Any) -> AdapterResponse:
        return AdapterResponse(_message="OK")


class DriverModel(PythonJobHelper):
    """A model in Python, which asks DuckDB: what it refers to is handed to it as DuckDB's relations, and its answer to Spark."""

    def __init__(self, parsed_model: dict[str, Any], credentials: Any) -> None:
        self.name = f"{parsed_model['schema']}.{parsed_model['alias']}"
        self.model = parsed_model

    def submit(self, compiled_code: str) -> None:
        spark = SparkSession.builder.getOrCreate()
        made: dict[str, Any] = {"__name__": self.name}
        with duckdb.connect() as con:

            def relation(name: str) -> duckdb.DuckDBPyRelation:
                return con.from_arrow(spark.table(name).toArrow())

            # what dbt appends to the model's own code would write the answer, and knows no Arrow
            exec(compile(self.model["compiled_code"], self.name, "exec"), made)
            frame = made["model"](made["dbtObj"](relation), con)
        spark.createDataFrame(pa.Table.from_pandas(frame, preserve_index=False)).write.mode("overwrite").saveAsTable(self.name)


class _Translation:
    """dbt's compiler, after which Spark's SQL stands in a node's compiled code."""

    def __init__(self, spark: SparkSession):
        self.spark = spark
        self.compiled, self.linked = Compiler._compile_code, Compiler.compile
        # The parser of sqlglot is quick, and dbt's threads share what it asks of the catalog.
        self.one_at_a_time = threading.Lock()

    def install(self) -> None:
        translation = self

        def compile_code(compiler: Compiler, node: Any, *arguments: Any, **named: Any) -> Any:
            return translation.written(translation.compiled(compiler, node, *arguments, **named))

        def compile_graph(compiler: Compiler, manifest: Any, *arguments: Any, **named: Any) -> Any:
            translation.show_landed(manifest)
            return translation.linked(compiler, manifest, *arguments, **named)

        Compiler._compile_code, Compiler.compile = compile_code, compile_graph

    def written(self, node: Any) -> Any:
        if node.language == "sql" and node.resource_type in ("model", "test") and node.compiled_code:
            with self.one_at_a_time:
                node.compiled_code = translated(node.compiled_code, partial(columns_of, self.spark))
        return node

    def show_landed(self, manifest: Any) -> None:
        """A table of each landed record, at the place that the dbt project names; the columns of its files are looked up once."""
        self.spark.sql(f"create schema if not exists {LANDED}")
        for source in manifest.sources.values():
            place = parse_one(source.config.meta["external_location"].format(name=source.name), read="duckdb").expressions[0].name
            columns = self.spark.read.parquet(place).schema
            self.spark.catalog.createTable(f"{LANDED}.{source.name}", path=place, source="parquet", schema=columns)


def main() -> int:
    root = DataRoot.from_env()
    dbt.adapters.spark.Plugin.adapter = SparkAdapter
    spark = session(root)
    try:
        kept.recall(spark, root)
        _Translation(spark).install()
        done = dbtRunner().invoke(sys.argv[1:])
        if done.success:
            kept.remember(spark, root)
        elif done.exception:
            print(done.exception, file=sys.stderr)
        return 0 if done.success else 1
    finally:
        spark.stop()


if __name__ == "__main__":
    sys.exit(main())
