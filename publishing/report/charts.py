"""Charts of rows: bars, pyramids, heat tables. Each takes a figure and gives its drawing."""

from __future__ import annotations

from publishing.report.drawing import BAND, COLOURS, FONT_SIZE, INK, LINE, PAPER, SHADES, SOFT, WIDTH, Drawing, text_width
from publishing.report.figures import Cell, Figure, word

SMALL = 11.5
GAP = 10
ROW = 24
WIDEST_LABEL = 230


def bars(figure: Figure, language: str) -> Drawing:
    """A bar for each row, with its value; series stand beside each other as panels of one scale. Long names stand above their bars."""
    panels = figure.series
    widest = max(text_width(row.name) for row in figure.rows)
    above = widest > WIDEST_LABEL
    label = 0 if above else widest + GAP
    head = 22 if len(panels) > 1 else 4
    step = ROW + 18 if above else ROW
    drawing = Drawing(head + step * len(figure.rows) + 4)
    panel = (WIDTH - label) / len(panels)
    values = [cell.value for cell in figure.cells.values() if cell.value is not None]
    largest, smallest = max([0.0, *values]), min([0.0, *values])
    room = max([text_width(_told(cell, language), SMALL) for cell in figure.cells.values()]) + 14
    scale = (panel - room - (room if smallest < 0 else 0)) / ((largest - smallest) or 1)
    for number, one in enumerate(panels):
        left = label + panel * number
        zero = left + (room if smallest < 0 else 0) - smallest * scale
        if len(panels) > 1:
            drawing.text(zero, 13, one.name, fill=INK, bold=True)
        for place, row in enumerate(figure.rows):
            top = head + step * place + (18 if above else 0)
            if number == 0:
                drawing.text(0 if above else label - GAP, top + (-4 if above else 16), row.name, "start" if above else "end")
            cell = figure.cells.get((row.code, one.code))
            _bar(drawing, cell, zero, top + 4, scale, COLOURS[number % len(COLOURS)], language)
            if above:
                drawing.line([(zero, top + 2), (zero, top + ROW - 2)], SOFT)
        if not above:
            drawing.line([(zero, head), (zero, drawing.height - 4)], SOFT)
    return drawing


def _bar(drawing: Drawing, cell: Cell | None, zero: float, top: float, scale: float, colour: str, language: str) -> None:
    height = ROW - 8
    if cell is None or cell.value is None:
        if cell is not None and cell.is_withheld:
            drawing.hatch(zero, top, 26, height)
        drawing.text(zero + (32 if cell is not None and cell.is_withheld else 6), top + 12, _told(cell, language), fill=SOFT, size=SMALL)
        return
    length = cell.value * scale
    drawing.rect(min(zero, zero + length), top, abs(length), height, colour)
    drawing.text(zero + length + (5 if length >= 0 else -5), top + 12, _told(cell, language), "start" if length >= 0 else "end", size=SMALL)


def _told(cell: Cell | None, language: str) -> str:
    if cell is None:
        return "–"
    if cell.value is None:
        return word("withheld" if cell.is_withheld else "missing", language)
    return cell.shown


def pyramid(figure: Figure, language: str) -> Drawing:
    """The ages from bottom to top, one sex to the left and one to the right; who is of neither stands in the table."""
    left, right = [one for one in figure.series if one.code in ("female", "male")][:2]
    middle = max(text_width(row.name, SMALL) for row in figure.rows) + 24
    step = 19
    drawing = Drawing(24 + step * len(figure.rows) + 4)
    cells = figure.cells
    largest = max(cell.value or 0 for cell in cells.values()) or 1
    room = max(text_width(cell.shown, SMALL) for cell in cells.values()) + 8
    half = (WIDTH - middle) / 2
    scale = (half - room) / largest
    drawing.text(half, 13, left.name, "end", bold=True)
    drawing.text(half + middle, 13, right.name, bold=True)
    for place, row in enumerate(reversed(figure.rows)):
        top = 22 + step * place
        drawing.text(WIDTH / 2, top + 13, row.name, "middle", size=SMALL)
        for one, side, colour in ((left, -1, COLOURS[0]), (right, 1, COLOURS[1])):
            cell = cells.get((row.code, one.code))
            edge = half if side < 0 else half + middle
            length = (cell.value or 0) * scale if cell else 0
            drawing.rect(edge - length if side < 0 else edge, top + 1, length, step - 3, colour)
            drawing.text(edge + side * (length + 5), top + 13, _told(cell, language), "end" if side < 0 else "start", SOFT, SMALL)
    return drawing


def heat(figure: Figure, language: str) -> Drawing:
    """A table whose cells are the darker, the higher the per cent: nothing that was due is a cell of its own."""
    label = max(text_width(row.name, SMALL) for row in figure.rows) + GAP
    label = min(label, WIDTH * 0.55)
    step, height = (WIDTH - label) / len(figure.series), 25
    drawing = Drawing(24 + height * len(figure.rows))
    for number, one in enumerate(figure.series):
        drawing.text(label + step * (number + 0.5), 15, one.name, "middle", SOFT, SMALL)
    for place, row in enumerate(figure.rows):
        top = 22 + height * place
        size = min(SMALL, SMALL * (label - GAP) / max(text_width(row.name, SMALL), 1))
        drawing.text(label - GAP, top + 16, row.name, "end", size=round(size, 1))
        for number, one in enumerate(figure.series):
            cell = figure.cells.get((row.code, one.code))
            shade = min(int((cell.value or 0) // 20), 4) if cell and cell.value is not None else None
            fill = BAND if shade is None else SHADES[shade]
            drawing.rect(label + step * number, top, step - 2, height - 2, fill)
            ink = PAPER if shade is not None and shade > 2 else INK if shade is not None else SOFT
            told = _told(cell, language) if cell else "–"
            drawing.text(label + step * (number + 0.5) - 1, top + 16, told, "middle", ink, SMALL)
    return drawing


def nothing(language: str) -> Drawing:
    """What stands where a release holds no value."""
    drawing = Drawing(40)
    drawing.rect(0, 0, WIDTH, 40, BAND, LINE)
    drawing.text(WIDTH / 2, 25, word("nothing", language), "middle", SOFT, FONT_SIZE)
    return drawing
