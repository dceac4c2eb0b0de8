"""Charts over time: lines with their names at their ends, the COVID-19 emergency and breaks marked, gaps left open."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

from publishing.report.drawing import BAND, COLOURS, DASHES, INK, LINE, PAPER, SOFT, WIDTH, Drawing, text_width
from publishing.report.figures import FEW_PERIODS, Figure, Member, word

SMALL = 11.5
HEIGHT, TOP, BOTTOM = 290, 26, 34
WIDEST_NAME = 170


def lines(figure: Figure, language: str, emergency: dict[str, Any] | None) -> Drawing:
    """A line for each series."""
    held = [cell.value for cell in figure.cells.values() if cell.value is not None]
    if not held:
        return _all_missing(figure, language)
    drawing = Drawing(HEIGHT)
    target = figure.exhibit.target
    ticks = _ticks(min([0.0, *held]), max([*held, target.value if target else 0.0], default=1.0))
    names = {one.code: _lines_of(one.name) for one in figure.series} if len(figure.series) > 1 else {}
    right = WIDTH - (max(text_width(line, SMALL) for said in names.values() for line in said) + 30 if names else 30)
    left = max(text_width(_tick(tick, language), SMALL) for tick in ticks) + 10
    first, last = figure.rows[0].starts_on, figure.rows[-1].starts_on
    days = max((last - first).days, 1)

    def across(when: dt.date) -> float:
        return left + 12 + (right - left - 24) * (when - first).days / days if last > first else (left + right) / 2

    def up(value: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - (value - ticks[0]) / (ticks[-1] - ticks[0]))

    if emergency:
        _band(drawing, across, left, right, (first, last), emergency, language)
    for tick in ticks:
        drawing.line([(left, up(tick)), (right, up(tick))], SOFT if tick == 0 else LINE)
        drawing.text(left - 6, up(tick) + 4, _tick(tick, language), "end", SOFT, SMALL)
    _periods(drawing, figure.rows, across)
    for code in figure.breaks:
        when = across(next(row.starts_on for row in figure.rows if row.code == code))
        drawing.line([(when, TOP), (when, HEIGHT - BOTTOM)], SOFT, 1, "2 3")
        drawing.text(when + 4, TOP + 10, word("break", language), fill=SOFT, size=SMALL)
    if target:
        drawing.line([(left, up(target.value)), (right, up(target.value))], INK, 1, "6 4")
        drawing.text(left + 6, up(target.value) - 5, target.of(language), fill=INK, size=SMALL)
    ends = [_one(drawing, figure, number, one, across, up, language) for number, one in enumerate(figure.series)]
    for number, height in _apart([end for end in ends if end is not None], names, figure):
        for line, said in enumerate(names[figure.series[number].code]):
            drawing.text(right + 21, height + 4 + 13 * line, said, size=SMALL)
        drawing.line([(right + 1, height), (right + 17, height)], COLOURS[number % len(COLOURS)], 2.5, DASHES[number % len(DASHES)])
    return drawing


def _one(drawing: Drawing, figure: Figure, number: int, one: Member, across: Any, up: Any, language: str) -> tuple[int, float] | None:
    """Draw a series: dots, and a line where two follow each other. One that is provisional or tells a part of its period is hollow."""
    colour, dash = COLOURS[number % len(COLOURS)], DASHES[number % len(DASHES)]
    run: list[tuple[float, float]] = []
    points: list[tuple[float, float, bool, str]] = []
    for row in figure.rows:
        cell = figure.cells.get((row.code, one.code))
        if cell is not None and cell.value is not None:
            points.append((across(row.starts_on), up(cell.value), not cell.is_final, cell.shown))
            if cell.is_final:
                run.append(points[-1][:2])
                continue
        elif cell is not None:
            mark = word("withheld" if cell.is_withheld else "missing", language)
            shown = mark if len(figure.rows) <= FEW_PERIODS else "×"
            drawing.text(across(row.starts_on), HEIGHT - BOTTOM - 6 - 14 * number, shown, "middle", SOFT, SMALL)
        if cell is not None or len(figure.series) == 1:
            drawing.line(run, colour, 2, dash)
            run = []
    drawing.line(run, colour, 2, dash)
    for x, y, is_hollow, shown in points:
        drawing.dot(x, y, 3, PAPER if is_hollow else colour, colour)
        if len(figure.series) == 1 and len(points) <= FEW_PERIODS:
            drawing.text(x, y - 9, shown, "middle", INK, SMALL, bold=True)
    named = [point for point in points if not point[2]] or points
    return (number, named[-1][1]) if named else None


def _all_missing(figure: Figure, language: str) -> Drawing:
    """The periods with the reason why none has a value."""
    drawing = Drawing(46)
    step = WIDTH / len(figure.rows)
    for place, row in enumerate(figure.rows):
        cells = [figure.cells[row.code, one.code] for one in figure.series if (row.code, one.code) in figure.cells]
        drawing.hatch(step * place, 2, step - 4, 20)
        drawing.text(step * (place + 0.5) - 2, 16, word("withheld" if cells[0].is_withheld else "missing", language), "middle", INK, SMALL)
        drawing.text(step * (place + 0.5) - 2, 40, row.name, "middle", SOFT, SMALL)
    return drawing


def _apart(ends: list[tuple[int, float]], names: dict[str, list[str]], figure: Figure) -> list[tuple[int, float]]:
    """Heights of the names at the lines' ends, moved down where they would touch, and all back up where the last would fall out."""
    if not names:
        return []
    placed: list[tuple[int, float]] = []
    free = TOP - 8.0
    for number, height in sorted(ends, key=lambda end: end[1]):
        at = max(height, free)
        placed.append((number, at))
        free = at + 15 + 13 * (len(names[figure.series[number].code]) - 1)
    over = max(0.0, free - (HEIGHT - BOTTOM + 8))
    return [(number, at - over) for number, at in placed]


