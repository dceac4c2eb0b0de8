"""What the report is to hold, as ``profile.yml`` says it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import model_validator

from ingestion.yaml_model import StrictModel, read_yaml

PROFILE = Path(__file__).with_name("profile.yml")
LANGUAGES = ("en", "lo")
DIMENSIONS = {"_Z", "time", "measure", "area", "counterpart_country", "sex", "age_group", "basis", "vintage"}
"""What an exhibit may go by besides a further breakdown of its measure."""
Drawn = Literal["cards", "bars", "pyramid", "lines", "map", "heat", "table"]


class Said(StrictModel):
    """A text in both languages."""

    en: str
    lo: str

    def of(self, language: str) -> str:
        return self.lo if language == "lo" else self.en


class Heading(Said):
    """A column of a table."""

    number: bool = False
    english: bool = False
    """Whether what stands in it is English in both languages."""


class Target(Said):
    """A line to measure a series by."""

    value: float


class Exhibit(StrictModel):
    """One chart or table: of published values, or of a ``relation`` that ``profile.sql`` makes."""

    id: str
    draw: Drawn
    title: Said
    note: Said | None = None
    measures: list[str] = []
    bases: list[str] = []
    frequency: Literal["A", "S", "Q", "M"] = "A"
    by: str = "_Z"
    series: str = "_Z"
    country: str = "_T"
    since: int = 0
    top: int = 12
    each: bool = False
    """Whether every row shows its own newest period, and not all of them the same one."""
    target: Target | None = None
    relation: str = ""
    columns: dict[str, Heading] = {}

    @model_validator(mode="after")
    def _says_what_it_shows(self) -> Exhibit:
        if bool(self.measures) == bool(self.relation):
            raise ValueError(f"{self.id}: an exhibit shows measures or a relation")
        if self.measures and len({self.by, self.series} - DIMENSIONS) > 1:
            raise ValueError(f"{self.id}: values are taken apart by one further breakdown at a time")
        return self

    @property
    def top_shown(self) -> int:
        """How many rows; every period and age stands in its place, however small."""
        return 10_000 if self.by in ("time", "age_group") or self.draw in ("map", "cards") else self.top

    def as_row(self, place: int) -> dict[str, object]:
        """What ``profile.sql`` needs to know of it."""
        breakdown = ({self.by, self.series} - DIMENSIONS) or {"_Z"}
        return {
            "id": self.id,
            "place": place,
            "measures": self.measures,
            "bases": self.bases,
            "frequency": self.frequency,
            "by": self.by,
            "series": self.series,
            "breakdown": breakdown.pop(),
            "country": self.country,
            "since": self.since,
            "top": self.top_shown,
            "is_each": self.each,
        }


class Part(StrictModel):
    id: str
    title: Said
    intro: Said
    exhibits: list[Exhibit]


class Profile(StrictModel):
    parts: list[Part]
    words: dict[str, Said]

    @property
    def exhibits(self) -> list[Exhibit]:
        return [exhibit for part in self.parts for exhibit in part.exhibits]


@cache
def profile() -> Profile:
    return read_yaml(PROFILE, Profile)
