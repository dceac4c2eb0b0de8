"""What was found for components, kept from one night to the next: most of them are the same."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

SUFFIX = ".npz"


def recall(path: Path) -> dict[str, np.ndarray]:
    """Low and high per cell, by the hash of the component; nothing where the file is not there or damaged: all is solved anew then."""
    try:
        # An open file, which numpy would leave open where it cannot read it.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as held:
            return dict(zip(held["told"].tolist(), np.split(held["found"], held["ends"][:-1], axis=1), strict=True))
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return {}


def keep(path: Path, components: Mapping[str, np.ndarray]) -> None:
    """Replace the file by these components."""
    ends = np.cumsum([found.shape[1] for found in components.values()], dtype=int)
    found = np.concatenate(list(components.values()), axis=1) if components else np.empty((2, 0))
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.stem}.partial{SUFFIX}")
    np.savez(partial, told=np.array(list(components), dtype="U64"), ends=ends, found=found)
    partial.replace(path)
