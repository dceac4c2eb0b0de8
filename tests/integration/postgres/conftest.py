"""One server for all tests of serving; an empty warehouse in it for each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from serving.postgres.settings import KEPT_VARIABLE, URL_VARIABLE
from tests.integration.postgres.server import Server, running


@pytest.fixture(scope="session")
def postgres_once() -> Iterator[Server]:
    with running() as server:
        yield server


@pytest.fixture
def postgres(postgres_once: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """A server with an empty warehouse that ``WAREHOUSE_POSTGRES_URL`` names."""
    postgres_once.new_warehouse()
    monkeypatch.setenv(URL_VARIABLE, postgres_once.url("loader"))
    monkeypatch.delenv(KEPT_VARIABLE, raising=False)
    return postgres_once
