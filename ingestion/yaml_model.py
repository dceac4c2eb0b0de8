"""YAML files as strict pydantic models: unknown keys are refused and every mistake is reported at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

# libyaml, where PyYAML was built with it, reads ten times as fast as PyYAML's own Python
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class StrictModel(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DeclarationError(ValueError):
    """A YAML declaration is wrong; the message lists every mistake with its file and key."""


Model = TypeVar("Model", bound=StrictModel)


def load_yaml(path: Path) -> Any:
    """What ``path`` says, as it stands.

    Raises:
        yaml.YAMLError: where it is broken, with the line itself, which libyaml does not quote.
    """
    text = path.read_text(encoding="utf-8")
    try:
        return yaml.load(text, LOADER)
    except yaml.YAMLError:
        return yaml.safe_load(text)


def read_yaml(path: Path, model: type[Model], **identity: str) -> Model:
    """Read ``path`` as ``model``; ``identity`` adds what the file's own name says.

    Raises:
        DeclarationError: with one line per mistake.
    """
    try:
        loaded = load_yaml(path)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise DeclarationError(f"{path.name}: not readable as YAML: {error}") from None
    if not isinstance(loaded, dict):
        raise DeclarationError(f"{path.name}: expected a mapping at the top, found {type(loaded).__name__}")
    try:
        return model.model_validate({**loaded, **identity})
    except ValidationError as error:
        lines = [f"{path.name}: {'.'.join(map(str, e['loc'])) or '(file)'}: {e['msg']}" for e in error.errors()]
        raise DeclarationError("\n".join(lines)) from None
