"""The report as a PDF, set by typst from the same figures and drawings as the page."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import typst

from publishing.about import About
from publishing.report import fonts
from publishing.report.description import profile
from publishing.report.drawing import Drawing
from publishing.report.figures import Figure, word
from publishing.report.page import described, release

TEMPLATE = Path(__file__).with_name("templates") / "profile.typ"
WORDS = ("title", "warehouse", "contents", "figure", "table", "data_tables", "page", "cite", "synthetic", "missing", "withheld")


def write_pdf(path: Path, made: dict[str, Figure], drawings: dict[str, Drawing], about: About, language: str) -> None:
    """Write the PDF, tagged for screen readers (PDF/UA-1, as typst checks it); the same release gives the same bytes."""
    content = {
        "language": language,
        "font": fonts.FAMILY,
        "synthetic": about.synthetic,
        "release": release(about, language),
        "words": {key: word(key, language) for key in WORDS},
        "parts": [
            {
                "title": part.title.of(language),
                "intro": part.intro.of(language),
                "exhibits": [_exhibit(made[exhibit.id], drawings.get(exhibit.id), language) for exhibit in part.exhibits],
            }
            for part in profile().parts
        ],
    }
    typst.compile(
        str(TEMPLATE),
        output=str(path),
        font_paths=[str(fonts.folder())],
        ignore_system_fonts=True,
        sys_inputs={"content": json.dumps(content, ensure_ascii=False)},
        pdf_standards=["ua-1"],
        timestamp=int(about.frozen_at.replace(tzinfo=dt.UTC).timestamp()),
    )


def _exhibit(figure: Figure, drawing: Drawing | None, language: str) -> dict[str, Any]:
    kind = figure.exhibit.draw
    return {
        "kind": kind,
        "label": f"{word('table' if kind in ('table', 'cards', 'heat') else 'figure', language)} {figure.number}",
        "title": figure.title,
        "subtitle": figure.subtitle,
        "note": figure.note,
        "facts": figure.facts,
        "headings": figure.table.headings,
        "rows": figure.table.rows,
        "drawing": _shapes(drawing) if drawing else None,
        "alt": " ".join(described(figure, language)) if drawing and not figure.is_empty else figure.title,
        "cards": [_card(figure, row.code, row.name, language) for row in figure.rows] if kind == "cards" else [],
    }


def _card(figure: Figure, code: str, name: str, language: str) -> dict[str, str]:
    cell = figure.cells[code, "_T"]
    return {
        "value": cell.shown or word("withheld" if cell.is_withheld else "missing", language),
        "unit": figure.units[code],
        "name": name,
        "when": f"{cell.period} · {figure.origins[code]}",
    }


def _shapes(drawing: Drawing) -> dict[str, Any]:
    shapes = [{**shape, "dash": [float(length) for length in shape.get("dash", "").split()]} for shape in drawing.shapes]
    return {"width": drawing.width, "height": drawing.height, "shapes": shapes}
