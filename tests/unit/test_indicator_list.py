"""The list of indicators: every one that the domain asks for, each with its model, formula and unit, and the page made of it."""

from __future__ import annotations

import csv
import re

from ingestion.paths import CODE_LISTS, PROJECT
from orchestration.indicator_list import PAGE, page

MODELS = PROJECT / "dbt_project" / "models" / "indicators"
WANTED = {
    "SDG_17_3_2", "SDG_10_C_1", "SDG_10_7_1", "SDG_10_7_4", "SDG_16_2_2", "SDG_8_8_1",
    "MP_A1", "MP_A2", "MP_A3", "MP_A4", "MP_A5", "MP_A6", "MP_B1", "MP_B2", "MP_B3", "MP_B4", "MP_B5",
    "LAB_REG", "LAB_RETURN", "REM_CORRIDOR", "REM_HOUSEHOLD", "SOC_SEC", "BORDER", "DTM", "COMPLETENESS",
}  # fmt: skip


def measures() -> list[dict[str, str]]:
    with (CODE_LISTS / "indicator.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_indicator_has_measures_and_one_model_and_no_model_is_without() -> None:
    assert {row["indicator_code"] for row in measures()} == WANTED
    assert {path.stem for path in MODELS.glob("*.sql")} == {f"ind_{code.lower()}" for code in WANTED}
    united = (PROJECT / "dbt_project" / "models" / "intermediate" / "int_indicator_computed.sql").read_text()
    assert set(re.findall(r"'([a-z0-9_]+)'", united.split("-%}")[0])) == {code.lower() for code in WANTED}


def test_every_formula_and_label_is_told_in_english_and_in_lao() -> None:
    for row in measures():
        for column in ("indicator", "measure", "formula"):
            assert row[f"{column}_en"] and re.search("[\u0e80-\u0eff]", row[f"{column}_lo"]), (row["measure_code"], column)


def test_the_page_holds_the_list_as_it_is() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert page(text) == text, "docs/indicators.md is out of date: run make docs"
