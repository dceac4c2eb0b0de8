"""The Migration Profile of a release: its numbers, what stands under each figure, and that it can be read, printed and handed on."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import duckdb
import pypdf
import pytest

from ingestion.paths import DataRoot
from publishing.about import About
from publishing.report import fonts
from publishing.report.description import LANGUAGES, Exhibit, profile
from publishing.report.figures import word
from publishing.report.fonts import FontMissing
from publishing.report.profile import write_profile
from publishing.report.provinces import MAP_VARIABLE

BANNER = {"en": "SYNTHETIC SAMPLE DATA", "lo": "ຂໍ້ມູນຈຳລອງ"}
VOID = {"meta", "link", "img", "br", "input"}


@pytest.fixture(scope="module")
def release(published_once: Path) -> Path:
    return DataRoot(published_once).latest.resolve()


@pytest.fixture(scope="module")
def con(release: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(release / "public" / "public.duckdb"), read_only=True)


@dataclass
class Node:
    tag: str
    attrs: dict[str, str | None]
    inside: list[Node | str] = field(default_factory=list)

    def all(self, *tags: str) -> list[Node]:
        below = [node for node in self.inside if isinstance(node, Node)]
        return [found for node in below for found in ([node] if node.tag in tags else []) + node.all(*tags)]

    @property
    def text(self) -> str:
        return "".join(node if isinstance(node, str) else node.text for node in self.inside)


class Page(HTMLParser):
    """A page as a tree; an element that is closed by another's end is a mistake."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.root = Node("", {})
        self._open = [self.root]
        self.feed(path.read_text(encoding="utf-8"))
        assert self._open == [self.root], f"{path.name}: {self._open[-1].tag} is never closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, dict(attrs))
        self._open[-1].inside.append(node)
        if tag not in VOID:
            self._open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].inside.append(Node(tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().tag == tag, tag

    def handle_data(self, data: str) -> None:
        self._open[-1].inside.append(data)


@pytest.fixture(scope="module")
def pages(release: Path) -> dict[str, Node]:
    return {language: Page(release / "public" / "report" / f"profile_{language}.html").root for language in LANGUAGES}


def table_of(page: Node, exhibit: str) -> dict[str, list[str]]:
    """The data of a figure: its rows by their names."""
    (figure,) = [node for node in page.all("figure") if node.attrs["id"] == exhibit]
    (body,) = figure.all("tbody")
    return {row.all("th")[0].text: [cell.text for cell in row.all("td")] for row in body.all("tr")}


def values(con: duckdb.DuckDBPyConnection, exhibit: Exhibit, period: str) -> dict[str, str | float]:
    """The value of every member in the newest vintage, or why there is none, read from the public table without the report's SQL."""
    by = f"{exhibit.by}_code"
    total = {"area_code": "LAO", "counterpart_country_code": "_T", "sex_code": "_T", "age_group_code": "_T", "breakdown_name": "_Z"}
    where = " and ".join(f"{column} = '{value}'" for column, value in total.items() if column != by)
    where += f" and basis in ({', '.join(map(repr, exhibit.bases))})" if exhibit.bases else ""
    held = con.execute(
        f"""
        select label_en, arg_max(coalesce(status, (value / if(unit = 'usd' and is_additive, 1e6, 1))::varchar), vintage)
        from (select *, case obs_status when 'Q' then 'withheld' when 'M' then 'missing' end as status from published.pub_indicator_value)
        join marts.dim_indicator using (measure_code)
        join published.pub_label on code = {by} and dimension_code = '{exhibit.by}'
        where {where} and measure_code = '{exhibit.measures[0]}' and time_period = '{period}'
            and {by} <> '{total[by]}' and length({by}) < 5
        group by all
        """
    ).fetchall()
    return {name: value if value in ("withheld", "missing") else float(value) for name, value in held}


def test_provinces_and_countries_have_the_values_of_the_release_and_what_is_withheld_says_so(
    con: duckdb.DuckDBPyConnection, pages: dict[str, Node]
) -> None:
    compared = []
    for exhibit in profile().exhibits:
        if exhibit.draw not in ("bars", "map") or exhibit.by not in ("area", "counterpart_country") or exhibit.series != "_Z":
            continue
        (figure,) = [node for node in pages["en"].all("figure") if node.attrs["id"] == exhibit.id]
        if not figure.all("tbody"):
            continue
        told = values(con, exhibit, re.search(r"PERIOD=(\S+)", figure.text)[1])
        page = {name: cells[0].split(" ")[0].rstrip("*") for name, cells in table_of(pages["en"], exhibit.id).items()}
        assert len(page) == min(len(told), exhibit.top_shown) and page.keys() <= told.keys(), exhibit.id
        for name, shown in page.items():
            if isinstance(told[name], str):
                assert shown == told[name], (exhibit.id, name)
            else:
                assert float(shown.replace(",", "")) == pytest.approx(told[name], rel=0.005, abs=0.005), (exhibit.id, name)
            compared.append(shown)
        left_out = [value for name, value in told.items() if name not in page and not isinstance(value, str)]
        smallest = min((told[name] for name in page if not isinstance(told[name], str)), default=0)
        assert all(value <= smallest for value in left_out), exhibit.id
    assert len(compared) > 100 and compared.count("withheld") > 10


def test_a_series_shows_the_newest_vintage_of_each_year_and_millions_are_divided_once(
    con: duckdb.DuckDBPyConnection, pages: dict[str, Node]
) -> None:
    held = con.sql(
        "select time_period, arg_max(value, vintage) / 1e6 from published.pub_indicator_value "
        "where measure_code = 'remittances_received_usd' and basis = 'worldbank__remittances' and frequency_code = 'A' "
        "and counterpart_country_code = '_T' and time_period >= '2005' group by all"
    ).fetchall()
    shown = table_of(pages["en"], "remittances-by-source")
    assert len(held) > 10
    for year, value in held:
        numbers = [float(cell.split()[0].replace(",", "").rstrip("*")) for cell in shown[year] if cell[0].isdigit()]
        assert any(abs(number - value) <= 0.05 + value / 1000 for number in numbers), (year, value, shown[year])


def test_lao_says_the_same_numbers_with_its_own_names_and_marks(pages: dict[str, Node]) -> None:
    for exhibit in profile().exhibits:
        english, lao = (next(node for node in pages[code].all("figure") if node.attrs["id"] == exhibit.id) for code in LANGUAGES)
        cells = {code: [cell.text for cell in figure.all("td") if "number" in (cell.attrs.get("class") or "")] for code, figure in
                 zip(LANGUAGES, (english, lao), strict=True)}  # fmt: skip
        swapped = [cell.translate(str.maketrans(",.", ".,")) for cell in cells["en"] if cell[:1].isdigit() or cell[:1] == "-"]
        assert swapped == [cell for cell in cells["lo"] if cell[:1].isdigit() or cell[:1] == "-"], exhibit.id
        title = lao.all("h3")[0].text
        assert re.search(r"[\u0e80-\u0eff]{4}", title) and exhibit.title.lo in title
    assert {"ຫຼວງນ້ຳທາ", "ສະຫວັນນະເຂດ"} <= table_of(pages["lo"], "population-by-province").keys()


def test_under_every_figure_stand_source_vintage_status_and_trace(pages: dict[str, Node], release: Path) -> None:
    measures = Page(release / "public" / "dictionary.html").root.all("tr")
    known = {row.attrs["id"] for row in measures if "id" in row.attrs}
    for language, page in pages.items():
        for node, exhibit in zip(page.all("figure"), profile().exhibits, strict=True):
            said = [(name.text, value.text) for name, value in zip(node.all("dt"), node.all("dd"), strict=True)]
            if word("nothing", language) in node.text:
                continue
            assert len(said) == (4 if exhibit.measures else 3) and all(name and value for name, value in said), (language, exhibit.id)
            links = [link.attrs["href"] for link in node.all("a")]
            assert len(links) == len({link for link in links if link.removeprefix("../dictionary.html#") in known})
            assert bool(links) == bool(exhibit.measures)


def test_what_is_traced_under_a_figure_is_one_value_of_the_release(con: duckdb.DuckDBPyConnection, pages: dict[str, Node]) -> None:
    columns = {
        "INDICATOR": "measure_code", "PERIOD": "time_period", "BASIS": "basis", "VINTAGE": "vintage", "AREA": "area_code",
        "COUNTERPART": "counterpart_country_code",
    }  # fmt: skip
    totals = {"AREA": "LAO", "COUNTERPART": "_T", "SEX": "_T", "AGE": "_T", "BREAKDOWN": "_Z"}
    columns |= {"SEX": "sex_code", "AGE": "age_group_code", "BREAKDOWN": "breakdown_name"}
    commands = [code.text for code in pages["en"].all("code") if code.text.startswith("make trace")]
    assert len(commands) > 30
    for command in commands:
        asked = totals | dict(part.split("=", 1) for part in shlex.split(command)[2:])
        where = " and ".join(f"{columns[name]} = ?" for name in asked)
        found = con.execute(f"select count(*) from published.pub_indicator_value where {where}", [*asked.values()]).fetchone()
        assert found == (1,), command


def test_the_page_loads_nothing_and_can_be_read_by_a_machine(pages: dict[str, Node]) -> None:
    for language, page in pages.items():
        (html,) = page.all("html")
        assert html.attrs["lang"] == language and len(page.all("h1")) == 1 and len(page.all("main")) == 1
        assert not page.all("script", "img", "iframe", "object", "link")
        style = page.all("style")[0].text
        assert set(re.findall(r"url\((.{10})", style)) == {"data:font/"} and "@import" not in style
        assert not [node for node in page.all("a") if not re.match(r"#|\.\./|profile_", node.attrs["href"])]
        levels = [int(node.tag[1]) for node in page.all("h1", "h2", "h3", "h4")]
        assert all(after - before <= 1 for before, after in pairwise(levels))
        names = [
            node.attrs["id"]
            for node in html.all(*{node.tag for node in html.all("section", "figure", "title", "desc", "h2")})
            if "id" in node.attrs
        ]
        assert len(names) == len(set(names))
        for drawing in page.all("svg"):
            assert drawing.attrs["role"] == "img" and drawing.all("title")[0].text and drawing.all("desc")[0].text
        for table in page.all("table"):
            assert table.all("caption")[0].text and all(head.attrs["scope"] in ("col", "row") for head in table.all("th"))


def test_synthetic_data_say_so_on_the_page_at_every_figure_and_on_every_sheet_of_the_pdf(release: Path, pages: dict[str, Node]) -> None:
    for language, page in pages.items():
        assert all(BANNER[language].lower() in figure.text.lower() for figure in page.all("figure"))
        assert BANNER[language] in page.all("body")[0].text and BANNER[language] in page.all("style")[0].text
        document = pypdf.PdfReader(release / "public" / "report" / f"profile_{language}.pdf")
        # The order in which a reader finds the marks of Lao differs; its first letters do not.
        mark = BANNER[language] if language == "en" else "ຂ"
        assert len(document.pages) > 20
        assert [number for number, sheet in enumerate(document.pages, start=1) if mark not in sheet.extract_text()[:60]] == []


def test_the_pdf_is_of_the_release_in_its_language_and_a_font_that_has_lao(release: Path) -> None:
    for language in LANGUAGES:
        document = pypdf.PdfReader(release / "public" / "report" / f"profile_{language}.pdf")
        assert document.metadata.title.endswith(
            word("release", language, version=release.name, date=f"{About(release.name, True).frozen_at:%Y-%m-%d}")
        )
        assert document.trailer["/Root"]["/Lang"] == language and document.trailer["/Root"]["/MarkInfo"]["/Marked"]
        assert "<pdfuaid:part>1</pdfuaid:part>" in document.xmp_metadata.stream.get_data().decode()
        used = {
            str(font.get_object()["/BaseFont"])
            for sheet in document.pages
            for font in sheet["/Resources"].get_object().get("/Font", {}).values()
        }
        assert used and all("NotoSansLao" in name or "DejaVuSansMono" in name for name in used), used


def test_the_public_database_alone_gives_the_same_report_byte_for_byte_and_real_data_bear_no_mark(release: Path, tmp_path: Path) -> None:
    for folder, synthetic in (("again", True), ("real", False)):
        (tmp_path / folder).mkdir()
        shutil.copy(release / "public" / "public.duckdb", tmp_path / folder)
        write_profile(tmp_path / folder, tmp_path / folder / "public.duckdb", About(release.name, synthetic))
    for path in (release / "public" / "report").iterdir():
        assert (tmp_path / "again" / "report" / path.name).read_bytes() == path.read_bytes(), path.name
    assert BANNER["en"] not in (tmp_path / "real" / "report" / "profile_en.html").read_text(encoding="utf-8")
    assert BANNER["en"] not in pypdf.PdfReader(tmp_path / "real" / "report" / "profile_en.pdf").pages[0].extract_text()


def test_a_configured_map_is_drawn_in_place_of_the_tiles(release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with duckdb.connect(str(release / "public" / "public.duckdb"), read_only=True) as con:
        codes = con.sql("select province_iso_code from marts.dim_province where is_current and province_iso_code is not null").fetchall()
    corners = [(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)]
    shapes = [
        {"id": code, "geometry": {"type": "MultiPolygon", "coordinates": [[[(100 + x, 14 + number + y) for x, y in corners]]]}}
        for number, (code,) in enumerate(codes)
    ]
    (tmp_path / "map.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": shapes}))
    monkeypatch.setenv(MAP_VARIABLE, str(tmp_path / "map.geojson"))
    write_profile(tmp_path, release / "public" / "public.duckdb", About(release.name, True))
    page = Page(tmp_path / "report" / "profile_lo.html").root
    (figure,) = [node for node in page.all("figure") if node.attrs["id"] == "population-by-province"]
    assert len(figure.all("polygon")) == 18 and not figure.all("rect")
    drawn = {text.text for text in figure.all("text")}
    assert {name for name, _ in table_of(page, "population-by-province").items()} <= drawn


def test_without_its_font_no_report_is_made(release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "FILE", "gone.ttf")
    with pytest.raises(FontMissing, match="install the lock"):
        write_profile(tmp_path, release / "public" / "public.duckdb", About(release.name, True))
