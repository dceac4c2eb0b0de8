"""A suite of expectations as data, and its run on a small frame of evidence."""

from __future__ import annotations

import functools
import logging
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pandas as pd
from pydantic import Field

from ingestion.paths import PROJECT
from ingestion.yaml_model import StrictModel, read_yaml

LANDING = PROJECT / "expectations" / "landing"
MARTS = PROJECT / "expectations" / "marts"
SHOWN_ROWS = 5


class Expectation(StrictModel):
    """One rule: ``check`` names it as an assertion, ``kind`` is the Great Expectations type.

    ``because`` is the reason for the threshold and its date. ``where`` is a pandas row condition.
    """

    check: str = Field(pattern=r"^[a-z][a-z0-9_]+$")
    kind: str
    severity: Literal["error", "warn"] = "error"
    because: str
    where: str | None = None
    arguments: dict[str, Any] = {}


class Suite(StrictModel):
    name: str
    table: str = Field(description="the table that the evidence is about")
    index: list[str] = Field(description="columns that name a row of the evidence, such as extract and period")
    expectations: list[Expectation]


@dataclass(frozen=True)
class Finding:
    """What one expectation said. ``rows`` are the index values of the rows that fail it, in the suite's order.

    ``outcome`` is the result as Great Expectations gave it; None where it gave none, or an error instead.
    """

    expectation: Expectation
    passed: bool
    rows: list[tuple]
    detail: str
    outcome: Any = None


def load_suites(folder: Path) -> dict[str, Suite]:
    """Every suite of a folder by file stem.

    Raises:
        DeclarationError: when a file is wrong.
    """
    return {path.stem: load_suite(path) for path in sorted(folder.glob("*.yml"))}


def load_suite(path: Path) -> Suite:
    """One suite.

    Raises:
        DeclarationError: when the file is wrong.
    """
    return read_yaml(path, Suite, name=path.stem)


def run_suite(suite: Suite, evidence: pd.DataFrame) -> list[Finding]:
    """Judge a frame of evidence; an expectation that errors, or has no result, counts as not met."""
    evidence = evidence.reset_index(drop=True)
    said: dict[str, Any] = {}
    # Rows are cut here and not by Great Expectations, which has deprecated conditions in words.
    for where in dict.fromkeys(entry.where for entry in suite.expectations):
        try:
            rows = evidence.query(where) if where else evidence
        except (pd.errors.UndefinedVariableError, KeyError, SyntaxError, TypeError, ValueError):
            continue
        judged = [entry for entry in suite.expectations if entry.where == where]
        result = _batch(rows).validate(
            _as_gx(suite.name, judged), result_format={"result_format": "COMPLETE", "include_unexpected_rows": False}
        )
        said |= {outcome.expectation_config.meta["check"]: outcome for outcome in result.results}
    return [_finding(suite, expectation, said.get(expectation.check), evidence) for expectation in suite.expectations]


def _batch(evidence: pd.DataFrame) -> Any:
    """A Great Expectations batch over a frame."""
    return _batches().get_batch(batch_parameters={"dataframe": evidence})


@functools.cache
def _batches() -> Any:
    """What makes batches, in a context that leaves nothing behind.

    The import costs seconds of CPU, so it happens only when something is judged; a context costs more than judging a frame, so
    one serves them all.
    """
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    source = context.data_sources.add_pandas("evidence")
    return source.add_dataframe_asset("rows").add_batch_definition_whole_dataframe("all")


def _as_gx(name: str, expectations: list[Expectation]) -> Any:
    import great_expectations as gx
    from great_expectations.expectations.registry import get_expectation_impl

    made = [get_expectation_impl(entry.kind)(**entry.arguments, meta={"check": entry.check}) for entry in expectations]
    return gx.ExpectationSuite(name=name, expectations=made)


def _finding(suite: Suite, expectation: Expectation, outcome: Any, evidence: pd.DataFrame) -> Finding:
    if outcome is None:
        return Finding(expectation, False, [], "no result came back")
    if outcome.exception_info and outcome.exception_info.get("raised_exception", _raised_inside(outcome.exception_info)):
        return Finding(expectation, False, [], f"the check itself failed: {_exception_text(outcome.exception_info)}")
    if outcome.success:
        return Finding(expectation, True, [], "", outcome)
    positions = outcome.result.get("unexpected_index_list") or []
    rows = [tuple(evidence.loc[position, suite.index]) for position in map(_position, positions)]
    column = expectation.arguments.get("column", "")
    values = [evidence.loc[_position(position), column] for position in positions[:SHOWN_ROWS] if column]
    shown = "; ".join(
        f"{' '.join(map(str, row))}"
        + (f": {column} = {value:.6g}" if isinstance(value, float) else f": {column} = {value}" if column else "")
        for row, value in zip(rows, values or [""] * len(rows), strict=False)
    )
    more = f" and {len(rows) - SHOWN_ROWS} more" if len(rows) > SHOWN_ROWS else ""
    observed = outcome.result.get("observed_value")
    limits = ", ".join(f"{key} {value}" for key, value in expectation.arguments.items() if key != "column")
    found = (shown + more) or f"observed {observed}"
    return Finding(expectation, False, rows, f"{found} (allowed: {limits}; {expectation.because})", outcome)


def _position(entry: Any) -> int:
    return next(iter(entry.values())) if isinstance(entry, dict) else entry


def _raised_inside(info: dict[str, Any]) -> bool:
    """Great Expectations nests exceptions under metric ids as well as at the top."""
    return any(isinstance(value, dict) and value.get("raised_exception") for value in info.values())


def _exception_text(info: dict[str, Any]) -> str:
    texts = [info.get("exception_message")] + [value.get("exception_message") for value in info.values() if isinstance(value, dict)]
    return next((str(text).splitlines()[0] for text in texts if text), "unknown error")
