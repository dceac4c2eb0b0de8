"""One night in which deliveries come again in every way there is: what `latest` holds and tells of afterwards."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import duckdb

from ingestion.archive import Submission, submissions
from ingestion.paths import DataRoot
from tests.deliver import CROSSINGS, drop
from tests.integration.conftest import generate, run_night


def held(root: DataRoot, period: str) -> Submission:
    """The delivery whose rows are in place before the night."""
    return [entry for entry in submissions(root) if (entry.extract, entry.period, entry.outcome) == (CROSSINGS, period, "landed")][-1]


def put(root: DataRoot, name: str, content: bytes | str, minutes_ago: float) -> None:
    path = drop(root, CROSSINGS, name, content)
    moment = time.time() - 60 * minutes_ago
    os.utime(path, (moment, moment))


def test_latest_is_right_after_deliveries_that_came_again(published: DataRoot, tmp_path: Path) -> None:
    lines = {
        period: held(published, period).bytes_path(published).read_text().splitlines(keepends=True) for period in ("2026-07", "2026-08")
    }
    put(published, "same_bytes_2026-09.csv", held(published, "2026-09").bytes_path(published).read_bytes(), 9)
    put(published, "same_cells_2026-08.csv", "".join(lines["2026-08"]).replace("\n", "\r\n"), 9)
    put(published, "part_2026-08.csv", "".join(lines["2026-08"][:5]), 8)
    put(published, "b_shorter_2026-07.csv", "".join(lines["2026-07"][:-30]), 9)
    put(published, "a_corrected_2026-07.csv", "".join(lines["2026-07"][:-20]), 8)
    generate(tmp_path / "more", "--months", "4", "--scale", "0.05", "--end", "2026-09")
    late = next((tmp_path / "more" / "inbox" / CROSSINGS).glob("*2026-06*"))
    shutil.copyfile(late, published.inbox / CROSSINGS / "late_2026-06.csv")

    night = run_night(published.path)

    assert night.code == 0, night.said
    assert "Refused: 1 deliveries" in night.said and "part_2026-08.csv: the file has 4 rows where" in night.said, night.said
    with duckdb.connect(str(published.latest / "warehouse.duckdb"), read_only=True) as con:
        history = con.execute(
            "select period, file_name, status from marts.dim_submission "
            "where extract = ? and file_name not like '%SYNTHETIC%' order by all",
            [CROSSINGS],
        ).fetchall()
        numbered = con.execute(
            "select period, list(delivery_number order by received_at), list(status order by received_at)[-1] "
            "from marts.dim_submission where extract = ? group by period order by period",
            [CROSSINGS],
        ).fetchall()
        published_rows = con.execute(
            "select submissions.period, count(*), any_value(submissions.rows_accepted), min(submissions.status), max(submissions.status) "
            "from marts.fct_border_crossing as facts join marts.dim_submission as submissions using (submission_key) "
            "where submissions.extract = ? group by 1 order by 1",
            [CROSSINGS],
        ).fetchall()
        unbalanced = con.execute(
            "select count(*) from marts.dim_submission where rows_read <> rows_accepted + rows_rejected + rows_out_of_scope"
        ).fetchone()[0]
    assert history == [
        ("2026-06", "late_2026-06.csv", "landed"),
        ("2026-07", "a_corrected_2026-07.csv", "landed"),
        ("2026-07", "b_shorter_2026-07.csv", "superseded"),
        ("2026-08", "part_2026-08.csv", "refused"),
        ("2026-08", "same_cells_2026-08.csv", "duplicate"),
        ("2026-09", "same_bytes_2026-09.csv", "duplicate"),
    ]
    assert all(numbers == list(range(1, len(numbers) + 1)) for _, numbers, _ in numbered)
    # Every month is there once, from the delivery that stands, with as many rows as it accepted.
    assert [period for period, *_ in published_rows] == ["2026-06", "2026-07", "2026-08", "2026-09"]
    assert all(rows == accepted and (first, last) == ("landed", "landed") for _, rows, accepted, first, last in published_rows)
    assert unbalanced == 0
