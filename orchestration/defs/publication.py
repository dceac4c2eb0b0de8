"""Publication: the candidate, judged, and the release, promoted.

What belongs here: the assets between the build and its readers, and a person's approval of large revisions. What does
not: what is judged and how bytes move (publishing), and serving targets that are fed from a release.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import dagster as dg
from pydantic import Field

from expectations.suite import Suite
from orchestration import keys, metadata
from orchestration.console import teller
from orchestration.defs.checks import candidate_checks, candidate_results
from orchestration.defs.warehouse import BUILD_POOL
from orchestration.resources import Warehouse

GROUP = "publication"
PUBLISHED_LAYERS = ("marts", "quality", "published")
TABLE_COLUMNS = ["table", "rows_before", "rows_after", "rows_added", "rows_removed", "rows_changed", "columns_added", "columns_removed"]
INDICATOR_COLUMNS = ["measure_code", "added", "revised", "flagged", "withdrawn", "beyond_bound"]
REVISION_COLUMNS = [
    *("measure_code", "time_period", "cell", "change_code", "cause_code", "value_before", "value", "change_pct"),
    *("bound_name", "bound_pct", "is_beyond_bound", "explanation"),
]
HEADLINE_COLUMNS = ["measure_code", "basis", "part", "time_period", "vintage", "unit", "our_value", "their_value", "verdict", "citation"]


def publication_assets(warehouse: Sequence[dg.AssetsDefinition], suites: Mapping[str, Suite]) -> list[dg.AssetsDefinition]:
    published = [key for asset in warehouse for key in asset.keys if key.path[0] in PUBLISHED_LAYERS]
    return [approval_asset(), candidate_asset(sorted(published), suites), release_asset()]


class ApprovalConfig(dg.Config):
    candidate: str = Field(description="version of the candidate whose revisions are right, as its gate names it")
    approved_by: str = Field(description="who approves them: a role or a name, published with the release")
    reason: str = Field(description="why they are right, published with the release")


def approval_asset() -> dg.AssetsDefinition:
    @dg.asset(
        key=keys.APPROVAL,
        group_name=GROUP,
        kinds={"json"},
        description=(
            "A person's word that the revisions of a candidate which are beyond their bounds are right: of exactly these, and no others. "
            "Started by the job approve_revisions, which then freezes, judges and releases."
        ),
    )
    def approval(context: dg.AssetExecutionContext, config: ApprovalConfig, warehouse: Warehouse) -> dg.MaterializeResult:
        from publishing.approval import NotApproved, approve

        try:
            given = approve(warehouse.root, config.candidate, config.approved_by, config.reason)
        except NotApproved as refused:
            raise dg.Failure(str(refused), allow_retries=False) from None
        teller(context.log)(f"{given.revisions:,} revisions of candidate {given.candidate} are approved by {given.approved_by}")
        return dg.MaterializeResult(metadata=dict(vars(given)))

    return approval


def candidate_asset(published: Sequence[dg.AssetKey], suites: Mapping[str, Suite]) -> dg.AssetsDefinition:
    @dg.asset(
        key=keys.CANDIDATE,
        group_name=GROUP,
        # An approval is asked for by a candidate and answered for the next one: it has to come first.
        deps=[*published, keys.APPROVAL],
        check_specs=candidate_checks(suites),
        kinds={"duckdb", "parquet"},
        pool=BUILD_POOL,
        description="The published tables of the build, frozen into a folder that nothing writes to again, and judged as they are.",
    )
    def candidate(context: dg.AssetExecutionContext, warehouse: Warehouse) -> Iterator[dg.MaterializeResult]:
        from publishing.candidate import freeze
        from publishing.gate import judge

        frozen = freeze(warehouse.root, teller(context.log))
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
                **changes(frozen),
            },
            check_results=candidate_results(gate, suites),
        )

    return candidate


def changes(candidate: Path) -> dict[str, dg.MetadataValue]:
    """What the candidate changes against the latest release, as tables for the UI."""
    told = json.loads((candidate / "comparison.json").read_text(encoding="utf-8"))
    return {
        "compared_with": dg.MetadataValue.text(told["previous"] or "nothing: it is the first"),
        "not_comparable": metadata.bullets(told["not_comparable"]),
        "changed_deliveries": metadata.bullets(told.get("deliveries", [])),
        "changed_tables": metadata.table(TABLE_COLUMNS, ({"table": name, **entry} for name, entry in told["tables"].items())),
        "changed_indicators": metadata.table(INDICATOR_COLUMNS, told.get("indicators", [])),
        "largest_revisions": metadata.table(REVISION_COLUMNS, told.get("revisions", [])),
    }


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
