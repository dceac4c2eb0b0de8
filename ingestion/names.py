"""Names and labels that come from outside: how they are shown, and what is taken from them.

A sender names files, folders, sheets and columns as he likes: with line breaks, with marks that turn the text
around, in bytes that are no text, or after a person's passport. What is shown, logged or stored outside the
archive goes through here first.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from pathlib import PurePath

INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
MANY_DIGITS = 5
LISTED_LABELS = 600
"""Characters of a list of labels that are shown."""
SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")
UNFINISHED = (".part", ".partial", ".filepart", ".crdownload", ".download", ".opdownload", ".tmp", ".temp", ".upload", ".swp", "~")
"""What browsers, transfer programs and editors end the name of a file with while they write it."""
WORD = re.compile(r"[^\W_]+")
DATE = re.compile(r"(19|20|24|25|26)\d\d(0[1-9]|1[0-2])([0-3]\d(\d{2}){0,3})?|[0-3]\d(0[1-9]|1[0-2])(19|20|24|25|26)\d\d")


def shown(text: str) -> str:
    """The text on one line, with whatever cannot be seen or would turn the line around written as ``<U+202E>``."""
    return "".join(f"<U+{ord(letter):04X}>" if unicodedata.category(letter) in INVISIBLE else letter for letter in text)


def shown_without_numbers(text: str) -> str:
    """As ``shown``; a word of five digits or more that is no date appears as its shape, since it may be a document number."""
    return shown(WORD.sub(lambda found: _shape(found[0]) if _may_identify(found[0]) else found[0], text))


def listed(labels: Iterable[str]) -> str:
    """Headings as they are told in a reason. Where a heading row is missing they are somebody's data."""
    return ", ".join(shown(_shape(label) if _digits(label) >= MANY_DIGITS else label) for label in labels if label)[:LISTED_LABELS]


def safe_suffix(name: str) -> str:
    """The ending of a name where it is one that a kind of file has, else nothing."""
    ending = PurePath(name).suffix.lower()
    return ending if SUFFIX.fullmatch(ending) else ""


def is_unfinished(name: str) -> bool:
    return name.lower().endswith(UNFINISHED)


def is_hidden(name: str) -> bool:
    """Hidden files, and the lock files that Excel and LibreOffice lay beside an open workbook."""
    return name.startswith((".", "~$")) or name.lower() in ("thumbs.db", "desktop.ini")


def _may_identify(word: str) -> bool:
    return _digits(word) >= MANY_DIGITS and not DATE.fullmatch(word)


def _digits(text: str) -> int:
    return sum(map(str.isdigit, text))


def _shape(text: str) -> str:
    return "".join("9" if letter.isdigit() else "A" if letter.isalpha() else letter for letter in text)
