"""The same landed files, built by DuckDB and by a cluster of Spark that loses a worker: every table that anybody reads is the same.

``DISTRIBUTED=full`` runs it (``make test-distributed``); it takes about a quarter of an hour on two busy cores.
"""

from __future__ import annotations

import subprocess
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


@pytest.fixture(scope="module")
def built_twice(tmp_path_factory: pytest.TempPathFactory) -> tuple[DataRoot, str]:
    """A data root with both builds, and what the cluster said."""
    root = DataRoot(tmp_path_factory.mktemp("twice"))
    # More than a year, without which most ratios and indicators have nothing to say.
    generate(root.path, "--months", "14", "--scale", "0.02")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WAREHOUSE_DATA", str(root.path))
        receive(root)
        history.write_table(root)
    build(root, "*")
    command = [SPARK_PYTHON, "-m", "tests.distributed.losing_a_worker"]
    done = subprocess.run(command, cwd=PROJECT, env=environment(root.path), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return root, done.stdout


@pytest.fixture(scope="module")
def compared(built_twice: tuple[DataRoot, str]) -> list[Comparison]:
    root, _ = built_twice
    return list(compare(root.build, root.spark))


def test_a_killed_worker_does_not_end_the_build(built_twice: tuple[DataRoot, str]) -> None:
    root, said = built_twice
    assert "killed one of two workers, with a build to go on" in said
    assert "Removing worker" in Path(root.spark_home / "master.log").read_text(encoding="utf-8")


def test_every_table_is_the_same(compared: list[Comparison]) -> None:
    assert len(compared) >= LEAST_TABLES
    assert sum(one.rows > 0 for one in compared) > LEAST_TABLES * 0.9
    assert [one.sentence() for one in compared if not one.is_equal] == []


def test_only_sums_of_weights_differ_in_their_last_bits(compared: list[Comparison]) -> None:
    assert {one.table for one in compared if one.missing} <= OF_WEIGHTS
