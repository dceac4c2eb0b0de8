"""All of the exchange formats, written and read back."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import duckdb

from ingestion.sql import quoted, rows
from publishing.about import About
from publishing.exchange.catalogue import write_catalogue
from publishing.exchange.declared import Declared, declared
from publishing.exchange.observations import write_observations
from publishing.exchange.package import write_package
from publishing.exchange.structures import write_structures

FOLDER = "sdmx"
LAYOUT = Path(__file__).with_name("observations.sql")


def write_exchange(public: Path, database: Path, tables: dict[str, Any], about: About) -> None:
    """Write ``sdmx/``, ``csv/``, ``datapackage.json`` and ``dcat.jsonld``.

    Args:
        public: the folder of the public part, its workbooks and Parquet files finished.
        database: the public database.
        tables: of the build record, the public ones.
        about: the release.
    """
    told = declared()
    (public / FOLDER).mkdir(exist_ok=True)
    with duckdb.connect() as con:
        lay_out(con, database, told)
        write_structures(public / FOLDER, code_lists(con), told, about)
        write_observations(con, public / FOLDER, told, about)
        write_package(con, public, tables, about)
        write_catalogue(con, public, about)


def lay_out(con: duckdb.DuckDBPyConnection, database: Path, told: Declared) -> None:
    """Attach the public database as ``told_of`` and make the tables ``code`` and ``observation`` from it."""
    con.execute(f"attach {quoted(str(database))} as told_of (read_only)")
    for name, (columns, held) in told.tables().items():
        con.execute(f"create temp table {name} ({columns})")
        con.executemany(f"insert into {name} values ({', '.join('?' * len(held[0]))})", held)
    con.execute(LAYOUT.read_text(encoding="utf-8"))


def code_lists(con: duckdb.DuckDBPyConnection) -> dict[str, list[dict[str, str]]]:
    """The rows of each code list, in their order."""
    lists = defaultdict(list)
    for row in rows(con.execute("select list_id, code, label_en, label_lo from code order by list_id, place, code")):
        lists[row.pop("list_id")].append(row)
    return dict(lists)
