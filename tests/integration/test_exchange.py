"""What other systems read of the public part: SDMX, the Frictionless data package, DCAT. Read with tools that did not write them."""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import duckdb
import pytest

from ingestion.paths import DataRoot
from publishing import candidate, gate
from publishing.about import About
from publishing.exchange.reading import what_is_unreadable
from publishing.exchange.writing import write_exchange
from publishing.verification import verify

GLOBAL = {
    "CL_FREQ": {"A", "S", "Q", "M", "D"},
    "CL_SEX": {"F", "M", "_T", "_U"},
    "CL_CONF_STATUS": {"F", "C"},
    "CL_OBS_STATUS": set("ABDEFIKLMNPQUV"),
}
FEMALE = b'<com:Name xml:lang="en">Female'
CHECK = "exchange_files_say_what_the_database_says"


@pytest.fixture(scope="module")
def public(published_once: Path) -> Path:
    return published_once / "releases" / "latest" / "public"


@pytest.fixture
def copy(public: Path, tmp_path: Path) -> Path:
    """The public folder alone, somewhere else, to be broken."""
    shutil.copytree(public, tmp_path / "given_away")
    for path in (tmp_path / "given_away").rglob("*"):
        path.chmod(0o755)
    return tmp_path / "given_away"


def unpacked(path: Path) -> BytesIO:
    return BytesIO(gzip.decompress(path.read_bytes()))


def test_sdmx_tells_every_public_value_with_its_status(public: Path) -> None:
    """Written with pysdmx and DuckDB, read here with sdmx1."""
    import sdmx

    structures = sdmx.read_sdmx(BytesIO((public / "sdmx" / "structure.xml").read_bytes()))
    flow = structures.dataflow["DF_MIGRATION"]
    message = sdmx.read_sdmx(unpacked(public / "sdmx" / "data.xml.gz"), structure=flow.structure)
    assert message.header.test is True and "SYNTHETIC" in str(flow.name)
    received = sdmx.to_pandas(message.data[0], attributes="o").reset_index()
    from_csv = sdmx.read_sdmx(unpacked(public / "sdmx" / "data.csv.gz"), format="csv", structure=flow).data[0]
    assert len(from_csv.obs) == len(received)

    con = duckdb.connect()
    con.execute(f"attach '{public / 'public.duckdb'}' as told_of (read_only)")
    con.register("received", received)
    con.execute("create table value as select * replace (if(isnan(value), null, value) as value) from received")
    sdmx_side = (
        'select "INDICATOR", "FREQ", "TIME_PERIOD", "OBS_STATUS", count(*), count(value), round(sum(value), 4) from value group by all'
    )
    public_side = (
        "select measure_code, frequency_code, time_period, obs_status, count(*), count(value), round(sum(value), 4) "
        "from told_of.published.pub_indicator_value group by all"
    )
    assert con.sql(f"({sdmx_side} except {public_side}) union all ({public_side} except {sdmx_side})").fetchall() == []
    withheld, shown, confidential = con.sql(
        """
        select count(*) filter (where "OBS_STATUS" = 'Q'), count(value) filter (where "OBS_STATUS" = 'Q'),
            count(*) filter (where "CONF_STATUS" = 'C') from value
        """
    ).fetchone()
    assert withheld == confidential > 1000 and shown == 0
    # The tables with columns by name are the same values: what a table tells of one coordinate, SDMX does.
    crossings = con.sql(
        """
        select count(*), count(*) filter (where value.value is distinct from crossings or value."OBS_STATUS" <> told.obs_status)
        from told_of.published.pub_border_crossing as told
        join value on "INDICATOR" = measure_code and "FREQ" = frequency_code and value."TIME_PERIOD" = told.time_period
            and "SEX" = case sex_code when 'female' then 'F' when 'male' then 'M' when 'unknown' then '_U' else sex_code end
        where area_code = 'LAO' and counterpart_country_code = '_T' and age_group_code = '_T' and breakdown_name = '_Z'
            and "REF_AREA" = 'LA' and "COUNTERPART_AREA" = '_T' and "AGE" = '_T' and "COMPOSITE_BREAKDOWN" = '_T'
        """
    ).fetchone()
    assert crossings[0] >= 9 and crossings[1] == 0


