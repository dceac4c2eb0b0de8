"""How large a delivery may be: what a contract may declare, and what the process that reads it is given.

Each limit is far above what any sender's register has held, and far below what would stop the others.
"""

from __future__ import annotations

import os

from pydantic import Field as Key

from ingestion.yaml_model import StrictModel


class Limits(StrictModel):
    """Above any of these a file is refused whole, with this as its reason; below them memory stays bounded.

    The defaults: 20 million crossings are 3 GB of CSV; a full sheet (a million rows, 20 columns) unpacks to 2 GB;
    the widest official file has 240 columns (2026-11).
    """

    file_mb: int = Key(8192, ge=1)
    unpacked_mb: int = Key(4096, ge=1)
    columns: int = Key(1000, ge=1)
    line_kb: int = Key(2048, ge=1)


def workbook_memory_mb() -> int:
    """Memory that parsing one workbook may take."""
    return int(os.environ.get("WAREHOUSE_WORKBOOK_MEMORY_MB") or 4096)


def workbook_seconds() -> float:
    """Seconds that parsing one sheet may take; a full sheet takes about ten."""
    return float(os.environ.get("WAREHOUSE_WORKBOOK_SECONDS") or 300)
