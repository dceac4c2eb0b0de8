"""The warehouse: every dbt model and seed as an asset, every dbt test as a check, built by one step.

What belongs here: how dbt's nodes are named in the graph, and the step that builds them. What does not: SQL,
and any exception for a single model. Names are derived: an asset is ``layer/model``, its group is its layer.
"""

import shutil
from collections.abc import Iterator, Mapping
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, dbt_assets

from ingestion.lock import LANDING, Busy, exclusive
from ingestion.paths import DataRoot
from ingestion.record import load_records
from orchestration import keys
from orchestration.console import teller
from orchestration.resources import Dbt, DbtEvent, Warehouse

BUILD_POOL = "build_database"


class WarehouseConfig(dg.Config):
    force: bool = False
    """Build although the latest release holds exactly these inputs, made by exactly these rules."""
    full_refresh: bool = False
    """Make every table anew; done of itself when models, macros or code lists changed."""


class LayeredTranslator(DagsterDbtTranslator):
    """Keys and groups by layer. A source is the landed record of that name; the other sources are the landing's own."""

    def __init__(self) -> None:
        super().__init__(DagsterDbtTranslatorSettings(enable_duplicate_source_asset_keys=True, enable_source_metadata=False))

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        name = dbt_resource_props["name"]
        if dbt_resource_props["resource_type"] == "source":
            return keys.record(name) if name in load_records() else keys.LANDED
        return dg.AssetKey([dbt_resource_props["schema"], name])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        return dbt_resource_props["schema"]

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        return dbt_resource_props["description"]


def warehouse_assets(manifest: Path) -> list[dg.AssetsDefinition]:
    @dbt_assets(manifest=manifest, name="warehouse", dagster_dbt_translator=LayeredTranslator(), pool=BUILD_POOL)
    def warehouse_build(context: dg.AssetExecutionContext, config: WarehouseConfig, warehouse: Warehouse, dbt: Dbt) -> Iterator[DbtEvent]:
        yield from build(context, config, warehouse.root, dbt)

    return [warehouse_build]


def build(context: dg.AssetExecutionContext, config: WarehouseConfig, root: DataRoot, dbt: Dbt) -> Iterator[DbtEvent]:
    """Build and test, unless everything is as in the latest release: then nothing is yielded and what follows is skipped.

    A build that is up to date but was not released, because its candidate was refused, is judged again and not made again.

    Raises:
        dg.Failure: with every model and test that failed; no candidate is made in that run then.
    """
    from publishing import history
    from publishing.build import discard, is_current, needs_full_refresh, nothing_changed, read_record, record_build

    if not (config.force or config.full_refresh or context.is_subset):
        if unchanged := nothing_changed(root):
            teller(context.log)(f"nothing changed since {unchanged}")
            return
        if is_current(root):
            teller(context.log)("the build holds all that is landed and was not released: nothing is built, it is judged again")
            yield from with_row_counts(context, as_they_are(context), root.build)
            return
    invocation = dbt.invocation(context, root)
    try:
        # A landing in the middle would have some models read the files before it and others those after.
        with exclusive(root, LANDING):
            full_refresh = config.full_refresh or needs_full_refresh(root)
            teller(context.log)("building every table anew" if full_refresh else "building what changed")
            history.write_table(root)
            if full_refresh and not context.is_subset:
                discard(root)
            was_part = context.is_subset or bool((read_record(root) or {}).get("not_built"))
            if full_refresh or was_part:
                shutil.rmtree(root.warehouse_docs, ignore_errors=True)
            try:
                only_tests = not context.selected_asset_keys
                # The code of a build that need not be made anew is the code in force, its code lists included.
                seeds = full_refresh or was_part
                events = [] if only_tests else invocation.build(full_refresh=full_refresh, seeds=seeds)
                if only_tests or invocation.results:
                    events += invocation.test(root)
                # The same models have the same documentation; dbt takes longer over it than over many a night's tables.
                if not invocation.failures() and not root.warehouse_docs.exists():
                    invocation.write_docs(root.warehouse_docs)
            finally:
                record_build(root, invocation.results, invocation.manifest)
    except Busy as busy:
        raise dg.Failure(f"{busy}. Wait for the other run to end and start this one again.") from busy
    yield from with_row_counts(context, events, root.build)
    if failures := invocation.failures():
        listed = "\n".join(f"- {failure}" for failure in failures)
        raise dg.Failure(f"dbt: {len(failures)} of its models and tests failed, no candidate is made:\n{listed}", allow_retries=False)


def as_they_are(context: dg.AssetExecutionContext) -> list[DbtEvent]:
    """An output for each table that is not built again, in the order in which they were: Dagster asks for parents first."""
    names = {key: name for name, key in context.assets_def.keys_by_output_name.items()}
    order = TopologicalSorter({key: parents & names.keys() for key, parents in context.assets_def.asset_deps.items() if key in names})
    return [dg.Output(None, names[key]) for key in order.static_order()]


def with_row_counts(context: dg.AssetExecutionContext, events: list[DbtEvent], database: Path) -> Iterator[DbtEvent]:
    """Add the row count to each table that was built, from one query once dbt has let go of the database."""
    built = {
        event.output_name: tuple(context.asset_key_for_output(event.output_name).path) for event in events if isinstance(event, dg.Output)
    }
    counts = _row_counts(database, set(built.values())) if built else {}
    for event in events:
        counted = counts.get(built.get(event.output_name)) if isinstance(event, dg.Output) else None
        yield event if counted is None else event.with_metadata({**event.metadata, "dagster/row_count": counted})


def _row_counts(database: Path, wanted: set[tuple[str, ...]]) -> dict[tuple[str, ...], int]:
    with duckdb.connect(str(database), read_only=True) as con:
        tables = con.execute("select schema_name, table_name from duckdb_tables()").fetchall()
        counted = [f"select '{schema}', '{name}', count(*) from {schema}.{name}" for schema, name in tables if (schema, name) in wanted]
        rows = con.execute(" union all ".join(counted)).fetchall() if counted else []
    return {(schema, name): count for schema, name, count in rows}
