"""One analyst's program beside publications: it opens what ``latest`` names, asks several tables, closes, and starts again.

``python reader.py <releases> <end>`` knows plain DuckDB and nothing of the project. Every table asked carries the number of
its release, so an answer from two releases shows. When there is a file <end> it prints what it met as one line of JSON.
"""

import json
import sys
import time
from pathlib import Path

import duckdb

STAMPED = {"fct_population": "marts", "fct_national_account": "marts", "qa_row_lineage": "quality"}
"""Tables whose column ``release_number`` says of which release they are; their schemas."""


def number(version):
    return int("".join(sign for sign in version if sign.isdigit()))


def asked(con, sources):
    """The release numbers of all tables, one statement each; the pause is an analyst's, and lets a swap in between."""
    found = set()
    for source in sources:
        found |= set(con.execute(f"select distinct release_number from {source}").fetchall())
        time.sleep(0.01)
    return {at for (at,) in found}


def from_database(releases):
    """Through the link, as a BI tool does."""
    with duckdb.connect(str(releases / "latest" / "warehouse.duckdb"), read_only=True) as con:
        return asked(con, [f"{schema}.{table}" for table, schema in STAMPED.items()])


def from_parquet(releases):
    """Through the folder that the link names now, one release for all files, as the README says."""
    release = (releases / "latest").resolve()
    described = json.loads((release / "datapackage.json").read_text(encoding="utf-8"))["version"]
    with duckdb.connect() as con:
        return {number(release.name), number(described)} | asked(con, [f"'{release}/parquet/{table}.parquet'" for table in STAMPED])


def main(releases, end):
    reads, seen, newest, took, failed, mixed, older = 0, set(), 0, [], [], [], []
    while not end.exists():
        for read in (from_database, from_parquet):
            started = time.monotonic()
            try:
                found = read(releases)
            except Exception as error:
                failed.append(f"{read.__name__}: {type(error).__name__}: {error}")
                continue
            reads += 1
            took.append(time.monotonic() - started)
            seen |= found
            if len(found) != 1:
                mixed.append(f"{read.__name__}: {sorted(found)}")
            elif min(found) < newest:
                older.append(f"{read.__name__}: {min(found)} after {newest}")
            newest = max(newest, *found)
    print(json.dumps({"reads": reads, "seen": sorted(seen), "failed": failed, "mixed": mixed, "older": older, "took": took}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
