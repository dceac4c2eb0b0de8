"""What was found for components, kept from one night to the next: most of them are the same."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

SUFFIX = ".npz"


class Memory(MutableMapping[str, np.ndarray]):
    """Low and high per cell, by the hash of the component; those that were asked for or added are kept, no others."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._held = _read(path)
        self._used: set[str] = set()

    def __getitem__(self, told: str) -> np.ndarray:
        self._used.add(told)
        return self._held[told]

    def __setitem__(self, told: str, found: np.ndarray) -> None:
        self._used.add(told)
        self._held[told] = found

    def __delitem__(self, told: str) -> None:
        del self._held[told]

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)

    def save(self) -> None:
        """Replace the file by what was used."""
        used = {told: found for told, found in self._held.items() if told in self._used}
        ends = np.cumsum([found.shape[1] for found in used.values()], dtype=int)
        found = np.concatenate(list(used.values()), axis=1) if used else np.empty((2, 0))
        self.path.parent.mkdir(parents=True, exist_ok=True)
        partial = self.path.with_name(f"{self.path.stem}.partial{SUFFIX}")
        np.savez(partial, told=np.array(list(used), dtype="U64"), ends=ends, found=found)
        partial.replace(self.path)


def _read(path: Path) -> dict[str, np.ndarray]:
    """Nothing where there is nothing, or nothing that can be read: then all is solved anew."""
    try:
        # An open file, which numpy would leave open where it cannot read it.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as held:
            return dict(zip(held["told"].tolist(), np.split(held["found"], held["ends"][:-1], axis=1), strict=True))
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return {}