def test_codes_are_those_of_the_global_lists_and_have_names_in_both_languages(public: Path) -> None:
    import sdmx

    structures = sdmx.read_sdmx(BytesIO((public / "sdmx" / "structure.xml").read_bytes()))
    for name, codes in GLOBAL.items():
        assert structures.codelist[name].maintainer.id == "SDMX"
        assert set(structures.codelist[name].items) <= codes
    named = [*structures.codelist.values(), *structures.concept_scheme.values()]
    assert [f"{scheme.id} {item.id}" for scheme in named for item in scheme if set(item.name.localizations) != {"en", "lo"}] == []
    assert structures.codelist["CL_REF_AREA"]["LA-VT"].name["lo"] == "ນະຄອນຫຼວງວຽງຈັນ"
    concepts = structures.concept_scheme["CROSS_DOMAIN_CONCEPTS"]
    assert {"FREQ", "REF_AREA", "SEX", "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS", "CONF_STATUS", "UNIT_MEASURE", "UNIT_MULT"} <= set(
        concepts.items
    )


# pysdmx lets pandas guess types chunk by chunk, and makes text of all of them; whether a chunk has a withheld value is chance
@pytest.mark.filterwarnings("ignore:Columns .* have mixed types:pandas.errors.DtypeWarning")
def test_both_data_files_are_the_same_to_the_library_that_wrote_the_structures(public: Path) -> None:
    from pysdmx.io import get_datasets

    structure = str(public / "sdmx" / "structure.xml")
    (csv,) = get_datasets(unpacked(public / "sdmx" / "data.csv.gz"), structure)
    (xml,) = get_datasets(unpacked(public / "sdmx" / "data.xml.gz"), structure)
    key = ["INDICATOR", "FREQ", "REF_AREA", "TIME_PERIOD", "SEX"]
    one, other = (data.data.groupby(key)["OBS_VALUE"].agg(["size", "count", "sum"]).round(4) for data in (csv, xml))
    assert one.sort_index().equals(other.sort_index())
    assert what_is_unreadable(public, public / "public.duckdb") == []


def test_each_way_to_spoil_an_sdmx_file_is_found(copy: Path) -> None:
    def problems(name: str, old: bytes, new: bytes) -> str:
        path = copy / "sdmx" / name
        bytes_before = path.read_bytes()
        text = gzip.decompress(bytes_before) if name.endswith(".gz") else bytes_before
        assert old in text
        spoiled = text.replace(old, new, 1)
        path.write_bytes(gzip.compress(spoiled) if name.endswith(".gz") else spoiled)
        found = "; ".join(what_is_unreadable(copy, copy / "public.duckdb"))
        path.write_bytes(bytes_before)
        return found

    assert "SEX 'X' is not in CL_SEX" in problems("data.csv.gz", b",LA,_T,F,", b",LA,_T,X,")
    assert "REF_AREA 'XX' is not in CL_REF_AREA" in problems("data.xml.gz", b'REF_AREA="LA"', b'REF_AREA="XX"')
    told = problems("data.xml.gz", b'OBS_STATUS="Q"', b'OBS_VALUE="0" OBS_STATUS="Q"')
    assert "data.xml.gz: 1 values are lacking" in told and "1 values are other" in told
    assert "cannot be read" in problems("data.xml.gz", b"</mes:DataSet>", b"")
    assert "cannot be read" in problems("structure.xml", b'<str:Code id="F"', b'<str:Code id="not a code"')
    assert "SEX 'F' is not in CL_SEX" in problems("structure.xml", b'<str:Code id="F">\n\t\t\t\t\t' + FEMALE, b'<str:Code id="G">' + FEMALE)
    cut = copy / "sdmx" / "data.csv.gz"
    cut.write_bytes(cut.read_bytes()[:-100])
    assert "cannot be read" in what_is_unreadable(copy, copy / "public.duckdb")[0]
    cut.unlink()
    assert what_is_unreadable(copy, copy / "public.duckdb") == ["sdmx/data.csv.gz is not there"]


@pytest.mark.usefixtures("no_workbooks")
def test_a_candidate_whose_sdmx_says_other_values_is_not_eligible(published: DataRoot) -> None:
    frozen = candidate.freeze(published)
    path = frozen / "public" / "sdmx" / "data.csv.gz"
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()).replace(b",,Q,C,", b",0.0,Q,C,", 1)))
    (reason,) = [said for said in gate.judge(published, frozen).unmet if said.startswith(CHECK)]
    assert "1 values are other than in the database" in reason


def frictionless(package: Path) -> tuple[bool, list[str]]:
    """Validate as a receiver does, by the command; whether it is valid, and what is not."""
    command = [str(Path(sys.executable).with_name("frictionless")), "validate", package.name, "--json"]
    done = subprocess.run(command, cwd=package.parent, capture_output=True, text=True, check=False)
    report = json.loads(done.stdout)
    errors = [*report["errors"], *(error for task in report["tasks"] for error in task["errors"])]
    return report["valid"], [f"{error['type']}: {error['message']}" for error in errors]


