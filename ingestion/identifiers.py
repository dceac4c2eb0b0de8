"""Keyed pseudonyms for direct identifiers (HMAC-SHA-256, RFC 2104), computed inside DuckDB's scan.

The key comes from ``WAREHOUSE_PSEUDONYM_KEY`` and reaches DuckDB as session variables, so that it is
never part of a statement's text and cannot show in an error or a log.
"""

from __future__ import annotations

import hashlib
import os

import duckdb

from ingestion.paths import DataRoot

KEY_VARIABLE = "WAREHOUSE_PSEUDONYM_KEY"
PREVIOUS_KEY_VARIABLE = "WAREHOUSE_PSEUDONYM_KEY_PREVIOUS"
DEMO_KEY = "demo-key-for-synthetic-data-only"
BLOCK_BYTES = 64


class PseudonymKeyError(RuntimeError):
    """The key is absent, too short, or the demo's outside a demo."""


def pseudonym_key(root: DataRoot) -> bytes:
    """The key of this deployment; in a data root marked synthetic the demo key unless another is set.

    Raises:
        PseudonymKeyError: outside a demo, when unset, shorter than 16 characters, or the demo key itself.
    """
    key = os.environ.get(KEY_VARIABLE) or (DEMO_KEY if root.synthetic_marker.exists() else "")
    if len(key) < 16:
        raise PseudonymKeyError(
            f"{KEY_VARIABLE} is not set (or shorter than 16 characters): files with personal identifiers cannot "
            "land without it. Set it from your secret store; it must stay the same for as long as persons are followed."
        )
    if key == DEMO_KEY and not root.synthetic_marker.exists():
        raise PseudonymKeyError(f"{KEY_VARIABLE} is the public key of the demo and this data root is not a demo's.")
    return key.encode()


def previous_key(root: DataRoot) -> bytes | None:
    """The key that the present one replaces, while a change of keys is going on; else None.

    Raises:
        PseudonymKeyError: when it is shorter than 16 characters or the same as the present one.
    """
    before = os.environ.get(PREVIOUS_KEY_VARIABLE)
    if not before:
        return None
    if len(before) < 16 or before.encode() == pseudonym_key(root):
        raise PseudonymKeyError(
            f"{PREVIOUS_KEY_VARIABLE} is shorter than 16 characters or the same as {KEY_VARIABLE}: during a change of keys set it "
            "to the old key and the other to the new one; unset it when the change is over."
        )
    return before.encode()


def check_keys(root: DataRoot) -> None:
    """Raise PseudonymKeyError unless pseudonyms can be made."""
    pseudonym_key(root)
    previous_key(root)


def key_fingerprint(key: bytes) -> str:
    """Sixteen hex digits that change with the key and tell nothing of it."""
    return hashlib.sha256(b"migration-warehouse/key-id" + hashlib.sha256(key).digest()).hexdigest()[:16]


def load_key(con: duckdb.DuckDBPyConnection, key: bytes, macro: str = "pseudonym") -> None:
    """Make ``pseudonym(text)`` → BIGINT (60 bits) available on the connection, under that name or another."""
    block = (hashlib.sha256(key).digest() if len(key) > BLOCK_BYTES else key).ljust(BLOCK_BYTES, b"\0")
    con.execute(f"set variable {macro}_inner = ?", [bytes(byte ^ 0x36 for byte in block)])
    con.execute(f"set variable {macro}_outer = ?", [bytes(byte ^ 0x5C for byte in block)])
    con.execute(
        f"""
        create or replace temp macro {macro}(identifier) as
        ('0x' || left(sha256(getvariable('{macro}_outer')
            || unhex(sha256(getvariable('{macro}_inner') || encode(identifier)))), 15))::bigint
        """
    )
