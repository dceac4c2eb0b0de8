"""The dashboards as people write and review them: strict YAML, one file per dataset and per dashboard."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from ingestion.yaml_model import StrictModel, read_yaml

FOLDER = Path(__file__).parent
DATASETS, DASHBOARDS = FOLDER / "datasets", FOLDER / "dashboards"
WIDTH = 12
"""Columns of Superset's grid: what the charts of a row fill together."""


class Metric(StrictModel):
    """What a chart may show of a dataset: one published value (``of`` its column), or an expression in SQL."""

    title: str
    of: str = ""
    adds_over_time: bool = True
    expression: str = ""
    format: str = ",d"

    @model_validator(mode="after")
    def _is_one_of_both(self) -> Metric:
        if bool(self.of) == bool(self.expression):
            raise ValueError("a metric is either 'of' a column or an 'expression'")
        return self

    @property
    def sql(self) -> str:
        """Nothing rather than a wrong figure.

        A published value is shown as it is. Months may be added up, each counted once and in one frequency, where none of them
        is withheld; totals and parts, or parts with a gap between them, never are.
        """
        if self.expression:
            return self.expression
        if not self.adds_over_time:
            return f"case when count(*) = 1 then max({self.of}) end"
        each_once = "count(*) = count(distinct period_starts_on) and min(frequency) = max(frequency)"
        return f"case when {each_once} and count({self.of}) = count(*) then sum({self.of}) end"


class Dataset(StrictModel):
    """A query that runs as it stands on DuckDB and on PostgreSQL."""

    title: str
    description: str
    time: str = ""
    columns: dict[str, str]
    metrics: dict[str, Metric] = {}
    sql: str


class Chart(StrictModel):
    """One chart: ``where`` says which members it shows, so that no filter of the dashboard touches these columns."""

    title: str
    kind: Literal["number", "line", "columns", "bars", "table", "list"]
    dataset: str
    metrics: list[str] = []
    x: str = ""
    by: list[str] = []
    where: dict[str, str | list[str]] = {}
    since: str = ""
    grain: Literal["P1M", "P3M", "P1Y"] | None = None
    order: str = ""
    limit: int = 100
    stacked: bool = False
    most: int | None = None
    """Where the axis of values ends, for what cannot be more."""
    width: int = Field(ge=1, le=WIDTH)
    note: str = ""

    @property
    def own_columns(self) -> set[str]:
        """Columns whose members the chart chooses for itself."""
        return {*self.where, *self.by, *([self.x] if self.x else [])} | ({"year"} if self.grain else set())


class Text(StrictModel):
    """A paragraph of Markdown between charts."""

    text: str
    width: int = Field(ge=1, le=WIDTH)


class Row(StrictModel):
    height: int
    """In Superset's units of eight pixels."""
    charts: list[Chart | Text]

    @model_validator(mode="after")
    def _fills_the_grid(self) -> Row:
        if (filled := sum(item.width for item in self.charts)) != WIDTH:
            raise ValueError(f"the charts of a row are {filled} wide together, not {WIDTH}")
        return self


class Filter(StrictModel):
    """One choice among the members of a column, for every chart that has the column and does not choose for itself."""

    title: str
    dataset: str
    column: str
    default: str | None = None
    """Without one, the last member in order: the newest year."""


class Dashboard(StrictModel):
    title: str
    description: str
    filters: list[Filter] = []
    rows: list[Row]

    @property
    def charts(self) -> list[Chart]:
        return [item for row in self.rows for item in row.charts if isinstance(item, Chart)]


def datasets() -> dict[str, Dataset]:
    """Every dataset by its name, which is that of its file.

    Raises:
        DeclarationError: when a file is wrong.
    """
    return {path.stem: read_yaml(path, Dataset) for path in sorted(DATASETS.glob("*.yml"))}


def dashboards() -> dict[str, Dashboard]:
    """Every dashboard by its name, which is that of its file and stands in its address.

    Raises:
        DeclarationError: when a file is wrong.
    """
    return {path.stem: read_yaml(path, Dashboard) for path in sorted(DASHBOARDS.glob("*.yml"))}
