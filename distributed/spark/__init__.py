"""The same dbt project on Apache Spark: a cluster, the dialect, dbt's launcher, and the comparison with DuckDB.

What belongs here: what a build on many machines needs beyond the dbt project, in an environment of its own (``.venv-spark``). What does
not: any model, and anything that a night on one machine imports.
"""
