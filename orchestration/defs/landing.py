"""The landing: everything that waits in the inbox or was registered is landed, extract by extract.

What belongs here: the one step that runs the intake and the landing and reports each delivery under its own
asset. What does not: reading rules (contracts), and reading old months again (raw assets). A refused delivery
fails its check, never the step: the other extracts and the night go on.
"""

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

import dagster as dg

from ingestion.archive import Submission, submissions
from ingestion.contract import Contract
from ingestion.intake import Unclaimed
from ingestion.lock import Busy
from ingestion.paths import DataRoot
from ingestion.record import load_records
from orchestration import keys, metadata
from orchestration.calendar import LEGEND, calendar_rows, missing
from orchestration.console import teller
from orchestration.defs.checks import delivery_result
from orchestration.defs.deliveries import TIMEZONE
from orchestration.defs.raw import LANDING_POOL, has_partition, landing_metadata
from orchestration.notification import refused_deliveries, send
from orchestration.resources import Warehouse

STABLE_SECONDS = 30.0
GROUP = "landing"
DELIVERY_COLUMNS = ["extract", "period", "outcome", "rows_accepted", "rows_rejected", "file_name"]
REFUSAL_COLUMNS = ["extract", "period", "file_name", "reason", "remedy"]


class LandingConfig(dg.Config):
    stable_seconds: float = STABLE_SECONDS
    """A file changed more recently than this may still be on its way; it waits for the next turn."""


def landing_assets(contracts: Mapping[str, Contract]) -> list[dg.AssetsDefinition]:
    """The landing as one step with an output per record, so that the warehouse runs after it in one job."""
    by_record: dict[str, list[str]] = {}
    for contract in contracts.values():
        by_record.setdefault(contract.record, []).append(contract.extract)
    landed = dg.AssetSpec(
        keys.LANDED,
        group_name=GROUP,
        deps=[keys.delivery(extract) for extract in contracts],
        kinds={"python", "parquet"},
        description="All deliveries registered and landed, and the tables of submissions and extracts that tell of them.",
    )
    records = [
        dg.AssetSpec(
            keys.record(name),
            group_name=GROUP,
            deps=[keys.LANDED, *(keys.raw(extract) for extract in by_record.get(name, []))],
            kinds={"parquet"},
            description=f"{record.title.en} · {record.title.lo}: all its extracts as landed. {record.grain}",
        )
        for name, record in load_records().items()
    ]

    @dg.multi_asset(name="landing_of_all_extracts", specs=[landed, *records], pool=LANDING_POOL)
    def landing_of_all_extracts(
        context: dg.AssetExecutionContext, config: LandingConfig, warehouse: Warehouse
    ) -> Iterator[dg.MaterializeResult]:
        yield from land_everything(context, config.stable_seconds, warehouse)

    return [landing_of_all_extracts]


def land_everything(context: dg.AssetExecutionContext, stable_seconds: float, warehouse: Warehouse) -> Iterator[dg.MaterializeResult]:
    from ingestion.meta import landed_now, write_meta

    root, contracts = warehouse.root, warehouse.contracts
    done = land(context, root, contracts, stable_seconds)
    write_meta(root, contracts)
    done.report(context)

    # The calendar before the lists: in the UI it is what one looks for, and a list may run to hundreds of rows.
    told = {
        **done.counts(),
        **_calendar(contracts, done.history),
        "refusals": metadata.table(REFUSAL_COLUMNS, map(vars, done.refused)),
        "unclaimed": metadata.bullets(entry.reason for entry in done.unclaimed),
        "deliveries": metadata.table(DELIVERY_COLUMNS, map(vars, done.handled)),
    }
    yield dg.MaterializeResult(asset_key=keys.LANDED, metadata=told)
    current = landed_now(root, contracts)
    for name in load_records():
        held = [entry for (extract, _), entry in current.items() if contracts[extract].record == name]
        yield _record_result(name, held, changed={entry.extract for entry in done.handled if entry.outcome == "landed"})


def land(context: dg.OpExecutionContext, root: DataRoot, contracts: Mapping[str, Contract], stable_seconds: float) -> "Landing":
    """Take in and land what waits of these contracts.

    Raises:
        dg.Failure: when another process holds what is needed.
    """
    from expectations.landing_judge import judge_deliveries
    from ingestion.intake import take_in
    from ingestion.landing import land_pending

    try:
        taken, unclaimed = take_in(root, contracts, stable_seconds, teller(context.log))
        for arrived in taken:
            context.log_event(_arrival(arrived, contracts[arrived.extract]))
        handled = land_pending(root, contracts, judge_deliveries, teller(context.log))
    except Busy as busy:
        raise dg.Failure(f"{busy}. Wait for the other run to end and start this one again.") from busy
    return Landing(root, contracts, taken, unclaimed, handled)


