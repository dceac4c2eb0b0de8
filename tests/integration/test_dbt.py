"""The dbt project on its own: its unit tests, which speak of code and so do not run every night."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from ingestion.paths import PROJECT, DataRoot
from tests.integration.conftest import environment

FEWEST_UNIT_TESTS = 20


def test_every_rule_of_meaning_that_is_logic_passes_its_unit_tests(published: DataRoot, tmp_path: Path) -> None:
    command = [Path(sys.executable).with_name("dbt"), "--warn-error", "test", "--select", "test_type:unit"]
    folders = ["--project-dir", "dbt_project", "--profiles-dir", "dbt_project", "--target-path", tmp_path, "--log-path", tmp_path]
    done = subprocess.run([*command, *folders], cwd=PROJECT, env=environment(published.path), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    passed = int(done.stdout.split("PASS=")[1].split()[0])
    assert passed >= FEWEST_UNIT_TESTS, done.stdout
