"""Maps of the provinces: the darker, the more; the value is written, so that shades are a help and not the message."""

from __future__ import annotations

from publishing.report.drawing import BAND, COLOURS, INK, LINE, PAPER, SHADES, SOFT, Drawing, text_width
from publishing.report.figures import Cell, Figure, word
from publishing.report.provinces import TILES, Rings

TILE_WIDTH, TILE_HEIGHT, GAP = 122, 38, 3
SMALL, TINY = 11.5, 10
MAP_HEIGHT = 560
LOSS = "#f0c27a"


def tiles(figure: Figure, language: str, names: dict[str, str]) -> Drawing:
    """A tile for each province."""
    deepest = max(row for _, row in TILES.values())
    drawing = Drawing((deepest + 1) * (TILE_HEIGHT + GAP))
    bounds = _bounds(figure)
    for code, (column, row) in TILES.items():
        cell = _cell(figure, code)
        x, y = (column - 1) * (TILE_WIDTH + GAP) + 60, row * (TILE_HEIGHT + GAP)
        ink = _fill(drawing, cell, bounds, x, y)
        name = names.get(code, "")
        size = min(SMALL, SMALL * (TILE_WIDTH - 8) / max(text_width(name, SMALL), 1))
        drawing.text(x + TILE_WIDTH / 2, y + 15, name, "middle", ink, round(size, 1))
        is_told = cell is not None and cell.value is not None
        drawing.text(x + TILE_WIDTH / 2, y + 31, _told(cell, language), "middle", ink, SMALL + 1, bold=is_told)
    unknown = _cell(figure, "LA00")
    if unknown is not None:
        drawing.text(60, drawing.height - 14, f"{_name(figure, 'LA00')}: {_told(unknown, language)}", fill=SOFT, size=SMALL)
    return drawing


def shapes(figure: Figure, language: str, names: dict[str, str], provinces: dict[str, Rings]) -> Drawing:
    """The shapes of the configured map, with the value of each province in its middle."""
    drawing = Drawing(MAP_HEIGHT + 10)
    bounds = _bounds(figure)
    for code, rings in provinces.items():
        cell = _cell(figure, code)
        shade = _shade(cell, bounds)
        for ring in rings:
            drawing.polygon([(x * MAP_HEIGHT, y * MAP_HEIGHT) for x, y in ring], BAND if shade is None else shade, SOFT)
    for code, rings in provinces.items():
        cell = _cell(figure, code)
        largest = max(rings, key=len)
        x = sum(x for x, _ in largest) / len(largest) * MAP_HEIGHT
        y = sum(y for _, y in largest) / len(largest) * MAP_HEIGHT
        ink = _ink(_shade(cell, bounds))
        drawing.text(x, y, names.get(code, ""), "middle", ink, TINY)
        drawing.text(x, y + 13, _told(cell, language), "middle", ink, TINY, bold=True)
    return drawing


def _cell(figure: Figure, code: str) -> Cell | None:
    return next((figure.cells[code, one.code] for one in figure.series if (code, one.code) in figure.cells), None)


def _bounds(figure: Figure) -> tuple[float, float]:
    """The largest gain, and the largest loss where there is one."""
    held = [cell.value for (code, _), cell in figure.cells.items() if cell.value is not None and code in TILES]
    return max([0.0, *held]), min([0.0, *held])


def _shade(cell: Cell | None, bounds: tuple[float, float]) -> str | None:
    """Five shades of equal steps up to the largest value; what is below nil has a colour of its own."""
    if cell is None or cell.value is None:
        return None
    if cell.value < 0:
        return COLOURS[1] if cell.value < bounds[1] / 2 else LOSS
    return SHADES[min(int(5 * cell.value / (bounds[0] or 1)), 4)]


def _ink(shade: str | None) -> str:
    return PAPER if shade in SHADES[3:] else SOFT if shade is None else INK


def _fill(drawing: Drawing, cell: Cell | None, bounds: tuple[float, float], x: float, y: float) -> str:
    shade = _shade(cell, bounds)
    if cell is not None and cell.is_withheld:
        drawing.hatch(x, y, TILE_WIDTH, TILE_HEIGHT)
        return INK
    drawing.rect(x, y, TILE_WIDTH, TILE_HEIGHT, PAPER if shade is None else shade, LINE if shade is None else "")
    return _ink(shade)


def _told(cell: Cell | None, language: str) -> str:
    if cell is None:
        return word("no_data", language)
    if cell.value is None:
        return word("withheld" if cell.is_withheld else "missing", language)
    return cell.shown


def _name(figure: Figure, code: str) -> str:
    return next(row.name for row in figure.rows if row.code == code)
