"""Where Dagster's PostgreSQL is and how many workers there are: from the environment, as the secrets of a server are."""

from __future__ import annotations

import os
from urllib.parse import unquote, urlsplit

from ingestion.paths import DataRoot
from ingestion.settings import whole_number
from serving.postgres.settings import EXAMPLE_PASSWORDS

URL_VARIABLE = "WAREHOUSE_DAGSTER_POSTGRES_URL"
COUNT_VARIABLE = "WAREHOUSE_WORKERS"
WORKERS = 2


class NotReady(RuntimeError):
    """The stack cannot be started; the message says why and what to do."""


def postgres_url() -> str | None:
    """The address of Dagster's database; None where it is not set."""
    return os.environ.get(URL_VARIABLE, "").strip() or None


def refuse_example_password(root: DataRoot, url: str) -> None:
    """Let nobody keep the history of real data behind a password that everybody knows.

    Raises:
        NotReady: outside a demo, with such a password.
    """
    password = unquote(urlsplit(url).password or "").lower()
    if not root.synthetic_marker.exists() and password in EXAMPLE_PASSWORDS:
        raise NotReady(f"the password in {URL_VARIABLE} is one from examples, and this data root is not a demo's: choose another")


def how_many() -> int:
    """The number of workers, and so of runs at once.

    Raises:
        NotReady: when the setting is no number from 1.
    """
    try:
        return whole_number(COUNT_VARIABLE, WORKERS)
    except ValueError as wrong:
        raise NotReady(str(wrong)) from None
