"""The landing of one extract, beside others that land theirs: what several workers share the landing by.

What belongs here: the job ``land_extract``, one run of which takes in and lands what waits of one extract. What does not: the
landing of everything, by which each night writes the tables that tell of all deliveries.
"""

import dagster as dg

from orchestration.console import teller
from orchestration.defs.landing import STABLE_SECONDS, land
from orchestration.resources import Warehouse

LAND_EXTRACT_JOB = "land_extract"


class ExtractConfig(dg.Config):
    extract: str
    stable_seconds: float = STABLE_SECONDS


def run_config(extract: str) -> dict[str, object]:
    """The configuration of a run that lands this extract."""
    return {"ops": {"landing_of_one_extract": {"config": {"extract": extract}}}}


def one_extract_job() -> dg.JobDefinition:
    @dg.op(description="Takes in and lands what waits of one extract; what another run landed meanwhile is not landed again.")
    def landing_of_one_extract(context: dg.OpExecutionContext, config: ExtractConfig, warehouse: Warehouse) -> None:
        land_one(context, config, warehouse)

    @dg.job(name=LAND_EXTRACT_JOB, description="Land what waits of one extract, beside runs that land others.")
    def land_extract() -> None:
        landing_of_one_extract()

    return land_extract


def land_one(context: dg.OpExecutionContext, config: ExtractConfig, warehouse: Warehouse) -> None:
    """Land one extract and report it as the landing of everything does; the tables of all deliveries are left to the next night.

    Raises:
        dg.Failure: without a contract of that name, or when the root is not free for long.
    """
    if config.extract not in (contracts := warehouse.contracts):
        raise dg.Failure(f"no contract is named {config.extract}", allow_retries=False)
    done = land(context, warehouse.root.for_lander(config.extract), {config.extract: contracts[config.extract]}, config.stable_seconds)
    done.report(context)
    if not (done.taken or done.handled):
        teller(context.log)(f"nothing waits of {config.extract}: another run has landed it, or its files are still arriving")
    context.add_output_metadata(done.counts())
