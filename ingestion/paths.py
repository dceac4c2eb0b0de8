"""The one place that spells where data live under the data root (``WAREHOUSE_DATA``)."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
CODE_LISTS = PROJECT / "dbt_project" / "seeds"
ALIASES = PROJECT / "ingestion" / "aliases"
CONTRACTS = PROJECT / "ingestion" / "contracts"
RECORDS = PROJECT / "ingestion" / "records"
CONTRACTS_VARIABLE = "WAREHOUSE_CONTRACTS"


def contract_folders() -> list[Path]:
    """The project's own contracts, then those an office keeps for itself in the folder ``WAREHOUSE_CONTRACTS`` names."""
    named = os.environ.get(CONTRACTS_VARIABLE)
    return [CONTRACTS, Path(named)] if named else [CONTRACTS]


@dataclass(frozen=True)
class DataRoot:
    """Every path below one data root; nothing else in the project joins these names.

    Where ``lander`` names an extract, it is the root as seen by one who lands that extract alone, beside others who land
    theirs: what waits and what was delivered is that extract's, and half-made files are in folders of their own.
    """

    path: Path
    lander: str = ""

    @classmethod
    def from_env(cls) -> DataRoot:
        """The root that ``WAREHOUSE_DATA`` names, ``./data`` of the project when it is unset."""
        return cls(Path(os.environ.get("WAREHOUSE_DATA") or PROJECT / "data").resolve())

    def for_lander(self, extract: str) -> DataRoot:
        """The root as the lander of one extract sees it."""
        return DataRoot(self.path, extract)

    @property
    def inbox(self) -> Path:
        return self.path / "inbox"

    @property
    def archive(self) -> Path:
        return self.path / "archive"

    @property
    def arriving(self) -> Path:
        """Copies of deliveries on their way into the archive; below it, so that they are on its disk, encrypted as it is."""
        return self.archive / ".arriving" / self.lander

    @property
    def raw(self) -> Path:
        return self.path / "raw"

    @property
    def receipts(self) -> Path:
        return self.path / "receipts"

    @property
    def quarantine(self) -> Path:
        return self.path / "quarantine"

    @property
    def key_bridge(self) -> Path:
        """Old and new pseudonyms side by side, while the key is changed; not there at other times."""
        return self.path / "key_bridge"

    @property
    def staging(self) -> Path:
        """Half-made files live here and reach their place by a rename on the same file system."""
        return self.path / ".staging" / self.lander

    @property
    def build(self) -> Path:
        """The private build database: dbt is its only writer, BI never opens it."""
        return self.path / "warehouse.duckdb"

    @property
    def build_record(self) -> Path:
        return self.path / "warehouse.build.json"

    @property
    def warehouse_docs(self) -> Path:
        """dbt's documentation of the build, as one static page."""
        return self.path / ".dbt" / "docs"

    @property
    def intervals(self) -> Path:
        """What the audit of the public part found last night; made anew when it is gone."""
        return self.path / ".dbt" / "intervals.npz"

    @property
    def spark(self) -> Path:
        """The tables of a build on Apache Spark, Parquet by layer and table; never what is published."""
        return self.path / "spark"

    @property
    def spark_home(self) -> Path:
        """Logs and scratch files of such a build."""
        return self.path / ".spark"

    @property
    def candidates(self) -> Path:
        return self.path / "candidates"

    @property
    def releases(self) -> Path:
        return self.path / "releases"

    @property
    def latest(self) -> Path:
        return self.releases / "latest"

    @property
    def tags(self) -> Path:
        """Names that people gave to releases: links beside them."""
        return self.releases / "tags"

    @property
    def release_log(self) -> Path:
        """What was published, tagged and rolled back: one file per event, only ever added to."""
        return self.path / "release_log"

    @property
    def approvals(self) -> Path:
        """Revisions beyond their bounds that a person found right: one file each, never changed."""
        return self.path / "approvals"

    @property
    def superset(self) -> Path:
        """Superset's own metadata and secrets; nothing of a release."""
        return self.path / ".superset"

    @property
    def synthetic_marker(self) -> Path:
        """Present in a data root made by ``make demo``: all it holds is synthetic."""
        return self.path / "SYNTHETIC"

    def archived(self, extract: str, period: str, sha256: str, suffix: str) -> Path:
        return self.archive / extract / period / f"{sha256}{suffix}"

    def raw_file(self, record: str, extract: str, period: str) -> Path:
        return self.raw / record / extract / f"{period}.parquet"

    def raw_schema(self, record: str) -> Path:
        return self.raw / record / "_schema" / "empty.parquet"

    def quarantine_file(self, extract: str, period: str) -> Path:
        return self.quarantine / extract / f"{period}.parquet"

    def receipt(self, extract: str, period: str, delivery: str) -> Path:
        return self.receipts / extract / period / f"{delivery}.json"

    def close_to_others(self) -> None:
        """Make the folders that hold senders' rows, readable by their owner only; releases stay open to readers."""
        for folder in (self.archive, self.raw, self.quarantine, self.receipts, self.path / ".staging", self.staging):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)

    @property
    def submissions_meta(self) -> Path:
        return self.raw / "_meta" / "submissions.parquet"

    @property
    def extracts_meta(self) -> Path:
        return self.raw / "_meta" / "extracts.parquet"

    @property
    def release_events_meta(self) -> Path:
        return self.raw / "_meta" / "release_events.parquet"
