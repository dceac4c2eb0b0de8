"""How far a published value may be revised without a person's word, as data: ``expectations/revisions.yml``."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, field_validator

from ingestion.paths import PROJECT
from ingestion.yaml_model import StrictModel, read_yaml

REVISIONS = PROJECT / "expectations" / "revisions.yml"


class Bound(StrictModel):
    """The largest change in per cent, for the changes that ``where`` (SQL) holds for; without it, any change."""

    bound: str = Field(pattern=r"^[a-z][a-z0-9_]+$")
    where: str | None = None
    max_change_pct: float | None = Field(default=None, ge=0)
    min_counted: int = Field(default=0, description="values that rest on fewer rows or persons, before and after, are not bounded")
    because: str


class Withdrawals(StrictModel):
    """The largest share of a measure's values that may go, where at least so many go."""

    max_share_pct: float = Field(ge=0, le=100)
    min_values: int
    because: str


class RevisionBounds(StrictModel):
    withdrawn: Withdrawals
    bounds: list[Bound]

    @field_validator("bounds")
    @classmethod
    def _the_last_one_holds_for_all_others(cls, bounds: list[Bound]) -> list[Bound]:
        if not bounds or bounds[-1].where or not all(bound.where for bound in bounds[:-1]):
            raise ValueError("the last bound, and no other, stands without 'where'")
        return bounds


def load_bounds(path: Path = REVISIONS) -> RevisionBounds:
    """The bounds in force.

    Raises:
        DeclarationError: when the file is wrong.
    """
    return read_yaml(path, RevisionBounds)
