"""Data Docs: what every suite said of a candidate, as static pages that open offline.

Great Expectations renders the results. Its own page frame loads fifteen files and an image from outside at each view,
so the frame, the style and the index are ours (``data_docs_templates/``), with neither script nor address.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from expectations.suite import Finding, Suite

TEMPLATES = Path(__file__).with_name("data_docs_templates")

Judged = Sequence[tuple[Suite, list[Finding]]]


def write_data_docs(folder: Path, judged: Judged, version: str) -> None:
    """Write ``index.html``, the suites and all that is not met, and a page per suite: its checks, then the results by column."""
    from great_expectations.render.renderer import ValidationResultsPageRenderer
    from great_expectations.render.view import DefaultJinjaPageView

    renderer, view = ValidationResultsPageRenderer(), DefaultJinjaPageView()
    _use_our_frame(view)
    folder.mkdir(parents=True, exist_ok=True)
    for suite, findings in judged:
        results = [finding.outcome for finding in findings if finding.outcome is not None]
        # The first section is the header, with links to pages that are not there; what it says is in our frame.
        sections = renderer.render(_as_gx(suite, results)).to_json_dict()["sections"][1:] if results else []
        _write(view, folder / f"{suite.name}.html", "page.j2", suite=suite, findings=findings, sections=sections, version=version)
    _write(view, folder / "index.html", "index.j2", judged=judged, version=version)


def _write(view: Any, path: Path, template: str, **content: object) -> None:
    path.write_text(view.env.get_template(template).render(**content), encoding="utf-8")


def _use_our_frame(view: Any) -> None:
    """Our templates before those of Great Expectations: ours hold the frame, theirs what stands in it."""
    from jinja2 import ChoiceLoader, FileSystemLoader

    view.env.loader = ChoiceLoader([FileSystemLoader(TEMPLATES), view.env.loader])


def _as_gx(suite: Suite, results: list[Any]) -> Any:
    from great_expectations.core.expectation_validation_result import ExpectationSuiteValidationResult

    success = all(result.success for result in results)
    return ExpectationSuiteValidationResult(success=success, results=results, suite_name=suite.name, meta={})
