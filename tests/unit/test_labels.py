"""What people read says what it is: every table and column of a release, in English and in Lao."""

from __future__ import annotations

import re

import pytest
import yaml

from ingestion.paths import PROJECT

MODELS = [
    model
    for layer in ("marts", "published", "quality")
    for path in sorted((PROJECT / "dbt_project" / "models" / layer).rglob("*.yml"))
    for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", [])
]
LAO = re.compile(r"[\u0e80-\u0eff]")


@pytest.mark.parametrize("model", MODELS, ids=[model["name"] for model in MODELS])
def test_a_table_and_its_columns_have_a_description_and_a_lao_label(model: dict) -> None:
    unexplained = [
        entry["name"]
        for entry in (model, *model["columns"])
        if not entry.get("description") or not LAO.search(entry.get("config", {}).get("meta", {}).get("label_lo", ""))
    ]
    assert unexplained == []
