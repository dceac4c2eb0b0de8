"""Numbers that a person may set in the environment."""

from __future__ import annotations

import os


def whole_number(variable: str, default: int) -> int:
    """A whole number from 1 that an environment variable sets, or the default where it is not set.

    Raises:
        ValueError: when it is anything else; the message names the variable.
    """
    told = os.environ.get(variable, "").strip() or str(default)
    if not told.isascii() or not told.isdigit() or int(told) < 1:
        raise ValueError(f"{variable} is '{told}'; it must be a whole number from 1")
    return int(told)
