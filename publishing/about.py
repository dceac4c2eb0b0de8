"""What is told of a release on everything that people open: its version, its time, and whether its data are synthetic."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

VERSION_TIME = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True)
class About:
    version: str
    synthetic: bool

    @property
    def frozen_at(self) -> dt.datetime:
        """The time in UTC that the version stands for."""
        return dt.datetime.strptime(self.version, VERSION_TIME)

    def marked(self, title: str) -> str:
        """A title, with a word behind it that nobody overlooks where the data are synthetic."""
        return f"{title} — SYNTHETIC SAMPLE DATA" if self.synthetic else title
