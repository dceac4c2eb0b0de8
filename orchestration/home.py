"""Where Dagster keeps its own state: below the data root unless ``DAGSTER_HOME`` says otherwise.

``python -m orchestration.home`` prints the folder, for ``make dev``. Imports no Dagster: Dagster reads the
variable when it starts.
"""

from __future__ import annotations

import os
from pathlib import Path

from ingestion.paths import PROJECT, DataRoot

CONFIG = "dagster.yaml"


def prepare_home(root: DataRoot) -> Path:
    """Make the folder and link the project's ``dagster.yaml`` into it; a configuration already there is kept."""
    home = Path(os.environ.get("DAGSTER_HOME") or root.path / ".dagster").resolve()
    home.mkdir(parents=True, exist_ok=True)
    config = home / CONFIG
    if config.is_symlink() or not config.exists():
        config.unlink(missing_ok=True)
        config.symlink_to(PROJECT / CONFIG)
    os.environ["DAGSTER_HOME"] = str(home)
    return home


if __name__ == "__main__":
    print(prepare_home(DataRoot.from_env()))
