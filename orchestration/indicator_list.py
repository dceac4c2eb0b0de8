"""The list of indicators in ``docs/indicators.md``, made from its code list: ``python -m orchestration.indicator_list``.

The text around the list is written by hand; the list stands between two marks.
"""

from __future__ import annotations

import csv
from itertools import groupby
from pathlib import Path

from ingestion.paths import CODE_LISTS, PROJECT
from orchestration.markdown import table

PAGE = PROJECT / "docs" / "indicators.md"
BEGINS, ENDS = "<!-- made from dbt_project/seeds/indicator.csv by `make docs` -->", "<!-- end of the list -->"


def listed() -> str:
    """The list as Markdown: a heading per indicator, a row per measure."""
    with (CODE_LISTS / "indicator.csv").open(encoding="utf-8", newline="") as file:
        measures = list(csv.DictReader(file))
    lines = []
    for code, rows in groupby(measures, key=lambda row: row["indicator_code"]):
        held = list(rows)
        records = sorted({record for row in held for record in row["records"].split("; ")})
        lines += [
            f"**{code}** {held[0]['indicator_en']} · {held[0]['indicator_lo']} (from {', '.join(records)})",
            "",
            table(
                ["measure", "unit", "formula", "by"],
                ([f"`{row['measure_code']}`", row["unit"], row["formula_en"], row["disaggregations"]] for row in held),
            ),
            "",
        ]
    return "\n".join(lines)


def page(text: str) -> str:
    """The page with its list made anew."""
    before, rest = text.split(BEGINS)
    _, after = rest.split(ENDS)
    return f"{before}{BEGINS}\n\n{listed()}\n{ENDS}{after}"


def write(path: Path = PAGE) -> Path:
    path.write_text(page(path.read_text(encoding="utf-8")), encoding="utf-8")
    return path


if __name__ == "__main__":
    print(f"wrote {write().relative_to(PROJECT)}")
