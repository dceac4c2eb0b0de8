"""How each kind of chart is drawn: a chart's definition as the form that Superset keeps of it."""

from __future__ import annotations

from typing import Any

from serving.superset.definitions import Chart, Dataset

VIZ_TYPES = {
    "number": "big_number_total",
    "line": "echarts_timeseries_line",
    "columns": "echarts_timeseries_bar",
    "bars": "echarts_timeseries_bar",
    "table": "table",
    "list": "table",
}
COLOURS = "supersetColors"
TIMES = {"P1M": "%b %Y", "P3M": "%Y Q%q", "P1Y": "%Y"}


def form(chart: Chart, dataset: Dataset) -> dict[str, Any]:
    """What Superset calls the params of a chart."""
    common = {"viz_type": VIZ_TYPES[chart.kind], "adhoc_filters": conditions(chart, dataset), "row_limit": chart.limit}
    return {**common, **DRAWN[chart.kind](chart, dataset)}


def conditions(chart: Chart, dataset: Dataset) -> list[dict[str, Any]]:
    """The members that the chart shows, as filters of its own."""
    members = [
        {"clause": "WHERE", "expressionType": "SIMPLE", "subject": column, "operator": "IN", "operatorId": "IN",
         "comparator": [told] if isinstance(told, str) else told}
        for column, told in chart.where.items()
    ]  # fmt: skip
    if dataset.time:
        since = f"{chart.since} : " if chart.since else "No filter"
        members.append({"clause": "WHERE", "expressionType": "SIMPLE", "subject": dataset.time, "operator": "TEMPORAL_RANGE",
                        "comparator": since})  # fmt: skip
    return members


def _number(chart: Chart, dataset: Dataset) -> dict[str, Any]:
    (metric,) = chart.metrics
    return {"metric": metric, "y_axis_format": dataset.metrics[metric].format, "subtitle": chart.note, "header_font_size": 0.5,
            "subtitle_font_size": 0.15}  # fmt: skip


def _drawn_on_axes(chart: Chart, dataset: Dataset) -> dict[str, Any]:
    return {
        "x_axis": chart.x,
        "time_grain_sqla": chart.grain,
        "metrics": chart.metrics,
        "groupby": chart.by,
        "y_axis_format": dataset.metrics[chart.metrics[0]].format,
        "x_axis_time_format": TIMES.get(chart.grain, ""),
        "tooltipTimeFormat": TIMES.get(chart.grain, ""),
        "x_axis_sort_asc": True,
        "truncate_metric": True,
        "color_scheme": COLOURS,
        "show_legend": bool(chart.by) or len(chart.metrics) > 1,
        "legendOrientation": "top",
        "legendType": "plain",
        "rich_tooltip": True,
        "truncateYAxis": chart.most is not None,
        "y_axis_bounds": [0, chart.most],
        "order_desc": True,
    }


def _line(chart: Chart, dataset: Dataset) -> dict[str, Any]:
    return {**_drawn_on_axes(chart, dataset), "markerEnabled": True, "markerSize": 3, "connectNulls": False}


def _columns(chart: Chart, dataset: Dataset) -> dict[str, Any]:
    return {**_drawn_on_axes(chart, dataset), "orientation": "vertical", "stack": "Stack" if chart.stacked else None}


def _bars(chart: Chart, dataset: Dataset) -> dict[str, Any]:
    """Lying bars, the longest on top; or in the order of a column. A member that is withheld says so in place of its bar."""
    drawn = {**_drawn_on_axes(chart, dataset), "orientation": "horizontal"}
    if chart.by:
        return {**drawn, "x_axis_sort": "sum"}
    rank = f"min({chart.order})" if chart.order else f"coalesce({dataset.metrics[chart.metrics[0]].sql}, -1)"
    ranked = {"expressionType": "SQL", "sqlExpression": rank, "label": "rank"}
    return {**drawn, "x_axis": _marked(chart, dataset), "timeseries_limit_metric": ranked, "x_axis_sort": "rank", "show_value": True}


def _marked(chart: Chart, dataset: Dataset) -> str | dict[str, str]:
    if "status" not in dataset.columns:
        return chart.x
    marked = f"{chart.x} || case when status like 'withheld%' then ' – withheld' else '' end"
    return {"expressionType": "SQL", "sqlExpression": marked, "label": dataset.columns[chart.x]}


def _table(chart: Chart, dataset: Dataset) -> dict[str, Any]:
    first = chart.order or (chart.metrics[0] if chart.metrics else "")
    return {
        "query_mode": "aggregate",
        "groupby": chart.by,
        "metrics": chart.metrics,
        "timeseries_limit_metric": first,
        "order_desc": True,
        "include_search": False,
        "show_cell_bars": False,
        "column_config": {name: {"d3NumberFormat": dataset.metrics[name].format} for name in chart.metrics},
    }


def _list(chart: Chart, dataset: Dataset) -> dict[str, Any]:
    ordering = [f'["{chart.order}", true]'] if chart.order else []
    return {"query_mode": "raw", "all_columns": chart.by, "order_by_cols": ordering, "include_search": False,
            "show_cell_bars": False}  # fmt: skip


DRAWN = {"number": _number, "line": _line, "columns": _columns, "bars": _bars, "table": _table, "list": _list}
