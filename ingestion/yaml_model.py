"""YAML files as strict pydantic models: unknown keys are refused and every mistake is reported at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError


class StrictModel(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DeclarationError(ValueError):
    """A YAML declaration is wrong; the message lists every mistake with its file and key."""


Model = TypeVar("Model", bound=StrictModel)


class _NoKeyTwice:
    """YAML lets the last of two equal keys win without a word; here it is a mistake."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:
        lines: dict[object, int] = {}
        for key, _value in node.value:
            name = self.construct_object(key, deep=True)
            if name in lines:
                at = key.start_mark.line + 1
                raise yaml.YAMLError(f"'{name}' is given twice, in line {lines[name]} and in line {at}")
            lines[name] = key.start_mark.line + 1
        return super().construct_mapping(node, deep)


class _Loader(_NoKeyTwice, getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """Reads by libyaml, where PyYAML was built with it: ten times as fast as PyYAML's own Python."""


class _QuotingLoader(_NoKeyTwice, yaml.SafeLoader):
    """Quotes the line that is broken, which libyaml does not."""


def load_yaml(path: Path) -> Any:
    """What ``path`` says, as it stands.

    Raises:
        yaml.YAMLError: where it is broken, with the line itself.
    """
    text = path.read_text(encoding="utf-8")
    try:
        return yaml.load(text, _Loader)
    except yaml.YAMLError:
        return yaml.load(text, _QuotingLoader)


def read_yaml(
    path: Path,
    model: type[Model],
    when_broken: Callable[[dict], list[str]] | None = None,
    always: Callable[[dict], list[str]] | None = None,
    **identity: str,
) -> Model:
    """Read ``path`` as ``model``; ``identity`` adds what the file's own name says.

    Args:
        when_broken: what else is wrong with a file whose shape is; the model's own validator does not get that far.
        always: what is wrong whatever the shape is.

    Raises:
        DeclarationError: with one line per mistake.
    """
    try:
        loaded = load_yaml(path)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise DeclarationError(f"{path.name}: not readable as YAML: {error}") from None
    if not isinstance(loaded, dict):
        raise DeclarationError(f"{path.name}: expected a mapping at the top, found {type(loaded).__name__}")
    mistakes = always(loaded) if always else []
    try:
        read = model.model_validate({**loaded, **identity})
    except ValidationError as error:
        found = error.errors()
        mistakes += [line for one in found for line in _told(one)]
        if when_broken and any(one["loc"] for one in found):
            mistakes += when_broken(loaded)
    if mistakes:
        raise DeclarationError("\n".join(f"{path.name}: {mistake}" for mistake in dict.fromkeys(mistakes)))
    return read


def _told(error: dict) -> list[str]:
    """The mistakes of one validator, each with its key; one that looks at the whole file names the keys itself."""
    said = error["msg"].removeprefix("Value error, ")
    key = ".".join(map(str, error["loc"]))
    return [f"{key}: {said}"] if key else said.splitlines()
