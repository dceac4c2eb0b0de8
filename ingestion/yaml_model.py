"""YAML files as strict pydantic models: unknown keys are refused and every mistake is reported at once."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError


class StrictModel(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DeclarationError(ValueError):
    """A YAML declaration is wrong; the message lists every mistake with its file and key."""


Model = TypeVar("Model", bound=StrictModel)


def read_yaml(path: Path, model: type[Model], **identity: str) -> Model:
    """Read ``path`` as ``model``; ``identity`` adds what the file's own name says.

    Raises:
        DeclarationError: with one line per mistake.
    """
    try:
        loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise DeclarationError(f"{path.name}: not readable as YAML: {error}") from None
    if not isinstance(loaded, dict):
        raise DeclarationError(f"{path.name}: expected a mapping at the top, found {type(loaded).__name__}")
    try:
        return model.model_validate({**loaded, **identity})
    except ValidationError as error:
        lines = [f"{path.name}: {'.'.join(map(str, e['loc'])) or '(file)'}: {e['msg']}" for e in error.errors()]
        raise DeclarationError("\n".join(lines)) from None
