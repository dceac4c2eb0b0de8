"""What a reader without SQL gets: workbooks, dictionaries and front pages, which agree with the tables and tell nothing else."""

from __future__ import annotations

import json
import re
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import duckdb
import fastexcel
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingestion.paths import DataRoot

COLUMNS = {
    "Measure code": ("measure_code", None),
    "Frequency code": ("frequency_code", None),
    "Period": ("time_period", None),
    "Area code": ("area_code", "LAO"),
    "Country code": ("counterpart_country_code", "_T"),
    "Sex code": ("sex_code", "_T"),
    "Age code": ("age_group_code", "_T"),
    "Breakdown code": ("breakdown_code", "_T"),
    "Source code": ("basis", None),
    "Vintage": ("vintage", "_Z"),
    "Method code": ("estimation_method", "reported"),
    "Status code": ("obs_status", None),
    "Value": ("shown", None),
}
"""Column of a sheet → column of the public table, and what it is where the sheet leaves it out."""
DESCRIBED = {"contents", "measures", "sources", "by_year", "by_sex"}


@pytest.fixture(scope="module")
def release(published_once: Path) -> Path:
    return DataRoot(published_once).latest.resolve()


@pytest.fixture
def con(release: Path) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute(f"attach '{release / 'public' / 'public.duckdb'}' as public_part (read_only)")
    return con


def sheets_of_values(release: Path) -> list[tuple[str, str, pa.Table]]:
    """Theme, table and content of every sheet of values, with the columns named as in the public table."""
    found = []
    for path in sorted((release / "public" / "workbooks").iterdir()):
        reader = fastexcel.read_excel(path)
        for name in set(reader.table_names()) - DESCRIBED:
            cells = reader.load_table(name, dtypes="string", eager=False).to_arrow()
            content = {heading.split(" · ")[0]: cells.column(heading) for heading in cells.schema.names}
            columns = {
                column: content.get(heading, pa.array([total] * cells.num_rows, pa.string()))
                for heading, (column, total) in COLUMNS.items()
            }
            by = name.removeprefix("by_") if "Breakdown code" in content else "_Z"
            found.append((path.stem, name, pa.table({**columns, "breakdown_name": pa.array([by] * cells.num_rows, pa.string())})))
    return found


def test_every_value_of_a_workbook_is_that_of_the_public_table_and_what_is_withheld_says_so(
    release: Path, con: duckdb.DuckDBPyConnection
) -> None:
    con.execute("create table seen (theme varchar, sheet varchar, shown varchar)")
    keys = [column for column, _ in COLUMNS.values() if column != "shown"] + ["breakdown_name"]
    for column in keys:
        con.execute(f"alter table seen add column {column} varchar")
    for theme, name, content in sheets_of_values(release):
        con.register("content", content)
        con.execute(f"insert into seen by name select '{theme}' as theme, '{name}' as sheet, * from content")
    differing = con.sql(
        f"""
        select told.measure_code, told.value, seen.shown
        from seen
        full join (
            select told.*, theme_code as theme from public_part.published.pub_indicator_value as told
            join public_part.marts.dim_indicator using (measure_code)
            where frequency_code in ('A', 'Q') or (
                area_code = 'LAO' and counterpart_country_code = '_T' and age_group_code = '_T' and breakdown_name = '_Z'
            )
        ) as told using (theme, {", ".join(keys)})
        where case
            when told.obs_status in ('Q', 'M') then seen.shown is distinct from told.obs_status
            else abs(try_cast(seen.shown as double) - told.value) <= 1e-9 * abs(told.value) is distinct from true
        end
        """
    ).fetchall()
    assert differing == []
    shown, withheld = con.sql("select count(*), count(*) filter (where shown = 'Q') from seen").fetchone()
    assert shown > 10_000 and withheld > 1000


