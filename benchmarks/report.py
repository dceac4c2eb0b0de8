"""``RESULTS.md``: one line per work and bare way, written and read back by the same columns."""

from __future__ import annotations

import datetime as dt
import os
import platform
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import Sample
from benchmarks.work import Bare, Limit

COLUMNS = (
    "work", "against", "rows", "ours wall s", "bare wall s", "ours CPU s", "bare CPU s", "ours MB", "bare MB",
    "wall ratio", "CPU ratio", "target", "", "others' CPU", "measured",
)  # fmt: skip
SLOWER = 1.15
BUSY = 0.10
JUDGED_FROM = 100_000
NOTHING = "–"


@dataclass(frozen=True)
class Line:
    """One line of the table, as text: what is told is what is read back, so no figure is kept twice."""

    cells: tuple[str, ...]

    @property
    def key(self) -> tuple[str, ...]:
        return self.cells[:3]

    @property
    def cost(self) -> float | None:
        """What a later run is held against: the CPU ratio, or CPU seconds where there is no bare way."""
        told = self.told("CPU ratio") if self.told("CPU ratio") != NOTHING else self.told("ours CPU s")
        return float(told.replace(",", "")) if told != NOTHING else None

    def told(self, column: str) -> str:
        return self.cells[COLUMNS.index(column)]


def lines(
    title: str, rows: int | None, samples: Sequence[Sample], bare: Sequence[Bare], others: float | None, limits: Sequence[Limit] = ()
) -> list[Line]:
    """The lines of one work: one for each bare way and each limit, and one without either when it has none."""
    ours, *rest = samples
    measured = (NOTHING if others is None else f"{others:.0%}", dt.datetime.now(dt.UTC).strftime("%Y-%m-%d %H:%M"))
    size = NOTHING if rows is None else f"{rows:,}"
    is_judged = rows is None or rows >= JUDGED_FROM
    held = [_against(title, size, ours, sample, way, is_judged, measured) for sample, way in zip(rest, bare, strict=True)]
    alone = [_alone(title, size, ours, limit, is_judged, measured) for limit in limits or ([] if rest else [None])]
    return [*held, *alone]


def _alone(title: str, size: str, ours: Sample, limit: Limit | None, is_judged: bool, measured: tuple[str, str]) -> Line:
    told = (_seconds(ours.wall_s), NOTHING, _seconds(ours.cpu_s), NOTHING, f"{ours.peak_mb:,.0f}", NOTHING, NOTHING, NOTHING)
    if limit is None:
        return Line((title, NOTHING, size, *told, NOTHING, NOTHING, *measured))
    cost = {"CPU s": ours.cpu_s, "MB": ours.peak_mb, "wall s": ours.wall_s}[limit.by]
    verdict = NOTHING if not is_judged else "met" if cost <= limit.most else "**missed**"
    return Line((title, f"at most {limit.most:,g} {limit.by}", size, *told, f"≤ {limit.most:,g} {limit.by}", verdict, *measured))


def _against(title: str, size: str, ours: Sample, bare: Sample, way: Bare, is_judged: bool, measured: tuple[str, str]) -> Line:
    cpu, wall = (round(ratio, 2) for ratio in (ours.cpu_s / max(bare.cpu_s, 1e-3), ours.wall_s / max(bare.wall_s, 1e-3)))
    target = way.target if is_judged else None
    ours_s, bare_s = (ours.wall_s, bare.wall_s) if way.by == "wall" else (ours.cpu_s, bare.cpu_s)
    is_met = target is not None and round((ours_s - way.more_s) / max(bare_s, 1e-3), 2) <= target
    verdict = NOTHING if target is None else "met" if is_met else "**missed**"
    more = f" + {way.more_s:g} s" if way.more_s else ""
    return Line(
        (
            title, way.against, size, _seconds(ours.wall_s), _seconds(bare.wall_s), _seconds(ours.cpu_s), _seconds(bare.cpu_s),
            f"{ours.peak_mb:,.0f}", f"{bare.peak_mb:,.0f}", f"{wall:.2f}", f"{cpu:.2f}",
            NOTHING if target is None else f"≤ {target:.{2 if target >= 0.1 else 3}f}{' wall' if way.by == 'wall' else ''}{more}",
            verdict, *measured,
        )
    )  # fmt: skip


def not_measured(title: str, rows: int | None, why: str) -> Line:
    """The line of a work that could not be measured: its reason stands where the other way would."""
    told = (title, f"not measured: {why.replace('|', '/')}", NOTHING if rows is None else f"{rows:,}")
    return Line((*told, *(NOTHING,) * (len(COLUMNS) - len(told))))


