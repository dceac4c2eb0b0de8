"""The same landed files, built by DuckDB and by a cluster of Spark that loses a worker: every table that anybody reads is the same.

``DISTRIBUTED=full`` runs it (``make test-distributed``); it takes about twenty minutes on two cores.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from distributed.spark.parity import Comparison, compare
from ingestion.paths import PROJECT, DataRoot
from publishing import history
from tests.deliver import receive
from tests.distributed.conftest import SPARK_PYTHON
from tests.integration.conftest import environment, generate
from tests.integration.warehouse import build

pytestmark = [pytest.mark.spark, pytest.mark.own_warehouse]

# Sums of survey weights: doubles in the data of the sender, added up in another order by each engine.
OF_WEIGHTS = {"indicators.ind_rem_household", "marts.indicator_value", "published.pub_indicator_value", "quality.qa_household_remittance"}
LEAST_TABLES = 130


@dataclass(frozen=True)
class Built:
    """A data root with both builds; what the first build on Spark said, and the files of a fact after the first and the second."""

    root: DataRoot
    said: str
    before: set[Path]
    after: set[Path]


@pytest.fixture(scope="module")
def built_twice(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Spark builds what has landed and loses a worker, then what a new month and corrected ones change; DuckDB builds all at once."""
    root = DataRoot(tmp_path_factory.mktemp("twice"))
    # More than a year, without which most ratios and indicators have nothing to say.
    generate(root.path, "--months", "14", "--scale", "0.02", "--end", "2026-10")
    later = [path for path in root.inbox.rglob("*") if path.is_file() and ("2026-10" in path.name or "corrected" in path.name)]
    waiting = {path: path.rename(root.path / f"{number}_{path.name}") for number, path in enumerate(later)}
    land(root)
    said = on_spark(root, "tests.distributed.losing_a_worker")
    before = files_of_fact(root)
    for path, held in waiting.items():
        held.rename(path)
    land(root)
    on_spark(root, "distributed.spark")
    build(root, "*")
    return Built(root, said, before, files_of_fact(root))


def land(root: DataRoot) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WAREHOUSE_DATA", str(root.path))
        receive(root)
        history.write_table(root)


def on_spark(root: DataRoot, module: str) -> str:
    done = subprocess.run(
        [SPARK_PYTHON, "-m", module], cwd=PROJECT, env=environment(root.path), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def files_of_fact(root: DataRoot) -> set[Path]:
    return set((root.spark / "marts" / "fct_border_crossing").rglob("*.parquet"))


@pytest.fixture(scope="module")
def compared(built_twice: Built) -> list[Comparison]:
    return list(compare(built_twice.root.build, built_twice.root.spark))


def test_a_killed_worker_does_not_end_the_build(built_twice: Built) -> None:
    assert "killed one of two workers, with a build to go on" in built_twice.said
    assert "the master removed it" in built_twice.said


def test_a_second_build_keeps_what_has_not_changed_and_removes_what_was_corrected(built_twice: Built) -> None:
    kept, removed, added = (
        built_twice.before & built_twice.after,
        built_twice.before - built_twice.after,
        built_twice.after - built_twice.before,
    )
    assert len(kept) > len(added) and len(added) > len(removed) > 0


def test_every_table_is_the_same(compared: list[Comparison]) -> None:
    assert len(compared) >= LEAST_TABLES
    assert sum(one.rows > 0 for one in compared) > LEAST_TABLES * 0.9
    assert [one.sentence() for one in compared if not one.is_equal] == []


def test_only_sums_of_weights_differ_in_their_last_bits(compared: list[Comparison]) -> None:
    assert {one.table for one in compared if one.missing} <= OF_WEIGHTS