def test_the_years_side_by_side_are_the_public_values_of_the_newest_vintage(release: Path, con: duckdb.DuckDBPyConnection) -> None:
    seen = 0
    for path in sorted((release / "public" / "workbooks").iterdir()):
        reader = fastexcel.read_excel(path)
        for name in {"by_year", "by_sex"} & set(reader.table_names()):
            cells = reader.load_table(name, dtypes="string", eager=False).to_arrow()
            table = cells.rename_columns([heading.split(" · ")[0] for heading in cells.schema.names])
            con.register("side", table.drop_columns([heading for heading in table.schema.names if heading in ("Sex", "Sex in Lao")]))
            sex = '"Sex code"' if name == "by_sex" else "'_T'"
            rows, wrong = con.sql(
                f"""
                select count(*), count(*) filter (where coalesce(told.value::varchar, told.obs_status) is distinct from shown
                    and abs(try_cast(shown as double) - told.value) <= 1e-9 * abs(told.value) is distinct from true)
                from (unpivot side on columns('^[0-9]{{4}}$') into name year value shown) as side
                left join (
                    select measure_code, basis, sex_code, time_period, arg_max(obs_status, vintage) as obs_status,
                        max_by({{'told': value}}, vintage).told as value
                    from public_part.published.pub_indicator_value
                    where frequency_code = 'A' and area_code = 'LAO' and counterpart_country_code = '_T' and age_group_code = '_T'
                        and breakdown_name = '_Z'
                    group by all
                ) as told on told.measure_code = side."Measure code" and told.basis = side."Source code"
                    and told.sex_code = {sex} and told.time_period = side.year
                """
            ).fetchone()
            assert wrong == 0, f"{path.name}, {name}"
            seen += rows
    assert seen > 100


def test_a_workbook_has_real_tables_panes_types_and_marks(release: Path) -> None:
    book = openpyxl.load_workbook(release / "public" / "workbooks" / "labour_migration.xlsx")
    assert book.sheetnames[:2] == ["Notes · ໝາຍເຫດ", "Contents · ສາລະບານ"]
    notes = " ".join(str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row if cell.value)
    assert release.name in notes and "SYNTHETIC" in notes and "ປົກປິດ" in notes
    for page in book.worksheets[1:]:
        (table,) = page.tables.values()
        assert table.ref == page.dimensions and table.autoFilter and page.freeze_panes == "B2"
    links = [cell.hyperlink.location for (cell,) in book.worksheets[1].iter_rows(min_row=2, max_col=1)]
    assert links == [f"'{name}'!A1" for name in book.sheetnames[2:]]
    page = book["Totals · ລວມ"]
    columns = {cell.value.split(" · ")[0]: place for place, cell in enumerate(page[1])}
    rows = list(page.iter_rows(min_row=2))
    assert {rows[0][columns["Begins on"]].is_date, rows[-1][columns["Begins on"]].is_date} == {True}
    values = [row[columns["Value"]] for row in rows]
    assert {cell.data_type for cell in values} == {"n", "s"}
    assert {(cell.value, cell.fill.fgColor.rgb) for cell in values if cell.data_type == "s"} == {("Q", "FFD9D9D9")}
    assert all(cell.fill.fill_type is None for cell in values if cell.data_type == "n")


def test_nothing_restricted_is_named_in_the_public_folder(release: Path) -> None:
    tables = json.loads((release / "build.json").read_text())["tables"]
    restricted = re.compile(r"\b(" + "|".join(name for name, about in tables.items() if about["part"] != "public") + r")\b")
    read = 0
    for path in (release / "public").rglob("*"):
        if path.suffix in (".html", ".xlsx", ".json", ".jsonld", ".xml"):
            texts = [part.decode() for part in parts(path)] if path.suffix == ".xlsx" else [path.read_text()]
            assert {match[0] for text in texts for match in restricted.finditer(text)} == set(), path.name
            assert not any("warehouse.duckdb" in text or "gate.json" in text for text in texts), path.name
            read += 1
    assert read >= 14
    assert {path.name for path in (release / "public").iterdir()} == {
        *("public.duckdb", "parquet", "workbooks", "index.html", "dictionary.html", "dictionary.xlsx", "report"),
        *("sdmx", "csv", "datapackage.json", "dcat.jsonld"),
    }


def parts(path: Path) -> list[bytes]:
    with zipfile.ZipFile(path) as package:
        return [package.read(name) for name in package.namelist() if name.endswith(".xml")]


