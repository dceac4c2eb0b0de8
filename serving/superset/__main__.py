"""``python -m serving.superset`` prepares Superset, says where it is and what it shows, and runs it until Ctrl-C."""

from __future__ import annotations

import hashlib
import os
import socket
import subprocess
import sys
from pathlib import Path

from ingestion.paths import PROJECT, DataRoot
from serving.superset.bundle import files
from serving.superset.connection import ADDRESSES, SOURCE_VARIABLE, NothingToShow, latest_release, postgres_url
from serving.superset.home import Home

HOST = "127.0.0.1"
CONFIG = Path(__file__).with_name("superset_config.py")
GUNICORN = Path(__file__).with_name("gunicorn_config.py")
LOCK = Path(__file__).with_name("requirements.lock")


def main() -> int:
    root = DataRoot.from_env()
    source = os.environ.get(SOURCE_VARIABLE) or "duckdb"
    port = os.environ.get("SUPERSET_PORT") or "8088"
    try:
        shown = what_is_shown(root, source)
        refuse_taken(port)
    except NothingToShow as refusal:
        print(refusal, file=sys.stderr)
        return 1
    home = Home.of(root)
    os.umask(0o077)
    os.chdir(PROJECT)
    os.environ.update(SUPERSET_CONFIG_PATH=str(CONFIG), SUPERSET_PORT=port, SUPERSET_GREETING=greeting(home, port, shown))
    fingerprint = fingerprint_of(source, home)
    if not home.is_prepared_for(fingerprint):
        print("preparing Superset: its own tables, users and the dashboards (once, and when they change) …", flush=True)
        with home.preparation_log.open("w") as said:
            done = subprocess.run([sys.executable, "-m", "serving.superset.preparing", source], stdout=said, stderr=said, check=False)
        if done.returncode:
            print(f"Superset could not be prepared; the reason is at the end of {home.preparation_log}", file=sys.stderr)
            return 1
        home.note_prepared_for(fingerprint)
    print("starting Superset …", flush=True)
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", "--config", str(GUNICORN), "superset.app:create_app()"])


def what_is_shown(root: DataRoot, source: str) -> str:
    """The release that the dashboards will show, in words.

    Raises:
        NothingToShow: where there is none.
    """
    if source not in ADDRESSES:
        raise NothingToShow(f"SOURCE is '{source}'; it is one of {', '.join(ADDRESSES)}")
    if source == "duckdb":
        return f"release {latest_release(root).name}, and whatever latest points to later"
    import psycopg2

    try:
        with psycopg2.connect(postgres_url().replace("+psycopg2", "", 1), connect_timeout=10) as server, server.cursor() as cursor:
            cursor.execute("select version from current_release")
            return f"release {cursor.fetchone()[0]} in PostgreSQL, and whatever it shows later"
    except psycopg2.OperationalError:
        # libpq's own message may repeat the address.
        raise NothingToShow("PostgreSQL does not let us in: is it running, are host, user and password right?") from None
    except (psycopg2.Error, TypeError):
        raise NothingToShow("PostgreSQL shows no release to this user: run make serve-postgres, and log in as a bi_reader") from None


def refuse_taken(port: str) -> None:
    """Find out before the long preparation rather than after it.

    Raises:
        NothingToShow: when the port is none, or somebody listens there.
    """
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise NothingToShow(f"SUPERSET_PORT is '{port}'; it must be a number from 1 to 65535")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(port)))
        except OSError:
            raise NothingToShow(f"port {port} is taken or not allowed: choose another, make superset SUPERSET_PORT=8089") from None


def fingerprint_of(source: str, home: Home) -> str:
    """A hash of what preparation depends on: Superset's version, the bundle, how it is brought in, and where to."""
    code = [path.read_text(encoding="utf-8") for path in (LOCK, CONFIG.with_name("importing.py"))]
    told = [source, home.metadata_url, *code, *(f"{path}\n{content}" for path, content in files(source).items())]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def greeting(home: Home, port: str, shown: str) -> str:
    """Where to go and as whom. The passwords stay in their files: what is printed ends in logs and on shared screens."""
    return "\n".join(
        [
            "",
            f"  Superset     http://{HOST}:{port}",
            f"  shows        {shown}",
            f"  log in as    reader, password in {home.password_file('reader')}   (dashboards, charts of one's own)",
            f"               admin, password in {home.password_file('admin')}    (users, roles, SQL Lab)",
            "  Ctrl-C stops it",
            "",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
