"""The pieces of work that are measured, one module each."""

from __future__ import annotations

from benchmarks.works import land, night, postgres, publish, workbook

WORKS = {"land": land.WORK, "workbook": workbook.WORK, "publish": publish.WORK, "postgres": postgres.WORK, "night": night.WORK}
