"""Raw assets: one per contract, partitioned by month, which read one archived month anew when materialised.

What belongs here: reading again what was delivered before, after a contract or code list was mended. What does
not: new files; those come in through the landing, which reports what it landed under these same keys.
"""

from collections.abc import Mapping

import dagster as dg
import duckdb

from ingestion.archive import UNPLACED, Submission, submissions
from ingestion.contract import Contract
from ingestion.paths import DataRoot
from ingestion.record import TEMPORAL, Record, load_records
from orchestration import keys, metadata
from orchestration.console import teller
from orchestration.defs.checks import delivery_check, delivery_result
from orchestration.defs.deliveries import TIMEZONE, describe
from orchestration.resources import Warehouse

LANDING_POOL = "landing"
SHOWN_ROWS = 5

# One definition for all extracts: assets with different ones cannot share a job. A quarter or year uses the
# month it ends in; the month under way is there because a delivery may come before it ends.
MONTHS = dg.MonthlyPartitionsDefinition(start_date="2010-01", fmt="%Y-%m", timezone=TIMEZONE, end_offset=1)

LINEAGE_DESCRIPTIONS = {
    "_extract": "Extract that the row came in.",
    "_period": "Month that the delivery is for (YYYY-MM).",
    "_landing_id": "One landing of one delivery: the unit of replacement.",
    "_sheet": "Sheet of the sender's file.",
    "_row": "Row number in the sender's file.",
}


def raw_assets(contracts: Mapping[str, Contract]) -> list[dg.AssetsDefinition]:
    return [raw_asset(contract) for contract in contracts.values()]


def raw_asset(contract: Contract) -> dg.AssetsDefinition:
    record, extract = load_records()[contract.record], contract.extract

    @dg.asset(
        key=keys.raw(extract),
        group_name=contract.sender,
        deps=[keys.delivery(extract)],
        partitions_def=MONTHS,
        owners=[contract.owner],
        kinds={"python", "duckdb", "parquet"},
        tags={"record": contract.record},
        description=f"One month of {extract}, landed. {record.grain}\n\n{describe(contract)}",
        metadata={"dagster/column_schema": column_schema(record)},
        check_specs=[delivery_check(extract)],
        pool=LANDING_POOL,
    )
    def raw(context: dg.AssetExecutionContext, warehouse: Warehouse) -> dg.MaterializeResult:
        return land_again(context, warehouse, extract, context.partition_key)

    return raw


def land_again(context: dg.AssetExecutionContext, warehouse: Warehouse, extract: str, period: str) -> dg.MaterializeResult:
    """Read the newest delivery of one month from the archive again.

    Raises:
        dg.Failure: with reason and remedy, when it was refused or never came.
    """
    from expectations.landing_judge import judge_deliveries
    from ingestion.landing import land_pending, require_key
    from ingestion.meta import write_meta

    root, contracts = warehouse.root, warehouse.contracts
    handled = land_pending(root, contracts, judge_deliveries, teller(context.log), only={(extract, period)}, again=True)
    write_meta(root, contracts)
    require_key(root, {extract: contracts[extract]})
    history = submissions(root)
    result = delivery_result(extract, history)
    newest = next((entry for entry in reversed(history) if (entry.extract, entry.period) == (extract, period)), None)
    done = handled[-1] if handled else None
    if done is None or done.outcome == "refused" or done.reason:
        context.log_event(result.evaluation)
        raise _failure(extract, period, done or newest)
    return dg.MaterializeResult(metadata=landing_metadata(root, contracts[extract], done), check_results=[result.check])


def landing_metadata(root: DataRoot, contract: Contract, landed: Submission) -> dict[str, dg.MetadataValue]:
    """What one landed month shows: counts, reasons, where it came from and its first rows."""
    path = root.raw_file(contract.record, landed.extract, landed.period)
    reasons = [{"reason": reason, "rows": rows} for reason, rows in landed.rejected_by_reason.items()]
    return {
        "dagster/row_count": dg.MetadataValue.int(landed.rows_accepted),
        "accepted": dg.MetadataValue.int(landed.rows_accepted),
        "rejected": dg.MetadataValue.int(landed.rows_rejected),
        "rejected_by_reason": metadata.table(["reason", "rows"], reasons),
        "file": dg.MetadataValue.text(landed.file_name),
        "sha256": dg.MetadataValue.text(landed.sha256),
        "bytes": dg.MetadataValue.int(landed.bytes),
        "seconds": dg.MetadataValue.float(landed.seconds),
        "received": dg.MetadataValue.text(landed.received_at),
        "path": dg.MetadataValue.path(path),
        **({"preview": preview(load_records()[contract.record], path)} if path.exists() else {}),
    }


def preview(record: Record, path: str) -> dg.MarkdownMetadataValue:
    """The first landed rows. Pseudonyms are left out, and of people's dates only the month is shown."""
    pseudonyms = {record.landed_name(name) for name in record.identifiers}
    dates = {name for name, field in record.fields.items() if field.type in TEMPORAL} if pseudonyms else set()
    shown = [name for name in record.landed_columns if name not in pseudonyms and not name.startswith("_")]
    listed = ", ".join(f"strftime({name}, '%Y-%m') as {name}" if name in dates else name for name in shown)
    with duckdb.connect() as con:
        rows = con.execute(f"select {listed} from read_parquet(?) limit {SHOWN_ROWS}", [str(path)]).fetchall()
    return metadata.markdown(shown, [dict(zip(shown, row, strict=True)) for row in rows])


def column_schema(record: Record) -> dg.TableSchema:
    described = {record.landed_name(name): field.description for name, field in record.fields.items()} | LINEAGE_DESCRIPTIONS
    for name in record.free_texts:
        described[f"{name}_text"] = f"As typed, where the text is a listed one or shared by several rows. {record.fields[name].description}"
        described[f"{name}_score"] = f"How sure the code of {name} is, from 0 to 1; 1 where a list has the text."
    described |= {record.landed_name(name): f"Keyed pseudonym. {record.fields[name].description}" for name in record.identifiers}
    return dg.TableSchema(
        columns=[dg.TableColumn(name, type=kind, description=described[name]) for name, kind in record.landed_columns.items()]
    )


def _failure(extract: str, period: str, found: Submission | None) -> dg.Failure:
    if found is None:
        reason = f"nothing was ever delivered by {extract} for {period}"
        remedy = f"put the sender's file into inbox/{extract}/{period}/ and run the job 'landing'"
    else:
        reason, remedy = found.reason or f"{found.file_name} is {found.outcome}", found.remedy
    return dg.Failure(f"{reason}. {remedy}", metadata={"reason": reason, "remedy": remedy}, allow_retries=False)


def has_partition(period: str) -> bool:
    """Whether a delivery's period is a month of the partitions; one that could not be placed has none."""
    return period != UNPLACED and MONTHS.has_partition_key(period)