@dataclass(frozen=True)
class Landing:
    """What one landing did: files taken in, files that no contract claims, deliveries handled."""

    root: DataRoot
    contracts: Mapping[str, Contract]
    taken: Sequence[Submission]
    unclaimed: Sequence[Unclaimed]
    handled: Sequence[Submission]

    @cached_property
    def history(self) -> list[Submission]:
        return submissions(self.root)

    @cached_property
    def refused(self) -> list[Submission]:
        return [entry for entry in self.history if entry.outcome == "refused" and _among(entry, [*self.taken, *self.handled])]

    def report(self, context: dg.OpExecutionContext) -> None:
        """Report each landed month under its raw asset, judge the extracts, and send word of what was refused.

        Raises:
            dg.Failure: when deliveries wait for the pseudonym key.
        """
        from ingestion.identifiers import PseudonymKeyError
        from ingestion.landing import require_key

        for done in self.handled:
            if done.outcome == "landed" and not done.reason:
                shown = landing_metadata(self.root, self.contracts[done.extract], done)
                partition = done.period if has_partition(done.period) else None
                context.log_event(dg.AssetMaterialization(keys.raw(done.extract), metadata=shown, partition=partition))
        for extract in sorted({entry.extract for entry in [*self.taken, *self.handled]}):
            context.log_event(delivery_result(extract, self.history).evaluation)
        if self.refused:
            send(*refused_deliveries(self.refused))
        try:
            require_key(self.root, self.contracts)
        except PseudonymKeyError as unset:
            raise dg.Failure(str(unset), allow_retries=False) from None

    def counts(self) -> dict[str, dg.MetadataValue]:
        landed = [entry for entry in self.handled if entry.outcome == "landed"]
        return {
            "arrived": dg.MetadataValue.int(len(self.taken)),
            "landed": dg.MetadataValue.int(len(landed)),
            "refused": dg.MetadataValue.int(len(self.refused)),
            "rows_accepted": dg.MetadataValue.int(sum(entry.rows_accepted for entry in landed)),
            "rows_rejected": dg.MetadataValue.int(sum(entry.rows_rejected for entry in landed)),
        }


def _among(entry: Submission, entries: Sequence[Submission]) -> bool:
    return any((other.sha256, other.received_at) == (entry.sha256, entry.received_at) for other in entries)


def _arrival(arrived: Submission, contract: Contract) -> dg.AssetMaterialization:
    about = {"file": arrived.file_name, "period": arrived.period, "bytes": arrived.bytes, "sha256": arrived.sha256}
    if contract.coverage == "period" and has_partition(arrived.period) and (due := contract.due_on(arrived.period)):
        about["due_on"] = f"{due}"
    return dg.AssetMaterialization(keys.delivery(arrived.extract), metadata=about)


def _calendar(contracts: Mapping[str, Contract], history: Sequence[Submission]) -> dict[str, dg.MetadataValue]:
    """What every sender owed in the last twelve months and what came, as of today."""
    today = dt.datetime.now(ZoneInfo(TIMEZONE)).date()
    return {
        "delivery_calendar_reads": dg.MetadataValue.text(f"{today}: {LEGEND}"),
        "delivery_calendar": metadata.table(*calendar_rows(contracts, history, today)),
        "missing_deliveries": metadata.bullets(missing(contracts, history, today)),
    }


def _record_result(name: str, held: Sequence[Submission], changed: set[str]) -> dg.MaterializeResult:
    """The data version changes only when landed rows do, so that Dagster shows what is really out of date."""
    landings = ",".join(sorted(str(entry.landing_id) for entry in held))
    return dg.MaterializeResult(
        asset_key=keys.record(name),
        data_version=dg.DataVersion(hashlib.sha256(landings.encode()).hexdigest()[:16]),
        metadata={
            "dagster/row_count": dg.MetadataValue.int(sum(entry.rows_accepted for entry in held)),
            "months": len(held),
            "changed": ", ".join(sorted(changed & {entry.extract for entry in held})) or "nothing",
        },
    )
