"""The pieces of work that are measured, one module each."""

from __future__ import annotations

from benchmarks.works import build, gate, land, month, night, postgres, publish, readers, sensor, workbook

WORKS = {
    "land": land.WORK,
    "workbook": workbook.WORK,
    "build": build.BUILD_WORK,
    "pairing": build.PAIRING_WORK,
    "month": month.WORK,
    "gate": gate.WORK,
    "publish": publish.WORK,
    "postgres": postgres.WORK,
    "unchanged": night.UNCHANGED_WORK,
    "fixed": night.FIXED_WORK,
    "new_month": night.NEW_MONTH_WORK,
    "sensor": sensor.WORK,
    "readers": readers.SUMS_WORK,
    "star": readers.STAR_WORK,
    "beside": readers.BESIDE_WORK,
}
