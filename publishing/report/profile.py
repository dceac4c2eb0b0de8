"""Writes the Migration Profile: ``report/profile_<language>.html`` and ``.pdf`` in the public part of a candidate."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from publishing.about import About
from publishing.report import charts, maps, series
from publishing.report.description import LANGUAGES
from publishing.report.drawing import Drawing
from publishing.report.figures import Figure, Numbers, figures, numbers
from publishing.report.page import write_page
from publishing.report.pdf import write_pdf
from publishing.report.provinces import Rings, configured_map

FOLDER = "report"
NAMES = {"en": "English", "lo": "Lao"}


def write_profile(public: Path, database: Path, about: About, tell: Callable[[str], None] = lambda _: None) -> None:
    """Write the report in every language into the folder ``public``, from the finished public ``database``.

    Args:
        tell: hears what is made.

    Raises:
        MapRefused: when a map of the provinces is configured that cannot be used.
        FontMissing: when the font of the report is not installed.
    """
    folder = public / FOLDER
    folder.mkdir()
    with numbers(database) as told:
        province_map = configured_map(told.provinces)
        for language in LANGUAGES:
            made = figures(told, language)
            drawings = {name: drawn for name, figure in made.items() if (drawn := draw(figure, told, language, province_map))}
            write_page(folder / f"profile_{language}.html", made, drawings, about, language)
            write_pdf(folder / f"profile_{language}.pdf", made, drawings, about, language)
            tell(f"the Migration Profile in {NAMES[language]} is written, {len(made)} exhibits as a page and a PDF")


def draw(figure: Figure, told: Numbers, language: str, province_map: dict[str, Rings] | None) -> Drawing | None:
    """The drawing of an exhibit; None for those that are tables."""
    kind = figure.exhibit.draw
    if kind in ("cards", "table"):
        return None
    if figure.is_empty:
        return charts.nothing(language)
    if kind == "lines":
        return series.lines(figure, language, told.emergency)
    if kind == "map":
        names = told.province_names[language]
        return maps.shapes(figure, language, names, province_map) if province_map else maps.tiles(figure, language, names)
    return {"bars": charts.bars, "pyramid": charts.pyramid, "heat": charts.heat}[kind](figure, language)
