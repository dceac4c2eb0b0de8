"""What Superset keeps on this machine: its own metadata and its secrets, below the data root."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from ingestion.paths import DataRoot

METADATA_VARIABLE = "SUPERSET_METADATA_URL"
SECRET_BYTES = 32
PASSWORD_BYTES = 15


@dataclass(frozen=True)
class Home:
    """The folder, closed to other accounts."""

    path: Path

    @classmethod
    def of(cls, root: DataRoot) -> Home:
        root.superset.mkdir(mode=0o700, parents=True, exist_ok=True)
        root.superset.chmod(0o700)
        return cls(root.superset)

    @property
    def metadata_url(self) -> str:
        """Where Superset keeps users, charts and dashboards."""
        return os.environ.get(METADATA_VARIABLE) or f"sqlite:///{self.path / 'metadata.db'}"

    @property
    def secret_key(self) -> str:
        """What signs sessions and encrypts what Superset keeps secret; a new one would lock everybody out."""
        return self._made_once("secret_key", SECRET_BYTES)

    def password(self, user: str) -> str:
        """The password that a user was made with."""
        return self._made_once(f"{user}_password", PASSWORD_BYTES)

    def password_file(self, user: str) -> Path:
        return self.path / f"{user}_password"

    @property
    def preparation_log(self) -> Path:
        return self.path / "preparation.log"

    def is_prepared_for(self, fingerprint: str) -> bool:
        """Whether what was imported last is what would be imported now."""
        return self._stamp.exists() and self._stamp.read_text(encoding="utf-8") == fingerprint

    def note_prepared_for(self, fingerprint: str) -> None:
        self._stamp.write_text(fingerprint, encoding="utf-8")

    @property
    def _stamp(self) -> Path:
        return self.path / "prepared_for"

    def _made_once(self, name: str, length: int) -> str:
        path = self.path / name
        if not path.exists():
            # In place at once and whole, should two starts meet.
            fresh = self.path / f".{name}.{os.getpid()}"
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
                file.write(secrets.token_urlsafe(length))
            try:
                path.hardlink_to(fresh)
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        return path.read_text(encoding="utf-8").strip()
