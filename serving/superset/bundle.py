"""The definitions in Superset's own import format: a file per database, dataset, chart and dashboard, joined by UUIDs.

A UUID is made of the kind and the name, so the same definition replaces what an earlier import of it made, and a chart that people
made for themselves is never touched.
"""

from __future__ import annotations

import uuid
from typing import Any

import yaml

from serving.superset.charts import COLOURS, VIZ_TYPES, form
from serving.superset.connection import ADDRESSES
from serving.superset.definitions import Chart, Dashboard, Dataset, Filter, dashboards, datasets

NAMESPACE = uuid.UUID("5f0d4c1e-6f0b-5f0e-9b53-6c616f6d6967")
DATABASE = "Migration release"
VERSION = "1.0.0"


def identity(kind: str, name: str) -> str:
    return str(uuid.uuid5(NAMESPACE, f"{kind}/{name}"))


def files(source: str) -> dict[str, str]:
    """Every file of the bundle, by its path in it, for one source of the data."""
    defined = datasets()
    made: dict[str, Any] = {"metadata.yaml": {"version": VERSION, "type": "assets", "timestamp": "2026-01-01T00:00:00+00:00"}}
    made["databases/release.yaml"] = _database(source)
    for name, dataset in defined.items():
        made[f"datasets/release/{name}.yaml"] = _dataset(name, dataset)
    number = 0
    for name, dashboard in dashboards().items():
        numbers = {}
        for chart in dashboard.charts:
            numbers[chart.title] = number = number + 1
            made[f"charts/{name}_{number}.yaml"] = _chart(name, chart, defined[chart.dataset])
        made[f"dashboards/{name}.yaml"] = _dashboard(name, dashboard, defined, numbers)
    return {path: yaml.safe_dump(content, allow_unicode=True, sort_keys=False) for path, content in made.items()}


def chart_identity(dashboard: str, chart: Chart) -> str:
    return identity("chart", f"{dashboard}/{chart.title}")


def _managed(kind: str, name: str) -> dict[str, Any]:
    """Not to be edited in Superset, where the next import would undo it; "save as" makes a chart of one's own."""
    return {"uuid": identity(kind, name), "version": VERSION, "is_managed_externally": True}


def _database(source: str) -> dict[str, Any]:
    return {
        "database_name": DATABASE,
        "sqlalchemy_uri": ADDRESSES[source],
        "expose_in_sqllab": True,
        "allow_run_async": False,
        "allow_ctas": False,
        "allow_cvas": False,
        "allow_dml": False,
        "allow_csv_upload": False,
        "extra": {"allows_virtual_table_explore": True, "cost_estimate_enabled": False},
        **_managed("database", "release"),
    }


def _dataset(name: str, dataset: Dataset) -> dict[str, Any]:
    return {
        "table_name": dataset.title,
        "description": dataset.description,
        "main_dttm_col": dataset.time or None,
        "sql": dataset.sql,
        "database_uuid": identity("database", "release"),
        "columns": [
            {"column_name": column, "verbose_name": title, "is_dttm": column == dataset.time, "groupby": True, "filterable": True}
            for column, title in dataset.columns.items()
        ],
        "metrics": [
            {"metric_name": metric, "verbose_name": told.title, "expression": told.sql, "d3format": told.format}
            for metric, told in dataset.metrics.items()
        ],
        **_managed("dataset", name),
    }


def _chart(dashboard: str, chart: Chart, dataset: Dataset) -> dict[str, Any]:
    return {
        "slice_name": chart.title,
        "description": chart.note or None,
        "viz_type": VIZ_TYPES[chart.kind],
        "params": form(chart, dataset),
        "dataset_uuid": identity("dataset", chart.dataset),
        **_managed("chart", f"{dashboard}/{chart.title}"),
    }


def _dashboard(name: str, dashboard: Dashboard, defined: dict[str, Dataset], numbers: dict[str, int]) -> dict[str, Any]:
    return {
        "dashboard_title": dashboard.title,
        "description": dashboard.description,
        "slug": name.replace("_", "-"),
        "position": _position(name, dashboard, numbers),
        "metadata": {
            "native_filter_configuration": [_filter(told, dashboard, defined, numbers) for told in dashboard.filters],
            "cross_filters_enabled": False,
            "color_scheme": COLOURS,
            "refresh_frequency": 0,
            "filter_bar_orientation": "HORIZONTAL",
        },
        "published": True,
        **_managed("dashboard", name),
    }


def _position(name: str, dashboard: Dashboard, numbers: dict[str, int]) -> dict[str, Any]:
    """Superset's layout: rows in a grid, charts and texts in rows."""
    rows = [f"ROW-{place}" for place in range(len(dashboard.rows))]
    layout: dict[str, Any] = {
        "DASHBOARD_VERSION_KEY": "v2",
        "ROOT_ID": {"type": "ROOT", "id": "ROOT_ID", "children": ["GRID_ID"]},
        "GRID_ID": {"type": "GRID", "id": "GRID_ID", "children": rows, "parents": ["ROOT_ID"]},
        "HEADER_ID": {"type": "HEADER", "id": "HEADER_ID", "meta": {"text": dashboard.title}},
    }
    for row_id, row in zip(rows, dashboard.rows, strict=True):
        parents = ["ROOT_ID", "GRID_ID", row_id]
        children = []
        for place, item in enumerate(row.charts):
            size = {"height": row.height, "width": item.width}
            if isinstance(item, Chart):
                part = {"id": f"CHART-{numbers[item.title]}", "type": "CHART"}
                meta = {**size, "chartId": numbers[item.title], "uuid": chart_identity(name, item), "sliceName": item.title}
            else:
                part = {"id": f"MARKDOWN-{row_id}-{place}", "type": "MARKDOWN"}
                meta = {**size, "code": item.text}
            layout[part["id"]] = {**part, "children": [], "parents": parents, "meta": meta}
            children.append(part["id"])
        layout[row_id] = {"type": "ROW", "id": row_id, "children": children, "parents": parents[:-1],
                          "meta": {"background": "BACKGROUND_TRANSPARENT"}}  # fmt: skip
    return layout


def _filter(told: Filter, dashboard: Dashboard, defined: dict[str, Dataset], numbers: dict[str, int]) -> dict[str, Any]:
    """A choice of exactly one member: of none, totals and parts would stand side by side."""
    untouched = [
        numbers[chart.title]
        for chart in dashboard.charts
        if told.column not in defined[chart.dataset].columns or told.column in chart.own_columns
    ]
    chosen = [told.default] if told.default else None
    return {
        "id": f"NATIVE_FILTER-{told.column}",
        "name": told.title,
        "type": "NATIVE_FILTER",
        "filterType": "filter_select",
        "targets": [{"datasetUuid": identity("dataset", told.dataset), "column": {"name": told.column}}],
        "requiredFirst": chosen is None,
        "controlValues": {
            "enableEmptyFilter": True,
            "multiSelect": False,
            "defaultToFirstItem": chosen is None,
            "sortAscending": chosen is not None,
            "searchAllOptions": False,
            "inverseSelection": False,
        },
        "defaultDataMask": {
            "extraFormData": {"filters": [{"col": told.column, "op": "IN", "val": chosen}]} if chosen else {},
            "filterState": {"value": chosen} if chosen else {},
            "ownState": {},
        },
        "scope": {"rootPath": ["ROOT_ID"], "excluded": untouched},
        "cascadeParentIds": [],
        "description": "",
    }
