"""A warehouse from chosen extracts by dbt alone: for rules of models that need no night, gate or release."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from ingestion.paths import PROJECT, DataRoot
from tests.integration.conftest import environment, generate


def deliver_some(root: DataRoot, extracts: tuple[str, ...], *arguments: str) -> None:
    """Generate everything and keep the deliveries of some extracts, so that little is landed."""
    root.synthetic_marker.touch()
    generate(root.path, *arguments)
    for folder in root.inbox.iterdir():
        if folder.name not in extracts:
            shutil.rmtree(folder)


def build(root: DataRoot, *selected: str, anew: bool = False) -> None:
    """Run the selected models, and what they need, without their tests.

    dbt keeps what it parsed beside the root, so that only the first build of a root reads the whole project.
    """
    scratch = root.path.with_name(f"{root.path.name}.dbt")
    command = [Path(sys.executable).with_name("dbt"), "build", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"]
    folders = ["--project-dir", "dbt_project", "--profiles-dir", "dbt_project", "--target-path", scratch, "--log-path", scratch]
    chosen = ["--select", *(f"+{name}" for name in selected), *(["--full-refresh"] if anew else [])]
    done = subprocess.run(
        [*command, *folders, *chosen], cwd=PROJECT, env=environment(root.path), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
