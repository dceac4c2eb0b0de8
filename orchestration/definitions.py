"""The code location: everything that Dagster shows and runs, put together.

What belongs here: the order in which the parts are made. What does not: any part.
"""

from __future__ import annotations

import dagster as dg

from expectations.suite import MARTS, load_suites
from ingestion.contract import load_contracts
from ingestion.paths import DataRoot
from orchestration.console import plain
from orchestration.defs import automation, deliveries, landing, one_extract, publication, raw, serving, warehouse
from orchestration.manifest import fresh_manifest
from orchestration.resources import Dbt, Warehouse


def build_definitions() -> dg.Definitions:
    """Read the contracts, the suites and the dbt manifest, and return all definitions made from them."""
    contracts, suites = load_contracts(), load_suites(MARTS)
    landing_assets = landing.landing_assets(contracts)
    warehouse_assets = warehouse.warehouse_assets(fresh_manifest(DataRoot.from_env()))
    serving_assets = serving.serving_assets()
    return dg.Definitions(
        assets=[
            *deliveries.delivery_assets(contracts),
            *raw.raw_assets(contracts),
            *landing_assets,
            *warehouse_assets,
            *publication.publication_assets(warehouse_assets, suites),
            *serving_assets,
        ],
        jobs=[*automation.jobs(landing_assets, warehouse_assets, serving_assets), one_extract.one_extract_job()],
        schedules=automation.schedules(),
        sensors=[*automation.sensors(contracts, serving_assets)],
        resources={"warehouse": Warehouse(), "dbt": Dbt()},
        loggers={"console": dg.colored_console_logger, "plain": plain},
        executor=dg.in_process_executor,
    )


defs = build_definitions()
