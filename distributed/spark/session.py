"""The session of Spark in which a build runs: where its tables lie, and the settings that make it answer as DuckDB does."""

from __future__ import annotations

import logging
import os

from pyspark.logger import PySparkLogger
from pyspark.sql import SparkSession

from distributed.spark.cluster import LOOPBACK
from ingestion.paths import DataRoot

MASTER = "SPARK_MASTER"
SETTINGS = {
    # what would be null or cut short without a word is an error
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "Asia/Vientiane",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    # landed files of one record may differ in their columns: union_by_name
    "spark.sql.parquet.mergeSchema": "true",
    "spark.sql.parquet.compression.codec": "zstd",
    "spark.sql.sources.default": "parquet",
    # folders of parts are listed by the driver: a job of a task for each costs more
    "spark.sql.sources.parallelPartitionDiscovery.threshold": "10000",
    "spark.rdd.parallelListingThreshold": "10000",
    # medians and lists of cells are gathered in a map of so many cells before rows are sorted for them
    "spark.sql.objectHashAggregate.sortBased.fallbackThreshold": "20000",
    # most tables are small: tasks by the size of the data, not by a number
    "spark.sql.adaptive.enabled": "true",
    "spark.sql.shuffle.partitions": "8",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.catalogImplementation": "in-memory",
}


def executor_memory() -> str:
    """What an executor gets: ``SPARK_EXECUTOR_MEMORY``, as Spark writes sizes."""
    return os.environ.get("SPARK_EXECUTOR_MEMORY", "1500m")


def columns_of(spark: SparkSession, query: str) -> dict[str, str]:
    """The columns that a query gives, in their order, each with Spark's name of its type."""
    return {field.name: field.dataType.simpleString() for field in spark.sql(query).schema}


def session(root: DataRoot) -> SparkSession:
    """The session of this process; its tables are Parquet below ``<data root>/spark``.

    ``SPARK_MASTER`` names the cluster, two cores of this machine without it; ``SPARK_EXECUTOR_MEMORY`` what an executor gets.
    """
    builder = SparkSession.builder.appName("migration-warehouse").master(os.environ.get(MASTER) or "local[2]")
    own = {
        "spark.sql.warehouse.dir": os.fspath(root.spark),
        "spark.driver.memory": os.environ.get("SPARK_DRIVER_MEMORY", "2g"),
        "spark.executor.memory": executor_memory(),
        "spark.local.dir": os.fspath(root.spark_home / "scratch"),
    }
    # where the workers find this process
    address = os.environ.get("SPARK_DRIVER_HOST", LOOPBACK)
    own |= {"spark.driver.host": address, "spark.driver.bindAddress": address}
    for name, value in {**SETTINGS, **own}.items():
        builder = builder.config(name, value)
    made = builder.getOrCreate()
    made.sparkContext.setLogLevel("ERROR")
    # A refused query comes back as an exception, which is told once by who asked; pyspark would log its whole plan as well, pages of it.
    PySparkLogger.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)
    return made
