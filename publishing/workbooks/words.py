"""The words of the workbooks in both languages (``texts.yml``)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from ingestion.yaml_model import load_yaml

TEXTS = Path(__file__).with_name("texts.yml")


@cache
def _texts() -> dict[str, dict[str, dict[str, str]]]:
    return load_yaml(TEXTS)


def words(group: str) -> dict[str, dict[str, str]]:
    """``{key: {en, lo}}`` of a group."""
    return _texts()[group]


def word(group: str, key: str) -> str:
    """One text, English and Lao on one line."""
    said = words(group)[key]
    return f"{said['en']} · {said['lo']}"
