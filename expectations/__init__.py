"""What must hold at the edges, as data: what a sender delivered, and what we are willing to publish.

Suites are YAML bound by path (``landing/<record>.yml``, ``marts/<evidence table>.yml``). SQL computes the
evidence, Great Expectations passes the verdict on those few rows. What does not belong here: Dagster, and
rules about the inside of the warehouse (those are dbt tests).
"""