def _lines_of(name: str) -> list[str]:
    """A name on as many lines as it needs; it is broken where it has a blank."""
    broken = [""]
    for piece in name.split(" "):
        longer = f"{broken[-1]} {piece}".strip()
        if broken[-1] and text_width(longer, SMALL) > WIDEST_NAME:
            broken.append(piece)
        else:
            broken[-1] = longer
    return broken


def _band(
    drawing: Drawing, across: Any, left: float, right: float, shown: tuple[dt.date, dt.date], emergency: dict[str, Any], language: str
) -> None:
    """The emergency behind the lines, as far as they reach."""
    begins, ends = emergency["starts_on"], emergency["ends_on"]
    if shown[1] < begins or shown[0] > ends:
        return
    start, stop = max(across(max(begins, shown[0])), left), min(across(min(ends, shown[1])), right)
    drawing.rect(start, TOP, max(stop - start, 2), HEIGHT - TOP - BOTTOM, BAND)
    drawing.text((start + stop) / 2, TOP - 7, word("emergency", language), "middle", SOFT, SMALL)


def _periods(drawing: Drawing, rows: list[Member], across: Any) -> None:
    """As many of the periods as have room under the axis, the last one always."""
    widest = max(text_width(row.name, SMALL) for row in rows) + 14
    taken = math.inf
    for row in reversed(rows):
        middle = across(row.starts_on)
        if middle + widest / 2 <= taken:
            drawing.text(min(middle, WIDTH - widest / 2 + 7), HEIGHT - BOTTOM + 18, row.name, "middle", SOFT, SMALL)
            taken = middle - widest / 2


def _ticks(lowest: float, highest: float) -> list[float]:
    """Round numbers, four to seven, that hold all values between the first and the last."""
    span = (highest - lowest) or 1.0
    rough = span / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(step for step in (power, 2 * power, 2.5 * power, 5 * power, 10 * power) if step >= rough)
    first, last = math.floor(lowest / step), math.ceil(highest / step + 1e-9)
    return [number * step for number in range(first, max(last, first + 1) + 1)]


def _tick(value: float, language: str) -> str:
    said = f"{value:,.0f}" if value == round(value) else f"{value:,.1f}" if abs(value * 10 - round(value * 10)) < 1e-6 else f"{value:,.2f}"
    return said.translate(str.maketrans(",.", ".,")) if language == "lo" else said
