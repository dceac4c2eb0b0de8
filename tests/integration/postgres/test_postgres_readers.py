"""Readers beside publications: none fails, none sees two releases at once, none keeps a publication waiting.

``SERVING=full`` publishes thirty times instead of six, with rows by the hundred thousand.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import psycopg

from ingestion.paths import PROJECT
from serving.postgres import publication
from serving.postgres.publication import publish
from tests.integration.postgres.server import Server
from tests.integration.postgres.small_release import Made, numbered

IS_FULL = os.environ.get("SERVING") == "full"
SWAPS = 30 if IS_FULL else 6
KINDS = ["statement", "snapshot", "prepared", "snapshot"] * 2
MODULE = "tests.integration.postgres.postgres_reader"


def readers(server: Server) -> list[subprocess.Popen]:
    started = [
        subprocess.Popen(
            [sys.executable, "-m", MODULE, server.url("scientist"), kind],
            cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for kind in KINDS
    ]  # fmt: skip
    for process in started:
        assert process.stdout.readline() == "ready\n"
    return started


def ended(processes: list[subprocess.Popen]) -> list[dict]:
    return [json.loads(process.communicate(timeout=60)[0]) for process in processes]


def release(folder: Path, number: int) -> Path:
    """Every third release has other columns and tables than the one before."""
    large = Made(f"select i, {number} as release from range(300000) r(i)", part="restricted")
    odd = Made(f"select {number} as release, 'x' as of_{number}")
    return numbered(
        folder,
        number,
        **({"fct_large": large} if IS_FULL else {}),
        **({f"agg_odd_{number}": odd, "agg_odd": odd} if number % 3 == 0 else {}),
    )


def test_no_reader_fails_or_sees_two_releases(postgres: Server, tmp_path: Path) -> None:
    publish(release(tmp_path, 1))
    processes = readers(postgres)
    seconds = []
    for number in range(2, 2 + SWAPS):
        time.sleep(0.3)
        seconds.append(publish(release(tmp_path, number)).seconds)
    time.sleep(0.5)
    told = ended(processes)
    reads = {kind: sum(each["reads"] for each in told if each["kind"] == kind) for kind in KINDS}
    print(f"{SWAPS} publications ({max(seconds):.1f} s at most) beside {len(told)} readers: {reads}")
    assert [error for each in told for error in each["errors"]] == []
    assert sum(each["mixed"] for each in told) == sum(each["backwards"] for each in told) == 0
    # The proof is one only if the readers were there all the while.
    assert all(len(each["seen"]) >= SWAPS - 1 and each["reads"] > 5 * SWAPS for each in told)


def test_readers_that_are_shown_a_mixture_say_so(postgres: Server, tmp_path: Path) -> None:
    """Tables changed one after the other: what the readers of the test above never see, they would see."""
    publish(release(tmp_path, 1))
    with psycopg.connect(postgres.url("loader"), autocommit=True) as con:
        con.execute("set role publisher")
        processes = readers(postgres)
        for _ in range(10):
            for table in ("public_dim_place", "public_agg_moves", "restricted_fct_move"):
                con.execute(f"update held.{table}_r1 set release = release + 1")
            time.sleep(0.1)
        told = ended(processes)
    assert sum(each["mixed"] for each in told) > 0


def test_a_reader_that_stays_keeps_nobody_waiting(postgres: Server, tmp_path: Path) -> None:
    publish(release(tmp_path, 1))
    with psycopg.connect(postgres.url("scientist")) as idle, psycopg.connect(postgres.url("scientist")) as busy:
        idle.execute("select count(*) from dim_place join agg_moves using (place_key), fct_move").fetchone()
        with busy.cursor("held_open") as cursor:
            cursor.execute("select move_key, release from fct_move")
            assert cursor.fetchone()[1] == 1
            for number in (2, 3, 4):
                assert publish(release(tmp_path, number)).seconds < publication.GRACE_SECONDS
            assert idle.execute("select distinct release from dim_place").fetchall() == [(4,)]
            assert {row[1] for row in cursor.fetchall()} == {1}
