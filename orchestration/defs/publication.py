"""Publication: the candidate, judged, and the release, promoted.

What belongs here: the two assets between the build and its readers. What does not: what is judged and how bytes
move (publishing), and serving targets that are fed from a release.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import dagster as dg

from expectations.suite import Suite
from orchestration import keys, metadata
from orchestration.console import teller
from orchestration.defs.checks import candidate_checks, candidate_results
from orchestration.defs.warehouse import BUILD_POOL
from orchestration.resources import Warehouse

GROUP = "publication"
PUBLISHED_LAYERS = ("marts", "quality")
HEADLINE_COLUMNS = ["measure_code", "basis", "part", "time_period", "vintage", "unit", "our_value", "their_value", "verdict", "citation"]


def publication_assets(warehouse: Sequence[dg.AssetsDefinition], suites: Mapping[str, Suite]) -> list[dg.AssetsDefinition]:
    published = [key for asset in warehouse for key in asset.keys if key.path[0] in PUBLISHED_LAYERS]
    return [candidate_asset(sorted(published), suites), release_asset()]


def candidate_asset(published: Sequence[dg.AssetKey], suites: Mapping[str, Suite]) -> dg.AssetsDefinition:
    @dg.asset(
        key=keys.CANDIDATE,
        group_name=GROUP,
        deps=published,
        check_specs=candidate_checks(suites),
        kinds={"duckdb", "parquet"},
        pool=BUILD_POOL,
        description="The published tables of the build, frozen into a folder that nothing writes to again, and judged as they are.",
    )
    def candidate(context: dg.AssetExecutionContext, warehouse: Warehouse) -> Iterator[dg.MaterializeResult]:
        from publishing.candidate import freeze
        from publishing.gate import judge

        frozen = freeze(warehouse.root)
        teller(context.log)(f"candidate {frozen.name} is frozen; judging it")
        gate = judge(warehouse.root, frozen)
        failed = [verdict for verdict in gate.verdicts if not verdict.passed]
        teller(context.log)(f"judged: {len(gate.verdicts)} checks, {len(gate.unmet)} unmet, {len(failed) - len(gate.unmet)} warnings")
        yield dg.MaterializeResult(
            metadata={
                "path": dg.MetadataValue.path(frozen),
                "eligible": gate.eligible,
                "checks": len(gate.verdicts),
                "tables": len(list(frozen.glob("parquet/*.parquet"))),
                "unmet": metadata.markdown(["severity", "table", "check", "detail"], map(vars, failed)),
            },
            check_results=candidate_results(gate, suites),
        )

    return candidate


def release_asset() -> dg.AssetsDefinition:
    @dg.asset(
        key=keys.RELEASE,
        group_name=GROUP,
        deps=[keys.CANDIDATE],
        kinds={"duckdb", "parquet"},
        description="The candidate that passed its gate, published byte for byte; `latest` points to it.",
    )
    def release(context: dg.AssetExecutionContext, warehouse: Warehouse) -> dg.MaterializeResult:
        from publishing.release import GateRefused, promote

        try:
            published = promote(warehouse.root)
        except GateRefused as refused:
            raise dg.Failure(str(refused), metadata={"unmet": metadata.bullets(refused.unmet)}, allow_retries=False) from None
        teller(context.log)(f"released {published.version}")
        return dg.MaterializeResult(
            metadata={
                "version": published.version,
                "path": dg.MetadataValue.path(published.path),
                "headline": metadata.table(HEADLINE_COLUMNS, published.headline),
                "rows": metadata.table(["table", "rows"], rows_per_table(published.path)),
            }
        )

    return release


def rows_per_table(release: Path) -> list[dict[str, object]]:
    package = json.loads((release / "datapackage.json").read_text(encoding="utf-8"))
    return [{"table": Path(resource["path"]).stem, "rows": resource["rows"]} for resource in package["resources"]]
