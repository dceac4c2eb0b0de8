"""A drawing as a list of shapes: written as SVG into the page, and laid out by typst in the PDF.

Typst shapes Lao rightly in text of its own, and wrongly in the text of an SVG (U+0EB3 overlaps the next letter): so it gets the shapes.
Lengths are pixels of the page; a text stands on its baseline.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape, quoteattr

WIDTH = 680
FONT_SIZE = 12.5
INK, SOFT, LINE, HATCH, PAPER, BAND = "#1b1b1b", "#5a6570", "#d5d9dd", "#bcc4cb", "#ffffff", "#eef1f4"
COLOURS = ("#0b4f7d", "#d98200", "#4f9fc4", "#8a2d1c", "#7a7a7a", "#3c7a4b")
"""Blue and orange first: told apart by all kinds of colour vision, and one much darker than the other in grey."""
DASHES = ("", "7 3", "2 3", "9 3 2 3", "4 4", "1 4")
SHADES = ("#e3edf5", "#b6d0e3", "#7fabc9", "#2f6f9a", "#0b4f7d")
LETTER = 0.56
"""Mean width of a letter as a share of the size, a little more than what the fonts have."""


@dataclass
class Drawing:
    """Shapes in a frame ``width`` × ``height``."""

    height: float
    width: float = WIDTH
    shapes: list[dict[str, Any]] = field(default_factory=list)

    def rect(self, x: float, y: float, w: float, h: float, fill: str, stroke: str = "") -> None:
        where = {"x": _short(x), "y": _short(y), "w": _short(w), "h": _short(h)}
        self.shapes.append({"shape": "rect", **where, "fill": fill, "stroke": stroke})

    def line(self, points: list[tuple[float, float]], stroke: str, width: float = 1, dash: str = "") -> None:
        self.shapes.append({"shape": "line", "points": _points(points), "stroke": stroke, "width": width, "dash": dash})

    def polygon(self, points: list[tuple[float, float]], fill: str, stroke: str = PAPER) -> None:
        self.shapes.append({"shape": "polygon", "points": _points(points), "fill": fill, "stroke": stroke})

    def dot(self, x: float, y: float, radius: float, fill: str, stroke: str) -> None:
        self.shapes.append({"shape": "dot", "x": _short(x), "y": _short(y), "r": radius, "fill": fill, "stroke": stroke})

    def text(
        self, x: float, y: float, said: str, anchor: str = "start", fill: str = INK, size: float = FONT_SIZE, bold: bool = False
    ) -> None:
        shape = {"shape": "text", "x": _short(x), "y": _short(y), "text": said, "anchor": anchor, "fill": fill, "size": size, "bold": bold}
        self.shapes.append(shape)

    def hatch(self, x: float, y: float, w: float, h: float) -> None:
        """What is withheld: diagonals in a frame, which stay themselves in grey."""
        self.rect(x, y, w, h, PAPER, LINE)
        step = 7
        for start in range(step, int(w + h), step):
            left, right = max(start - h, 0), min(start, w)
            self.line([(x + left, y + (start - left)), (x + right, y + (start - right))], HATCH)

    def as_svg(self, title: str, description: str, name: str) -> str:
        """The drawing as an SVG element that a screen reader names; ``name`` is its identifier in the page."""
        inside = "".join(_svg(shape) for shape in self.shapes)
        return (
            f'<svg role="img" aria-labelledby="{name}-t {name}-d" viewBox="0 0 {_short(self.width)} {_short(self.height)}">'
            f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(description)}</desc>{inside}</svg>'
        )


def text_width(said: str, size: float = FONT_SIZE) -> float:
    """About how wide a text is; marks above and below a letter take no room."""
    return sum(unicodedata.category(mark) != "Mn" for mark in said) * size * LETTER


def _short(length: float) -> float:
    return round(length, 1)


def _points(points: list[tuple[float, float]]) -> list[list[float]]:
    return [[_short(x), _short(y)] for x, y in points]


def _svg(shape: dict[str, Any]) -> str:
    match shape["shape"]:
        case "rect":
            stroke = f' stroke="{shape["stroke"]}"' if shape["stroke"] else ""
            return f'<rect x="{shape["x"]}" y="{shape["y"]}" width="{shape["w"]}" height="{shape["h"]}" fill="{shape["fill"]}"{stroke}/>'
        case "line":
            dash = f' stroke-dasharray="{shape["dash"]}"' if shape["dash"] else ""
            points = " ".join(f"{x},{y}" for x, y in shape["points"])
            return f'<polyline points="{points}" fill="none" stroke="{shape["stroke"]}" stroke-width="{shape["width"]}"{dash}/>'
        case "polygon":
            points = " ".join(f"{x},{y}" for x, y in shape["points"])
            return f'<polygon points="{points}" fill="{shape["fill"]}" stroke="{shape["stroke"]}"/>'
        case "dot":
            where = f'cx="{shape["x"]}" cy="{shape["y"]}" r="{shape["r"]}"'
            return f'<circle {where} fill="{shape["fill"]}" stroke="{shape["stroke"]}" stroke-width="1.5"/>'
        case _:
            weight = ' font-weight="600"' if shape["bold"] else ""
            looks = f'font-size="{shape["size"]}" text-anchor="{shape["anchor"]}" fill={quoteattr(shape["fill"])}{weight}'
            return f'<text x="{shape["x"]}" y="{shape["y"]}" {looks}>{escape(shape["text"])}</text>'
