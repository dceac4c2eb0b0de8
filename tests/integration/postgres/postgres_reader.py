"""``python -m tests.integration.postgres.postgres_reader <url> <kind>``: read until told to stop; print what was seen.

Every row says which release it is of. ``kind``: ``statement`` asks several tables at once, ``snapshot`` asks one after the
other in a transaction with one snapshot, ``prepared`` is the former with statements that the server keeps.
"""

from __future__ import annotations

import json
import sys
import threading
import time

import psycopg

TOGETHER = """
    select count(*), count(distinct release), min(release), (select max(release) from fct_move)
    from (
        select a.release from agg_moves as a join dim_place using (place_key)
        union all select p.release from dim_place as p
        union all select f.release from fct_move as f join dim_place using (place_key)
    ) as everything
    """
ROWS_TOGETHER = 440
NOTHING = -1
"""In place of a release: a table was empty or not whole."""
ONE_BY_ONE = ["dim_place", "agg_moves", "fct_move", "dim_place"]


def main(url: str, kind: str) -> None:
    told = {"kind": kind, "reads": 0, "mixed": 0, "backwards": 0, "errors": [], "seen": []}
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    with psycopg.connect(url, prepare_threshold=0 if kind == "prepared" else None, autocommit=kind != "snapshot") as con:
        con.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ if kind == "snapshot" else None
        print("ready", flush=True)
        while not ended.is_set():
            try:
                releases = snapshot(con) if kind == "snapshot" else together(con)
            except psycopg.Error as error:
                told["errors"].append(f"{type(error).__name__}: {error}")
                con.rollback()
                continue
            told["reads"] += 1
            told["mixed"] += len(releases) != 1
            told["backwards"] += bool(told["seen"]) and min(releases) < told["seen"][-1]
            if max(releases) not in told["seen"]:
                told["seen"].append(max(releases))
    print(json.dumps(told))


def together(con: psycopg.Connection) -> set[int]:
    rows, different, smallest, largest = con.execute(TOGETHER).fetchone()
    is_whole = rows == ROWS_TOGETHER and different == 1 and largest is not None
    return {smallest, largest} if is_whole else {NOTHING, largest or NOTHING}


def snapshot(con: psycopg.Connection) -> set[int]:
    with con.transaction():
        seen = set()
        for table in ONE_BY_ONE:
            found = con.execute(f"select distinct release from {table}").fetchall()
            seen |= {release for (release,) in found} or {NOTHING}
            time.sleep(0.01)
        return seen


if __name__ == "__main__":
    main(*sys.argv[1:])