def test_the_data_package_is_valid_and_a_wrong_cell_is_found(copy: Path) -> None:
    assert frictionless(copy / "datapackage.json") == (True, [])
    package = json.loads((copy / "datapackage.json").read_text())
    assert package["synthetic"] and "SYNTHETIC" in package["title"]
    values = {resource["name"]: resource for resource in package["resources"]}["pub-indicator-value"]["schema"]
    assert values["primaryKey"] == ["indicator_value_key"]
    assert {"measure_code", "date_key", "source_key"} <= {key["fields"][0] for key in values["foreignKeys"]}
    assert {path.stem.split(".")[0] for path in (copy / "csv").iterdir()} == {path.stem for path in (copy / "parquet").iterdir()}
    for resource in package["resources"]:
        table, file = resource["path"].removeprefix("csv/").removesuffix(".csv.gz"), copy / resource["path"]
        assert resource["hash"] == f"sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}"
        both = f"(select count(*) from '{copy}/parquet/{table}.parquet'), (select count(*) from read_csv('{file}', header = true))"
        in_parquet, in_csv = duckdb.sql(f"select {both}").fetchone()
        assert in_parquet == in_csv > 0

    spoiled = copy / "csv" / "pub_return.csv.gz"
    spoiled.write_bytes(gzip.compress(gzip.decompress(spoiled.read_bytes()).replace(b",female,", b",fem,", 1)))
    valid, found = frictionless(copy / "datapackage.json")
    assert not valid and any(said.startswith("constraint-error") and '"fem"' in said for said in found)


def test_the_data_package_of_the_whole_release_is_valid(published_once: Path) -> None:
    """Its tables are Parquet, which the tool does not read by itself: their types, rows and hashes are asked of DuckDB."""
    from frictionless import Package

    release = published_once / "releases" / "latest"
    assert Package.validate_descriptor(str(release / "datapackage.json")).valid
    assert verify(release.resolve(), DataRoot(published_once)).findings == []


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # by the library that uses it
def test_the_catalogue_tells_every_file_and_its_checksum(public: Path) -> None:
    from rdflib import DCAT, DCTERMS, RDF, Graph, Namespace

    spdx = Namespace("http://spdx.org/rdf/terms#")
    base = public.resolve().as_uri() + "/"
    graph = Graph().parse(public / "dcat.jsonld", format="json-ld", publicID=base)
    (catalogue,) = graph.subjects(RDF.type, DCAT.Catalog)
    (dataset,) = graph.objects(catalogue, DCAT.dataset)
    for needed in (DCTERMS.publisher, DCTERMS.modified, DCTERMS.spatial, DCTERMS.temporal, DCTERMS.rights, DCTERMS.source):
        assert list(graph.objects(dataset, needed)), needed
    titles = {title.language: str(title) for title in graph.objects(dataset, DCTERMS.title)}
    assert "SYNTHETIC" in titles["en"] and "ສັງເຄາະ" in titles["lo"]
    told = {}
    for distribution in graph.objects(dataset, DCAT.distribution):
        (url,) = graph.objects(distribution, DCAT.downloadURL)
        (checksum,) = graph.objects(distribution, spdx.checksum)
        (told[str(url).removeprefix(base)],) = (str(value) for value in graph.objects(checksum, spdx.checksumValue))
    assert told == {name: hashlib.sha256((public / name).read_bytes()).hexdigest() for name in told}
    pages = {"index.html", "dictionary.html", "dictionary.xlsx", "dcat.jsonld"}
    held = {path.relative_to(public).as_posix() for path in public.rglob("*") if path.is_file()}
    assert {name for name in held - pages if not name.startswith("report/")} <= set(told)
    assert len(list(graph.subject_objects(DCTERMS.conformsTo))) == 4


def test_the_same_database_gives_the_same_files(copy: Path, published_once: Path) -> None:
    build = json.loads((published_once / "warehouse.build.json").read_text())
    tables = {name: about for name, about in build["tables"].items() if about["part"] == "public"}
    made = [*copy.glob("sdmx/*"), *copy.glob("csv/*"), copy / "datapackage.json", copy / "dcat.jsonld"]
    before = {path: path.read_bytes() for path in made}
    version = (published_once / "releases" / "latest").resolve().name
    write_exchange(copy, copy / "public.duckdb", tables, About(version, True))
    assert [path.name for path in made if path.read_bytes() != before[path]] == []
