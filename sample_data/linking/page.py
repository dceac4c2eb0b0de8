"""The figures of ``docs/linking.md``, between two marks; the text around them is written by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import mean

from sample_data.linking.estimates import Links
from sample_data.linking.study import CHOSEN, FEATURES, MECHANISMS, THRESHOLDS, VARIED, Finding

BEGINS, ENDS = "<!-- made by `make linking` -->", "<!-- end of the figures -->"
SUREST = THRESHOLDS[0]


def page(text: str, found: dict[str, list[Finding]]) -> str:
    """The page with its figures made anew."""
    before, rest = text.split(BEGINS)
    _, after = rest.split(ENDS)
    return f"{before}{BEGINS}\n\n{figures(found)}\n\n{ENDS}{after}"


def figures(found: dict[str, list[Finding]]) -> str:
    """Three tables: features, the indicator, assumptions."""
    parts = {
        "### Links, by what would land": _features(found["at random"]),
        "### The indicator, by who is without a document": _indicator(found),
        "### The same under other assumptions": _assumptions(found),
    }
    return "\n\n".join(f"{heading}\n\n{table}" for heading, table in parts.items())


def _features(found: list[Finding]) -> str:
    rows = []
    for name in FEATURES:
        mine = _of(found, name)
        rows.append(
            [
                name,
                f"{mean(one.alike for one in mine):,.0f}",
                *(_quality(mine, threshold) for threshold in THRESHOLDS),
                _spread([100 * (one.found - one.true) for one in mine]),
                f"{100 * mean(one.error for one in mine):.1f}",
            ]
        )
    heads = ["features", "workers alike", *(f"precision / recall at {threshold}" for threshold in THRESHOLDS)]
    return _table([*heads, "share who leave again: error, points", "its standard error"], rows)


def _indicator(found: dict[str, list[Finding]]) -> str:
    def row(label: str, way: str, features: str) -> list[str]:
        cells = [[one.overall[way] - one.overall["the truth"] for one in _of(found[name], features)] for name in MECHANISMS]
        return [label, *map(_spread, cells)]

    truth = [f"{mean(one.overall['the truth'] for one in _of(found[name], CHOSEN[0])):.1f} %" for name in MECHANISMS]
    rows = [["the truth", *truth]]
    rows += [row(way, way, CHOSEN[0]) for way in list(found["at random"][0].overall)[1:4]]
    rows += [row(f"{way}, {name}", way, name) for way in ("links", "estimated without links") for name in CHOSEN]
    return _table(["error in points", *MECHANISMS], rows)


def _assumptions(found: dict[str, list[Finding]]) -> str:
    def cell(mine: Sequence[Finding]) -> str:
        return f"{_quality(mine, SUREST, ranges=False)}; {mean(100 * (one.found - one.true) for one in mine):+z.1f}"

    rows = [[name, *(cell(_of(found[name], features)) for features in CHOSEN)] for name in VARIED]
    return _table([f"precision / recall at {SUREST}; error of the share, points", *CHOSEN], rows)


def _of(found: list[Finding], features: str) -> list[Finding]:
    return [one for one in found if one.features == features]


def _quality(found: Sequence[Finding], threshold: float, ranges: bool = True) -> str:
    """Precision and recall over all seeds, with the range of single ones."""
    made = [one.links[threshold] for one in found]
    pooled = Links(*(sum(getattr(one, name) for one in made) for name in ("made", "right", "to_find")))
    if not pooled.made:
        return "no link"

    def told(of: Callable[[Links], float]) -> str:
        values = [of(one) for one in made if one.made]
        return f"{of(pooled):.2f}" + (f" ({min(values):.2f}–{max(values):.2f})" if ranges else "")

    return f"{told(lambda one: one.precision)} / {told(lambda one: one.recall)}"


def _spread(values: list[float]) -> str:
    return f"{mean(values):+z.1f} ({min(values):+z.1f} to {max(values):+z.1f})"


def _table(heads: list[str], rows: list[list[str]]) -> str:
    lines = [heads, ["---"] + ["---:"] * (len(heads) - 1), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
