"""A configured map of the provinces is used when it has exactly the 18, and refused by name of what is wrong otherwise."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from ingestion.paths import PROJECT
from publishing.report.provinces import TILES, MapRefused, configured_map

with (PROJECT / "dbt_project" / "seeds" / "province.csv").open(encoding="utf-8") as listed:
    PROVINCES = {row["iso_code"]: row["code"] for row in csv.DictReader(listed) if row["iso_code"]}


def square(code: str, number: int) -> dict[str, object]:
    west, south = 100 + number % 5, 14 + number // 5
    ring = [[west, south], [west + 1, south], [west + 1, south + 1], [west, south + 1], [west, south]]
    return {"type": "Feature", "properties": {"iso_3166_2": code}, "geometry": {"type": "Polygon", "coordinates": [ring]}}


@pytest.fixture
def features() -> list[dict[str, object]]:
    return [square(code, number) for number, code in enumerate(PROVINCES)]


def use(features: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, object] | None:
    path = tmp_path / "provinces.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    monkeypatch.setenv("WAREHOUSE_PROVINCE_MAP", str(path))
    return configured_map(PROVINCES)


def test_the_tiles_are_the_18_provinces_each_in_a_place_of_its_own() -> None:
    assert set(TILES) == set(PROVINCES.values()) and len(set(TILES.values())) == 18


def test_a_map_of_all_18_is_used_with_north_up(features: list, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shapes = use(features, tmp_path, monkeypatch)
    assert set(shapes) == set(PROVINCES.values())
    southern, northern = (
        shapes[PROVINCES[features[0]["properties"]["iso_3166_2"]]],
        shapes[PROVINCES[features[-1]["properties"]["iso_3166_2"]]],
    )
    assert min(y for _, y in southern[0]) > max(y for _, y in northern[0])


def test_a_map_that_lacks_repeats_or_adds_a_province_is_refused_with_all_that_is_wrong(
    features: list, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_xaisomboun = [feature for feature in features if feature["properties"]["iso_3166_2"] != "LA-XS"]
    with pytest.raises(
        MapRefused, match=r"provinces\.geojson has LA-VT 2 times; has TH-50, which is no province; lacks LA-XS: it must have"
    ):
        use([*without_xaisomboun, square("LA-VT", 18), square("TH-50", 19)], tmp_path, monkeypatch)


@pytest.mark.parametrize("features", [None, [{"type": "Feature", "properties": {"iso": "LA-VT"}, "geometry": None}]])
def test_what_is_no_map_is_refused(features: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(MapRefused, match=r"WAREHOUSE_PROVINCE_MAP: provinces\.geojson is no GeoJSON collection of polygons"):
        use(features, tmp_path, monkeypatch)


def test_a_map_that_is_not_there_is_refused_and_none_is_asked_for_by_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WAREHOUSE_PROVINCE_MAP", raising=False)
    assert configured_map(PROVINCES) is None
    monkeypatch.setenv("WAREHOUSE_PROVINCE_MAP", str(tmp_path / "gone.geojson"))
    with pytest.raises(MapRefused, match="cannot be read: No such file"):
        configured_map(PROVINCES)
