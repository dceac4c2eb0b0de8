"""A verdict: what one named check said of one table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Verdict:
    """``severity`` error blocks publication, warn is disclosed; ``detail`` says what was found and where."""

    check: str
    table: str
    passed: bool
    severity: Literal["error", "warn"] = "error"
    detail: str = ""

    @property
    def blocks(self) -> bool:
        return not self.passed and self.severity == "error"

    def sentence(self) -> str:
        return f"{self.check} ({self.table}): {self.detail or 'failed'}"
