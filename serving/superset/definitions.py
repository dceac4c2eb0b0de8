"""The dashboards as people write and review them: strict YAML, one file per dataset and per dashboard."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

FOLDER = Path(__file__).parent
DATASETS, DASHBOARDS = FOLDER / "datasets", FOLDER / "dashboards"
WIDTH = 12
"""Columns of Superset's grid: what the charts of a row fill together."""


class Strict(BaseModel):
    """A declaration in which nothing is unknown."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Metric(Strict):
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


class Dataset(Strict):
    """A query that runs as it stands on DuckDB and on PostgreSQL."""

    title: str
    description: str
    time: str = ""
    columns: dict[str, str]
    metrics: dict[str, Metric] = {}
    sql: str


class Chart(Strict):
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


class Text(Strict):
    """A paragraph of Markdown between charts."""

    text: str
    width: int = Field(ge=1, le=WIDTH)


class Row(Strict):
    height: int
    """In Superset's units of eight pixels."""
    charts: list[Chart | Text]

    @model_validator(mode="after")
    def _fills_the_grid(self) -> Row:
        if (filled := sum(item.width for item in self.charts)) != WIDTH:
            raise ValueError(f"the charts of a row are {filled} wide together, not {WIDTH}")
        return self


class Filter(Strict):
    """One choice among the members of a column, for every chart that has the column and does not choose for itself."""

    title: str
    dataset: str
    column: str
    default: str | None = None
    """Without one, the last member in order: the newest year."""


class Dashboard(Strict):
    title: str
    description: str
    filters: list[Filter] = []
    rows: list[Row]

    @property
    def charts(self) -> list[Chart]:
        return [item for row in self.rows for item in row.charts if isinstance(item, Chart)]


def datasets() -> dict[str, Dataset]:
    """Every dataset by its name, which is that of its file."""
    return {path.stem: Dataset.model_validate(_read(path)) for path in sorted(DATASETS.glob("*.yml"))}


def dashboards() -> dict[str, Dashboard]:
    """Every dashboard by its name, which is that of its file and stands in its address."""
    return {path.stem: Dashboard.model_validate(_read(path)) for path in sorted(DASHBOARDS.glob("*.yml"))}


def _read(path: Path) -> object:
    return yaml.safe_load(path.read_text(encoding="utf-8"))
