"""What ``structures.yml`` declares of SDMX: components, code lists, and which member of the warehouse is which code."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

PATH = Path(__file__).with_name("structures.yml")


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Named(Strict):
    """Anything with an identifier and names in English and Lao."""

    id: str
    en: str
    lo: str


class Maintained(Strict):
    """A list of codes or of concepts: who maintains it, in which version."""

    agency: str
    version: str
    en: str
    lo: str


class Component(Named):
    """One column of the data.

    ``series`` is an attribute that hangs on the dimension ``of``; ``observation`` one that hangs on each value. Either the codes of a
    ``list`` or values of an SDMX ``type``.
    """

    role: Literal["dimension", "time", "measure", "observation", "series"]
    scheme: str
    list: str | None = None
    type: str | None = None
    of: str | None = None


class Declared(Strict):
    """The whole file."""

    agency: Named
    version: str
    flow: Named
    structure: Named
    schemes: dict[str, Maintained]
    components: list[Component]
    lists: dict[str, Maintained]
    members: dict[str, dict[str, str]]
    codes: dict[str, list[Named]]
    equivalents: dict[str, dict[str, str]]

    @cached_property
    def flow_reference(self) -> str:
        """The flow as SDMX writes it: agency, identifier, version."""
        return f"{self.agency.id}:{self.flow.id}({self.version})"

    def tables(self) -> dict[str, tuple[str, list[tuple[str, ...]]]]:
        """What ``observations.sql`` needs of the file: table name → columns and rows."""
        recoded = [(name, member, code) for name, members in self.members.items() for member, code in members.items()]
        fixed = [(name, code.id, code.en, code.lo) for name, codes in self.codes.items() for code in codes]
        equivalent = [(name, member, code) for name, members in self.equivalents.items() for member, code in members.items()]
        return {
            "recoded": ("list_id varchar, member varchar, code varchar", recoded),
            "fixed": ("list_id varchar, code varchar, label_en varchar, label_lo varchar", fixed),
            "equivalent": ("component_id varchar, member varchar, code varchar", equivalent),
        }


def declared() -> Declared:
    """Read and validate the file."""
    return Declared.model_validate(yaml.safe_load(PATH.read_text(encoding="utf-8")))
