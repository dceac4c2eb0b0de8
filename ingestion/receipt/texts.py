"""The words of a receipt in both languages: its own (``texts.yml``) and those of the catalogue of reasons."""

from __future__ import annotations

import datetime as dt
from functools import cache

from ingestion.contract import Column, Contract
from ingestion.paths import PROJECT
from ingestion.period import BUDDHIST_OFFSET
from ingestion.record import Label, Record, load_records
from ingestion.refusal import catalogue
from ingestion.yaml_model import load_yaml

EXAMPLE = dt.datetime(2026, 12, 31, 16, 5)
ISO = ["%Y-%m-%d"]
DATE_PARTS = {
    "%d": "DD", "%-d": "D", "%m": "MM", "%-m": "M", "%Y": "YYYY", "%y": "YY", "%H": "HH", "%I": "HH", "%M": "MM", "%S": "SS",
    "%b": "MMM", "%B": "MMMM", "%p": "AM/PM",
}  # fmt: skip


@cache
def texts() -> dict[str, dict[str, Label]]:
    """``{group: {key: Label}}``."""
    loaded = load_yaml(PROJECT / "ingestion" / "receipt" / "texts.yml")
    return {group: {key: Label(**words) for key, words in entries.items()} for group, entries in loaded.items()}


def text(group: str, key: str, **words: object) -> Label:
    """One sentence in both languages with its placeholders filled."""
    said = texts()[group].get(key) or Label(lo=key, en=key)
    return Label(lo=said.lo.format(**words), en=said.en.format(**words))


def both(label: Label) -> str:
    """Lao first, then English, on one line."""
    return f"{label.lo} · {label.en}"


def explain(contract: Contract, reason: str, heading: str = "") -> dict[str, str]:
    """The English and Lao text of a ``field:slug`` reason; ``heading`` is the sender's own for the field, if known."""
    name, slug = reason.split(":")
    record = load_records()[contract.record]
    for rule in record.rules:
        if rule.slug == slug:
            return rule.message.model_dump()
    column = contract.columns.get(name) or Column(constant="")
    shown = heading or next(iter(column.header), name)
    said = catalogue()["rows"][slug]
    return {
        language: sentence.format(column=shown, expected=_expected(contract, record, name, column, slug, language))
        for language, sentence in said.items()
    }


def _expected(contract: Contract, record: Record, name: str, column: Column, slug: str, language: str) -> str:
    field = record.fields.get(name)
    if slug in ("below_minimum", "above_maximum"):
        limit = field.maximum if slug == "above_maximum" else field.above if field.minimum is None else field.minimum
        return f"{limit:,g}"
    if slug == "not_a_date":
        return text("expected", "or").model_dump()[language].join(readable_format(name, column.calendar) for name in column.format or ISO)
    if slug == "not_a_number":
        numbers = column.number or contract.numbers
        return f"1{numbers.thousands}234{numbers.decimal}5"
    if slug == "outside_period":
        return text("expected", "period").model_dump()[language]
    return {"unrecognised_code": field.codes or "" if field else "", "duplicate_key": ", ".join(record.key)}.get(slug, "")


def readable_format(form: str, calendar: str) -> str:
    """A declared date format with an example, as people write it: ``DD/MM/YYYY (31/12/2026)``."""
    if form == "excel":
        return "Excel (46387)"
    if form == "quarter":
        return "YYYYQ (2026Q4)"
    example = EXAMPLE.replace(year=EXAMPLE.year + (BUDDHIST_OFFSET if calendar == "buddhist" else 0)).strftime(form)
    for code, letters in DATE_PARTS.items():
        form = form.replace(code, letters)
    return f"{form} ({example})"
