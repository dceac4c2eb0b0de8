"""The font of the report: Noto Sans Lao (SIL Open Font License), from a package, so that every machine has it.

It has Latin letters and digits as well, so that both languages look alike.
"""

from __future__ import annotations

import base64
from importlib import resources
from pathlib import Path

FAMILY = "Noto Sans Lao"
PACKAGE = "justmytype_intl_sea"
FOLDER = ("fonts", "ofl", "notosanslao")
FILE = "NotoSansLao[wdth,wght].ttf"


class FontMissing(RuntimeError):
    """The font is not there; without it Lao would be boxes."""


def folder() -> Path:
    """Where the font lies.

    Raises:
        FontMissing: when the package is not installed, or has it no more.
    """
    try:
        found = Path(str(resources.files(PACKAGE).joinpath(*FOLDER)))
    except ModuleNotFoundError:
        found = Path()
    if not (found / FILE).is_file():
        raise FontMissing(
            f"the font {FAMILY} is missing: the package {PACKAGE.replace('_', '-')} of requirements.lock is not installed as pinned; "
            "install the lock (make setup). Without it the report's Lao could not be read, so no report is made"
        )
    return found


def as_data_uri() -> str:
    """The font's bytes for a page that loads nothing."""
    return "data:font/ttf;base64," + base64.b64encode((folder() / FILE).read_bytes()).decode()
