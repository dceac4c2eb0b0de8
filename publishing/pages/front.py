"""The front pages: ``public/index.html``, which leads to what anyone may have, and ``index.html``, which leads to all of a release."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from ingestion.sql import quoted, rows
from publishing import public_part
from publishing.about import About
from publishing.pages.render import write_page
from publishing.verdict import Verdict

INDEX = "index.html"
LAYOUT = Path(__file__).with_name("public.sql")
EXCHANGE = {
    "sdmx/structure.xml": ("SDMX structures: concepts, code lists, dataflow (SDMX-ML 2.1)", "ໂຄງສ້າງ SDMX: ແນວຄິດ, ລາຍການລະຫັດ"),
    "sdmx/data.csv.gz": ("All values as SDMX-CSV 2.0", "ຄ່າທັງໝົດ ແບບ SDMX-CSV 2.0"),
    "sdmx/data.xml.gz": ("All values as SDMX-ML 2.1", "ຄ່າທັງໝົດ ແບບ SDMX-ML 2.1"),
    "datapackage.json": ("Frictionless data package: the tables in csv/, with types, keys and codes", "ຊຸດຂໍ້ມູນ Frictionless: ຕາຕະລາງໃນ csv/"),
    "dcat.jsonld": ("DCAT catalogue: every file with its checksum, for data portals", "ບັນຊີລາຍການ DCAT: ທຸກໄຟລ໌ ພ້ອມລະຫັດກວດສອບ"),
}
RECORDS = {
    "datapackage.json": "the release for machines: tables, columns, hashes, sources",
    "gate.json": "the hash of every file, and every verdict",
    "comparison.json": "what changed against the release before",
    "build.json": "which build it was made from, and what each test said",
}
REPORT = {
    "report/profile_en.html": ("en", "Migration Profile of Lao PDR: web page in English"),
    "report/profile_lo.html": ("lo", "ຂໍ້ມູນພາບລວມການເຄື່ອນຍ້າຍຂອງ ສປປ ລາວ: ໜ້າເວັບ ພາສາລາວ"),
    "report/profile_en.pdf": ("en", "Migration Profile of Lao PDR: PDF in English"),
    "report/profile_lo.pdf": ("lo", "ຂໍ້ມູນພາບລວມການເຄື່ອນຍ້າຍຂອງ ສປປ ລາວ: PDF ພາສາລາວ"),
}
DOCUMENTS = {
    "docs/dictionary.html": "Data dictionary of all tables, restricted and public",
    "docs/dictionary.xlsx": "The same as a workbook",
    "docs/index.html": "Models, columns, tests and lineage (dbt)",
    "docs/quality/index.html": "Quality: every expectation, its reason, and what was found",
}


def write_public_front(folder: Path, tables: dict[str, Any], about: About) -> None:
    """Write the front page of the public part of a candidate, whose other files are finished; ``tables`` are the build record's."""
    public = folder / public_part.FOLDER
    with duckdb.connect() as con:
        con.execute(f"attach {quoted(str(folder / public_part.DATABASE))} as told_of (read_only)")
        con.execute(LAYOUT.read_text(encoding="utf-8"))
        told = {name: rows(con.execute(f"from {name} order by place")) for name in ("headline", "theme", "source", "suppression")}
        counted = dict(con.execute("select table_name, estimated_size from duckdb_tables() where database_name = 'told_of'").fetchall())
    workbooks = [theme | _file(public, f"workbooks/{theme['theme_code']}.xlsx") for theme in told["theme"]]
    parquet = [
        _file(public, str(path.relative_to(public))) | {"name": path.stem, "rows": counted[path.stem], **tables[path.stem]}
        for path in sorted((folder / public_part.PARQUET).iterdir())
    ]
    write_page(
        public / INDEX,
        "public.j2",
        about=about,
        report=[_file(public, path) | {"language": language, "said": said} for path, (language, said) in REPORT.items()],
        headline=told["headline"],
        workbooks=[workbook for workbook in workbooks if workbook["bytes"]],
        parquet=parquet,
        exchange=[_file(public, path) | {"said_en": en, "said_lo": lo} for path, (en, lo) in EXCHANGE.items()],
        database=_file(public, "public.duckdb"),
        source=told["source"],
        suppression=told["suppression"],
    )


def write_release_front(
    folder: Path, about: About, tables: dict[str, Any], comparison: dict[str, Any], verdicts: Sequence[Verdict]
) -> None:
    """Write the front page of a whole release, as the last of its pages: it tells the verdicts."""
    write_page(
        folder / INDEX,
        "release.j2",
        about=about,
        has_public_front=(folder / public_part.FOLDER / INDEX).exists(),
        documents={path: said for path, said in DOCUMENTS.items() if (folder / path).exists()},
        records=RECORDS,
        database=_file(folder, "warehouse.duckdb"),
        parquet=[
            {"name": path.stem, "files": _files(folder, path), **tables[path.stem]} for path in sorted((folder / "parquet").iterdir())
        ],
        comparison=comparison,
        verdicts=verdicts,
        blocking=[verdict for verdict in verdicts if verdict.blocks],
        disclosed=[verdict for verdict in verdicts if not verdict.passed and not verdict.blocks],
    )


def _files(folder: Path, path: Path) -> list[dict[str, Any]]:
    """A file, or the files in a folder, by the name that tells them apart."""
    found = [path] if path.is_file() else sorted(path.iterdir())
    return [{"name": file.stem} | _file(folder, str(file.relative_to(folder))) for file in found]


def _file(folder: Path, path: str) -> dict[str, Any]:
    return {"path": path, "bytes": (folder / path).stat().st_size if (folder / path).exists() else 0}
