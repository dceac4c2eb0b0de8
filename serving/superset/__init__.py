"""Superset on a release: dashboards as code, and what its server may open.

``definitions`` reads the dashboards from YAML, ``bundle`` writes them in Superset's own import format, ``importing`` brings
them in; ``connection`` is the only way to the data; ``__main__`` starts it all (docs/superset.md). Superset itself lives in an
environment of its own: only ``importing`` imports it, and nothing else in the project imports ``importing``.
"""
