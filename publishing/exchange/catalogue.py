"""``dcat.jsonld``: the public part as a DCAT 3 catalogue (profile DCAT-AP), for portals that harvest metadata."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb

from ingestion.archive import file_sha256
from publishing.about import About
from publishing.exchange import observations, package, structures

FILE = "dcat.jsonld"
CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
EU = "http://publications.europa.eu/resource/authority"
IANA = "https://www.iana.org/assignments/media-types"
SDMX_ML, SDMX_CSV = "https://sdmx.org/standards-2/#sdmx-ml-2.1", "https://sdmx.org/standards-2/#sdmx-csv-2.0"
FRICTIONLESS = "https://specs.frictionlessdata.io/data-package/"
# Files below the public folder: pattern, format, media type, standard, title in English and Lao.
KINDS = [
    ("public.duckdb", "DuckDB", "application/octet-stream", None, "All public tables, one DuckDB file", "ຕາຕະລາງສາທາລະນະທັງໝົດ (DuckDB)"),
    (f"sdmx/{structures.FILE}", "SDMX-ML", "application/vnd.sdmx.structure+xml", SDMX_ML, "SDMX structures", "ໂຄງສ້າງ SDMX"),
    (f"sdmx/{observations.XML}", "SDMX-ML", "application/vnd.sdmx.structurespecificdata+xml", SDMX_ML, "SDMX data (XML)", "ຂໍ້ມູນ SDMX (XML)"),
    (f"sdmx/{observations.CSV}", "SDMX-CSV", "application/vnd.sdmx.data+csv", SDMX_CSV, "SDMX data (CSV)", "ຂໍ້ມູນ SDMX (CSV)"),
    (package.FILE, "JSON", "application/json", FRICTIONLESS, "Frictionless data package", "ຊຸດຂໍ້ມູນ Frictionless"),
    (f"{package.FOLDER}/*.csv.gz", "CSV", "text/csv", None, "Table as CSV", "ຕາຕະລາງ CSV"),
    ("parquet/*.parquet", "Parquet", "application/vnd.apache.parquet", None, "Table as Parquet", "ຕາຕະລາງ Parquet"),
    ("workbooks/*.xlsx", "XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", None, "Workbook", "ເອກະສານ Excel"),
]  # fmt: skip


def write_catalogue(con: duckdb.DuckDBPyConnection, public: Path, about: About) -> None:
    """Write the catalogue, last of what it speaks of: it holds the checksum of each file.

    Args:
        con: has the public database attached as ``told_of``.
        public: the folder of the public part.
        about: the release.
    """
    first, last, sources = con.execute(
        """
        select
            (select min(period_starts_on)::varchar from told_of.published.pub_indicator_value),
            (select max(dates.month_end)::varchar from (
                select last_day(max(period_starts_on)) as month_end from told_of.published.pub_indicator_value
            ) as dates),
            (select list(distinct citation order by citation) from told_of.marts.dim_source where citation is not null)
        """
    ).fetchone()
    modified = {"@value": f"{about.frozen_at.isoformat()}Z", "@type": "xsd:dateTime"}
    publisher = {"@type": "foaf:Agent", "foaf:name": _both("Migration data warehouse of Lao PDR", "ຄັງຂໍ້ມູນການເຄື່ອນຍ້າຍຂອງ ສປປ ລາວ")}
    dataset = {
        "@id": "#dataset",
        "@type": "dcat:Dataset",
        "dcterms:identifier": f"lao-migration-public-{about.version}",
        "dcterms:title": _both(about.marked("Migration in Lao PDR: public data"), "ການເຄື່ອນຍ້າຍໃນ ສປປ ລາວ: ຂໍ້ມູນສາທາລະນະ" + _word_lo(about)),
        "dcterms:description": _both(
            "Migration indicators by sex, age, province, country and period, after disclosure control."
            + (" The data are synthetic: made up to try the warehouse, calibrated to published totals." if about.synthetic else ""),
            "ຕົວຊີ້ວັດການເຄື່ອນຍ້າຍ ແຍກຕາມເພດ, ອາຍຸ, ແຂວງ, ປະເທດ ແລະ ໄລຍະເວລາ ຫຼັງການປົກປິດຂໍ້ມູນ." + _word_lo(about),
        ),
        "dcterms:publisher": publisher,
        "dcterms:modified": modified,
        "dcat:version": about.version,
        "dcterms:language": [{"@id": f"{EU}/language/ENG"}, {"@id": f"{EU}/language/LAO"}],
        "dcat:theme": {"@id": f"{EU}/data-theme/SOCI"},
        "dcat:keyword": [*_both("migration", "ການເຄື່ອນຍ້າຍ"), *_both("remittances", "ເງິນໂອນ")],
        "dcterms:spatial": {"@id": f"{EU}/country/LAO"},
        "dcterms:temporal": {
            "@type": "dcterms:PeriodOfTime",
            "dcat:startDate": {"@value": first, "@type": "xsd:date"},
            "dcat:endDate": {"@value": last, "@type": "xsd:date"},
        },
        "dcterms:accessRights": {"@id": f"{EU}/access-right/PUBLIC"},
        "dcterms:rights": _rights(),
        "dcterms:source": [{"@type": "dcterms:BibliographicResource", "dcterms:bibliographicCitation": citation} for citation in sources],
        "dcat:distribution": [
            _distribution(public, path, *kind[1:]) | {"dcterms:modified": modified}
            for kind in KINDS
            for path in sorted(public.glob(kind[0]))
        ],
    }
    catalogue = {
        "@context": CONTEXT,
        "@id": "#catalogue",
        "@type": "dcat:Catalog",
        "dcterms:title": _both(
            about.marked("Public part of the migration data warehouse of Lao PDR"), "ພາກສາທາລະນະຂອງຄັງຂໍ້ມູນການເຄື່ອນຍ້າຍ" + _word_lo(about)
        ),
        "dcterms:description": _both("One release, complete in its folder.", "ໜຶ່ງສະບັບ ຄົບຖ້ວນໃນໂຟນເດີ."),
        "dcterms:publisher": publisher,
        "dcterms:modified": modified,
        "dcat:dataset": [dataset],
    }
    (public / FILE).write_text(json.dumps(catalogue, indent=1, ensure_ascii=False), encoding="utf-8")


def _distribution(
    public: Path, path: Path, form: str, media_type: str, standard: str | None, title_en: str, title_lo: str
) -> dict[str, Any]:
    inside = path.relative_to(public).as_posix()
    named = "" if title_en.startswith(("All", "SDMX", "Frictionless")) else f": {path.name.split('.')[0]}"
    return {
        "@id": f"#{inside}",
        "@type": "dcat:Distribution",
        "dcterms:title": _both(title_en + named, title_lo + named),
        "dcat:accessURL": {"@id": inside},
        "dcat:downloadURL": {"@id": inside},
        "dcterms:format": form,
        "dcat:mediaType": {"@id": f"{IANA}/{media_type}"},
        "dcat:byteSize": {"@value": str(path.stat().st_size), "@type": "xsd:nonNegativeInteger"},
        "dcterms:rights": _rights(),
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
            "spdx:checksumValue": {"@value": file_sha256(path), "@type": "xsd:hexBinary"},
        },
        **({"dcat:compressFormat": {"@id": f"{IANA}/application/gzip"}} if path.suffix == ".gz" else {}),
        **({"dcterms:conformsTo": {"@id": standard, "@type": "dcterms:Standard"}} if standard else {}),
    }


def _rights() -> dict[str, Any]:
    said = "Public after disclosure control; data keep the licences of their senders, which each source names."
    return {"@type": "dcterms:RightsStatement", "dcterms:description": _both(said, "ເຜີຍແຜ່ໄດ້ຫຼັງການປົກປິດຂໍ້ມູນ; ຂໍ້ມູນຍັງຢູ່ພາຍໃຕ້ໃບອະນຸຍາດຂອງຜູ້ສົ່ງ.")}


def _both(en: str, lo: str) -> list[dict[str, str]]:
    return [{"@value": en, "@language": "en"}, {"@value": lo, "@language": "lo"}]


def _word_lo(about: About) -> str:
    return " — ຂໍ້ມູນຕົວຢ່າງສັງເຄາະ" if about.synthetic else ""
