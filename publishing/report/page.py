"""The report as a web page: one file that loads nothing, for eyes, keyboards, screen readers and printers."""

from __future__ import annotations

from pathlib import Path

from publishing.about import About
from publishing.pages import render
from publishing.report import fonts
from publishing.report.description import LANGUAGES, profile
from publishing.report.drawing import Drawing
from publishing.report.figures import Figure, word

TEMPLATES = Path(__file__).with_name("templates")


def write_page(path: Path, made: dict[str, Figure], drawings: dict[str, Drawing], about: About, language: str) -> None:
    """Write the page; whatever is put into it is escaped, but for the drawings, which escape their own texts."""
    render.write_page(
        path,
        "profile.j2",
        TEMPLATES,
        about=about,
        language=language,
        other=next(code for code in LANGUAGES if code != language),
        parts=profile().parts,
        figures=made,
        drawings={name: drawing.as_svg(*described(made[name], language), name) for name, drawing in drawings.items()},
        font=fonts.as_data_uri(),
        word=lambda key, **facts: word(key, language, **facts),
        other_word=lambda key: word(key, next(code for code in LANGUAGES if code != language)),
        release=release(about, language),
    )


def release(about: About, language: str) -> str:
    return word("release", language, version=about.version, date=f"{about.frozen_at:%Y-%m-%d}")


def described(figure: Figure, language: str) -> tuple[str, str]:
    """Title of a drawing, and what it shows in words: the first and the last of its rows, for who cannot see it."""
    listed = figure.table.rows
    shown = [listed[0], listed[-1]] if len(listed) > 1 else listed
    headings = [heading for heading, _ in figure.table.headings]
    values = "; ".join(
        f"{row[0]}: {', '.join(f'{name} {cell}' for name, cell in zip(headings[1:], row[1:], strict=True))}" for row in shown
    )
    return figure.title, f"{figure.subtitle}. {values}. {word('data', language)}."
