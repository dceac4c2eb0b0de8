"""The pieces of work that are measured, one module each."""

from __future__ import annotations

from benchmarks.works import land, night, publish, workbook

WORKS = {"land": land.WORK, "workbook": workbook.WORK, "publish": publish.WORK, "night": night.WORK}
