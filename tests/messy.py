"""Contracts for deliveries as they really come: small ones, one for each way in which a sender writes."""

from __future__ import annotations

from ingestion.archive import Submission
from ingestion.contract import Contract
from ingestion.paths import DataRoot
from tests.deliver import drop, receive

ABOUT = {
    "title": {"en": "Try", "lo": "ທົດລອງ"},
    "ministry": {"en": "Ministry", "lo": "ກະຊວງ"},
    "owner": "owner@ministry.example",
    "licence": "for tests",
}
CROSSING_COLUMNS = {
    "crossed_at": {"header": ["time"], "format": ["%d/%m/%Y"]},
    "direction": {"header": ["direction"]},
    "document_no": {"header": ["number"]},
    "nationality": {"header": ["nationality"]},
    "sex": {"header": ["sex"]},
    "birth_date": {"header": ["birth"], "format": ["%d/%m/%Y"]},
    "intended_days": {"header": ["days"]},
}
POPULATION_COLUMNS = {
    "reference_year": {"header": ["year"]},
    "province": {"header": ["province"]},
    "sex": {"header": ["sex"]},
    "age_group": {"header": ["age"]},
    "persons": {"header": ["persons"]},
}
TRANSFER_COLUMNS = {
    "sent_on": {"header": ["date"], "format": ["%d/%m/%Y"]},
    "provider": {"header": ["bank"]},
    "channel": {"constant": "bank"},
    "direction": {"constant": "received"},
    "amount": {"header": ["amount"]},
    "currency": {"header": ["currency"]},
}


def contract(extract: str, record: str, columns: dict, **keys: object) -> Contract:
    """A contract of monthly files whose name tells the month; ``keys`` replace or add."""
    told = {
        **ABOUT,
        "extract": extract,
        "record": record,
        "columns": columns,
        "cadence": "monthly",
        "due_day": 10,
        "file": {"kind": "csv"},
        "period": {"source": "file_name"},
        "max_rejected_pct": 100,
    }
    return Contract.model_validate(told | keys)


def crossings(columns: dict | None = None, extract: str = "test__crossings", **keys: object) -> Contract:
    return contract(extract, "border_crossing", CROSSING_COLUMNS | (columns or {}), **keys)


def population(columns: dict | None = None, **keys: object) -> Contract:
    told = {"cadence": "yearly", "period": {"source": "file_name", "pattern": r"(?P<year>\d{4})"}} | keys
    return contract("test__population", "population", POPULATION_COLUMNS | (columns or {}), **told)


def transfers(columns: dict | None = None, **keys: object) -> Contract:
    return contract("test__transfers", "remittance_transfer", TRANSFER_COLUMNS | (columns or {}), **keys)


def send(root: DataRoot, agreed: Contract, content: bytes | str, name: str = "file_2026-03.csv") -> Submission:
    """Deliver one file under one contract and return what became of it."""
    drop(root, agreed.extract, name, content)
    handled, unclaimed = receive(root, {agreed.extract: agreed})
    assert unclaimed == [] and len(handled) == 1
    return handled[0]
