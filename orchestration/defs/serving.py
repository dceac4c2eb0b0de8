"""Serving: the release, once it is out, brought to the servers that this warehouse is configured for.

What belongs here: an asset per server. What does not: how a release gets there (serving). A server that fails leaves the release
published and the server on the release it had; automation brings it along.
"""

import dagster as dg

from orchestration import keys
from orchestration.console import teller
from orchestration.resources import Warehouse
from serving.postgres.settings import is_configured

GROUP = "serving"
POOL = "serving"


def serving_assets() -> list[dg.AssetsDefinition]:
    """Nothing, unless the environment names a server."""
    return [postgres_asset()] if is_configured() else []


def postgres_asset() -> dg.AssetsDefinition:
    @dg.asset(
        key=keys.POSTGRES,
        group_name=GROUP,
        deps=[keys.RELEASE],
        kinds={"postgres"},
        pool=POOL,
        description="The release that `latest` points to, loaded into PostgreSQL, compared with the release, and shown to its readers.",
    )
    def postgres(context: dg.AssetExecutionContext, warehouse: Warehouse) -> dg.MaterializeResult:
        from publishing.catalogue import LATEST, ReleaseError, find
        from serving.postgres.publication import publish
        from serving.postgres.settings import ServingError

        tell = teller(context.log)
        try:
            served = publish(find(warehouse.root, LATEST), tell)
        except (ReleaseError, ServingError) as refused:
            raise dg.Failure(f"PostgreSQL still shows what it showed: {refused}", allow_retries=False) from None
        tell(f"PostgreSQL shows {served.version}")
        return dg.MaterializeResult(
            metadata={
                "version": served.version,
                "before": served.before or "nothing",
                "tables": served.tables,
                "rows": served.rows,
                "seconds": round(served.seconds, 1),
                "held_by_readers": len(served.left),
            }
        )

    return postgres
