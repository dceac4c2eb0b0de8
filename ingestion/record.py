"""Canonical record shapes: what every extract of a record lands as, whoever sent it and in whatever layout."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field as Key
from pydantic import model_validator

from ingestion.paths import RECORDS
from ingestion.yaml_model import StrictModel, read_yaml

LANDED_TYPE = {
    "timestamp": "TIMESTAMP",
    "date": "DATE",
    "integer": "BIGINT",
    "decimal": "DECIMAL(18,2)",
    "double": "DOUBLE",
    "text": "VARCHAR",
    "boolean": "BOOLEAN",
    "code": "VARCHAR",
    "status": "VARCHAR",
    "identifier": "BIGINT",
}
NUMERIC = {"integer", "decimal", "double"}
TEMPORAL = {"timestamp", "date"}
LINEAGE = {"_extract": "VARCHAR", "_period": "VARCHAR", "_landing_id": "BIGINT", "_sheet": "VARCHAR", "_row": "BIGINT"}


class Label(StrictModel):
    en: str
    lo: str


class Field(StrictModel):
    """One column of a record: its type, its code list and the limits that hold for every sender."""

    type: Literal["timestamp", "date", "integer", "decimal", "double", "text", "boolean", "code", "status", "identifier"]
    description: str
    required: bool = False
    codes: str | None = None
    within: str | None = Key(None, description="parent code field whose code must be the start of this one's")
    on_unrecognised: Literal["unknown", "reject"] = "unknown"
    minimum: float | None = None
    maximum: float | None = None
    above: float | None = None
    lands_as: str | None = None
    free_text: bool = Key(False, description="for a code: typed freely, so coded by likeness too; text and score land beside it")
    of: str | None = Key(None, description="for a status: the measure whose missing marks it tells of")

    @model_validator(mode="after")
    def _complete(self) -> Field:
        needs = {"code": "codes", "identifier": "lands_as", "status": "of"}.get(self.type)
        if needs and getattr(self, needs) is None:
            raise ValueError(f"a field of type {self.type} needs '{needs}'")
        if self.free_text and (self.type != "code" or self.within):
            raise ValueError("free_text goes with a code that has no parent")
        return self


class Rule(StrictModel):
    """A row is rejected with ``slug`` where the SQL condition ``when`` over landed columns is true."""

    slug: str
    when: str
    field: str
    message: Label


class Record(StrictModel):
    name: str
    title: Label
    grain: str
    fields: dict[str, Field]
    key: list[str]
    event_date: str | None = None
    rules: list[Rule] = []
    currency_limits: dict[str, str] = {}
    currency_ceilings: dict[str, str] = {}
    rate_limits: dict[str, list[str]] = {}

    def landed_name(self, field: str) -> str:
        return self.fields[field].lands_as or field

    @property
    def landed_columns(self) -> dict[str, str]:
        """Landed column name → DuckDB type, lineage columns last."""
        own = {self.landed_name(name): LANDED_TYPE[field.type] for name, field in self.fields.items()}
        for name in self.free_texts:
            own |= {f"{name}_text": "VARCHAR", f"{name}_score": "DOUBLE"}
        return {**own, **LINEAGE}

    @property
    def free_texts(self) -> list[str]:
        return [name for name, field in self.fields.items() if field.free_text]

    @property
    def identifiers(self) -> list[str]:
        return [name for name, field in self.fields.items() if field.type == "identifier"]


@cache
def load_records(folder: Path = RECORDS) -> dict[str, Record]:
    """Every record shape by name.

    Raises:
        DeclarationError: when a file is wrong.
    """
    return {path.stem: read_yaml(path, Record, name=path.stem) for path in sorted(folder.glob("*.yml"))}
