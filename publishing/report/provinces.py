"""Where a province stands on the map: a tile for each of the 18 by default, or the shapes of a GeoJSON file that is configured.

No package of a registry has all 18 provinces under a clean licence: Natural Earth lacks Xaisomboun.
"""

from __future__ import annotations

import json
import math
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

MAP_VARIABLE = "WAREHOUSE_PROVINCE_MAP"
ISO_KEYS = ("iso_3166_2", "ISO_3166_2", "shapeISO", "iso", "ISO")
TILES = {
    "LA02": (2, 0), "LA03": (1, 1), "LA04": (2, 1), "LA07": (3, 1), "LA05": (1, 2), "LA06": (2, 2), "LA09": (3, 2), "LA08": (1, 3),
    "LA10": (2, 3), "LA18": (3, 3), "LA01": (2, 4), "LA11": (3, 4), "LA12": (3, 5), "LA13": (3, 6), "LA14": (3, 7), "LA15": (4, 7),
    "LA16": (3, 8), "LA17": (4, 8),
}  # fmt: skip
"""Column and row of each province: neighbours stay neighbours as far as a grid allows."""
Rings = list[list[tuple[float, float]]]


class MapRefused(ValueError):
    """The configured map cannot be used; the message says what is wrong with it."""


def configured_map(provinces: Mapping[str, str]) -> dict[str, Rings] | None:
    """The shapes of the configured GeoJSON by province code, in units of its frame (0 to 1, north up); None where none is configured.

    Args:
        provinces: province code by ISO 3166-2 code.

    Raises:
        MapRefused: unless the file has each of the provinces once, and nothing else.
    """
    told = os.environ.get(MAP_VARIABLE, "").strip()
    return read_map(Path(told), provinces) if told else None


def read_map(path: Path, provinces: Mapping[str, str]) -> dict[str, Rings]:
    """The shapes of a GeoJSON file; see ``configured_map``."""
    try:
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        shapes = [(_code(feature), _rings(feature["geometry"])) for feature in features]
    except OSError as error:
        raise MapRefused(f"{MAP_VARIABLE}: {path.name} cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise MapRefused(f"{MAP_VARIABLE}: {path.name} is no GeoJSON collection of polygons ({type(error).__name__}: {error})") from None
    found = Counter(code for code, _ in shapes)
    wrong = [f"lacks {code}" for code in provinces if code not in found]
    wrong += [f"has {code or 'a shape without code'}, which is no province" for code in found if code not in provinces]
    wrong += [f"has {code} {times} times" for code, times in found.items() if times > 1]
    if wrong:
        asked = f"it must have each of the {len(provinces)} provinces once, by its ISO 3166-2 code in one of {', '.join(ISO_KEYS)}"
        raise MapRefused(f"{MAP_VARIABLE}: {path.name} {'; '.join(sorted(wrong))}: {asked}")
    return _in_frame({provinces[code]: rings for code, rings in shapes})


def _code(feature: Mapping[str, Any]) -> str:
    properties = feature.get("properties") or {}
    return str(next((properties[key] for key in ISO_KEYS if properties.get(key)), feature.get("id") or ""))


def _rings(geometry: Mapping[str, Any]) -> Rings:
    """The outer ring of every polygon."""
    polygons: Iterable[Any] = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    return [[(float(x), float(y)) for x, y, *_ in polygon[0]] for polygon in polygons]


def _in_frame(shapes: dict[str, Rings]) -> dict[str, Rings]:
    """Degrees to shares of the height, with a degree of longitude as long as it is in the middle of the map."""
    points = [point for rings in shapes.values() for ring in rings for point in ring]
    west, north, south = min(x for x, _ in points), max(y for _, y in points), min(y for _, y in points)
    narrowing, height = math.cos(math.radians((north + south) / 2)), north - south
    return {
        code: [[((x - west) * narrowing / height, (north - y) / height) for x, y in ring] for ring in rings]
        for code, rings in shapes.items()
    }
