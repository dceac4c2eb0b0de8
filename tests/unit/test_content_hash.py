"""The content hash of a table: the same for the same rows, another for anything else, and not ours alone to compute."""

from __future__ import annotations

import hashlib

import duckdb
import pytest

from publishing.content_hash import content_hash

ROWS = "values (1, 'ກ', 0.1, date '2026-01-31'), (2, null, -0.0, null), (2, null, 0.0, null), (3, '-', 1e300, date '0001-01-01')"


def hashed(rows: str, columns: str = "number, word, share, day_on") -> str:
    with duckdb.connect() as con:
        con.execute(f"create table held as select * from ({rows}) as given ({columns})")
        return content_hash(con, "held")


def test_it_can_be_computed_without_duckdb() -> None:
    """As docs/reading-a-release.md describes it."""
    rows = ["1\x1f3:ກ\x1f1.0000000000000001e-01\x1f2026-01-31", "2\x1f-\x1f0.0000000000000000e+00\x1f-"]
    rows += [rows[1], "3\x1f1:-\x1f1.0000000000000001e+300\x1f0001-01-01"]
    sums = [0, 0]
    for row in rows:
        digest = hashlib.md5(row.encode()).hexdigest()
        sums = [sums[0] + int(digest[:16], 16), sums[1] + int(digest[16:], 16)]
    assert (
        hashed(ROWS.replace("0.1,", "0.1::double,"))
        == f"md5-sum-v1:{len(rows)}:{hashlib.md5(f'{len(rows)}:{sums[0]}:{sums[1]}'.encode()).hexdigest()}"
    )


def test_the_order_of_rows_does_not_matter() -> None:
    assert hashed("from range(1000)", "number") == hashed("from range(1000) order by hash(range)", "number")


@pytest.mark.parametrize(
    ("one", "other", "columns"),
    [
        ("values (1), (2), (2)", "values (1), (2)", "a"),  # a row that is there twice
        ("values (1), (1), (2), (2)", "values (3), (3), (4), (4)", "a"),  # pairs do not cancel out
        ("values (null::int), (1)", "values (0), (1)", "a"),
        ("values (null::varchar)", "values ('-')", "a"),
        ("values ('')", "values (null::varchar)", "a"),
        ("values ('a' || chr(31) || '1:b', 'c')", "values ('a', 'b' || chr(31) || '1:c')", "a, b"),
        ("values ('x', 'y')", "values ('y', 'x')", "a, b"),
        ("values (0.1::double)", "values (nextafter(0.1::double, 1.0::double))", "a"),
        ("values (timestamp '2026-01-01 00:00:00.000001')", "values (timestamp '2026-01-01')", "a"),
    ],
)
def test_other_content_has_another_hash(one: str, other: str, columns: str) -> None:
    assert hashed(one, columns) != hashed(other, columns)


def test_an_empty_table_has_a_hash() -> None:
    assert hashed("select 1 where false", "a").startswith("md5-sum-v1:0:")
