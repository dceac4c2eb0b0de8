"""What a build on Spark keeps of the one before it: tables that lie in folders of their parts.

The catalog is that of one session, the files outlive it. A build that has come to its end leaves word of how its tables were made, and
by which code; the next one of the same code begins with them. Whatever else there is, a build that was cut short included, is removed.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from pyspark.sql import SparkSession

from ingestion.archive import write_atomically
from ingestion.paths import DataRoot
from publishing.fingerprint import warehouse_code


def recall(spark: SparkSession, root: DataRoot) -> list[str]:
    """Put the tables that the build before left into the catalog of this session, and return their names."""
    record = _record(root)
    told = json.loads(record.read_text(encoding="utf-8")) if record.exists() else {}
    # Until this build has come to its end there is nothing that the next could begin with.
    record.unlink(missing_ok=True)
    made = told["tables"] if told.get("code") == warehouse_code() else {}
    for folder in root.spark.glob("*/*"):
        if f"{folder.parent.name}.{folder.name}" not in made:
            shutil.rmtree(folder)
    for name, statement in made.items():
        schema, table = name.split(".")
        spark.sql(f"create schema if not exists {schema} location '{root.spark / schema}'")
        spark.sql(f"{statement} location '{root.spark / schema / table}'")
        spark.sql(f"alter table {name} recover partitions")
    return list(made)


def remember(spark: SparkSession, root: DataRoot) -> None:
    """Write down how the tables with parts were made, once a build has come to its end."""
    names = sorted({f"{folder.parent.parent.name}.{folder.parent.name}" for folder in root.spark.glob("*/*/_*=*")})
    made = {name: _statement(spark, name) for name in names if spark.catalog.tableExists(name)}
    write_atomically(_record(root), json.dumps({"code": warehouse_code(), "tables": made}, indent=1).encode())


def remove_all_but(spark: SparkSession, table: str, current: str, columns: list[str]) -> None:
    """Remove the files of a table whose parts are not among those of the query ``current``."""
    same = " and ".join(f"held.{column} = current.{column}" for column in columns)
    stale = spark.sql(
        f"select distinct held._metadata.file_path as file from {table} as held left anti join ({current}) as current on {same}"
    ).collect()
    if not stale:
        return
    to_path = spark._jvm.org.apache.hadoop.fs.Path
    storage = to_path(stale[0].file).getFileSystem(spark._jsc.hadoopConfiguration())
    for row in stale:
        storage.delete(to_path(row.file), False)
    spark.sql(f"refresh table {table}")


def _statement(spark: SparkSession, name: str) -> str:
    return spark.sql(f"show create table {name}").first()[0].partition("LOCATION")[0]


def _record(root: DataRoot) -> Path:
    return root.spark_home / "kept.json"
