"""What is refused before several workers are started, and what they are told."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from distributed.workers.__main__ import configure, main
from distributed.workers.settings import COUNT_VARIABLE, URL_VARIABLE
from ingestion.paths import DataRoot

EXAMPLE = "postgresql://dagster:demo@db.example.la/dagster"


def test_a_password_from_examples_is_refused_where_the_data_are_real(
    root: DataRoot, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root.synthetic_marker.unlink()
    monkeypatch.setenv(URL_VARIABLE, EXAMPLE)
    assert main(["--port", "3010"]) == 1
    said = capsys.readouterr().err
    assert "choose another" in said and "demo@" not in said and list(root.path.iterdir()) == []


def test_as_many_runs_as_workers_and_one_night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(COUNT_VARIABLE, "5")
    configure(tmp_path)
    told = yaml.safe_load((tmp_path / "dagster.yaml").read_text(encoding="utf-8"))
    assert told["concurrency"]["runs"]["max_concurrent_runs"] == 5
    assert {"key": "warehouse/whole_root", "limit": 1} in told["concurrency"]["runs"]["tag_concurrency_limits"]
    assert told["run_retries"]["retry_on_asset_or_op_failure"] is False
