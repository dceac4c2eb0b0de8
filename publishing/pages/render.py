"""From a template to a page. Whatever is put into one is escaped."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

TEMPLATES = Path(__file__).with_name("templates")


def write_page(path: Path, template: str, folder: Path = TEMPLATES, **content: object) -> None:
    """Write one page from a template of ``folder``."""
    environment = Environment(
        loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["number"] = lambda value: f"{value:,}"
    environment.filters["size"] = _size
    path.write_text(environment.get_template(template).render(**content) + "\n", encoding="utf-8")


def _size(count: int) -> str:
    return f"{count / 1e6:,.1f} MB" if count >= 1e6 else f"{count / 1e3:,.1f} kB"
