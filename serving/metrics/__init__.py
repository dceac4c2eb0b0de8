"""The metrics of a release, asked of MetricFlow: from its tables, by the definitions it was made with.

What the metrics are is said in ``dbt_project/models/semantic/``; this runs ``mf``, which lives in an environment of its own.
"""
