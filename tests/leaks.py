"""Everything that files hold, however packed, searched for identifiers in every form they may have taken."""

from __future__ import annotations

import base64
import gzip
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb

LAO = str.maketrans("0123456789", "໐໑໒໓໔໕໖໗໘໙")
THAI = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
WORD = re.compile(rb"[A-Za-z0-9](?:[ ./_-]?[A-Za-z0-9]){4,}")
PART = re.compile(rb"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*")


class Canaries:
    """Numbers that no generator, hash or date brings about: ten digits that they share, however written."""

    digits = "7719046600"

    def __init__(self) -> None:
        self.made = 0

    def __call__(self, form: str = "QX{}") -> str:
        """A number never used before, written as ``form`` says."""
        self.made += 1
        return form.format(f"{self.digits}{self.made:02d}")

    @classmethod
    def pattern(cls) -> re.Pattern[bytes]:
        """The digits in ASCII, Lao and Thai, with single marks or blanks between, as UTF-8, UTF-16, hexadecimal or Base64."""
        spaced = b"[^A-Za-z0-9]?".join(digit.encode() for digit in cls.digits)
        forms = [spaced, cls.digits.encode().hex().encode()]
        forms += [re.escape(cls.digits.translate(other).encode()) for other in (LAO, THAI)]
        forms += [re.escape(cls.digits.translate(other).encode("utf-16-le")) for other in (LAO, THAI)]
        for before in range(3):
            # Whatever stands before and after, these characters of the Base64 stay the same.
            coded = base64.b64encode(b"\0" * before + cls.digits.encode())
            forms.append(re.escape(coded[(0, 2, 3)[before] : len(coded) // 4 * 4 - 4]))
        return re.compile(b"|".join(forms))


def files_below(folder: Path, without: Iterable[Path] = ()) -> Iterator[Path]:
    excepted = list(without)
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and not any(path.is_relative_to(place) for place in excepted):
            yield path


def contents(path: Path) -> Iterator[bytes]:
    """The bytes of a file, and what is packed in it: rows of Parquet and DuckDB, members of zips and workbooks."""
    raw = path.read_bytes()
    yield str(path).encode()
    yield from unpacked(raw)
    if path.suffix == ".parquet":
        with duckdb.connect() as con:
            yield as_text(con, f"from read_parquet('{path}')")
            yield str(con.execute(f"from parquet_kv_metadata('{path}')").fetchall()).encode()
    elif path.suffix == ".duckdb":
        with duckdb.connect(str(path), read_only=True) as con:
            for schema, table in con.execute("select schema_name, table_name from duckdb_tables() where not internal").fetchall():
                yield as_text(con, f'from "{schema}"."{table}"')


def unpacked(raw: bytes) -> Iterator[bytes]:
    yield raw
    if b"\0" in raw:
        yield raw.replace(b"\0", b"")  # UTF-16 as its letters alone
    if raw.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(raw)) as package:
            for part in package.infolist():
                yield part.filename.encode() + part.comment
                yield from unpacked(package.read(part))
    elif raw.startswith(b"\x1f\x8b"):
        yield from unpacked(gzip.decompress(raw))


def as_text(con: duckdb.DuckDBPyConnection, table: str) -> bytes:
    rows = con.execute(f"select coalesce(string_agg(entry::varchar, chr(10)), '') from ({table}) as entry").fetchone()[0]
    return rows.encode()


def words(content: bytes) -> set[bytes]:
    """Every run of letters and digits, with and without what may join its parts, in capitals."""
    found = set()
    for pattern in (WORD, PART):
        for word in set(pattern.findall(content)):
            found |= {word.upper(), re.sub(rb"[^A-Z0-9]", b"", word.upper())}
    return found
