"""What a file is that does not begin like the kind its name promises."""

from __future__ import annotations

WEB_PAGE = (b"<html", b"<!doctype", b"<table", b"<meta", b"<style", b"mime-version:")
OTHER_KINDS = {
    "it is a web page with another name": WEB_PAGE,
    "it is an XML spreadsheet of 2003 with another name": (b"<?xml",),
    "it is a PDF with another name": (b"%pdf",),
    "it is a text document with another name": (b"{\\rtf",),
    "it is a picture with another name": (b"\x89png", b"\xff\xd8\xff", b"gif8"),
    "it is a packed archive with another name": (b"\x1f\x8b", b"rar!", b"7z\xbc\xaf"),
}
BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


def other_kind(start: bytes) -> str | None:
    """What a file is by its beginning, where that is neither a workbook nor delimited text."""
    beginning = start[:512].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return next((kind for kind, marks in OTHER_KINDS.items() if beginning.startswith(marks)), None)


def marked_encoding(start: bytes) -> str | None:
    """The encoding that a byte order mark tells."""
    return next((encoding for mark, encoding in BYTE_ORDER_MARKS.items() if start.startswith(mark)), None)
