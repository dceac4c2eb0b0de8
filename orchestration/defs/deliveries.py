"""What senders deliver: one external asset per contract, with its owner, licence, caveats and due day.

What belongs here: what is known of a delivery before it arrives. What does not: anything that runs; arrivals
are reported by the landing. Freshness sits here because Dagster does not judge it per partition: it asks
whether *something* arrived in time, and completeness by month is a table of the warehouse.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import dagster as dg

from ingestion.contract import Contract
from orchestration import keys

TIMEZONE = "Asia/Vientiane"
PERIOD_ENDS = {"monthly": range(1, 13), "quarterly": (3, 6, 9, 12), "yearly": (12,)}
LAST_DAY_OF_EVERY_MONTH = 28
SHORTEST_PERIOD = {"monthly": 28, "quarterly": 90, "yearly": 365}


def delivery_assets(contracts: Mapping[str, Contract]) -> list[dg.AssetSpec]:
    return [delivery_asset(contract) for contract in contracts.values()]


def delivery_asset(contract: Contract) -> dg.AssetSpec:
    return dg.AssetSpec(
        keys.delivery(contract.extract),
        group_name=contract.sender,
        owners=[contract.owner],
        kinds={contract.file.kind},
        tags={"record": contract.record, "cadence": contract.cadence},
        description=describe(contract),
        metadata={
            "licence": contract.licence,
            "citation": contract.citation,
            "inbox": f"inbox/{contract.extract}/",
            "due": due_words(contract),
        },
        freshness_policy=freshness(contract),
    )


def describe(contract: Contract) -> str:
    """The contract in words, as Markdown, English and Lao."""
    facts = [
        f"**{contract.title.en}** · {contract.title.lo}",
        f"{contract.ministry.en} · {contract.ministry.lo}",
        f"Cadence: {contract.cadence}. Due: {due_words(contract)}. Record: `{contract.record}`.",
        f"Licence: {contract.licence}",
        "\n".join(f"- {caveat}" for caveat in contract.caveats),
    ]
    return "\n\n".join(fact for fact in facts if fact)


def due_words(contract: Contract) -> str:
    if contract.due_day is None:
        return "no fixed day"
    return f"{contract.due_day} days after the period ends" + (f", until {contract.until}" if contract.until else "")


def freshness(contract: Contract) -> dg.FreshnessPolicy | None:
    """Something has to arrive between the period's end and its due day; what is irregular or ended is never late."""
    if contract.due_day is None or contract.until:
        return None
    window = min(contract.due_day, SHORTEST_PERIOD[contract.cadence])
    return dg.FreshnessPolicy.cron(deadline_cron(contract), dt.timedelta(days=window), TIMEZONE)


def deadline_cron(contract: Contract) -> str:
    """The last minute of the due day as a cron expression, kept to days that every month has."""
    due = [contract.due_on(f"2023-{month:02d}") for month in PERIOD_ENDS[contract.cadence]]
    months = ",".join(map(str, sorted({day.month for day in due})))
    day = min(max(day.day for day in due), LAST_DAY_OF_EVERY_MONTH)
    return f"59 23 {day} {'*' if contract.cadence == 'monthly' else months} *"
