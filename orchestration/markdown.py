"""A table in Markdown, for the pages that are made from the project and for the UI."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(header: Sequence[str], rows: Iterable[Sequence[object]], *, centred: bool = False) -> str:
    """A row per line; ``centred`` centres every column but the first."""
    rule = ["---", *([":-:" if centred else "---"] * (len(header) - 1))]
    lines = (f"| {' | '.join(map(_cell, row))} |" for row in rows)
    return "\n".join([f"| {' | '.join(header)} |", f"|{'|'.join(rule)}|", *lines])


def _cell(value: object) -> str:
    """None is shown as nothing; what would end the cell or the row is not let through."""
    return "" if value is None else str(value).replace("|", "\\|").replace("\n", " ")
