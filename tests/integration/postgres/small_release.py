"""Small releases of any shape: folders with all that a release has for the loader, made without a night."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from publishing.content_hash import content_hash
from publishing.fingerprint import folder_hashes

VERSION = "2026112{}T000000Z"


@dataclass(frozen=True)
class Made:
    """A table: the query of its rows, whether it is public, its key."""

    query: str
    part: str = "public"
    key: tuple[str, ...] = ()
    descriptions: Mapping[str, str] = field(default_factory=dict)
    files: int = 1


def make_release(folder: Path, version: str, tables: Mapping[str, Made], *, synthetic: bool = True) -> Path:
    """Write a release whose gate is open: Parquet, data package, build record, gate record."""
    release = folder / version
    (release / "parquet").mkdir(parents=True)
    resources = []
    with duckdb.connect() as con:
        for name, made in tables.items():
            paths = [f"parquet/{name}.parquet"]
            if made.files > 1:
                (release / "parquet" / name).mkdir()
                paths = [f"parquet/{name}/{number}.parquet" for number in range(made.files)]
            for number, path in enumerate(paths):
                rows = f"select * exclude (row_at) from (select *, row_number() over () as row_at from ({made.query})) "
                con.execute(f"copy ({rows} where row_at % {made.files} = {number}) to '{release / path}' (format parquet)")
            held = f"read_parquet({[str(release / path) for path in paths]})"
            fields = [
                {"name": column, "duckdb_type": kind, "description": made.descriptions.get(column, "")}
                for column, kind, *_ in con.execute(f"describe from {held}").fetchall()
            ]
            resources.append(
                {
                    "name": name.replace("_", "-"),
                    "path": paths[0] if made.files == 1 else paths,
                    "part": made.part,
                    "title": f"ຕາຕະລາງ {name}",
                    "description": f"One {name}.",
                    "rows": con.execute(f"select count(*) from ({made.query})").fetchone()[0],
                    "content_hash": content_hash(con, held),
                    "schema": {"fields": fields},
                }
            )
    package = {"version": version, "synthetic": synthetic, "resources": resources}
    keys = {name: {"key": list(made.key)} for name, made in tables.items()}
    (release / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    (release / "build.json").write_text(json.dumps({"tables": keys}), encoding="utf-8")
    verdict = {"check": "all_is_well", "table": "all", "passed": True, "severity": "error", "detail": ""}
    gate = {"version": version, "judged_at": "", "build_id": "", "inputs": "", "rules": "", "verdicts": [verdict]}
    files = folder_hashes(release, without={"gate.json"})
    (release / "gate.json").write_text(json.dumps({**gate, "files": files}), encoding="utf-8")
    return release


def numbered(folder: Path, number: int, **others: Made) -> Path:
    """Release ``number``: a star of which every row says which release it is of, so that a mixture shows."""
    rows = 400
    star = {
        "dim_place": Made(f"select i::bigint as place_key, {number} as release, 'place ' || i as place_en from range(20) r(i)",
                          key=("place_key",)),
        "agg_moves": Made(f"select i::bigint as place_key, {number} as release, {number * 10}::bigint as moves from range(20) r(i)"),
        "fct_move": Made(
            f"select i::bigint as move_key, i % 20 as place_key, {number} as release, {number}::decimal(18, 2) as amount_usd "
            f"from range({rows}) r(i)",
            part="restricted",
            key=("move_key",),
        ),
    }  # fmt: skip
    return make_release(folder, VERSION.format(number) if number < 10 else f"202612{number:02}T000000Z", star | others)