def sentence(line: Line) -> str:
    """A line in words, for the end of a run."""
    if line.told("target") != NOTHING and line.told("CPU ratio") == NOTHING:
        told = f"{line.told('ours CPU s')} CPU s, {line.told('ours MB')} MB"
        return f"{line.told('work')}: {told}, target {line.told('target')}: {line.told('').strip('*')}"
    if line.told("CPU ratio") != NOTHING:
        target = f", target {line.told('target')}: {line.told('').strip('*')}" if line.told("target") != NOTHING else ""
        return f"{line.told('work')}, against {line.told('against')}: {line.told('CPU ratio')} × its CPU{target}"
    if line.told("ours CPU s") != NOTHING:
        return f"{line.told('work')}: {line.told('ours CPU s')} CPU s"
    return f"{line.told('work')}: {line.told('against')}"


def machine() -> str:
    """What the figures depend on, in one line."""
    import duckdb

    model = _cpu_model() or platform.machine()
    return f"{model}, {os.cpu_count()} cores; {platform.system()}, Python {platform.python_version()}, DuckDB {duckdb.__version__}"


def render(found: Sequence[Line], on: str, warnings: Sequence[str]) -> str:
    """The whole page."""
    shares = [line.told("others' CPU") for line in found]
    busiest = max((int(share.rstrip("%")) for share in shares if share != NOTHING), default=0) / 100
    busy = (
        f"Other programs took up to {busiest:.0%} of the machine meanwhile (column *others' CPU*): read CPU, not wall.\n\n"
        if busiest > BUSY
        else ""
    )
    told = "".join(f"- {warning}\n" for warning in warnings)
    return f"""# Benchmark results

Written by `make bench`; not edited by hand. Each figure is a median over repeats, each repeat a fresh process,
our way and the bare ways by turns. Seconds are of the work alone: imports and the copying of inputs come before
the clock starts, except for the night, which is a whole process; where readers are answered, seconds are of one
answer. Peak memory is of the whole process, imports included. Targets are for the ratio of CPU seconds at
{JUDGED_FROM:,} rows and more (below, fixed costs are all there is); a missed one fails nothing.

Machine: {on}

{busy}| {" | ".join(COLUMNS)} |
|{"|".join("---" if at < 2 or at > 11 else "---:" for at in range(len(COLUMNS)))}|
{"".join(f"| {' | '.join(line.cells)} |{chr(10)}" for line in found)}
## Against the results before

{told or f"Nothing became more than {SLOWER - 1:.0%} dearer." + chr(10)}"""


def read(path: Path) -> tuple[str, list[Line]]:
    """The machine and the lines of an earlier page; nothing where there is none or its columns are others."""
    if not path.exists():
        return "", []
    page = path.read_text(encoding="utf-8")
    on = re.search(r"^Machine: (.*)$", page, re.MULTILINE)
    table = [tuple(row[2:-2].split(" | ")) for row in page.splitlines() if row.startswith("| ")]
    if not table or table[0] != COLUMNS:
        return "", []
    return on[1] if on else "", [Line(cells) for cells in table[1:]]


def merged(before: Sequence[Line], new: Sequence[Line]) -> list[Line]:
    """New lines, and lines of works or sizes that were not measured this time; in the order of the earlier page."""
    works = {(line.cells[0], line.cells[2]) for line in new}
    kept = [line for line in before if (line.cells[0], line.cells[2]) not in works]
    return sorted([*kept, *new], key=lambda line: (line.cells[0], len(line.cells[2]), line.cells[2]))


def regressions(before: Sequence[Line], new: Sequence[Line]) -> list[str]:
    """A sentence for each line that became dearer than its earlier self by more than the noise of a shared machine."""
    held = {line.key: line for line in before}
    told = []
    for line in new:
        earlier = held.get(line.key)
        if earlier is None or earlier.cost is None or line.cost is None or line.cost <= earlier.cost * SLOWER:
            continue
        told.append(f"{line.cells[0]}, against {line.cells[1]}, {line.cells[2]} rows: {earlier.cost:.2f} → {line.cost:.2f}")
    return told


def _seconds(value: float) -> str:
    return f"{value:.2f}" if value >= 0.095 else f"{value:.3f}"


def _cpu_model() -> str | None:
    try:
        found = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE)
    except OSError:
        return None
    return found[1].strip() if found else None