class Page(HTMLParser):
    """Where a page leads, and the places in it that can be led to."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.places: set[str] = set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        self.places |= {held["id"]} if held.get("id") else set()
        self.links += [held[name] for name in ("href", "src") if held.get(name)]


def test_every_link_leads_to_a_file_of_the_release_and_those_of_the_public_part_stay_in_it(release: Path) -> None:
    pages: dict[Path, Page] = {}
    waiting, reached = [release / "index.html"], set()

    def read(path: Path) -> Page:
        return pages.get(path) or pages.setdefault(path, Page(path))

    while waiting:
        path = waiting.pop()
        for link in read(path).links:
            address = urlsplit(link)
            assert not address.scheme and not address.netloc and not address.path.startswith("/"), f"{path.name}: {link}"
            target = (path.parent / unquote(address.path)).resolve() if address.path else path
            assert target.is_file(), f"{path.name}: {link}"
            assert not address.fragment or address.fragment in read(target).places, f"{path.name}: {link}"
            assert path.parent.name != "public" or target.is_relative_to(release / "public"), f"{path.name}: {link}"
            reached.add(target)
            # dbt's own page finds its way by a script.
            if target.suffix == ".html" and target not in pages and target != release / "docs" / "index.html":
                waiting.append(target)
    of_suites = {path for path in release.rglob("*") if path.is_relative_to(release / "docs" / "quality")}
    held = {path for path in release.rglob("*") if path.is_file()}
    assert held - reached - of_suites - {release / "index.html"} <= {path for path in held if path.parent.name == "docs"}


def test_the_dictionary_explains_every_public_table_and_column_in_both_languages(release: Path, con: duckdb.DuckDBPyConnection) -> None:
    con.register(
        "columns", fastexcel.read_excel(release / "public" / "dictionary.xlsx").load_table("dictionary_column", eager=False).to_arrow()
    )
    unexplained = con.sql(
        """
        select held.table_name, held.column_name
        from duckdb_columns() as held
        left join columns as told on told."Table · ຕາຕະລາງ" = held.table_name and told."Column · ຖັນ" = held.column_name
        where held.database_name = 'public_part' and (
            not regexp_matches(coalesce(told."In Lao · ພາສາລາວ", ''), '[\\x{0E80}-\\x{0EFF}]') or length(told."Meaning · ຄວາມໝາຍ") < 4
            or told."Type · ປະເພດ" <> lower(held.data_type) or held.comment not like '% · %'
        )
        """
    ).fetchall()
    assert unexplained == []
    page = (release / "public" / "dictionary.html").read_text(encoding="utf-8")
    for (table,) in con.sql("select table_name from duckdb_tables() where database_name = 'public_part'").fetchall():
        assert f'<section id="{table}"' in page
    assert "Q</code>" in page and "ຂາດຂໍ້ມູນ; ປົກປິດເພື່ອຄວາມລັບ" in page


def test_the_front_pages_tell_figures_verdicts_and_which_part_is_confidential(release: Path, con: duckdb.DuckDBPyConnection) -> None:
    whole, public = ((release / path).read_text(encoding="utf-8") for path in ("index.html", "public/index.html"))
    assert all(
        release.name in page and "SYNTHETIC" in page and '<html lang="en">' in page and 'lang="lo"' in page for page in (whole, public)
    )
    verdicts = json.loads((release / "gate.json").read_text())["verdicts"]
    assert "Confidential." in whole and "Good to be published" in whole and f"{len(verdicts):,} checks" in whole
    (population,) = con.sql(
        "select format('{:,.0f}', max_by(value, time_period)) from public_part.published.pub_indicator_value "
        "where measure_code = 'population_persons' and area_code = 'LAO' and sex_code = '_T' and age_group_code = '_T'"
    ).fetchone()
    assert f'<td class="number">{population}</td>' in public


def test_parquet_reads_in_pandas_with_the_types_it_has(release: Path) -> None:
    """Dates are dates, whole numbers stay whole beside nulls where the reader asks for it, and no text is a category."""
    plain = {pa.string(), pa.int32(), pa.int64(), pa.float64(), pa.bool_(), pa.date32(), pa.timestamp("us")}
    for path in sorted((release / "public" / "parquet").iterdir()):
        schema = pq.read_schema(path)
        assert {kind for kind in schema.types if not pa.types.is_decimal(kind)} <= plain, path.name
        assert schema.pandas_metadata is None and not schema.metadata, path.name
    frame = pd.read_parquet(release / "public" / "parquet" / "pub_labour_deployment.parquet", dtype_backend="pyarrow")
    assert pa.types.is_date32(frame["period_starts_on"].dtype.pyarrow_dtype)
    assert pa.types.is_int64(frame["contracts"].dtype.pyarrow_dtype)
    withheld = frame["contracts"].isna()
    assert withheld.any() and set(frame.loc[withheld, "obs_status"]) == {"Q"}
