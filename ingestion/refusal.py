"""Why a whole file is refused, in words that its sender can act on; and the catalogue of all reasons."""

from __future__ import annotations

from functools import cache

from ingestion.names import shown_without_numbers
from ingestion.paths import PROJECT
from ingestion.yaml_model import load_yaml


@cache
def catalogue() -> dict[str, dict[str, dict[str, str]]]:
    """``{'rows': {slug: {en, lo}}, 'files': {slug: {en, lo, remedy, remedy_lo}}}``, the one home of reason texts."""
    return load_yaml(PROJECT / "ingestion" / "reasons.yml")


class Refusal(Exception):
    """A file is refused whole; nothing already held is changed by it.

    ``slug`` names an entry of ``reasons.yml``; ``expected``, ``found`` and ``detail`` fill its text and
    never hold a personal identifier.
    """

    def __init__(self, slug: str, *, expected: str = "", found: str = "", detail: str = "", sheet: str = "", row: int = 0):
        entry = catalogue()["files"][slug]
        words = {"expected": expected, "found": found, "detail": detail}
        self.slug = slug
        place = "".join([f"sheet '{shown_without_numbers(sheet)}': " if sheet else "", f"row {row}: " if row else ""])
        place_lo = "".join([f"ແຜ່ນ '{shown_without_numbers(sheet)}': " if sheet else "", f"ແຖວ {row}: " if row else ""])
        self.reason, self.remedy = place + entry["en"].format(**words), entry["remedy"].format(**words)
        self.reason_lo, self.remedy_lo = (
            place_lo + entry.get("lo", entry["en"]).format(**words),
            entry.get("remedy_lo", entry["remedy"]).format(**words),
        )
        super().__init__(f"{self.reason}. {self.remedy}")
