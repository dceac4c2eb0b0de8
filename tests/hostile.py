"""Files made to do harm, or broken on their way: each as its bytes, made at once and small wherever that is possible."""

from __future__ import annotations

import io
import struct
import zipfile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    "</Types>",
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}
SHEET = "xl/worksheets/sheet1.xml"
LAUGHS = "".join(f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' for level in range(1, 10))
BILLION_LAUGHS = f'<!DOCTYPE x [<!ENTITY l0 "lol">{LAUGHS}]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/passwd">]>'


def workbook(cells: str = '<c r="A1"><v>1</v></c>', prolog: str = "", **parts: str | bytes) -> bytes:
    """An .xlsx put together by hand; ``parts`` are written in place of, or beside, those of a sound one."""
    sheet = f'{prolog}<worksheet xmlns="{MAIN}"><sheetData>{cells}</sheetData></worksheet>'
    return zipped({**PARTS, SHEET: sheet, **parts})


def zipped(parts: dict[str, str | bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return made.getvalue()


def text_cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def bomb(megabytes: int) -> bytes:
    """A sheet of blanks: a thousandth of its size when packed."""
    return workbook(" " * (megabytes << 20))


def lying_bomb(megabytes: int) -> bytes:
    """The same, of which the directory of the zip says that it is small."""
    honest = bomb(megabytes)
    with zipfile.ZipFile(io.BytesIO(honest)) as package:
        size = package.getinfo(SHEET).file_size
    return honest.replace(struct.pack("<L", size), struct.pack("<L", 1000))


def open_document_bomb() -> bytes:
    """An .ods of one cell that says it stands in every cell of the sheet."""
    names = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text"))
    cell = '<table:table-cell table:number-columns-repeated="16384" office:value-type="string"><text:p>x</text:p></table:table-cell>'
    row = f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>'
    content = (
        f"<office:document-content {names}><office:body><office:spreadsheet>"
        f'<table:table table:name="S">{row}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"></manifest:manifest>'
    return zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": content, "META-INF/manifest.xml": manifest})


TWO_CORNERS = workbook('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
WIDE = workbook('<row r="1">' + "".join(text_cell(f"{letters}1", "x") for letters in ("A", "NTP")) + "</row>")
"""Its last column is the ten thousandth."""
UNRESOLVED = {
    "a formula that nobody worked out": workbook('<row r="1"><c r="A1"><f>1+1</f></c><c r="B1"><f>1+1</f><v></v></c></row>'),
    "an error": workbook('<row r="1"><c r="B7" t="e"><v>#REF!</v></c></row>'),
}
WORKBOOKS = {
    "two cells at the corners of a sheet": (TWO_CORNERS, "more than"),
    "an .ods that repeats one cell": (open_document_bomb(), "more cells than"),
    "a zip bomb": (bomb(80), "unpacks to"),
    "a zip bomb whose directory lies": (lying_bomb(80), ""),
    "entities that multiply, in the sheet": (workbook(text_cell("A1", "&l9;"), BILLION_LAUGHS), "it declares entities"),
    "entities that multiply, in the list of sheets": (
        workbook(**{"xl/workbook.xml": BILLION_LAUGHS + PARTS["xl/workbook.xml"].replace('"S"', '"&l9;"')}),
        "it declares entities",
    ),
    "a file of the machine as an entity": (workbook(text_cell("A1", "&secret;"), OUTSIDE), "it declares entities"),
    "an entity behind a long comment": (workbook(text_cell("A1", "&secret;"), f"<!--{'x' * 200_000}-->{OUTSIDE}"), "damaged"),
    "ten thousand columns": (WIDE, "10,000 columns"),
    "a truncated workbook": (workbook()[:-40], "damaged, perhaps cut off"),
    "a zip of something else": (zipped({"../../../../evil.txt": "x", "/etc/evil": "x"}), "damaged"),
    "a web page": (b"\xef\xbb\xbf <!DOCTYPE html><html><table><tr><td>1</td></tr></table></html>", "it is a web page"),
    "a spreadsheet of 2003 in XML": (
        b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>',
        "of 2003",
    ),
    "a CSV": (b"a,b\n1,2\n", "perhaps a CSV"),
    "a PDF": (b"%PDF-1.7\n%\xe2\xe3", "it is a PDF"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(100), "it is a picture"),
    "a compound file of nothing": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 4096, "damaged, protected"),
    **{name: (content, "cells show an error") for name, content in UNRESOLVED.items()},
}
TEXTS = {
    "ten thousand columns": (",".join(f"h{number}" for number in range(10_000)).encode() + b"\n1,2\n", "10,000 columns"),
    "a heading line without an end": (b"x" * (3 << 20), "a line is longer than"),
    "a line of data without an end": (",".join("abc").encode() + b"\n" + b"x" * (33 << 20) + b"\n", "a line is longer than"),
    "a line of data longer than it may be": (",".join("abc").encode() + b"\n" + b"x" * (3 << 20) + b"\n", "a line is longer than"),
    "a quote that is never closed": (b'"' + b"x" * 200_000 + b"\n1\n", "a heading has no end"),
    "nothing but zeros": (bytes(3 << 20), "a line is longer than"),
    "a workbook": (workbook(), "it is a spreadsheet workbook"),
    "a compressed file": (b"\x1f\x8b\x08\x00" + bytes(range(256)) * 8, "packed archive"),
}
